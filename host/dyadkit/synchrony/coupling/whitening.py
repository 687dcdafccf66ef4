"""Whitening without a shift in time: a series' spectrum made flat, gaps and all.

Two slowly varying series correlate by accident; whitened ones do not. Whitening by |A(f)|, the
magnitude of the autoregressive filter, keeps the cross-phase and with it the true lag.
"""

import numpy as np
from numpy.typing import NDArray
from scipy import fft

from dyadkit.dyad.arrays import Floats
from dyadkit.errors import SignalError
from dyadkit.synchrony.chance.autoregression import burg, filled
from dyadkit.synchrony.grid import bridged

SLOWEST_PERIOD_S = 100.0
PADDING_S = 40.0
MIN_SPREAD = 1e-9
FLOOR = 1e-4
"""Share of a series' mean power below which a frequency holds nothing of the person.

A filtered series has rounding and padding there; whitening would raise them to the rest's height.
"""


SHARPEST = 1e-13


def whitened(series: Floats, rate_hz: float, edges_hz: tuple[float, ...]) -> Floats:
    """The whitened series below each edge frequency, shape (..., edges, n), phases kept.

    series : shape (..., n), NaN where missing; an edge at or above the Nyquist frequency passes all
    """
    values = filled(detrended(series, rate_hz))
    n, margin = series.shape[-1], min(series.shape[-1] - 1, round(PADDING_S * rate_hz))
    length = fft.next_fast_len(n + 2 * margin, real=True)
    spectrum = fft.rfft(reflected(values, margin), length, axis=-1)
    spectrum *= _gain(fft.rfft(burg(values), length, axis=-1))
    frequency_hz = fft.rfftfreq(length, 1.0 / rate_hz)
    edges = np.array([edge if edge < rate_hz / 2.0 else np.inf for edge in edges_hz])
    passed = 1.0 / (1.0 + (frequency_hz / edges[:, None]) ** 8)
    flat = fft.irfft(spectrum[..., None, :] * passed, length, axis=-1)
    return np.asarray(flat[..., margin : margin + n])


def informative_hz(series: Floats, rate_hz: float) -> float:
    """Highest frequency at which a series, shape (n,), still holds power of its own."""
    filters = burg(filled(detrended(series, rate_hz)))
    power = _power(fft.rfft(filters, 1024))
    frequency_hz = fft.rfftfreq(1024, 1.0 / rate_hz)
    return float(frequency_hz[power >= FLOOR * power.mean()].max())


def _gain(filters: NDArray[np.complex128]) -> Floats:
    """Whitening gain by frequency, shape (..., frequencies): |A|, but nothing below the floor."""
    power = _power(filters)
    return np.asarray(1.0 / np.sqrt(power + FLOOR * power.mean(axis=-1, keepdims=True)))


def _power(filters: NDArray[np.complex128]) -> Floats:
    """The spectrum an autoregression gives, kept finite at a root on the unit circle."""
    size = np.abs(filters) ** 2
    return np.asarray(1.0 / np.maximum(size, SHARPEST * size.max(axis=-1, keepdims=True)))


def detrended(series: Floats, rate_hz: float) -> Floats:
    """Without its line and its cosines slower than 100 s, in standard deviations; NaN stays.

    series : shape (..., n). A slow trend that both people share would otherwise look like coupling.
    """
    known = np.isfinite(series)
    level = bridged(series)
    level = level - level.mean(axis=-1, keepdims=True)
    ramp = np.linspace(-1.0, 1.0, series.shape[-1])
    spectrum = fft.dct(level - (level @ ramp / (ramp @ ramp))[..., None] * ramp, norm="ortho")
    slowest = int(2 * series.shape[-1] / rate_hz / SLOWEST_PERIOD_S)
    spectrum[..., : slowest + 1] = 0.0
    rest = np.where(known, fft.idct(spectrum, norm="ortho"), np.nan)
    spread = np.nanstd(rest, axis=-1, keepdims=True)
    if np.any(spread <= MIN_SPREAD * level.std(axis=-1, keepdims=True)):
        raise SignalError("a series only drifts: nothing varies faster than in 100 s")
    return np.asarray(rest / spread)


def reflected(series: Floats, margin: int) -> Floats:
    """The series continued by its own point reflections, faded out over `margin` samples."""
    fade = np.sin(np.linspace(0.0, np.pi / 2.0, margin)) ** 2
    before = 2.0 * series[..., :1] - series[..., margin:0:-1]
    after = 2.0 * series[..., -1:] - series[..., -2 : -margin - 2 : -1]
    return np.concatenate([before * fade, series, after * fade[::-1]], axis=-1)
