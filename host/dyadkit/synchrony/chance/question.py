"""A pair's statistic as a question to a null: is it more coupled than chance would have it."""

from dataclasses import dataclass
from typing import Any, Protocol

from dyadkit.dyad.arrays import Floats
from dyadkit.dyad.result import Result
from dyadkit.synchrony.chance.extreme import LagWindows
from dyadkit.synchrony.chance.statistic import ShiftCurves, Statistic, reach

MIN_SHIFT_S = 30.0


@dataclass(frozen=True, slots=True, eq=False)
class Question:
    """A statistic of one pair, prepared once; ask with `Question.about`.

    Examples
    --------
    >>> import numpy as np
    >>> from dyadkit.synchrony.chance import CircularShift
    >>> from dyadkit.synchrony.coupling import BandScan
    >>> a, b = np.random.default_rng(0).standard_normal((2, 1200))
    >>> question = Question.about(BandScan(max_lag_s=5.0), a, b, rate_hz=4.0)
    >>> question.reach, question.windows().min_shift           # lags to 5 s, shifts from 30 s
    (20, 120)
    >>> CircularShift().judge(question, seed=0).p > 0.05
    True
    """

    statistic: Statistic
    a: Floats
    b: Floats
    rate_hz: float
    prepared_a: Any
    prepared_b: Any
    curves: ShiftCurves

    @classmethod
    def about(cls, statistic: Statistic, a: Floats, b: Floats, rate_hz: float) -> "Question":
        """Series of shape (n,), checked before, NaN where missing."""
        of_a, of_b = statistic.prepared(a, rate_hz), statistic.prepared(b, rate_hz)
        return cls(statistic, a, b, rate_hz, of_a, of_b, statistic.curves(of_a, of_b))

    @property
    def grid_hz(self) -> float:
        """Shifts per second."""
        return self.statistic.grid_hz(self.rate_hz)

    @property
    def reach(self) -> int:
        """Largest lag in steps of the grid."""
        return reach(self.statistic, self.rate_hz)

    def windows(self, min_shift_s: float = MIN_SHIFT_S) -> LagWindows:
        """The lag window; shifts are admissible from there and from three times the largest lag."""
        min_s = max(min_shift_s, 3.0 * self.statistic.max_lag_s)
        return LagWindows(self.reach, round(min_s * self.grid_hz))


@dataclass(frozen=True, slots=True, eq=False)
class NullResult(Result):
    """Answer of a null: what chance gives for one question.

    p : probability of a value at least as large without coupling
    observed : the pair's excess, in standard deviations over its own circular shifts
    null_mean, null_sd : of the same under the null
    draws : how many null values were computed
    blocks : how many of them are independent, where they overlap; else as `draws`
    name : which null, in words
    warnings : what a reader must know
    """

    p: float
    observed: float
    null_mean: float
    null_sd: float
    draws: int
    blocks: float
    name: str
    warnings: tuple[str, ...] = ()


class Null(Protocol):
    """A null: what could have produced the pair without coupling.

    Any object with this member can be given to `couple`.
    """

    def judge(self, question: Question, seed: int) -> NullResult:
        """Answer the question."""
