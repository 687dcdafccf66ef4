"""Skin conductance level (SCL) as a slow series of its own."""

from dataclasses import dataclass

import numpy as np

from dyadkit.dyad.arrays import Floats
from dyadkit.dyad.result import Result
from dyadkit.signals.eda.decomposition import Decomposition


@dataclass(frozen=True, slots=True, eq=False)
class TonicLevel(Result):
    """Skin conductance level (SCL), µS.

    times_s : shape (n,), evenly spaced from the first sample on
    usiemens : shape (n,), never negative; NaN where the conductance was not trusted

    Examples
    --------
    >>> import numpy as np
    >>> level = TonicLevel(np.arange(4) / 4, np.array([5.0, np.nan, 5.2, 5.1]))
    >>> round(float(np.nanmean(level.usiemens)), 1)
    5.1
    """

    times_s: Floats
    usiemens: Floats


def tonic_level(found: Decomposition, rate_hz: float = 4.0) -> TonicLevel:
    """Skin conductance level (SCL) on a grid of `rate_hz`; it moves too slowly to need a filter.

    Raises
    ------
    ValueError
        `rate_hz` is not positive

    Examples
    --------
    >>> import numpy as np
    >>> from dyadkit.signals import eda
    >>> rising = np.linspace(5.0, 6.0, 600)
    >>> level = tonic_level(eda.decompose(rising, rate_hz=10.0), rate_hz=0.1)
    >>> level.usiemens.round(1).tolist()
    [5.0, 5.2, 5.3, 5.5, 5.7, 5.8]
    """
    if not rate_hz > 0:
        raise ValueError(f"rate_hz is {rate_hz}; a series needs a positive rate")
    samples = np.arange(len(found.tonic)) / found.rate_hz
    times_s = np.arange(int(len(samples) / found.rate_hz * rate_hz)) / rate_hz
    level = np.interp(times_s, samples, found.tonic) if len(samples) else times_s
    return TonicLevel(times_s, np.asarray(level, dtype=float))
