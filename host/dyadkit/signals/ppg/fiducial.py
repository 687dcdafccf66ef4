"""Fiducial points of a pulse: where exactly a beat is, between samples, and how high it rises."""

import numpy as np

from dyadkit.dyad.arrays import Floats, Ints
from dyadkit.signals.ppg.waveform import WORKING_HZ, Waveform

REACH = int(0.3 * WORKING_HZ)  # a rise takes no longer on either side of its steepest point
NEAR = int(0.08 * WORKING_HZ)


def steepest(wave: Waveform, at: Ints) -> Ints:
    """The sample of steepest rise within 80 ms of each beat."""
    return _highest(wave.slope, at)


def beat_times_s(wave: Waveform, at: Ints, size: Floats) -> Floats:
    """The moment of each beat in seconds, shape (b,): the mean of three fiducials of one rise.

    Half of the rise, the steepest point and the best fit of the usual upstroke err for different
    reasons, so that their mean wanders less than any of them, on clean and on noisy waves.

    Parameters
    ----------
    wave : the pulse wave
    at : shape (b,), steepest points, working-sample indices
    size : shape (n,), amplitude of the usual upstroke fitted at each moment
    """
    trough, crest = rises(wave, at)
    half_s = half_rise_s(wave, trough, crest)
    steepest_s = _summit(wave.slope, at) / WORKING_HZ
    fitted_s = _summit(size, _highest(size, at)) / WORKING_HZ
    return np.asarray((half_s + steepest_s + fitted_s) / 3)


def rises(wave: Waveform, at: Ints) -> tuple[Ints, Ints]:
    """Trough before and crest after each steepest point, as working-sample indices.

    `last_fall[k]` is the last sample up to k + 1 at which the wave has just fallen, `next_fall[k]`
    the first from k on that it falls from: both found for all samples at once, by running extremes.
    """
    rising = np.diff(wave.pulse) > 0
    last_fall = np.maximum.accumulate(np.where(rising, -1, np.arange(len(rising)) + 1))
    falls = np.where(rising, len(wave) - 1, np.arange(len(rising)))
    next_fall = np.minimum.accumulate(falls[::-1])[::-1]
    inside = np.clip(at, 1, len(wave) - 2)
    trough = np.maximum(last_fall[inside - 1], inside - REACH)
    crest = np.minimum(next_fall[inside], inside + REACH)
    return np.maximum(trough, 0), np.minimum(crest, len(wave) - 1)


def half_rise_s(wave: Waveform, trough: Ints, crest: Ints) -> Floats:
    """The moment each pulse crosses half of its rise, in seconds, shape (b,)."""
    half = 0.5 * (wave.pulse[trough] + wave.pulse[crest])
    steps = trough[:, None] + np.arange(2 * REACH + 1)
    inside = steps <= crest[:, None]
    values = wave.pulse[np.minimum(steps, len(wave) - 1)]
    after = trough + np.argmax((values >= half[:, None]) & inside, axis=1)
    after = np.clip(after, 1, len(wave) - 1)
    rise = wave.pulse[after] - wave.pulse[after - 1]
    share = np.where(rise > 0, (half - wave.pulse[after - 1]) / np.where(rise > 0, rise, 1.0), 0.5)
    return np.asarray((after - 1 + np.clip(share, 0, 1)) / WORKING_HZ)


def _highest(values: Floats, at: Ints) -> Ints:
    """Index of the highest value within 80 ms of each `at`."""
    around = np.clip(at[:, None] + np.arange(-NEAR, NEAR + 1), 0, len(values) - 1)
    return np.asarray(around[np.arange(len(at)), values[around].argmax(axis=1)])


def _summit(values: Floats, at: Ints) -> Floats:
    """Fractional index of the top of the parabola through each `at` and its neighbours."""
    middle = np.clip(at, 1, len(values) - 2)
    before, here, after = values[middle - 1], values[middle], values[middle + 1]
    bend = before - 2 * here + after
    shift = 0.5 * (before - after) / np.where(bend < 0, bend, -np.inf)
    return np.asarray(middle + np.clip(shift, -1, 1))
