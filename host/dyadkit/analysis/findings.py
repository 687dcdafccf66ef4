"""Findings of a session: every estimate together, and the sentences that say it plainly."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from dyadkit.analysis.decision import About, Statement
from dyadkit.analysis.excerpt import Excerpt
from dyadkit.analysis.pictures import Around, LagProfile
from dyadkit.analysis.reported import ReportedNumber
from dyadkit.analysis.tables import Reaction, TableCell, epoch_table
from dyadkit.dyad.arrays import Floats
from dyadkit.dyad.people import NOBODY_KNOWN, Person
from dyadkit.dyad.provenance import SessionOrigin, provenance
from dyadkit.dyad.result import Result
from dyadkit.dyad.traces import Alignment, Assay, Mark
from dyadkit.signals import Physiology, PhysiologyPair
from dyadkit.synchrony.chance import NullResult
from dyadkit.synchrony.coupling import Coupling, Strength
from dyadkit.synchrony.dynamics import OscillatorFit
from dyadkit.synchrony.following import EventCoupling
from dyadkit.synchrony.responses import PartnerResponse
from dyadkit.synchrony.verdicts import PersonPair, VerdictCourse

RATE_HZ = 4.0
BOUNDS_PER_CLAIM = 3.0
EPOCH_S = 30.0
SCHEMA_VERSION = 1
"""Of results as JSON: fields are added under the same number, and none is taken away."""
SIGNAL_WORDS = {"eda": "skin conductance", "heart_rate": "heart rate"}
"""Every signal that is tested for coupling, in this order; its series in `_SERIES`."""
_SERIES: dict[str, Callable[[Physiology], Floats]] = {
    "eda": lambda body: np.asarray(body.tonic_usiemens + body.phasic_usiemens),
    "heart_rate": lambda body: body.heart_rate_bpm,
}


@dataclass(frozen=True, slots=True, eq=False)
class PersonQuality(Result):
    """Data quality of one person: shares of the session, 0 to 1, that can be trusted.

    pulse_trusted, skin_trusted : of heart rate, and of the skin conductance level (SCL)
    notes : on what spoiled the rest
    """

    pulse_trusted: float
    skin_trusted: float
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Quality(Result):
    """Data quality of both people."""

    a: PersonQuality
    b: PersonQuality


@dataclass(frozen=True, slots=True, eq=False)
class ClockQuality(Result):
    """Quality of the time line both are on: 95 % bounds in seconds; NaN where not stated.

    median_bound_s, worst_bound_s : of the samples' times, a against b
    alignment : of the two clocks, minute by minute; None where nobody measured it
    """

    median_bound_s: float
    worst_bound_s: float
    alignment: Alignment | None = None

    @property
    def finest_lag_s(self) -> float:
        """Finest lead or lag that may be said; NaN where no bound is stated."""
        return BOUNDS_PER_CLAIM * self.median_bound_s


@dataclass(frozen=True, slots=True, eq=False)
class Findings(Result):
    """All estimates of one session.

    physiology : of both people, on one 4 Hz grid
    coupling : concurrent or lagged synchrony against chance (circular shifts as surrogates), by
        signal, `eda` and `heart_rate`; a signal that could not be tested is missing
    refusals : by signal, why it could not be tested
    person, person_course : verdicts on both people from slow heart rate, whole and in windows of
        ten minutes; None where it could not be told (see `refusals`)
    dynamics : coupled oscillators of heart rate, where both swing; None likewise
    events : coupling of skin conductance responses, which decides on that signal
    responses : to each other's skin conductance responses, and recovery; None likewise
    strength : by signal, how strong the coupling is, in one number that sessions can be compared by
    said : every statement, positive or not; nothing else may claim anything
    reported : numbers as papers report them; no statement is made of them
    seed, version : that reproduce every number
    same_time : by signal, the pair against partners from other sessions at the same time, which is
        what a shared schedule cannot explain; empty where no other sessions were given
    replayed : what a and b are a replay of; empty for what wearables recorded
    notes : what a reader must know of how the data came about, a sentence each
    assays : single measures of a laboratory, as they were given; nothing is concluded from them
    origin, marks : where the session comes from, and what was marked in it
    excerpts : by person, some seconds of the raw pulse wave
    profiles : by signal, the statistic of its coupling at every lag
    around : by person, how the own skin conductance changes around the other's responses
    people : who both are, as far as it is known
    conditions, epochs : every measure of both people in each condition, and in epochs of 30 s
    reactions : change of each measure from the baseline to each condition, and its recovery
    schema_version : of its fields in JSON, `analysis.schema`
    """

    source: str
    simulated: bool
    duration_s: float
    participants: tuple[str, str]
    physiology: PhysiologyPair
    quality: Quality
    clock: ClockQuality
    coupling: dict[str, Coupling]
    refusals: dict[str, str]
    dynamics: OscillatorFit | None
    responses: PartnerResponse | None
    seed: int
    version: str
    same_time: dict[str, NullResult] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    assays: tuple[Assay, ...] = ()
    replayed: tuple[str, ...] = ()
    events: EventCoupling | None = None
    strength: dict[str, Strength] = field(default_factory=dict)
    person: PersonPair | None = None
    person_course: VerdictCourse | None = None
    said: tuple[Statement, ...] = ()
    reported: tuple[ReportedNumber, ...] = ()
    origin: SessionOrigin | None = None
    marks: tuple[Mark, ...] = ()
    excerpts: dict[str, Excerpt] = field(default_factory=dict)
    profiles: dict[str, LagProfile] = field(default_factory=dict)
    around: dict[str, Around] = field(default_factory=dict)
    people: tuple[Person, Person] = (NOBODY_KNOWN, NOBODY_KNOWN)
    conditions: tuple[TableCell, ...] = ()
    epochs: tuple[TableCell, ...] = ()
    reactions: tuple[Reaction, ...] = ()
    schema_version: int = SCHEMA_VERSION

    @property
    def whence(self) -> str:
        """Where the session comes from, in words; empty for people who were recorded."""
        return provenance(self.simulated, self.replayed)

    @property
    def profile(self) -> tuple[Statement, ...]:
        """The session's profile: all its statements."""
        return self.said

    def about(self, topic: About) -> tuple[Statement, ...]:
        """The statements on one topic."""
        return tuple(one for one in self.said if one.about is topic)

    def beyond_chance(self) -> list[str]:
        """Signals whose coupling is claimed, after correction for all tests of the session."""
        return [one.signal for one in self.about(About.COUPLING) if one.positive]

    def sentences(self) -> list[str]:
        """What the session shows in plain words, the most important first.

        All that is claimed, and of coupling, leading and persons also what is not shown; and what
        is missing by condition or could not be compared.
        """
        always = (About.COUPLING, About.LEADER, About.SCHEDULE, About.PERSON, About.COVERAGE)
        return [
            one.sentence
            for one in self.said
            if one.positive
            or one.about in always
            or (one.about is About.CONTEXT and one.p != one.p)
        ]

    def table(
        self, name: Literal["conditions", "epochs"], epoch_s: float = 30.0
    ) -> tuple[TableCell, ...]:
        """Rows of a table as papers print it: person, condition or epoch, measure, value.

        Raises
        ------
        ValueError
            a name that is none of these, or epochs shorter than ten seconds
        """
        if name == "conditions":
            return self.conditions
        if name != "epochs":
            raise ValueError(f"{name!r} is no table: conditions and epochs are")
        return (
            self.epochs if epoch_s == EPOCH_S else epoch_table(self.physiology, self.marks, epoch_s)
        )

    def leads(self, name: str) -> Statement | None:
        """Who leads in a signal, where that is claimed."""
        found = [one for one in self.about(About.LEADER) if one.signal == name and one.positive]
        return found[0] if found else None


def series_of(body: Physiology, name: str) -> Floats:
    """One person's series that is tested for coupling, by signal, on the 4 Hz grid."""
    return _SERIES[name](body)
