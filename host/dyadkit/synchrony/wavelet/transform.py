"""The Morlet wavelet transform and its smoothing, after Torrence & Compo and Grinsted et al.

Scales and times are counted in samples here; periods in seconds are the caller's business.
"""

import math
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy import fft, ndimage

from dyadkit.dyad.arrays import Floats

Complexes: TypeAlias = NDArray[np.complex128]

DECORRELATION_OCTAVES = 0.6
E_FOLDING = 1.0 / math.sqrt(2.0)


@dataclass(frozen=True, slots=True)
class Morlet:
    """A Morlet wavelet of `omega0` radians, at `voices` scales to the octave.

    Examples
    --------
    >>> Morlet(voices=1).scales(8.0, 64.0).round(1).tolist()          # periods of 8, 16, 32, 64
    [7.7, 15.5, 31.0, 62.0]
    """

    omega0: float = 6.0
    voices: int = 12

    @property
    def period_per_scale(self) -> float:
        """Fourier period of a scale of one."""
        return 4.0 * math.pi / (self.omega0 + math.sqrt(2.0 + self.omega0**2))

    def scales(self, min_period: float, max_period: float) -> Floats:
        """Scales from the shortest to (about) the longest period."""
        octaves = math.log2(max_period / min_period)
        steps = np.arange(round(octaves * self.voices) + 1)
        return np.asarray(min_period / self.period_per_scale * 2.0 ** (steps / self.voices))

    def gain(self, scale: float, radians: Floats) -> Floats:
        """The wavelet's Fourier transform at `scale`, for angular frequencies per sample."""
        height = math.pi**-0.25 * math.sqrt(2.0 * math.pi * scale)
        return np.asarray(height * np.exp(-0.5 * (scale * radians - self.omega0) ** 2))

    def cone(self, samples: int) -> Floats:
        """Longest period, in samples, that the ends of the series leave untouched at each time."""
        from_end = samples / 2.0 - np.abs(np.arange(samples) - (samples - 1) / 2.0)
        return np.asarray(self.period_per_scale * E_FOLDING * from_end)

    def scale_window(self) -> Floats:
        """Weights that average neighbouring scales over the wavelet's own width."""
        width = round(2.0 * DECORRELATION_OCTAVES * self.voices)
        window = np.ones(width)
        window[[0, -1]] = 0.5
        return np.asarray(window / window.sum())


MORLET = Morlet()


class Transform:
    """One series' wavelet coefficients, computed scale by scale when asked."""

    def __init__(self, series: Floats, wavelet: Morlet) -> None:
        self.samples = len(series)
        padded = padded_length(self.samples)
        self._radians = 2.0 * np.pi * fft.fftfreq(padded)
        self._spectrum = fft.fft(series, padded)
        self._wavelet = wavelet

    def at(self, scale: float) -> Complexes:
        """Coefficients at one scale, shape (samples,)."""
        product = self._spectrum * self._wavelet.gain(scale, self._radians)
        return fft.ifft(product, overwrite_x=True)[: self.samples]


class TimeSmoother:
    """Averages along time with a Gaussian as wide as the scale; zeros beyond the ends."""

    def __init__(self, samples: int) -> None:
        self.samples = samples
        self._padded = padded_length(samples)
        self._squares = (2.0 * np.pi * fft.rfftfreq(self._padded)) ** 2

    def __call__(self, row: Floats, scale: float) -> Floats:
        """The average of `row`, shape (samples,), at `scale`."""
        gains = np.exp(-0.5 * scale**2 * self._squares)
        return fft.irfft(fft.rfft(row, self._padded) * gains, self._padded)[: self.samples]


def over_scales(rows: Floats, wavelet: Morlet) -> Floats:
    """Each row averaged with its neighbours in scale; beyond the last scale count zeros."""
    window = wavelet.scale_window()
    origin = len(window) % 2 - 1
    return ndimage.convolve1d(rows, window, axis=0, mode="constant", origin=origin)


def padded_length(samples: int) -> int:
    """The next power of two."""
    return 1 << (samples - 1).bit_length()
