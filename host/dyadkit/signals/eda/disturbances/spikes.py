"""Spikes of skin conductance: knocks that leave and return too fast to be anything of the skin."""

from dataclasses import dataclass

import numpy as np
from scipy.ndimage import grey_closing, grey_opening, maximum_filter1d, minimum_filter1d

from dyadkit.dyad.arrays import Bools, Floats

NOISE_DEVIATIONS = 8.0  # what the highest and the lowest of many samples differ by, and more
VALLEY_S, VALLEY_SHARE = (
    2.0,
    0.25,
)  # a valley between two responses is shallow
_DIFFERENCE_SD = 6.0**0.5  # of a second difference of white noise of SD 1


@dataclass(frozen=True, slots=True)
class Knock:
    """Spikes up to so long (or one sample, where these are longer) and of so many µS or more."""

    max_s: float
    min_usiemens: float


BRIEF = Knock(0.15, 0.06)  # gone before anything happens: not even worth a flag
LONG = Knock(0.4, 0.1)  # a response takes a second only to rise


def spikes(values: Floats, known: Bools, rate_hz: float, knock: Knock) -> Bools:
    """Samples of spikes, shape (n,). Nothing is wrong beside them.

    Parameters
    ----------
    values : shape (n,), µS
    known : shape (n,), samples that are there and of skin
    """
    if known.sum() < 3:
        return np.zeros(len(values), dtype=bool)
    held = np.interp(np.arange(len(values)), np.flatnonzero(known), values[known])
    size = (max(1, int(knock.max_s * rate_hz)) + 1,)
    above, below = grey_opening(held, size), grey_closing(held, size)
    wide = 2 * round(VALLEY_S * rate_hz / 2) + 1
    swing = maximum_filter1d(above, wide) - minimum_filter1d(below, wide)
    floor = max(knock.min_usiemens, NOISE_DEVIATIONS * white_noise_usiemens(held))
    limit = np.maximum(floor, VALLEY_SHARE * swing)
    return np.asarray(known & ((held - above > limit) | (below - held > limit)))


def white_noise_usiemens(values: Floats) -> float:
    """Standard deviation of what changes from sample to sample; artefacts do not raise it."""
    if len(values) < 3:
        return 0.0
    return 1.4826 * float(np.median(np.abs(np.diff(values, 2)))) / _DIFFERENCE_SD
