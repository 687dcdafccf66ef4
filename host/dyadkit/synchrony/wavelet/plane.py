"""Coherence and phase arrows over scales and time, and which of them lean on gaps."""

from dataclasses import dataclass

import numpy as np

from dyadkit.dyad.arrays import Bools, Floats
from dyadkit.synchrony.grid import bridged
from dyadkit.synchrony.wavelet.transform import Morlet, TimeSmoother, Transform, over_scales

MAX_MISSING = 0.25


@dataclass(frozen=True, slots=True, eq=False)
class Plane:
    """Coherence and phase arrow over scales and time."""

    scales: Floats
    coherence: Floats
    angle: Floats

    @classmethod
    def of(cls, x: Floats, y: Floats, wavelet: Morlet, scales: Floats) -> "Plane":
        """Of two gapless series, shape (n,), at `scales` in samples."""
        transforms = Transform(x, wavelet), Transform(y, wavelet)
        smooth = TimeSmoother(len(x))
        powers = np.empty((4, len(scales), len(x)))
        angle = np.empty((len(scales), len(x)))
        for row, scale in enumerate(scales):
            at_a, at_b = (transform.at(scale) for transform in transforms)
            cross = at_a * at_b.conj()
            angle[row] = np.angle(cross)
            parts = np.abs(at_a) ** 2, np.abs(at_b) ** 2, cross.real, cross.imag
            for power, part in zip(powers, parts, strict=True):
                power[row] = smooth(part / scale, scale)
        power_a, power_b, real, imaginary = (over_scales(power, wavelet) for power in powers)
        return cls(scales, (real**2 + imaginary**2) / (power_a * power_b), angle)

    def blank(self, where: Bools) -> None:
        """Make NaN what cannot be known."""
        self.coherence[where] = np.nan
        self.angle[where] = np.nan


def standardised(series: Floats) -> Floats:
    """Zero mean, unit variance, gaps bridged by straight lines."""
    whole = bridged(series)
    return np.asarray((whole - whole.mean()) / whole.std())


def leaning_on(missing: Bools, scales: Floats) -> Bools:
    """Where more than a quarter of the average's weight lies on missing samples."""
    if not missing.any():
        return np.zeros((len(scales), len(missing)), dtype=bool)
    smooth = TimeSmoother(len(missing))
    weights = [smooth(missing.astype(float), scale) for scale in scales]
    return np.array(weights) > MAX_MISSING
