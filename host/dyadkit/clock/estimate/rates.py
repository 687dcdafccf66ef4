"""Changes of a clock's rate: where a host is slewed, or a crystal warmed.

A path that becomes slower makes offsets jump; these make them bend. What bends is let go.
"""

import numpy as np
from scipy.ndimage import maximum_filter1d

from dyadkit.clock.estimate.smoother import Readings, Timeline
from dyadkit.dyad.arrays import Bools, Floats

_SLEW_WALK = 1e-8
_SLEW = 8e-6
"""Both wearables' rates changing by so much at once is the host's doing; NTP slews by 500 ppm."""
_SLEW_SPAN_S = 60.0
_BEND_SPAN_S = 80.0
_MIN_BEND, _MAX_BEND = 1e-6, 20e-6
"""A crystal's rate changes by a few ppm within a minute when its board is put on; a change beyond
20 ppm is a jump of the path of more than a millisecond."""
_BEND_DEVIATIONS = 2.0
"""To let go where nothing bent costs a little precision, not to let go costs the truth."""
_DOUBTED = 0.3
"""Trust below which a reading may be of a slow path."""
_LEVEL_SHARE = 0.45
"""Variance of a level from three readings (weights 1, 4, 1 sixths and the like) against one's."""
_AS_MUCH_BACK, _BACK_DEVIATIONS = 0.5, 3.0
"""A jump bends there and back alike, by more than chance does somewhere in a session."""
_REACH = 5
"""Knots about a change that are let go."""


def slewing_walk(readings: Readings, timeline: Timeline) -> Floats:
    """Wander allowed to the reference after each knot, shape (k,): large where it is being slewed.

    Two wearables do not change rate together; where both seem to, it is the reference.
    """
    walk = timeline.reference_walk.copy()
    wearables = np.unique(readings.wearable).tolist()
    if len(wearables) < 2:
        return walk
    departures = np.array([_rate_departure(readings, one, timeline.knots_s) for one in wearables])
    together = np.abs(np.sign(departures).sum(axis=0)) == len(wearables)
    slewed = together & (np.abs(departures).min(axis=0) > _SLEW)
    walk[maximum_filter1d(slewed, size=_REACH)] = _SLEW_WALK
    return walk


def bending_walk(readings: Readings, trust: Floats, timeline: Timeline) -> Floats:
    """Wander allowed to each crystal over the usual, shape (k, wearables): where its rate bends.

    Not where the reference is slewed, which bends both wearables, nor about a path that was slow.
    """
    walk = np.zeros(timeline.restarts.shape)
    knot_s = float(np.median(np.diff(timeline.knots_s))) if len(timeline.knots_s) > 1 else 1.0
    for wearable in np.unique(readings.wearable).tolist():
        bends = _bends(readings, wearable, timeline.knots_s)
        bends[timeline.reference_walk >= _SLEW_WALK] = 0.0
        own = readings.wearable == wearable
        noise_s = float(np.sqrt(np.median(readings.variance[own])))
        usual = noise_s * np.sqrt(_LEVEL_SHARE * 6) / _BEND_SPAN_S
        threshold = max(_MIN_BEND, _BEND_DEVIATIONS * usual)
        doubted = np.interp(timeline.knots_s, readings.at_s[own], trust[own] < _DOUBTED) > 0
        slow = maximum_filter1d(doubted, size=2 * _REACH + 1)
        bends[(np.abs(bends) < threshold) | _jumped(bends, usual) | slow] = 0.0
        walk[:, wearable] = maximum_filter1d(bends**2, size=_REACH) / (_REACH * knot_s)
    return walk


def _jumped(bends: Floats, usual: float) -> Bools:
    """Knots near which the offset jumped: bent there and back, or more than crystals can.

    `usual` is the deviation of a bend by chance.
    """
    size = 4 * _REACH - 3  # there and back lie two spans apart
    up = maximum_filter1d(np.maximum(bends, 0), size=size)
    down = maximum_filter1d(np.maximum(-bends, 0), size=size)
    threshold = np.maximum(_AS_MUCH_BACK * np.maximum(up, down), _BACK_DEVIATIONS * usual)
    there_and_back = np.minimum(up, down) > threshold
    return np.asarray(there_and_back | (np.maximum(up, down) > _MAX_BEND), dtype=bool)


def _bends(readings: Readings, wearable: int, knots_s: Floats) -> Floats:
    """Rate after each knot minus rate before; 0 where too little was read on either side."""
    at_s, offset_s = _of_wearable(readings, wearable)
    before, here, after = (
        _level(at_s, offset_s, knots_s + shift_s) for shift_s in (-_BEND_SPAN_S, 0.0, _BEND_SPAN_S)
    )
    bends = (after - 2 * here + before) / _BEND_SPAN_S
    covered = np.all([_read(at_s, knots_s + x) for x in (-_BEND_SPAN_S, 0.0, _BEND_SPAN_S)], axis=0)
    return np.where(covered, bends, 0.0)


def _level(at_s: Floats, offset_s: Floats, times_s: Floats) -> Floats:
    """Offset at times, from three neighbouring readings each against their straight line."""
    smooth = offset_s.copy()
    if len(at_s) > 2:
        share = (at_s[1:-1] - at_s[:-2]) / np.maximum(at_s[2:] - at_s[:-2], 1e-9)
        line = offset_s[:-2] + share * (offset_s[2:] - offset_s[:-2])
        smooth[1:-1] = (offset_s[1:-1] + 2 * line) / 3
    return np.interp(times_s, at_s, smooth)


def _read(at_s: Floats, times_s: Floats) -> Bools:
    """Times that have a reading as near as readings usually have each other; none if they are few.

    Envelopes of whole minutes are too few to tell a bend from their scatter.
    """
    apart_s = float(np.median(np.diff(at_s))) if len(at_s) > 2 else np.inf
    if apart_s > _BEND_SPAN_S / 3:
        return np.zeros(len(times_s), dtype=bool)
    after = np.clip(np.searchsorted(at_s, times_s), 1, len(at_s) - 1)
    away_s = np.minimum(np.abs(at_s[after] - times_s), np.abs(at_s[after - 1] - times_s))
    return np.asarray(away_s <= apart_s, dtype=bool)


def _rate_departure(readings: Readings, wearable: int, knots_s: Floats) -> Floats:
    """Rate of one clock's readings about each knot, minus the usual; 0 where none was read."""
    at_s, offset_s = _of_wearable(readings, wearable)
    before, after = knots_s - _SLEW_SPAN_S / 2, knots_s + _SLEW_SPAN_S / 2
    rate = (np.interp(after, at_s, offset_s) - np.interp(before, at_s, offset_s)) / _SLEW_SPAN_S
    covered = (before > at_s[0]) & (after < at_s[-1])
    return np.where(covered, rate - np.median(rate[covered]) if covered.any() else 0.0, 0.0)


def _of_wearable(readings: Readings, wearable: int) -> tuple[Floats, Floats]:
    rows = readings.wearable == wearable
    return readings.at_s[rows], readings.offset_s[rows]
