"""Recovery time of a person's typical sudden rise, overlaps and slow swings apart.

What the slow level does meanwhile, and the next rise, blur a single recovery. Both can be told
from the response itself: a level is predicted by its own past, a rise is not. So rises are found
where the series surprises, and one response common to all is estimated by generalised least squares
under the autoregression of what it leaves.
"""

import math

import numpy as np

from dyadkit.dyad.arrays import Floats
from dyadkit.synchrony.directed.regression import lagged
from dyadkit.synchrony.responses.events import MIN_EVENTS, SETTLED
from dyadkit.synchrony.responses.surprise import ORDER, surprises

RATE_HZ = 4.0
FOLLOWED_S = 15.0
"""A response is followed so long: at 10 s the estimate is 5 % short for decays up to 3.5 s."""
PEAK_WITHIN_S = 4.0
SURPRISING = 5.0
"""Robust standard deviations; between 3 and 8 it makes no difference to skin conductance."""
_PASSES = 3


def typical_settling_s(series: Floats, rate_hz: float) -> float:
    """Time from the peak of the typical sudden rise until 63 % of it are gone.

    Parameters
    ----------
    series : shape (n,), NaN where missing
    rate_hz : samples per second; averaged to about four

    Returns
    -------
    seconds; NaN with fewer than five sudden rises, or a response without a peak in 4 s or not
    gone in 15 s

    References
    ----------
    Dale 1999, Human Brain Mapping 8, 109–114 (one response common to overlapping events)
    """
    values, rate_hz = _averaged(series, rate_hz)
    if np.isfinite(values).sum() < 2 * FOLLOWED_S * RATE_HZ:
        return math.nan
    values = values - np.nanmean(values)
    rises = _sudden(values)
    if np.count_nonzero(rises) < MIN_EVENTS:
        return math.nan
    response = _common_response(
        values, rises / rises[rises > 0.0].mean(), round(FOLLOWED_S * rate_hz)
    )
    return _settled_after(response, round(PEAK_WITHIN_S * rate_hz)) / rate_hz


def _averaged(series: Floats, rate_hz: float) -> tuple[Floats, float]:
    """Means of whole numbers of samples, so that at least `RATE_HZ` remain; a gap stays one."""
    width = max(1, int(rate_hz / RATE_HZ))
    whole = series[: len(series) // width * width].reshape(-1, width)
    return np.asarray(whole.mean(axis=1)), rate_hz / width


def _sudden(values: Floats) -> Floats:
    """Size of the upward surprises, 0 elsewhere, shape (n,)."""
    surprise, spread = surprises(values)
    outstanding = spread > 0.0 and surprise > SURPRISING * spread
    return np.where(outstanding, surprise, 0.0)


def _common_response(values: Floats, rises: Floats, order: int) -> Floats:
    """The response to a rise of mean size, shape (order + 1,)."""
    padded = np.concatenate([np.zeros(order), rises])
    design = np.lib.stride_tricks.sliding_window_view(padded, order + 1)[:, ::-1]
    design = np.column_stack([design, np.ones(len(values))])
    weights: Floats = np.zeros(0)
    coefficients: Floats = np.zeros(design.shape[1])
    for _ in range(_PASSES):
        columns, target = _whitened(design, weights), _whitened(values, weights)
        known = np.isfinite(target)
        columns, target = columns[known], target[known]
        gram, force = columns.T @ columns, columns.T @ target
        coefficients = np.asarray(np.linalg.lstsq(gram, force, rcond=None)[0])
        weights = _prediction_weights(np.asarray(values - design @ coefficients))
    return np.asarray(coefficients[:-1])


def _prediction_weights(left: Floats) -> Floats:
    """Weights of the last `ORDER` samples in the next."""
    past, now = lagged(left, 1, ORDER, ORDER), left[ORDER:]
    known = np.isfinite(now) & np.isfinite(past).all(axis=1)
    return np.asarray(np.linalg.lstsq(past[known], now[known], rcond=None)[0])


def _whitened(columns: Floats, weights: Floats) -> Floats:
    """What is left of each column after prediction from its past, the first samples dropped."""
    order = len(weights)
    left = columns[order:].copy()
    for lag, weight in enumerate(weights, start=1):
        left -= weight * columns[order - lag : len(columns) - lag]
    return left


def _settled_after(response: Floats, latest_peak: int) -> float:
    """Samples from the peak, between samples, until the response is down to 37 % of it."""
    peak = int(np.argmax(response[: latest_peak + 1]))
    if peak == latest_peak:
        return math.nan
    left, middle, right = response[max(peak - 1, 0)], response[peak], response[peak + 1]
    curvature = left - 2.0 * middle + right
    beside = 0.5 * float((left - right) / curvature) if peak > 0 and curvature < 0.0 else 0.0
    target = SETTLED * float(middle - 0.25 * (left - right) * beside)
    low = np.flatnonzero(response[peak:] <= target)
    if not target > 0.0 or not len(low):
        return math.nan
    last = peak + int(low[0])
    step = float(response[last - 1] - response[last])
    return last - (target - float(response[last])) / step - peak - beside
