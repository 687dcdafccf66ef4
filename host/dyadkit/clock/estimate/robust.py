"""Robust smoothing: it does not believe that a crystal can jump.

A path that becomes slower for ten minutes looks like a clock that jumped; crystals do not jump.
The smoother starts stiff, learns which readings a steady clock cannot explain, and is then let go
step by step (graduated non-convexity) until it follows what crystals really do.
"""

from dataclasses import replace

import numpy as np

from dyadkit.clock.estimate.smoother import ClockTrack, CrystalModel, Readings, Timeline, smooth
from dyadkit.dyad.arrays import Floats

_STIFFNESS = (1e-7, 1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1, 1.0, 1.0)
"""Share of the crystals' real wander allowed in each round."""
_TRUSTED_UNTIL = 0.1
_TOLERATED = 3.0
"""Departures beyond this many deviations lose their say."""
_BELIEVED = 0.25
_CHOSEN_BY_EYE = 1.0
"""Variance of a track whose readings were weighed by how they fit it, against one with given
weights: neighbours that err alike are believed together."""


def smooth_robustly(
    readings: Readings, trust: Floats, timeline: Timeline, model: CrystalModel
) -> tuple[ClockTrack, Floats]:
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
    track = smooth(_weighted(scaled, weights), timeline, model)
    return replace(track, covariance=_CHOSEN_BY_EYE * track.covariance), weights


def residuals_s(readings: Readings, track: ClockTrack) -> Floats:
    """Reading minus track."""
    expected = np.empty(len(readings.at_s))
    for wearable in np.unique(readings.wearable).tolist():
        rows = readings.wearable == wearable
        expected[rows] = track.offset_s(wearable, readings.at_s[rows])
    return readings.offset_s - expected


def _stiffer(model: CrystalModel, share: float) -> CrystalModel:
    return replace(model, skew_walk=model.skew_walk * share)


def _weighted(readings: Readings, weights: Floats) -> Readings:
    return replace(readings, variance=readings.variance / np.maximum(weights, 1e-9))


def _weights(readings: Readings, rest_s: Floats) -> Floats:
    """Geman–McClure weights; a wearable's own scatter counts if it is larger than expected."""
    scale_s = np.sqrt(readings.variance)
    for wearable in np.unique(readings.wearable).tolist():
        rows = readings.wearable == wearable
        scatter_s = 1.4826 * float(np.median(np.abs(rest_s[rows])))
        scale_s[rows] = np.maximum(scale_s[rows], scatter_s)
    return np.asarray((1 + (rest_s / (_TOLERATED * scale_s)) ** 2) ** -2.0)


def _inflation(readings: Readings, track: ClockTrack, weights: Floats) -> Floats:
    """How much larger the variance of each wearable's readings is than they claim."""
    relative = np.abs(residuals_s(readings, track)) / np.sqrt(readings.variance)
    factor = np.ones(len(relative))
    for wearable in np.unique(readings.wearable).tolist():
        rows = readings.wearable == wearable
        believed = rows & (weights > _BELIEVED)
        if believed.any():
            factor[rows] = max(1.0, 1.4826 * float(np.median(relative[believed]))) ** 2
    return factor
