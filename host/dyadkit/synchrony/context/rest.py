"""Resting baseline: each person measured against their own rest."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dyadkit.dyad.arrays import Bools, Floats
from dyadkit.dyad.result import Result
from dyadkit.dyad.traces import Mark, PersonName
from dyadkit.errors import SignalError

_MIN_REST_S = 30.0


@dataclass(frozen=True, slots=True, eq=False)
class Rest(Result):
    """Resting baseline of one person: level, spread, and the seconds they were measured over.

    Examples
    --------
    >>> Rest(mean=62.0, deviation=4.0, seconds=300.0).relative(np.array([62.0, 70.0])).tolist()
    [0.0, 2.0]
    """

    mean: float
    deviation: float
    seconds: float

    def relative(self, values: Floats) -> Floats:
        """`values` in standard deviations of this person's rest above its mean."""
        return (np.asarray(values, dtype=float) - self.mean) / self.deviation


def at_rest(
    times_s: Floats,
    values: Floats,
    marks: Sequence[Mark],
    label: str = "rest",
    person: PersonName | None = None,
) -> Rest:
    """Level and spread of one person's series within the marks called `label`.

    Parameters
    ----------
    times_s, values : shape (n,), session seconds and the series, NaN missing
    marks : of the session; those of the other person are left out when `person` is given

    Raises
    ------
    SignalError for less than 30 s of rest, or a rest in which nothing varies

    Examples
    --------
    >>> times_s = np.arange(120.0)
    >>> rest = at_rest(times_s, np.sin(times_s), [Mark(0.0, 60.0, "rest", "condition")])
    >>> rest.seconds
    60.0
    """
    inside = _inside(times_s, marks, label, person) & np.isfinite(values)
    step_s = float(np.nanmedian(np.diff(times_s)))
    seconds = float(inside.sum()) * step_s
    if seconds < _MIN_REST_S:
        raise SignalError(
            f"{seconds:.0f} s of “{label}” were measured, {_MIN_REST_S:.0f} s are needed: "
            "record a rest, or compare without a baseline"
        )
    resting = np.asarray(values)[inside]
    deviation = float(resting.std())
    if deviation <= 1e-9 * float(np.abs(resting).max()):
        raise SignalError(f"nothing varies during “{label}”: it cannot serve as a baseline")
    return Rest(float(resting.mean()), deviation, seconds)


def _inside(times_s: Floats, marks: Sequence[Mark], label: str, person: PersonName | None) -> Bools:
    inside = np.zeros(len(times_s), dtype=bool)
    for mark in marks:
        if mark.label == label and (person is None or mark.person in (None, person)):
            inside |= (times_s >= mark.start_s) & (times_s < mark.stop_s)
    return inside
