"""Strength of a coupling: one number that means the same in every session, with its interval.

The largest correlation over lags and bands tells whether two are coupled; it grows with what was
searched and shrinks with the length, so it is no measure of how much. This one has a fixed band and
needs no lag.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import signal, stats

from dyadkit.dyad.arrays import ArrayLike, Bools, Floats
from dyadkit.dyad.result import Result
from dyadkit.errors import SignalError
from dyadkit.synchrony.coupling.whitening import whitened
from dyadkit.synchrony.grid import checked_pair

BAND_HZ = (0.033, 0.25)
"""One cycle a segment, up to where breathing begins (Task Force 1996)."""
SEGMENT_S = 30.0
END_S = 5.0
CLIPPED = 4.0
APART = 2
"""Segments overlap by half: those two apart share no sample, so chance gives their product 0."""
MIN_PRESENT = 0.75
BLOCK_SEGMENTS, MIN_BLOCKS, MAX_BLOCKS = 4, 6, 20
ROBUST = 1.4826


@dataclass(frozen=True, slots=True, eq=False)
class Strength(Result):
    """Strength of coupling: share of variance that two people have in common, in a fixed band.

    value : 0 on average if they have nothing in common (so it may be below 0), 1 if all
    interval : 95 %, by jackknife over blocks of the session; too wide rather than too narrow where
        there is no coupling
    segments, blocks : of 30 s that could be used, and the blocks they were left out in
    """

    value: float
    interval: tuple[float, float]
    band_hz: tuple[float, float]
    segments: int
    blocks: int


def strength(a: ArrayLike, b: ArrayLike, rate_hz: float) -> Strength:
    """Strength of the coupling of two series, comparable between sessions, dyads and lengths.

    Parameters
    ----------
    a, b : shape (n,), one grid, NaN where missing, at least four minutes
    rate_hz : samples per second

    Raises
    ------
    ValueError
        lengths differ, or a rate that cannot hold the band
    SignalError
        too short, constant, or mostly missing

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> a, own = rng.standard_normal((2, 2400))
    >>> found = strength(a, 0.5 * a + 0.87 * own, rate_hz=4.0)      # a quarter of b's variance
    >>> round(found.value, 1), found.interval[0] > 0.1
    (0.3, True)

    References
    ----------
    Efron & Stein 1981, Ann. Stat. 9, 586–596 (the jackknife's variance)
    """
    x, y = checked_pair(a, b, rate_hz)
    if rate_hz < 2.0 * BAND_HZ[1]:
        raise ValueError(f"{rate_hz:g} samples per second cannot hold {BAND_HZ[1]} Hz")
    usable = _usable(np.isfinite(x) & np.isfinite(y), rate_hz)
    if usable.sum() < BLOCK_SEGMENTS * MIN_BLOCKS // 2:
        raise SignalError(
            f"{usable.sum()} segments of {SEGMENT_S:.0f} s are too few for a strength"
        )
    products, powers = _pairs(_spectra(x, rate_hz)[usable], _spectra(y, rate_hz)[usable])
    blocks = int(np.clip(usable.sum() // BLOCK_SEGMENTS, MIN_BLOCKS, MAX_BLOCKS))
    value = float(products.sum() / powers.sum())
    without = np.array([
        products[np.ix_(kept, kept)].sum() / powers[np.ix_(kept, kept)].sum()
        for kept in _kept(len(products), blocks)
    ])  # fmt: skip
    spread = np.sqrt((blocks - 1) / blocks * np.sum((without - without.mean()) ** 2))
    half = float(stats.t.ppf(0.975, blocks - 1) * spread)
    return Strength(value, (value - half, value + half), BAND_HZ, int(usable.sum()), blocks)


def _sizes(rate_hz: float) -> tuple[int, int]:
    size = round(SEGMENT_S * rate_hz)
    return size, size // 2


def _usable(both: Bools, rate_hz: float) -> Bools:
    """Segments of which enough was measured in both."""
    return np.asarray(_segments(both.astype(float), rate_hz).mean(axis=1) >= MIN_PRESENT)


def _segments(values: Floats, rate_hz: float) -> Floats:
    """Half-overlapping segments without the ends, shape (segments, samples)."""
    size, step = _sizes(rate_hz)
    end = round(END_S * rate_hz)
    inside = values[end : len(values) - end]
    if len(inside) < size:
        raise SignalError(f"{len(values) / rate_hz:.0f} s are too short for a strength")
    return np.lib.stride_tricks.sliding_window_view(inside, size)[::step]


def _spectra(series: Floats, rate_hz: float) -> NDArray[np.complex128]:
    """Spectra of the whitened, clipped segments within the band, shape (segments, frequencies)."""
    flat = whitened(series, rate_hz, (np.inf,))[0]
    spread = ROBUST * float(np.median(np.abs(flat - np.median(flat))))
    parts = _segments(np.clip(flat, -CLIPPED * spread, CLIPPED * spread), rate_hz)
    window = signal.windows.hann(parts.shape[1], sym=False)
    frequency_hz = np.fft.rfftfreq(parts.shape[1], 1.0 / rate_hz)
    inside = (frequency_hz >= BAND_HZ[0]) & (frequency_hz <= BAND_HZ[1])
    return np.asarray(np.fft.rfft(parts * window, axis=1)[:, inside])


def _pairs(x: NDArray[np.complex128], y: NDArray[np.complex128]) -> tuple[Floats, Floats]:
    """Products of cross-spectra, and of powers, of every two segments apart; (segments, segments).

    Their ratio of sums is coherence: what two segments agree on cannot be chance of either.
    """
    cross = x * np.conj(y)
    numbers = np.arange(len(x))
    apart = np.abs(numbers[:, None] - numbers) >= APART
    products = np.where(apart, (cross @ np.conj(cross).T).real, 0.0)
    power = np.abs(x) ** 2 @ (np.abs(y) ** 2).T
    return products, np.where(apart, (power + power.T) / 2.0, 0.0)


def _kept(segments: int, blocks: int) -> list[Bools]:
    """Segments left when one block is left out, block by block."""
    block = np.arange(segments) * blocks // segments
    return [block != left_out for left_out in range(blocks)]
