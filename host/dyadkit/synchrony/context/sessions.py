"""Trends of one dyad over weeks: does coupling change, do people come to regulate themselves."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from scipy import stats

from dyadkit.dyad.arrays import ArrayLike, Floats
from dyadkit.dyad.result import Result
from dyadkit.errors import SignalError

_MIN_SESSIONS = 5
_MIN_APART_DAYS = 0.5
_SURE = 0.05


@dataclass(frozen=True, slots=True, eq=False)
class Trend(Result):
    """Trend of an estimate over sessions.

    slope_per_week : median slope over all pairs of sessions, in the estimate's unit
    interval : 95 % of that slope; p : Kendall's test that the order of sessions does not matter
    """

    slope_per_week: float
    interval: tuple[float, float]
    p: float
    sessions: int


class Shift(StrEnum):
    """Shift of regulation over the sessions: from shared to self-regulation, back, or not shown."""

    FROM_SHARED_TO_SELF = "from shared to self-regulation"
    FROM_SELF_TO_SHARED = "from self- to shared regulation"
    NOT_SHOWN = "not shown"


@dataclass(frozen=True, slots=True, eq=False)
class SharedToSelf(Result):
    """Trends of coupling and of each person's own damping, and where they point together."""

    coupling: Trend
    self_a: Trend
    self_b: Trend
    shift: Shift


def trend(days: ArrayLike, values: ArrayLike) -> Trend:
    """Median slope of `values` over `days`, both shape (sessions,), NaN left out.

    Raises
    ------
    ValueError for unequal lengths; SignalError for fewer than five sessions with a value, or all
    on one day

    References
    ----------
    Sen 1968, J. Am. Stat. Assoc. 63, 1379–1389; Kendall 1938, Biometrika 30, 81–93

    Examples
    --------
    >>> round(trend([0, 7, 14, 21, 28, 35], [0.6, 0.5, 0.45, 0.4, 0.35, 0.2]).slope_per_week, 2)
    -0.07
    """
    when, what = np.asarray(days, dtype=float), np.asarray(values, dtype=float)
    if when.ndim != 1 or when.shape != what.shape:
        raise ValueError(f"one day a value is needed, not {when.shape} for {what.shape}")
    known = np.isfinite(when) & np.isfinite(what)
    count = _different_days(when[known])
    if count < _MIN_SESSIONS:
        raise SignalError(
            f"{int(known.sum())} sessions have a value, on {count} days; a trend needs "
            f"{_MIN_SESSIONS} on different days"
        )
    weeks = when[known] / 7
    slope = stats.theilslopes(what[known], weeks)
    p = float(stats.kendalltau(weeks, what[known]).pvalue)
    interval = (float(slope.low_slope), float(slope.high_slope))
    return Trend(float(slope.slope), interval, p if np.isfinite(p) else 1.0, int(known.sum()))


def _different_days(days: Floats) -> int:
    """How many days there are: sessions of one half hour are one occasion, not weeks."""
    count, day = 0, -np.inf
    for when in np.sort(days):
        if when - day >= _MIN_APART_DAYS:
            count, day = count + 1, when
    return count


def shared_to_self(
    days: ArrayLike, coupling: ArrayLike, self_a: ArrayLike, self_b: ArrayLike
) -> SharedToSelf:
    """Shift of regulation: coupling fades while both people's own damping grows, or the reverse.

    All three trends must be beyond chance and point the right way; otherwise the shift is not
    shown, which is not the same as its absence.

    Parameters
    ----------
    days, coupling : shape (sessions,), NaN left out
    self_a, self_b : shape (sessions,), each person's own damping ratio (or recovery rate)

    Raises
    ------
    As `trend`.

    Examples
    --------
    >>> weekly, coupling = 7.0 * np.arange(6), [0.6, 0.5, 0.45, 0.4, 0.35, 0.2]
    >>> self_a, self_b = [0.1, 0.12, 0.15, 0.2, 0.22, 0.3], [0.2, 0.21, 0.25, 0.26, 0.3, 0.31]
    >>> found = shared_to_self(weekly, coupling, self_a, self_b)
    >>> str(found.shift), round(found.self_a.slope_per_week, 2)
    ('from shared to self-regulation', 0.04)
    """
    return shift_of(*(trend(days, values) for values in (coupling, self_a, self_b)))


def shift_of(coupling: Trend, self_a: Trend, self_b: Trend) -> SharedToSelf:
    """The shift that three trends show; for several measures give them with corrected p."""
    fades, *settle = (
        int(np.sign(one.slope_per_week)) if one.p <= _SURE else 0
        for one in (coupling, self_a, self_b)
    )
    shift = Shift.NOT_SHOWN
    if fades and settle == [-fades, -fades]:
        shift = Shift.FROM_SHARED_TO_SELF if fades < 0 else Shift.FROM_SELF_TO_SHARED
    return SharedToSelf(coupling, self_a, self_b, shift)
