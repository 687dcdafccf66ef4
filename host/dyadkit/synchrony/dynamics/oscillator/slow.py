"""Slow arousal without respiratory sinus arrhythmia (RSA): what the oscillators describe."""

import numpy as np
from scipy import ndimage, signal

from dyadkit.dyad.arrays import ArrayLike, Floats
from dyadkit.synchrony.grid import check_rate

BREATHING_HZ = 0.125
STEP_S = 4.0
_HALF_S = 30.0
"""A shorter filter leaves residuals that are not white: 12 of 30 sessions failed, 2 with this."""
_PRESENT = 0.5


def without_breathing(series: ArrayLike, rate_hz: float) -> tuple[Floats, float]:
    """A heart rate or conductance level below the rhythm of breath, every 4 s, and its rate.

    Breathing moves the heart rate at 0.15 to 0.4 Hz (RSA), which two slow oscillators cannot
    describe: with it left in, hardly any real fit passes its checks. Periods of 16 s and longer
    survive.

    Parameters
    ----------
    series : shape (n,), NaN missing
    rate_hz : samples per second, at least 1

    Returns
    -------
    one value for each whole or more than half step of 4 s, whatever is missing; NaN where less
    than half was present around; and 0.25 Hz

    Raises
    ------
    ValueError for a rate below one sample a second

    Examples
    --------
    >>> times_s = np.arange(2400) / 4.0
    >>> breath = np.sin(2.0 * np.pi * 0.25 * times_s)
    >>> slow, rate_hz = without_breathing(70.0 + 2.0 * breath, rate_hz=4.0)
    >>> len(slow), rate_hz, bool(np.ptp(slow[8:-8]) < 0.01)
    (150, 0.25, True)
    """
    check_rate(rate_hz)
    if rate_hz < 1.0:
        raise ValueError(f"{rate_hz:g} samples a second are too few to tell breathing from arousal")
    values = np.asarray(series, dtype=float)
    known = np.isfinite(values)
    step = round(STEP_S * rate_hz)
    if not known.any():
        return values[step // 2 :: step], rate_hz / step
    level = float(values[known].mean())
    taps = signal.firwin(2 * round(_HALF_S * rate_hz) + 1, BREATHING_HZ, fs=rate_hz)
    total, weight = (
        ndimage.convolve1d(one, taps, mode="constant")
        for one in (np.where(known, values - level, 0.0), known.astype(float))
    )
    nearby = ndimage.uniform_filter1d(known.astype(float), step + 1 - step % 2, mode="nearest")
    usable = (nearby >= _PRESENT) & (weight >= _PRESENT)
    slow = np.where(usable, level + total / np.where(usable, weight, 1.0), np.nan)
    return slow[step // 2 :: step], rate_hz / step
