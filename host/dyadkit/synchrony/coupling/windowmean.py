"""Statistic C: the mean over windows of the signed correlation, at its best lag.

What the field computes in windows, but signed, so that chance agreements of both signs cancel.
The plain choice beside `BandScan`: it looks at the series as they are, neither whitened nor ranked.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy import fft

from dyadkit.dyad.arrays import Floats
from dyadkit.synchrony.chance.statistic import Contributions, ShiftCurves, reach
from dyadkit.synchrony.coupling.windows import fisher_z
from dyadkit.synchrony.grid import samples

MIN_SHARE = 0.5
MIN_VARIANCE = 1e-9

Complexes: TypeAlias = NDArray[np.complex128]


@dataclass(frozen=True, slots=True, eq=False)
class Moments:
    """One person's value, square and presence, shape (3, ..., n), zero where missing."""

    values: Floats
    window: int
    step: int


@dataclass(frozen=True, slots=True)
class WindowMean:
    """Largest absolute mean over windows of Fisher's z, over lags (statistic C).

    Cost grows with the square of the session's length; under two hours it stays within seconds.

    max_lag_s : lags are searched up to this, either way
    window_s, step_s : length and spacing of the windows

    Raises
    ------
    ValueError
        a step that is not positive or longer than the window, a lag as long as the window

    Examples
    --------
    >>> from dyadkit.synchrony.coupling import couple_with
    >>> a = np.random.default_rng(0).standard_normal(1206)
    >>> found = couple_with(WindowMean(), a[6:], -a[:-6], rate_hz=4.0)
    >>> round(found.lag_s, 2), found.strength < -0.99            # b falls, 1.5 s after a rose
    (1.5, True)
    """

    max_lag_s: float = 5.0
    window_s: float = 30.0
    step_s: float = 15.0
    name: str = "window mean"

    def __post_init__(self) -> None:
        """Refuse nonsense."""
        if not 0.0 < self.step_s <= self.window_s:
            raise ValueError("step_s must be positive and at most window_s")
        if self.max_lag_s >= self.window_s:
            raise ValueError("max_lag_s must be shorter than window_s")

    def grid_hz(self, rate_hz: float) -> float:
        """Lags count in samples."""
        return rate_hz

    def prepared(self, series: Floats, rate_hz: float) -> Moments:
        """One person's series, centred; shape (..., n)."""
        present = np.isfinite(series)
        centre = np.nanmean(series, axis=-1, keepdims=True)
        spread = np.nanstd(series, axis=-1, keepdims=True)
        values = np.where(present, (series - centre) / spread, 0.0)
        moments = np.stack([values, values**2, present.astype(float)])
        return Moments(moments, samples(self.window_s, rate_hz), samples(self.step_s, rate_hz))

    def curves(self, a: Moments, b: Moments) -> ShiftCurves:
        """Mean Fisher z over the windows of a (one series), at every circular shift of b."""
        total: Floats = np.zeros_like(b.values[0])
        count: Floats = np.zeros_like(b.values[0])
        for z in _each_window(a, b):
            known = np.isfinite(z)
            total += np.where(known, z, 0.0)
            count += known
        mean = np.expand_dims(total / np.maximum(count, 1.0), -2)
        usable = count.reshape(-1, count.shape[-1]).min(axis=0) >= MIN_SHARE * count.max()
        return ShiftCurves(mean, np.tanh(mean), usable, np.ones(1))

    def contributions(self, a: Moments, b: Moments, member: int, rate_hz: float) -> Contributions:
        """Fisher z of each window at each lag."""
        furthest = reach(self, rate_hz)
        columns = np.arange(-furthest, furthest + 1)
        z: Floats = np.array([window[..., columns] for window in _each_window(a, b)])
        known = np.isfinite(z)
        centres = np.array(np.arange(len(z)) * a.step + a.window / 2.0, dtype=float)
        return Contributions(centres / rate_hz, np.where(known, z, 0.0), known.astype(float))


def _each_window(a: Moments, b: Moments) -> Iterator[Floats]:
    """Fisher z of each window of a with b at every circular shift; NaN where unknown."""
    n, spectra = b.values.shape[-1], fft.rfft(b.values)
    for start in range(0, n - a.window + 1, a.step):
        window = np.zeros_like(a.values)
        window[:, start : start + a.window] = a.values[:, start : start + a.window]
        pieces = np.conj(fft.rfft(window))

        def summed(i: int, j: int, pieces: Complexes = pieces) -> Floats:
            return np.asarray(fft.irfft(pieces[i] * spectra[j], n))

        yield _fisher_z(summed, a.window)


def _fisher_z(summed: Callable[[int, int], Floats], window: int) -> Floats:
    """Fisher z from sums of products of (value, square, presence) of both people."""
    value, square, presence = range(3)
    count = np.rint(summed(presence, presence))
    known = count >= max(3.0, MIN_SHARE * window)
    count = np.maximum(count, 1.0)
    mean_a, mean_b = summed(value, presence) / count, summed(presence, value) / count
    variance_a = summed(square, presence) / count - mean_a**2
    variance_b = summed(presence, square) / count - mean_b**2
    known &= (variance_a > MIN_VARIANCE) & (variance_b > MIN_VARIANCE)
    spread = np.sqrt(np.where(known, variance_a * variance_b, 1.0))
    r = (summed(value, value) / count - mean_a * mean_b) / spread
    return np.where(known, fisher_z(r), np.nan)
