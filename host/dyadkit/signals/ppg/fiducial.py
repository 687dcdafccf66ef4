"""Where exactly a beat is, between samples, and how high its pulse rises."""

import numpy as np

from dyadkit.arrays import Floats, Ints
from dyadkit.signals.ppg.waveform import WORKING_HZ, Waveform

REACH = int(0.3 * WORKING_HZ)  # a rise takes no longer on either side of its steepest point
NEAR = int(0.08 * WORKING_HZ)


def steepest(wave: Waveform, at: Ints) -> Ints:
    """The sample of steepest rise within 80 ms of each beat."""
    around = np.clip(at[:, None] + np.arange(-NEAR, NEAR + 1), 0, len(wave) - 1)
    best = wave.slope[around].argmax(axis=1)
    return np.asarray(around[np.arange(len(at)), best])


def rises(wave: Waveform, at: Ints) -> tuple[Ints, Ints]:
    """Trough before and crest after each steepest point, as working-sample indices."""
    rising = np.diff(wave.pulse) > 0
    last_fall = np.maximum.accumulate(np.where(rising, -1, np.arange(len(rising)) + 1))
    falls = np.where(rising, len(wave) - 1, np.arange(len(rising)))
    next_fall = np.minimum.accumulate(falls[::-1])[::-1]
    inside = np.clip(at, 1, len(wave) - 2)
    trough = np.maximum(last_fall[inside - 1], inside - REACH)
    crest = np.minimum(next_fall[inside], inside + REACH)
    return np.maximum(trough, 0), np.minimum(crest, len(wave) - 1)


def half_rise_s(wave: Waveform, trough: Ints, crest: Ints) -> Floats:
    """The moment each pulse crosses half of its rise, in seconds, shape (n,).

    On noisy waves this moment wanders least of all fiducials.
    """
    half = 0.5 * (wave.pulse[trough] + wave.pulse[crest])
    steps = trough[:, None] + np.arange(2 * REACH + 1)
    inside = steps <= crest[:, None]
    values = wave.pulse[np.minimum(steps, len(wave) - 1)]
    after = trough + np.argmax((values >= half[:, None]) & inside, axis=1)
    after = np.clip(after, 1, len(wave) - 1)
    rise = wave.pulse[after] - wave.pulse[after - 1]
    share = np.where(rise > 0, (half - wave.pulse[after - 1]) / np.where(rise > 0, rise, 1.0), 0.5)
    return np.asarray((after - 1 + np.clip(share, 0, 1)) / WORKING_HZ)
