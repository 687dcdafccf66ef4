"""Outcome of a session or of its comparison with strangers: what a study keeps of each."""

from dataclasses import dataclass, field

from dyadkit.dyad.arrays import Floats, Ints
from dyadkit.dyad.result import Result
from dyadkit.study.measures import Estimate

WHOLE = "whole"
PARTS = {WHOLE: (0.0, 1.0), "first half": (0.0, 0.5), "second half": (0.5, 1.0)}
"""Halves stand for stationarity, as in the multiverse of a session."""


@dataclass(frozen=True, slots=True, eq=False)
class OutcomeCell(Result):
    """One measure in one condition of a session; condition is empty for all of it."""

    condition: str
    measure: str
    part: str
    estimate: Estimate


@dataclass(frozen=True, slots=True, eq=False)
class SessionOutcome(Result):
    """What a study keeps of a session.

    spans_s : by condition, shape (m, 2), in session seconds
    trusted : skin of a, of b, pulse of a, of b: shares, 0 to 1
    verdicts : on person a and b, in a word each
    series : by signal and person, as `eda_a`, shape (n,), at 4 Hz: others are compared with them
    marks_of_data : shape (k,), some hashes of the samples: a recording under two names is known
    """

    duration_s: float
    clock_bound_s: float
    trusted: tuple[float, float, float, float]
    simulated: bool
    replayed: tuple[str, ...]
    participants: tuple[str, str]
    verdicts: tuple[str, str]
    notes: tuple[str, ...]
    refusals: dict[str, str]
    cells: tuple[OutcomeCell, ...]
    spans_s: dict[str, Floats] = field(default_factory=dict)
    series: dict[str, Floats] = field(default_factory=dict)
    marks_of_data: dict[str, Ints] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class StrangerCell(Result):
    """One measure in one condition, with partners of other dyads.

    real : of the two people with each other, read in the same way
    a_with, b_with : shape (partners,), person a with the others' b, and b with the others' a; NaN
        where they share too little
    p : shape (tested,), of a session's own test, given to strangers; of whole sessions only
    """

    condition: str
    measure: str
    real: float
    a_with: Floats
    b_with: Floats
    p: Floats


@dataclass(frozen=True, slots=True, eq=False)
class StrangersOutcome(Result):
    """A session's two people, each with partners of other dyads at the same time."""

    cells: tuple[StrangerCell, ...]
