"""Course of any estimate of a dyad along a session, window by window."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from dyadkit.dyad.arrays import ArrayLike, Floats
from dyadkit.dyad.result import Result
from dyadkit.errors import SignalError
from dyadkit.synchrony import grid


@dataclass(frozen=True, slots=True, eq=False)
class Course(Result):
    """Course of an estimate: one number a window.

    times_s : shape (n,), the middle of each window in session seconds
    values : shape (n,); NaN where the window could not be estimated
    window_s : how much time each value rests on

    Examples
    --------
    >>> Course(np.array([30.0, 45.0, 60.0]), np.array([0.2, np.nan, 0.4]), window_s=60.0).step_s()
    15.0
    """

    times_s: Floats
    values: Floats
    window_s: float

    def step_s(self) -> float:
        """Time between one value and the next."""
        return float(np.median(np.diff(self.times_s))) if len(self.times_s) > 1 else self.window_s


def in_windows(
    series: tuple[ArrayLike, ArrayLike],
    rate_hz: float,
    estimate: Callable[[Floats, Floats], float],
    window_s: float = 60.0,
    step_s: float = 15.0,
) -> Course:
    """`estimate` of both people's samples in sliding windows; time 0 is the first sample.

    Parameters
    ----------
    series : a and b, each shape (n,), NaN missing
    rate_hz : samples per second
    estimate : takes a's and b's samples of one window, gives a number; may raise SignalError,
        which leaves the window NaN
    window_s, step_s : length of a window and distance between windows

    Raises
    ------
    ValueError for unequal series or windows that are not positive; SignalError where the session
    is shorter than two windows

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> pair = rng.standard_normal((2, 600))
    >>> course = in_windows((pair[0], pair[1]), 1.0, lambda a, b: float(np.corrcoef(a, b)[0, 1]))
    >>> len(course.values)
    37
    """
    if not (window_s > 0 and step_s > 0):
        raise ValueError("window_s and step_s must be positive")
    a, b = grid.checked_pair(*series, rate_hz)
    length, step = round(window_s * rate_hz), max(1, round(step_s * rate_hz))
    if len(a) < 2 * length:
        raise SignalError(f"{len(a) / rate_hz:.0f} s are less than two windows of {window_s:.0f} s")
    starts = np.arange(0, len(a) - length + 1, step)
    values = [_estimated(estimate, a[k : k + length], b[k : k + length]) for k in starts]
    middles_s = np.asarray(starts + length / 2, dtype=float) / rate_hz
    return Course(middles_s, np.array(values), window_s)


def _estimated(estimate: Callable[[Floats, Floats], float], a: Floats, b: Floats) -> float:
    try:
        return float(estimate(a, b))
    except SignalError:
        return float("nan")
