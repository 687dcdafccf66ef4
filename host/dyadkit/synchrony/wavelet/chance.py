"""Wavelet coherence of independent red noise: what each scale gives by chance.

Surrogates are drawn as Fourier coefficients of two independent AR(1) processes. At a long scale
only a narrow band of them matters, so each scale is transformed on a time grid just fine enough
for its band: a run costs a small part of a plain transform and gives the same coherence.
"""

import math
from dataclasses import dataclass

import numpy as np
from scipy import fft

from dyadkit.dyad.arrays import Floats, Ints
from dyadkit.synchrony.wavelet.transform import Complexes, Morlet, padded_length

BINS = 400
BAND_WIDTHS = 5.5


@dataclass(frozen=True, slots=True, eq=False)
class NullCoherence:
    """Histograms of coherence under chance; `counts` has shape (runs, scales, BINS)."""

    counts: Ints

    def threshold(self, level: float) -> Floats:
        """The coherence that chance stays below with probability `level`, for each scale."""
        together = np.cumsum(self.counts.sum(axis=0), axis=1)
        below = together < level * together[:, -1:]
        return np.asarray((below.sum(axis=1) + 1.0) / BINS)

    def area_above(self, threshold: Floats) -> Floats:
        """Share of each run's plane above the thresholds, shape (runs,)."""
        bins = np.arange(BINS) >= np.rint(threshold * BINS)[:, None]
        shares = (self.counts * bins).sum(axis=2) / self.counts.sum(axis=2)
        return np.asarray(shares.mean(axis=1))


def red_noise_coherence(
    wavelet: Morlet, scales: Floats, inside: Floats, lag_one: tuple[float, float], seeds: list[int]
) -> NullCoherence:
    """Coherence of independent AR(1) pairs with a's and b's lag-one correlation, one per seed.

    `inside` is how many samples of each scale count, shape (scales,): the null's own statistic
    then rests on as much time as the recording's.
    """
    ensemble = _Ensemble(wavelet, scales, inside, lag_one)
    runs = [ensemble.run(np.random.default_rng(seed)) for seed in seeds]
    return NullCoherence(np.array(runs))


class _Ensemble:
    """Everything the runs share."""

    def __init__(
        self, wavelet: Morlet, scales: Floats, inside: Floats, lag_one: tuple[float, float]
    ) -> None:
        self.samples = padded_length(max(round(float(inside.max())), round(4 * scales[-1])))
        self.bands = [_Band.around(scale, wavelet, self.samples) for scale in scales]
        self.shares = np.minimum(inside / self.samples, 1.0)
        self.window = wavelet.scale_window()
        self.lag_one = lag_one

    def run(self, random: np.random.Generator) -> Ints:
        a, b = (self._red_noise(phi, random) for phi in self.lag_one)
        rows = [band.smoothed(a, b) for band in self.bands]
        return np.array([self._histogram(rows, index) for index in range(len(rows))])

    def _red_noise(self, phi: float, random: np.random.Generator) -> Complexes:
        half = self.samples // 2
        coefficients = random.standard_normal(2 * half).view(np.complex128)
        radians = 2.0 * np.pi * np.arange(half) / self.samples
        return np.asarray(coefficients / np.abs(1.0 - phi * np.exp(-1j * radians)))

    def _histogram(self, rows: list[Floats], index: int) -> Ints:
        """Histogram of one scale's coherence in a run, from all rows of smoothed products.

        1. The scale is averaged with its neighbours as in `over_scales`: from `first` to `last`,
           where beyond the shortest and the longest scale there is nothing to add.
        2. Each row has a grid just fine enough for it. All grids are powers of two, so every
           stride-th sample of a finer row lies on the coarsest: it is exact there, nothing is
           averaged or interpolated.
        3. Only so much of the run counts as the recording has inside the cone at this scale, and
           at least one sample.
        4. A coherence of 1 belongs to the last bin, not to one beyond.
        """
        before = (len(self.window) - 1) // 2
        first, last = index + before - len(self.window) + 1, index + before
        chosen = range(max(first, 0), min(last, len(rows) - 1) + 1)
        length = min(rows[other].shape[1] for other in chosen)
        summed = np.zeros((4, length))
        for other in chosen:
            stride = rows[other].shape[1] // length
            summed += self.window[last - other] * rows[other][:, ::stride]
        kept = summed[:, : max(1, math.ceil(length * self.shares[index]))]
        coherence = (kept[2] ** 2 + kept[3] ** 2) / (kept[0] * kept[1])
        bins = np.minimum((coherence * BINS).astype(np.int64), BINS - 1)
        return np.bincount(bins, minlength=BINS)


@dataclass(frozen=True, slots=True, eq=False)
class _Band:
    """The frequencies one scale sees, and the grid on which products of them do not alias."""

    first: int
    gains: Floats
    length: int
    smoothing: Floats

    @classmethod
    def around(cls, scale: float, wavelet: Morlet, samples: int) -> "_Band":
        unit = 2.0 * math.pi / samples
        first = max(1, math.floor((wavelet.omega0 - BAND_WIDTHS) / scale / unit))
        last = min(samples // 2 - 1, math.ceil((wavelet.omega0 + BAND_WIDTHS) / scale / unit))
        gains = wavelet.gain(scale, unit * np.arange(first, last + 1.0)) / math.sqrt(scale)
        length = min(samples, padded_length(2 * len(gains)))
        steps = fft.fftfreq(length, 1.0 / length)
        return cls(first, gains, length, np.exp(-0.5 * (scale * unit * steps) ** 2))

    def smoothed(self, a: Complexes, b: Complexes) -> Floats:
        """Smoothed power of a and b, and real and imaginary cross-power; shape (4, length)."""
        seen = slice(self.first, self.first + len(self.gains))
        x, y = (fft.ifft(noise[seen] * self.gains, self.length, norm="forward") for noise in (a, b))
        powers = np.abs(x) ** 2 + 1j * np.abs(y) ** 2
        cross = x * y.conj()
        smooth = fft.ifft(fft.fft(np.array([powers, cross])) * self.smoothing)
        return np.array([smooth[0].real, smooth[0].imag, smooth[1].real, smooth[1].imag])
