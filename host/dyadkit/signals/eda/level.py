"""The tonic level as a slow series of its own."""

from dataclasses import dataclass

import numpy as np

from dyadkit.dyad.arrays import Floats
from dyadkit.dyad.result import Result
from dyadkit.signals.eda.decomposition import Decomposition


@dataclass(frozen=True, slots=True, eq=False)
class TonicLevel(Result):
    """Skin conductance level.

    times_s : shape (n,), evenly spaced from the first sample on
    usiemens : shape (n,), never negative; NaN where the conductance was not trusted
    """

    times_s: Floats
    usiemens: Floats


def tonic_level(found: Decomposition, rate_hz: float = 4.0) -> TonicLevel:
    """The tonic part on a grid of `rate_hz`; it moves too slowly to need a filter."""
    if not rate_hz > 0:
        raise ValueError(f"rate_hz is {rate_hz}; a series needs a positive rate")
    samples = np.arange(len(found.tonic)) / found.rate_hz
    times_s = np.arange(int(len(samples) / found.rate_hz * rate_hz)) / rate_hz
    level = np.interp(times_s, samples, found.tonic) if len(samples) else times_s
    return TonicLevel(times_s, np.asarray(level, dtype=float))
