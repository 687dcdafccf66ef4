"""Statistics of coupling: what one must offer to be tested against chance."""

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from dyadkit.dyad.arrays import Bools, Floats


@dataclass(frozen=True, slots=True, eq=False)
class ShiftCurves:
    """A statistic at every circular shift of b against a, one row per member (band, window …).

    values : shape (..., members, n), signed and equally uncertain at every shift; column s pairs
        a[t] with b[t + s], so that a peak at a small positive s means b follows a; s counts in
        steps of the statistic's grid
    strengths : shape (..., members, n), the same as correlations
    usable : shape (n,), False at shifts where too few samples of both people meet
    weights : shape (members,), how likely a coupling is to show in each member, of sum 1
    """

    values: Floats
    strengths: Floats
    usable: Bools
    weights: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Contributions:
    """Contributions of a session's stretches to a correlation; their ratio of sums is the whole.

    times_s : shape (stretches,), centres, from the start of the series
    sums, weights : shape (stretches, lags), lags from the most negative to the most positive
    """

    times_s: Floats
    sums: Floats
    weights: Floats


class Statistic(Protocol):
    """A measure of coupling that can be computed at every circular shift.

    `prepared` does all that concerns one person, so that partners and surrogates share it; series
    have shape (..., n) with NaN where missing. Any object with these members can be tested.
    """

    @property
    def name(self) -> str:
        """How reports call it."""

    @property
    def max_lag_s(self) -> float:
        """Lags are searched up to this, either way."""

    def grid_hz(self, rate_hz: float) -> float:
        """Shifts per second: the series' rate, or finer where lags may lie between samples."""

    def prepared(self, series: Floats, rate_hz: float) -> Any:
        """Whatever `curves` needs of one person."""

    def curves(self, a: Any, b: Any) -> ShiftCurves:
        """The statistic at every circular shift of b; a and b come from `prepared`."""

    def contributions(self, a: Any, b: Any, member: int, rate_hz: float) -> Contributions:
        """How the stretches of the session make up one member at each lag."""


def reach(statistic: Statistic, rate_hz: float) -> int:
    """The largest lag of a statistic in steps of its grid."""
    return int(np.floor(statistic.max_lag_s * statistic.grid_hz(rate_hz) + 1e-9))
