"""Report of a study: its answers, what they rest on, and how much hangs on the choices."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from dyadkit.dyad.provenance import provenance
from dyadkit.dyad.result import Result
from dyadkit.dyad.saving import save
from dyadkit.errors import SessionError
from dyadkit.study.answers import Answer, StudyEvidence, answers, default_hypotheses
from dyadkit.study.group.sample import per_dyad
from dyadkit.study.measures import COUPLINGS
from dyadkit.study.plan.choices import StudyPlan
from dyadkit.study.plan.freezing import check_frozen
from dyadkit.study.plan.roster import Entry, roster
from dyadkit.study.run.outcome import SessionOutcome, StrangersOutcome
from dyadkit.study.run.running import session_tasks, stranger_tasks
from dyadkit.study.run.store import Store
from dyadkit.study.specifications import (
    GroupSpecification,
    curve_sentences,
    specifications,
)
from dyadkit.study.table import Row, SessionFlow, chosen, csv_of, gated, rows_of, sample_of
from dyadkit.study.whole_files import write_whole
from dyadkit.version import __version__


@dataclass(frozen=True, slots=True, eq=False)
class DyadEffect(Result):
    """Effect of one dyad, beside what its people give with partners of other dyads (mean)."""

    measure: str
    condition: str
    dyad: str
    value: float
    interval: tuple[float, float]
    strangers: float


@dataclass(frozen=True, slots=True, eq=False)
class StudyReport(Result):
    """What a study shows.

    frozen : hash of the plan as it was fixed before; empty where it was not
    answers : to the hypotheses of the plan, or to what is asked where it has none
    effects : of every dyad, by measure and condition
    verdicts : how many persons of each role are calmed, wound up and so on, sessions that count
    rows : every estimate
    """

    name: str
    roles: tuple[str, str]
    frozen: str
    flow: SessionFlow
    answers: tuple[Answer, ...]
    effects: tuple[DyadEffect, ...]
    verdicts: dict[str, dict[str, int]]
    specifications: tuple[GroupSpecification, ...]
    rows: tuple[Row, ...]
    trusted: dict[str, tuple[float, ...]]
    simulated: bool
    replayed: tuple[str, ...]
    seed: int
    version: str

    @property
    def whence(self) -> str:
        """Where the sessions come from, in words; empty for people who were recorded."""
        return provenance(self.simulated, self.replayed)

    def sentences(self) -> list[str]:
        """The study in plain words: what was asked and found, primary questions first."""
        ordered = sorted(self.answers, key=lambda one: not one.primary)
        frozen = (
            f"The plan was frozen before: {self.frozen}."
            if self.frozen
            else "Nothing was frozen before the data were seen: all of this is exploratory."
        )
        return [self.flow.sentences()[0], *(one.sentence for one in ordered), frozen]

    def methods(self) -> list[str]:
        """How it was computed, sentences for a paper's methods."""
        return [
            f"dyadkit {self.version}, seed {self.seed}; every session as by `dyadkit analyze`.",
            "Means, covariates and trends: mixed model by REML with random deviations of dyads, "
            "persons in several dyads and sessions; degrees of freedom after Kenward & Roger "
            "(1997); skewness of a mean undone after Hall (1992). Intervals are 95 %.",
            "Contrasts between conditions: sign-flips of the dyads' differences; dyads with a "
            "person in common are flipped together.",
            "Whether any, and whether most dyads are coupled: partial conjunctions of the "
            "sessions' own tests by Fisher's combination (Benjamini & Heller 2008), made as sober "
            "as partners of other dyads in this study ask for.",
            "Real against other partners: same role, same condition, same time from its beginning; "
            "what each person shares with anybody is taken off.",
            "Primary hypotheses are corrected by Holm, all others by their false-discovery rate.",
            *curve_sentences(self.specifications),
        ]

    def save(self, path: str | Path) -> None:
        """Write a page (.html) or its JSON twin (.json); errors as `saving.save`."""
        save(self, path)


