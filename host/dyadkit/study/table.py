"""Table of a study: a row a session, condition and measure, with what passed the gates."""

import csv
import io
import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from dyadkit.analysis.decision import TWO_PEOPLE
from dyadkit.dyad.arrays import Floats
from dyadkit.dyad.result import Result
from dyadkit.study.group.sample import Sample
from dyadkit.study.measures import Estimate
from dyadkit.study.plan.choices import Exclusions, StudyPlan
from dyadkit.study.plan.roster import Entry
from dyadkit.study.run.outcome import WHOLE, SessionOutcome

COLUMNS = ("session", "dyad", "person_a", "person_b", "day", "condition", "measure", "part", "n",
           "coverage", "estimate", "error", "low", "high", "p", "excluded")  # fmt: skip
MIN_SHARED_MARKS = 3


@dataclass(frozen=True, slots=True, eq=False)
class Row(Result):
    """One estimate of a session; `excluded` says why it does not count, empty where it does."""

    session: str
    dyad: str
    persons: tuple[str, str]
    day: float
    condition: str
    measure: str
    part: str
    estimate: Estimate
    excluded: str
    covariates: dict[str, str]


@dataclass(frozen=True, slots=True, eq=False)
class SessionFlow(Result):
    """Flow of sessions through the gates: how many there are, and why others do not count.

    excluded : by session, the reason
    """

    planned: int
    analysed: int
    included: int
    excluded: dict[str, str] = field(default_factory=dict)

    def sentences(self) -> list[str]:
        """The flow in plain words."""
        lines = [
            f"{self.planned} sessions planned, {self.analysed} analysed, {self.included} included."
        ]
        return [*lines, *(f"{name} is left out: {why}." for name, why in self.excluded.items())]


def gated(
    plan: StudyPlan, entries: Sequence[Entry], outcomes: Mapping[str, SessionOutcome]
) -> SessionFlow:
    """Which sessions count; those of data that stand under two names do not, neither of them."""
    reasons: dict[str, str] = {}
    twice = _same_data(entries, outcomes)
    for one in entries:
        outcome = outcomes.get(one.name)
        why = "it has no result" if outcome is None else _gate(plan.exclusions, outcome)
        every = [reason for reason in (why, twice.get(one.name, "")) if reason]
        if every:
            reasons[one.name] = "; ".join(every)
    return SessionFlow(len(entries), len(outcomes), len(entries) - len(reasons), reasons)


def _gate(gates: Exclusions, outcome: SessionOutcome) -> str:
    """Why a session does not count; empty where it does."""
    minutes, bound_s = outcome.duration_s / 60.0, outcome.clock_bound_s
    skin, pulse = min(outcome.trusted[:2]), min(outcome.trusted[2:])
    if minutes < gates.min_minutes:
        return f"{minutes:.1f} minutes, {gates.min_minutes:g} are needed"
    if skin < gates.min_skin_trusted:
        return (
            f"{skin:.0%} of the skin conductance can be trusted, {gates.min_skin_trusted:.0%} must"
        )
    if pulse < gates.min_pulse_trusted:
        return f"{pulse:.0%} of the pulse can be trusted, {gates.min_pulse_trusted:.0%} must"
    if bound_s > gates.max_clock_bound_s:
        return f"clocks within {bound_s:.2g} s, {gates.max_clock_bound_s:g} s are needed"
    if TWO_PEOPLE in outcome.refusals:
        return outcome.refusals[TWO_PEOPLE]
    return ""


def _same_data(entries: Sequence[Entry], outcomes: Mapping[str, SessionOutcome]) -> dict[str, str]:
    """Sessions with samples that another has as well, of somebody else or of the same dyad.

    One person's samples in several dyads are what families give: everyone was recorded once.
    """
    common: dict[tuple[str, str], int] = {}
    for places in _holders(entries, outcomes).values():
        for (one, of_one), (other, of_other) in itertools.combinations(places, 2):
            if one.name != other.name and (of_one != of_other or one.dyad == other.dyad):
                common[one.name, other.name] = common.get((one.name, other.name), 0) + 1
    found: dict[str, str] = {}
    for pair, count in common.items():
        if count >= MIN_SHARED_MARKS:
            for name, other_name in (pair, pair[::-1]):
                found[name] = (
                    f"it holds samples of {other_name}: one of the two is not what it is called"
                )
    return found


def _holders(
    entries: Sequence[Entry], outcomes: Mapping[str, SessionOutcome]
) -> dict[int, list[tuple[Entry, str]]]:
    """By hash of samples, the sessions that hold them, and whose they are there."""
    held: dict[int, list[tuple[Entry, str]]] = {}
    for one in entries:
        kept = outcomes[one.name].marks_of_data if one.name in outcomes else {}
        for signal, marks in kept.items():
            person = one.persons[0 if signal.endswith("_a") else 1]
            for mark in marks.tolist():
                held.setdefault(mark, []).append((one, person))
    return held


def rows_of(
    entries: Sequence[Entry], outcomes: Mapping[str, SessionOutcome], flow: SessionFlow
) -> tuple[Row, ...]:
    """All rows, in the order of sessions; a session's own condition stands for its whole length."""
    return tuple(row for one in entries if one.name in outcomes
                 for row in _rows_of(one, outcomes[one.name], flow))  # fmt: skip


def _rows_of(one: Entry, outcome: SessionOutcome, flow: SessionFlow) -> Iterator[Row]:
    for cell in outcome.cells:
        yield Row(
            session=one.name,
            dyad=one.dyad,
            persons=one.persons,
            day=one.day,
            condition=cell.condition or one.condition,
            measure=cell.measure,
            part=cell.part,
            estimate=cell.estimate,
            excluded=flow.excluded.get(one.name, ""),
            covariates=one.covariates,
        )


def chosen(rows: Sequence[Row], measure: str, condition: str, part: str = WHOLE) -> list[Row]:
    """Rows of one measure that count, in one condition, or of whole sessions for an empty one."""
    every = [
        row
        for row in rows
        if (row.measure, row.part) == (measure, part)
        and not row.excluded
        and np.isfinite(row.estimate.value)
    ]
    if condition:
        return [row for row in every if row.condition == condition]
    seen: dict[str, Row] = {}
    for row in every:  # whole sessions come before their conditions
        seen.setdefault(row.session, row)
    return list(seen.values())


def sample_of(rows: Sequence[Row]) -> Sample:
    """Rows as a sample."""

    def column(read: str) -> Floats:
        return np.array([float(getattr(row.estimate, read)) for row in rows])

    return Sample(
        values=column("value"),
        errors=column("error"),
        p=column("p"),
        amounts=np.maximum(column("samples"), 1.0),
        dyads=tuple(row.dyad for row in rows),
        persons=tuple(row.persons for row in rows),
        days=np.array([row.day for row in rows], dtype=float),
    )


def csv_of(rows: Sequence[Row]) -> str:
    """The table as CSV text, one tidy row an estimate; empty cells where nothing is known."""
    names = sorted({name for row in rows for name in row.covariates})
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([*COLUMNS, *names])
    for row in rows:
        writer.writerow([*_cells(row), *(row.covariates.get(name, "") for name in names)])
    return text.getvalue()


def _cells(row: Row) -> list[str]:
    one = row.estimate
    numbers = (one.coverage, one.value, one.error, *one.interval, one.p)
    words = [row.session, row.dyad, *row.persons, _text(row.day), row.condition, row.measure]
    return [*words, row.part, str(one.samples), *map(_text, numbers), row.excluded]


def _text(value: float) -> str:
    return repr(float(value)) if np.isfinite(value) else ""
