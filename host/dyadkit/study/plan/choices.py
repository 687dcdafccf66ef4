"""Choices of a study, as its plan fixes them before the data are looked at."""

import hashlib
import json
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from pathlib import Path

from dyadkit.analysis.plan import AnalysisPlan

LEVEL = 0.05
"""Error rate of every test and corrected claim of a study."""


class StudyTest(StrEnum):
    """What a hypothesis asks of the dyads, each with a test of its own.

    MEAN : is the mean over dyads like these other than 0
    ANY : is there any dyad that is coupled (global null)
    PREVALENCE : are most of the dyads coupled, and how many at least
    CONTRAST : does one condition differ from another within dyads
    COVARIATE : does a measure go with a number or a group of the table of sessions
    PARTNERS : are real partners more alike than partners of different dyads
    TREND : does a measure change over the sessions of a dyad
    ACTOR_PARTNER : does a person's measure go with another of the partner's
    """

    MEAN = "mean"
    ANY = "any"
    PREVALENCE = "prevalence"
    CONTRAST = "contrast"
    COVARIATE = "covariate"
    PARTNERS = "partners"
    TREND = "trend"
    ACTOR_PARTNER = "actor-partner"


@dataclass(frozen=True, slots=True)
class StudyHypothesis:
    """One question of a study.

    condition : in which it is asked; empty for whole sessions
    against : of a contrast, the condition that is taken off
    covariate : of COVARIATE, a column of the table of sessions
    predictor : of ACTOR_PARTNER, the measure of the partner, without the person's letter
    primary : primary ones are corrected by Holm, all others by their false-discovery rate
    """

    name: str
    measure: str
    test: StudyTest
    condition: str = ""
    against: str = ""
    covariate: str = ""
    predictor: str = ""
    primary: bool = True


@dataclass(frozen=True, slots=True)
class Exclusions:
    """Gates that a session has to pass, decided beforehand.

    min_minutes : its length
    min_skin_trusted, min_pulse_trusted : share of it, 0 to 1, that can be trusted in both people
    max_clock_bound_s : 95 % bound of the time between both; where none is stated it passes
    """

    min_minutes: float = 5.0
    min_skin_trusted: float = 0.0
    min_pulse_trusted: float = 0.0
    max_clock_bound_s: float = 1.0


@dataclass(frozen=True, slots=True)
class StudyPlan:
    """Everything a study decides beforehand; `digest` is the hash that `freeze` writes.

    sessions, participants : pattern of session folders, or table of sessions, beside the file
    partners : how many partners of other dyads each person is compared with
    conditions : labels of marked conditions in which every measure is taken as well
    hash : as the file holds it; empty while nothing is frozen
    """

    path: Path
    name: str
    sessions: str = ""
    participants: str = ""
    results: str = "results"
    roles: tuple[str, str] = ("a", "b")
    analysis: AnalysisPlan = field(default_factory=AnalysisPlan)
    measures: tuple[str, ...] = ()
    conditions: tuple[str, ...] = ()
    covariates: tuple[str, ...] = ()
    exclusions: Exclusions = field(default_factory=Exclusions)
    partners: int = 20
    hypotheses: tuple[StudyHypothesis, ...] = ()
    hash: str = ""

    @property
    def digest(self) -> str:
        """Hash of the choices: equal choices, equal hash, wherever the file and its results lie."""
        plain = asdict(self)
        for elsewhere in ("path", "results", "hash"):
            plain.pop(elsewhere)
        return "sha256:" + hashlib.sha256(json.dumps(plain, sort_keys=True).encode()).hexdigest()

    @property
    def folder(self) -> Path:
        """Folder of the file: what it names is beside it."""
        return self.path.parent

    @property
    def results_folder(self) -> Path:
        """Where results are kept."""
        return self.folder / self.results
