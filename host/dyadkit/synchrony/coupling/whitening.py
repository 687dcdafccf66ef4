"""Flatten a series' spectrum without moving anything in time, gaps and all.

Two slowly varying series correlate by accident; whitened ones do not. Whitening by |A(f)|, the
magnitude of the autoregressive filter, keeps the cross-phase and with it the true lag. Gaps are
filled with what the autoregression expects, so that filters can pass over them; nobody else ever
sees the filled values.
"""

import numpy as np
from scipy import fft, linalg

from dyadkit.arrays import Bools, Floats

SLOWEST_PERIOD_S = 100.0
HIGHEST_ORDER = 16
PADDING_S = 40.0
FILL_ROUNDS = 2


def whitened(series: Floats, rate_hz: float, edges_hz: tuple[float, ...]) -> Floats:
    """The whitened series below each edge frequency, shape (..., edges, n), phases kept.

    series : shape (..., n), NaN where missing; an edge at or above the Nyquist frequency passes all
    """
    values = filled(detrended(series, rate_hz))
    n, margin = series.shape[-1], min(series.shape[-1] - 1, round(PADDING_S * rate_hz))
    length = fft.next_fast_len(n + 2 * margin, real=True)
    spectrum = fft.rfft(reflected(values, margin), length, axis=-1)
    spectrum *= np.abs(fft.rfft(burg(values), length, axis=-1))
    frequency_hz = fft.rfftfreq(length, 1.0 / rate_hz)
    edges = np.array([edge if edge < rate_hz / 2.0 else np.inf for edge in edges_hz])
    passed = 1.0 / (1.0 + (frequency_hz / edges[:, None]) ** 8)
    flat = fft.irfft(spectrum[..., None, :] * passed, length, axis=-1)
    return np.asarray(flat[..., margin : margin + n])


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
    level = np.where(known, fft.idct(spectrum, norm="ortho"), np.nan)
    return np.asarray(level / np.nanstd(level, axis=-1, keepdims=True))


def burg(series: Floats, order: int = HIGHEST_ORDER) -> Floats:
    """Autoregressive prediction-error filters, shape (..., order + 1), zero beyond the BIC's order.

    Burg's recursion stays stable near unit roots, where least squares does not.

    References
    ----------
    Burg 1975; Schwarz 1978
    """
    n = series.shape[-1]
    forward, backward = series, series
    trial = np.zeros((*series.shape[:-1], order + 1))
    trial[..., 0] = 1.0
    best, power = trial.copy(), np.mean(series**2, axis=-1)
    least = n * np.log(power)
    for m in range(1, order + 1):
        ahead, behind = forward[..., 1:], backward[..., :-1]
        energy = np.sum(ahead**2, axis=-1) + np.sum(behind**2, axis=-1)
        reflection = (-2.0 * np.sum(ahead * behind, axis=-1) / energy)[..., None]
        trial[..., : m + 1] += reflection * trial[..., m::-1]
        forward, backward = ahead + reflection * behind, behind + reflection * ahead
        power = power * (1.0 - reflection[..., 0] ** 2)
        score = n * np.log(power) + m * np.log(n)
        best = np.where((score < least)[..., None], trial, best)
        least = np.minimum(score, least)
    return best


def filled(series: Floats) -> Floats:
    """Each series, shape (..., n), with its gaps filled by what its own autoregression expects."""
    missing = np.isnan(series)
    values = bridged(series)
    if missing.any():
        for _ in range(FILL_ROUNDS):
            filters = burg(values)
            for row in np.ndindex(series.shape[:-1]):
                values[row] = expected(values[row], missing[row], filters[row])
    return values


def expected(values: Floats, missing: Bools, coefficients: Floats) -> Floats:
    """`values` with the missing ones replaced by their conditional mean under an autoregression.

    The conditional mean minimises the energy of the prediction errors: a banded linear system.
    """
    where = np.flatnonzero(missing)
    order = len(coefficients) - 1
    answer = np.where(missing, 0.0, values)
    pull = np.correlate(np.convolve(answer, coefficients), coefficients, mode="valid")[where]
    energy = np.correlate(coefficients, coefficients, mode="full")[order:]
    band = np.zeros((min(order + 1, len(where)), len(where)))
    for k in range(len(band)):
        apart = where[k:] - where[: len(where) - k]
        near = energy[np.minimum(apart, order)]
        band[k, : len(where) - k] = np.where(apart <= order, near, 0.0)
    if len(where):
        answer[where] = linalg.solveh_banded(band, -pull, lower=True)
    return answer


def bridged(series: Floats) -> Floats:
    """A copy with straight lines over the gaps, level before the first and after the last value."""
    straight = series.copy()
    places = np.arange(series.shape[-1])
    for row in np.ndindex(series.shape[:-1]):
        known = np.isfinite(series[row])
        if not known.all():
            straight[row] = np.interp(places, places[known], series[row][known])
    return straight


def reflected(series: Floats, margin: int) -> Floats:
    """The series continued by its own point reflections, faded out over `margin` samples."""
    fade = np.sin(np.linspace(0.0, np.pi / 2.0, margin)) ** 2
    before = 2.0 * series[..., :1] - series[..., margin:0:-1]
    after = 2.0 * series[..., -1:] - series[..., -2 : -margin - 2 : -1]
    return np.concatenate([before * fade, series, after * fade[::-1]], axis=-1)
