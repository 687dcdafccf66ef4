"""Whitened band scan, the default statistic of coupling.

Each person's series is whitened, cut into frequency bands and ranked into normal scores; one FFT
gives their correlation at every circular shift. A coupling may live in any band and at any lag: the
scan weighs the excesses of all bands together, and chance has the same choice.
"""

import math
from dataclasses import dataclass

import numpy as np
from scipy import fft, signal, special

from dyadkit.dyad.arrays import Bools, Floats, Ints
from dyadkit.dyad.traces import Mark
from dyadkit.synchrony.chance.statistic import Contributions, ShiftCurves, reach
from dyadkit.synchrony.context.conditions import condition_spans
from dyadkit.synchrony.coupling.whitening import whitened

EDGES_HZ = (0.15, 0.3, 0.6, 1.2, float("inf"))
MIN_OVERLAP = 0.2
FASTER = 0.8  # prior weight of a band relative to the slower one before it: bodies are slow
STRETCH_S = 15.0
FINEST_HZ = 4.0
END_S = 2.0


@dataclass(frozen=True, slots=True, eq=False)
class Scores:
    """One person's normal scores, shape (..., members, n), zero where not `present` (..., 1, n)."""

    values: Floats
    present: Bools


@dataclass(frozen=True, slots=True)
class BandScan:
    """Whitened rank correlation at its best lag, bands together, against all other shifts.

    max_lag_s : lags are searched up to this, either way
    edges_hz : upper edge of each band; infinity for the full band
    marks : conditions; scores are ranked within each, so that how much both do in one of them is
        no evidence

    Examples
    --------
    Two people share slow waves under much noise of their own: the full band misses it.

    >>> from dyadkit.synchrony.coupling import couple_with
    >>> rng = np.random.default_rng(1)
    >>> low = signal.butter(2, 0.1, fs=4.0, output="sos")
    >>> a, b = signal.sosfiltfilt(low, rng.normal(size=2400)) + rng.standard_normal((2, 2400))
    >>> scans = BandScan(), BandScan(edges_hz=(float("inf"),))
    >>> [couple_with(scan, a, b, rate_hz=4.0).p < 0.01 for scan in scans]
    [True, False]
    """

    max_lag_s: float = 5.0
    edges_hz: tuple[float, ...] = EDGES_HZ
    marks: tuple[Mark, ...] = ()
    name: str = "band scan"

    def grid_hz(self, rate_hz: float) -> float:
        """A lag between two samples would lose a third of a whitened correlation: 4 Hz or more."""
        return rate_hz * _finer(rate_hz)

    def prepared(self, series: Floats, rate_hz: float) -> Scores:
        """One person's normal scores in every band; series of shape (..., n)."""
        useful = [edge for edge in self.edges_hz if edge < 0.45 * rate_hz or np.isinf(edge)]
        present = np.isfinite(series)[..., None, :] & _inner(series.shape[-1], rate_hz)
        flat = whitened(series, rate_hz, tuple(useful))
        parts = [present & part for part in self._parts(series, rate_hz)]
        scores = np.sum([normal_scores(flat, part) for part in parts], axis=0)
        return refined(Scores(scores, present), _finer(rate_hz))

    def curves(self, a: Scores, b: Scores) -> ShiftCurves:
        """Rank correlations at every circular shift of b."""
        products = circular_products(a.values, b.values)
        if a.present.all() and b.present.all():
            overlap = np.full(products.shape[-1], float(products.shape[-1]))
        else:
            both = circular_products(a.present.astype(float), b.present.astype(float))
            overlap = np.maximum(np.rint(both), 1.0)
        usable = (overlap >= MIN_OVERLAP * products.shape[-1]).reshape(-1, products.shape[-1])
        weights = FASTER ** np.arange(products.shape[-2])
        return ShiftCurves(
            products / np.sqrt(overlap),
            products / overlap,
            usable.all(axis=0),
            weights / weights.sum(),
        )

    def contributions(self, a: Scores, b: Scores, member: int, rate_hz: float) -> Contributions:
        """Sums of products over stretches of 15 s, at each lag."""
        size = min(round(STRETCH_S * self.grid_hz(rate_hz)), a.values.shape[-1])
        lags = np.arange(-reach(self, rate_hz), reach(self, rate_hz) + 1, dtype=np.int64)
        sums = stretch_sums(a.values[member], b.values[member], lags, size)
        weights = stretch_sums(a.present[0].astype(float), b.present[0].astype(float), lags, size)
        times_s = (np.arange(len(sums)) + 0.5) * size / self.grid_hz(rate_hz)
        return Contributions(times_s, sums, weights)

    def _parts(self, series: Floats, rate_hz: float) -> list[Bools]:
        """Samples of each condition, and of none, shape (n,) each."""
        times_s = np.arange(series.shape[-1]) / rate_hz
        spans = condition_spans(self.marks, float(times_s[-1]) + 1.0 / rate_hz)
        label = np.zeros(len(times_s), dtype=np.int64)
        names = list(dict.fromkeys(one.label for one in spans))
        for one in spans:
            label[(times_s >= one.start_s) & (times_s < one.stop_s)] = 1 + names.index(one.label)
        return [label == k for k in np.unique(label)]


