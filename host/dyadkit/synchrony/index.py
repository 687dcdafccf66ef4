"""Single session index and concordance: one number for the concurrent synchrony of a session.

Both are widely reported and neither says anything about chance by itself: the index of two people
who never met scatters around zero by as much as ± 0.5 in ten minutes. Read them with their p.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from dyadkit.dyad.arrays import ArrayLike, Floats
from dyadkit.dyad.result import Result
from dyadkit.errors import SignalError
from dyadkit.synchrony import misalignment
from dyadkit.synchrony.grid import checked_pair
from dyadkit.synchrony.misalignment import SHIFTS, Shifts

SLOPE_S = 5
WINDOW_S = 15
MIN_SLOPES = 10


@dataclass(frozen=True, slots=True, eq=False)
class SessionIndex(Result):
    """Single session index: how much more two people's slopes agree than disagree.

    index : log of summed positive over summed negative windowed correlations; 0 is balance, and
        infinite where all windows agree or all disagree
    mean_correlation : mean over windows
    times_s, correlations : shape (windows,), centre of each window from the start, and correlation
        of slopes in it; NaN where gaps leave fewer than ten slopes
    p : how rarely circular shifts give so high an index
    windows, coverage : windows that count, and their share
    """

    index: float
    mean_correlation: float
    times_s: Floats
    correlations: Floats
    p: float
    null: str
    shifts: int
    seed: int
    windows: int
    coverage: float
    slope_s: int
    window_s: int
    rate_hz: float


@dataclass(frozen=True, slots=True, eq=False)
class Agreement(Result):
    """Agreement in level (Lin's concordance), -1 to 1: `concordance` = `precision` × `accuracy`.

    precision : Pearson correlation at lag zero
    accuracy : 1 if both have one mean and spread, towards 0 otherwise
    p : how rarely circular shifts of b give so high a concordance
    samples, coverage : samples present in both, and their share
    """

    concordance: float
    precision: float
    accuracy: float
    p: float
    null: str
    shifts: int
    seed: int
    samples: int
    coverage: float
    rate_hz: float


def single_session_index(
    a: ArrayLike, b: ArrayLike, rate_hz: float, null: Shifts = SHIFTS
) -> SessionIndex:
    """The single session index of two skin conductance (or other slow) series.

    Means of whole seconds, slopes over 5 s, their Pearson correlation in windows of 15 s.

    Parameters
    ----------
    a, b : shape (n,), any unit, at 1 Hz or more; NaN is missing

    Raises
    ------
    ValueError
        different lengths, a rate below 1 Hz
    SignalError
        too short, constant, or too many gaps for any window

    Examples
    --------
    >>> a, b = np.random.default_rng(0).standard_normal((2, 600)).cumsum(axis=1)
    >>> strangers, alike = single_session_index(a, b, 1.0), single_session_index(a + b, b, 1.0)
    >>> [(round(found.index, 1), found.p < 0.05) for found in (strangers, alike)]
    [(0.2, False), (5.4, True)]

    References
    ----------
    Marci et al. 2007, Journal of Nervous and Mental Disease 195; Marci & Orr 2006
    """
    x, y = checked_pair(a, b, rate_hz)
    if rate_hz < 1.0:
        raise ValueError(f"the index needs at least one sample a second, not {rate_hz:g} Hz")
    of_a, of_b = (_slopes(_seconds(series, rate_hz)) for series in (x, y))
    correlations = _windowed(of_a, of_b)
    known = correlations[np.isfinite(correlations)]
    if not len(known):
        raise SignalError(f"no window of {WINDOW_S} s holds {MIN_SLOPES} slopes of both people")
    shifts = null.drawn(len(of_b), 1.0)
    chance = [_balance(_windowed(of_a, np.roll(of_b, shift))) for shift in shifts]
    balance = _balance(correlations)
    return SessionIndex(
        index=2.0 * math.atanh(balance) if abs(balance) < 1.0 else math.copysign(math.inf, balance),
        mean_correlation=float(known.mean()),
        times_s=np.arange(float(len(correlations))) + (WINDOW_S + SLOPE_S - 1) / 2.0,
        correlations=correlations,
        p=misalignment.p_among(balance, np.array(chance)),
        null=f"{len(shifts)} circular shifts of at least {null.min_shift_s:g} s",
        shifts=len(shifts),
        seed=null.seed,
        windows=len(known),
        coverage=len(known) / len(correlations),
        slope_s=SLOPE_S,
        window_s=WINDOW_S,
        rate_hz=rate_hz,
    )


def concordance(a: ArrayLike, b: ArrayLike, rate_hz: float, null: Shifts = SHIFTS) -> Agreement:
    """Lin's concordance: do two people have the same values at the same time.

    For series in one meaningful unit (heart rate, ratings); z-scores would hide the level.
    Parameters and errors as in `single_session_index`.

    Examples
    --------
    >>> a = 70.0 + 5.0 * np.sin(np.arange(300.0) / 9.0)
    >>> found = concordance(a, a + 5.0, rate_hz=1.0)        # the same course, five beats higher
    >>> round(found.precision, 2), round(found.concordance, 2)
    (1.0, 0.5)

    References
    ----------
    Lin 1989, Biometrics 45
    """
    x, y = checked_pair(a, b, rate_hz)
    shifts = null.drawn(len(x), rate_hz)
    found, precision = _concordance(x, y)
    chance = [_concordance(x, np.roll(y, -shift))[0] for shift in shifts]
    known = np.isfinite(x) & np.isfinite(y)
    return Agreement(
        concordance=found,
        precision=precision,
        accuracy=found / precision if precision else math.nan,
        p=misalignment.p_among(found, np.array(chance)),
        null=f"{len(shifts)} circular shifts of at least {null.min_shift_s:g} s",
        shifts=len(shifts),
        seed=null.seed,
        samples=int(known.sum()),
        coverage=float(known.mean()),
        rate_hz=rate_hz,
    )


def _concordance(x: Floats, y: Floats) -> tuple[float, float]:
    """Concordance and Pearson correlation over samples present in both; 0 without any."""
    known = np.isfinite(x) & np.isfinite(y)
    if not known.any():
        return 0.0, 0.0
    of_x, of_y = x[known], y[known]
    covariance = float(np.mean((of_x - of_x.mean()) * (of_y - of_y.mean())))
    spread = math.sqrt(float(of_x.var() * of_y.var()))
    apart = float(of_x.var() + of_y.var() + (of_x.mean() - of_y.mean()) ** 2)
    if spread == 0.0:
        return 0.0, 0.0
    return 2.0 * covariance / apart, covariance / spread


def _seconds(series: Floats, rate_hz: float) -> Floats:
    """Mean of each whole second; NaN where less than half of it is present."""
    second = np.floor(np.arange(len(series)) / rate_hz + 1e-9).astype(np.int64)
    whole = int(len(series) / rate_hz + 1e-9)
    inside = second < whole
    present = np.isfinite(series)[inside]
    count = np.bincount(second[inside], present, whole)
    total = np.bincount(second[inside], np.where(present, series[inside], 0.0), whole)
    means = np.full(whole, np.nan)
    return np.asarray(np.divide(total, count, out=means, where=count >= rate_hz / 2.0))


def _slopes(seconds: Floats) -> Floats:
    """Least-squares slope of every 5 s, per second; NaN where one is missing."""
    steps = np.arange(SLOPE_S) - (SLOPE_S - 1) / 2.0
    return np.asarray(sliding_window_view(seconds, SLOPE_S) @ steps / (steps @ steps))


def _windowed(of_a: Floats, of_b: Floats) -> Floats:
    """Pearson correlation in every 15 s; NaN with fewer than ten slopes of both or no variation."""
    known = np.isfinite(of_a) & np.isfinite(of_b)
    windows = sliding_window_view(known, WINDOW_S)
    count = np.maximum(windows.sum(axis=1, keepdims=True), 1)
    x, y = (sliding_window_view(np.where(known, slopes, 0.0), WINDOW_S) for slopes in (of_a, of_b))
    x = np.where(windows, x - x.sum(axis=1, keepdims=True) / count, 0.0)
    y = np.where(windows, y - y.sum(axis=1, keepdims=True) / count, 0.0)
    scale = np.sqrt((x * x).sum(axis=1) * (y * y).sum(axis=1))
    usable = (count[:, 0] >= MIN_SLOPES) & (scale > 0.0)
    correlations = np.full(len(windows), np.nan)
    return np.asarray(np.divide((x * y).sum(axis=1), scale, out=correlations, where=usable))


def _balance(correlations: Floats) -> float:
    """Positive minus negative over their sum, -1 to 1: the index on a bounded scale."""
    total = float(np.nansum(np.abs(correlations)))
    return float(np.nansum(correlations)) / total if total > 0.0 else 0.0
