"""Spikes of skin conductance: knocks that leave and return too fast to be anything of the skin."""

import numpy as np
from scipy.ndimage import grey_closing, grey_opening

from dyadkit.dyad.arrays import Bools, Floats

SPIKE_S = 0.15  # a response takes several times as long to rise, let alone to come back
SPIKE_USIEMENS = 0.06
NOISE_DEVIATIONS = 6.0  # no limit lies within the noise
_DIFFERENCE_SD = 6.0**0.5  # of a second difference of white noise of SD 1


def spikes(values: Floats, known: Bools, rate_hz: float) -> Bools:
    """Samples of spikes, shape (n,): at most `SPIKE_S` long, or one sample where these are longer.

    Nothing is wrong beside a spike, so that it costs no more than its own samples.

    Parameters
    ----------
    values : shape (n,), µS
    known : shape (n,), samples that are there and of skin
    """
    if known.sum() < 3:
        return np.zeros(len(values), dtype=bool)
    held = np.interp(np.arange(len(values)), np.flatnonzero(known), values[known])
    size = max(1, int(SPIKE_S * rate_hz)) + 1
    floor = max(SPIKE_USIEMENS, NOISE_DEVIATIONS * white_noise_usiemens(held))
    up = held - grey_opening(held, size, mode="nearest")
    down = grey_closing(held, size, mode="nearest") - held
    return np.asarray(known & ((up > floor) | (down > floor)))


def white_noise_usiemens(values: Floats) -> float:
    """Standard deviation of what changes from sample to sample; artefacts do not raise it."""
    if len(values) < 3:
        return 0.0
    return 1.4826 * float(np.median(np.abs(np.diff(values, 2)))) / _DIFFERENCE_SD