def _inner(samples: int, rate_hz: float) -> Bools:
    """All samples but those at both ends, where whitening has seen only one side."""
    ends, place = round(END_S * rate_hz), np.arange(samples)
    return np.asarray((place >= ends) & (place < samples - ends))


def normal_scores(values: Floats, present: Bools) -> Floats:
    """Ranks as standard normal quantiles along the last axis, zero where not `present`."""
    everywhere = np.broadcast_to(present, values.shape)
    order = np.argsort(np.where(everywhere, values, np.inf), axis=-1)
    count = np.maximum(present.sum(axis=-1, keepdims=True), 1)
    place = (np.arange(values.shape[-1]) + 0.5) / count
    quantiles = special.ndtri(np.where(place < 1.0, place, 0.5))
    spread = np.sqrt(np.sum(quantiles**2, axis=-1, keepdims=True) / count)
    quantiles = quantiles / np.where(spread > 0.0, spread, 1.0)
    scores = np.empty_like(values)
    np.put_along_axis(scores, order, np.broadcast_to(quantiles, values.shape), axis=-1)
    return scores


def refined(scores: Scores, times: int) -> Scores:
    """Scores on a grid so many times finer, by their own spectrum; zero where not present."""
    if times == 1:
        return scores
    present = np.roll(np.repeat(scores.present, times, axis=-1), -(times // 2), axis=-1)
    finer = signal.resample(scores.values, present.shape[-1], axis=-1)
    return Scores(np.where(present, finer, 0.0), present)


def _finer(rate_hz: float) -> int:
    return max(1, math.ceil(FINEST_HZ / rate_hz - 1e-9))


def circular_products(a: Floats, b: Floats) -> Floats:
    """Sum over t of a[t] b[t + s] for every circular shift s, along the last axis."""
    n = a.shape[-1]
    return np.asarray(fft.irfft(np.conj(fft.rfft(a)) * fft.rfft(b), n))


def stretch_sums(a: Floats, b: Floats, lags: Ints, size: int) -> Floats:
    """Sums of a[t] b[t + lag] over consecutive stretches of t, shape (stretches, lags).

    A lag is split evenly between the two, so that exchanging a and b reverses the lags.
    """
    n, stretches = len(a), len(a) // size
    half = int(np.abs(lags).max() + 1) // 2
    x, y = np.pad(a, half), np.pad(b, half)
    sums = np.empty((stretches, len(lags)))
    for column, lag in enumerate(lags):
        start = half - lag // 2
        product = x[start : start + n] * y[start + lag : start + lag + n]
        sums[:, column] = product[: stretches * size].reshape(stretches, size).sum(axis=1)
    return sums
