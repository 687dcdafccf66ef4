"""Waveform error: how far each pulse is from the usual whole pulse of its record."""

import numpy as np

from dyadkit.dyad.arrays import Bools, Floats, Ints
from dyadkit.signals.ppg.waveform import WORKING_HZ, Waveform

BEFORE, AFTER = int(0.24 * WORKING_HZ), int(0.70 * WORKING_HZ)
NEXT = int(0.16 * WORKING_HZ)  # the next rise begins this long before its steepest point
KEPT = 0.6  # share of beats, the most alike, that make the usual pulse
NEIGHBOURHOOD_S = 1.2  # movement lasts: what spoils a beat casts doubt on its neighbours
MIN_BEATS = 4


def waveform_error(wave: Waveform, at: Ints, rise: Floats) -> Floats:
    """Residual over the usual pulse, as a ratio of standard deviations, shape (beats,).

    The usual pulse is fitted in height and level to every beat up to the next rise; what is left
    is averaged (geometrically) with the beats around. Infinite when there are too few to tell.

    Parameters
    ----------
    wave : the pulse wave
    at : shape (beats,), steepest points, working-sample indices
    rise : shape (beats,), trough to crest of each pulse
    """
    whole = (at >= BEFORE) & (at < len(wave) - AFTER)
    whole &= rise > 0.3 * np.median(rise)
    if whole.sum() < MIN_BEATS:
        return np.full(len(at), np.inf)
    inside = np.clip(at, BEFORE, len(wave) - AFTER - 1)
    cuts = wave.pulse[inside[:, None] + np.arange(-BEFORE, AFTER)]
    own = _own(at)
    shape = _usual(cuts[whole], own[whole], rise[whole])
    height, left = _fit(cuts, own, shape)
    usual = float(np.median(np.abs(height[whole]))) * float(shape.std())
    times_s = np.asarray(at / WORKING_HZ, dtype=float)
    return _around(times_s, left / max(usual, 1e-300))


def _own(at: Ints) -> Floats:
    """1 where a beat's cut is its own, 0 where the next beat has begun; shape (beats, cut)."""
    until = np.diff(at, append=at[-1] + BEFORE + AFTER) - NEXT
    inside = np.arange(-BEFORE, AFTER) < np.maximum(until, NEXT)[:, None]
    return np.asarray(inside, dtype=float)


def _usual(cuts: Floats, own: Floats, rise: Floats) -> Floats:
    """Median shape of the beats most alike, per unit of rise."""
    level = (cuts * own).sum(axis=1, keepdims=True) / own.sum(axis=1, keepdims=True)
    scaled = (cuts - level) / rise[:, None]
    alike: Bools = np.ones(len(cuts), dtype=bool)
    for _ in range(2):
        shape = np.median(scaled[alike], axis=0)
        distance = (own * (scaled - shape) ** 2).sum(axis=1) / own.sum(axis=1)
        alike = distance <= np.quantile(distance, KEPT)
    return np.asarray(np.median(scaled[alike], axis=0))


def _fit(cuts: Floats, own: Floats, shape: Floats) -> tuple[Floats, Floats]:
    """Height of the shape in each cut and the standard deviation left, shape (beats,) each."""
    count = own.sum(axis=1)
    level = (own * cuts).sum(axis=1) / count
    middle = own @ shape / count
    centred = own * (shape[None, :] - middle[:, None])
    height = (centred * cuts).sum(axis=1) / np.maximum((centred**2).sum(axis=1), 1e-300)
    left = own * (cuts - level[:, None]) - height[:, None] * centred
    return height, np.sqrt((left**2).sum(axis=1) / count)


def _around(times_s: Floats, ratio: Floats) -> Floats:
    """Geometric mean weighted by nearness in time."""
    logs = np.log(np.maximum(ratio, 1e-6))
    total, weight = logs.copy(), np.ones(len(logs))
    for step in range(1, 12):
        near = np.exp(-0.5 * ((times_s[step:] - times_s[:-step]) / NEIGHBOURHOOD_S) ** 2)
        for here, there in (
            (slice(step, None), slice(None, -step)),
            (slice(None, -step), slice(step, None)),
        ):
            total[here] += near * logs[there]
            weight[here] += near
    return np.asarray(np.exp(total / weight))
