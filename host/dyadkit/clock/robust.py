"""Smoothing that does not believe a crystal can jump.

A path that becomes slower for ten minutes looks like a clock that jumped; crystals do not jump.
The smoother starts stiff, learns which readings a steady clock cannot explain, and is then let go
step by step (graduated non-convexity) until it follows what crystals really do.
"""

from dataclasses import replace

import numpy as np
from scipy.ndimage import maximum_filter1d

from dyadkit.arrays import Floats
from dyadkit.clock.smoother import CrystalModel, Readings, Timeline, Track, smooth

_STIFFNESS = (1e-7, 1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1, 1.0, 1.0)
"""Share of the crystals' real wander allowed in each round."""
_TRUSTED_UNTIL = 0.1
_TOLERATED = 3.0
"""Departures beyond this many deviations lose their say."""
_BELIEVED = 0.25
_SLEW_WALK = 1e-8
_SLEW = 8e-6
_SLEW_SPAN_S = 60.0


def smooth_robustly(
    readings: Readings, trust: Floats, timeline: Timeline, model: CrystalModel
) -> tuple[Track, Floats]:
    """Track through readings that crystals can explain, and the weight (0..1) of each reading.

    `trust`, shape (n,), 0..1, is where to begin: readings of suspiciously slow paths low.

    References
    ----------
    Yang, Antonante, Tzoumas & Carlone 2020, graduated non-convexity
    """
    weights = trust
    for share in _STIFFNESS:
        track = smooth(_weighted(readings, weights), timeline, _stiffer(model, share))
        weights = _weights(readings, residuals_s(readings, track))
        if share < _TRUSTED_UNTIL:
            weights = weights * trust
    scaled = replace(readings, variance=readings.variance * _inflation(readings, track, weights))
    return smooth(_weighted(scaled, weights), timeline, model), weights


def residuals_s(readings: Readings, track: Track) -> Floats:
    """Reading minus track."""
    expected = np.empty(len(readings.at_s))
    for lane in np.unique(readings.lane).tolist():
        rows = readings.lane == lane
        expected[rows] = track.offset_s(lane, readings.at_s[rows])
    return readings.offset_s - expected


def _stiffer(model: CrystalModel, share: float) -> CrystalModel:
    return replace(model, skew_walk=model.skew_walk * share)


def _weighted(readings: Readings, weights: Floats) -> Readings:
    return replace(readings, variance=readings.variance / np.maximum(weights, 1e-9))


def _weights(readings: Readings, rest_s: Floats) -> Floats:
    """Geman–McClure weights; a lane's own scatter counts if it is larger than expected."""
    scale_s = np.sqrt(readings.variance)
    for lane in np.unique(readings.lane).tolist():
        rows = readings.lane == lane
        scatter_s = 1.4826 * float(np.median(np.abs(rest_s[rows])))
        scale_s[rows] = np.maximum(scale_s[rows], scatter_s)
    return np.asarray((1 + (rest_s / (_TOLERATED * scale_s)) ** 2) ** -2.0)


def _inflation(readings: Readings, track: Track, weights: Floats) -> Floats:
    """How much larger the variance of each lane's readings is than they claim."""
    relative = np.abs(residuals_s(readings, track)) / np.sqrt(readings.variance)
    factor = np.ones(len(relative))
    for lane in np.unique(readings.lane).tolist():
        rows = readings.lane == lane
        believed = rows & (weights > _BELIEVED)
        if believed.any():
            factor[rows] = max(1.0, 1.4826 * float(np.median(relative[believed]))) ** 2
    return factor


def slewing_walk(readings: Readings, timeline: Timeline, model: CrystalModel) -> Floats:
    """Wander allowed to the reference after each knot: large where it is being slewed.

    Two wearables do not change rate together; where both seem to, it is the reference.
    """
    lanes = np.unique(readings.lane).tolist()
    walk = np.full(len(timeline.knots_s), model.reference_walk)
    if len(lanes) < 2:
        return walk
    departures = np.array([_rate_departure(readings, lane, timeline.knots_s) for lane in lanes])
    together = np.abs(np.sign(departures).sum(axis=0)) == len(lanes)
    slewed = together & (np.abs(departures).min(axis=0) > _SLEW)
    walk[maximum_filter1d(slewed, size=5)] = _SLEW_WALK
    return walk


def _rate_departure(readings: Readings, lane: int, knots_s: Floats) -> Floats:
    """Rate of a lane's readings about each knot, minus its usual rate; 0 where nothing was read."""
    rows = readings.lane == lane
    at_s, offset_s = readings.at_s[rows], readings.offset_s[rows]
    before, after = knots_s - _SLEW_SPAN_S / 2, knots_s + _SLEW_SPAN_S / 2
    rate = (np.interp(after, at_s, offset_s) - np.interp(before, at_s, offset_s)) / _SLEW_SPAN_S
    covered = (before > at_s[0]) & (after < at_s[-1])
    return np.where(covered, rate - np.median(rate[covered]) if covered.any() else 0.0, 0.0)