def report(plan: StudyPlan) -> StudyReport:
    """What the results that are there show; sessions without a result are said.

    Raises
    ------
    SessionError
        the plan is not what was frozen, or no session has a result yet
    """
    check_frozen(plan)
    entries = roster(plan)
    outcomes, strangers = kept_outcomes(plan, entries)
    if not outcomes:
        raise SessionError(
            f"no session of {plan.path} has a result yet: dyadkit study run {plan.path}"
        )
    flow = gated(plan, entries, outcomes)
    rows = rows_of(entries, outcomes, flow)
    evidence = StudyEvidence(rows, strangers, plan.covariates, plan.conditions, plan.analysis.seed)
    included = [outcomes[one.name] for one in entries if one.name not in flow.excluded]
    return StudyReport(
        name=plan.name,
        roles=plan.roles,
        frozen=plan.hash,
        flow=flow,
        answers=answers(evidence, plan.hypotheses or default_hypotheses(plan)),
        effects=tuple(_effects(evidence, plan)),
        verdicts=_verdicts(plan, included),
        specifications=specifications(rows),
        rows=rows,
        trusted=_trusted(outcomes),
        simulated=any(one.simulated for one in outcomes.values()),
        replayed=tuple(dict.fromkeys(n for one in outcomes.values() for n in one.replayed)),
        seed=plan.analysis.seed,
        version=__version__,
    )


def write_results(plan: StudyPlan, found: StudyReport) -> list[Path]:
    """Write JSON with its arrays and the tidy table beside the results; gives the files."""
    folder = plan.results_folder
    found.save(folder / "study.json")
    write_whole(folder / "study.csv", csv_of(found.rows).encode())
    return [folder / "study.json", folder / "study.csv"]


def kept_outcomes(
    plan: StudyPlan, entries: Sequence[Entry]
) -> tuple[dict[str, SessionOutcome], dict[str, StrangersOutcome]]:
    """Results that are there, by session; those of other inputs, plans or versions are none."""
    store = Store(plan.results_folder)
    tasks, _ = session_tasks(plan, entries)
    read = {name: store.read(task.key, SessionOutcome) for name, task in tasks.items()}
    outcomes = {name: one for name, one in read.items() if one is not None}
    done = {name: tasks[name] for name in outcomes}
    compared = {
        name: store.read(task.key, StrangersOutcome)
        for name, task in stranger_tasks(plan, entries, done).items()
    }
    return outcomes, {name: one for name, one in compared.items() if one is not None}


def _effects(evidence: StudyEvidence, plan: StudyPlan) -> list[DyadEffect]:
    labels = dict.fromkeys(row.condition for row in evidence.rows)
    found = []
    for measure in (name for name in plan.measures if name in COUPLINGS):
        for label in labels:
            rows = [one for one in chosen(evidence.rows, measure, label) if one.condition == label]
            if rows:
                found += _effects_of(evidence, rows, measure, label)
    return found


def _effects_of(
    evidence: StudyEvidence, rows: Sequence[Row], measure: str, label: str
) -> list[DyadEffect]:
    means: dict[str, list[float]] = {}
    for row in rows:
        cell = evidence.cell(row.session, measure, label)
        if cell is not None:
            means.setdefault(row.dyad, []).extend([*cell.a_with, *cell.b_with])
    sample = per_dyad(sample_of(rows))
    halves = 1.959964 * sample.errors
    return [
        DyadEffect(
            measure, label, dyad, float(value), (float(value - half), float(value + half)),
            _mean(means.get(dyad, [])),
        )
        for dyad, value, half in zip(sample.dyads, sample.values, halves, strict=True)
    ]  # fmt: skip


def _mean(values: Sequence[float]) -> float:
    known = [one for one in values if np.isfinite(one)]
    return float(np.mean(known)) if known else float("nan")


def _verdicts(plan: StudyPlan, included: Sequence[SessionOutcome]) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for place, role in enumerate(plan.roles):
        words = [one.verdicts[place] for one in included]
        found[role] = {word: words.count(word) for word in sorted(set(words))}
    return found


def _trusted(outcomes: dict[str, SessionOutcome]) -> dict[str, tuple[float, ...]]:
    """Share that can be trusted of each session, by signal, the worse of both people, in order."""
    every = list(outcomes.values())
    return {
        "skin conductance": tuple(sorted(min(one.trusted[:2]) for one in every)),
        "pulse": tuple(sorted(min(one.trusted[2:]) for one in every)),
    }
