"""Template of this record: its usual upstroke, and how much each moment looks like it."""

from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from dyadkit.dyad.arrays import Floats, Ints
from dyadkit.dyad.result import Result
from dyadkit.signals.ppg.waveform import WORKING_HZ, Waveform, gaussian, smooth

BEFORE, AFTER = int(0.18 * WORKING_HZ), int(0.24 * WORKING_HZ)
KEPT = 0.6  # share of beats, the most alike, that make the shape
MIN_BEATS = 3
LEVEL_WINDOW = 10  # seconds on each side
LEVEL_QUANTILE = 45  # percent: bursts are rare, weak beats too
BIN = 5  # working samples per bin of the trust estimate
TRUST_S = 1.06
LARGE = 2.0  # relative upslope beyond which size says no more
SMALL = 0.2
DOUBTED, BELIEVED = 0.617, 0.883  # likeness at which a stretch is not, or fully, trusted


@dataclass(frozen=True, slots=True, eq=False)
class Likeness(Result):
    """Likeness of each moment to the usual upstroke; arrays of shape (n,).

    correlation : -1..1 with the record's own upstroke
    size : its amplitude relative to the usual one around
    trust : 0..1, how much of the energy around is explained by such upstrokes
    shape : shape (cut,), that upstroke
    """

    correlation: Floats
    size: Floats
    trust: Floats
    shape: Floats


def usual_upslope(wave: Waveform) -> Floats:
    """The steepest rise usual around each moment, shape (n,), in the unit of the slope."""
    slope, half = np.where(wave.usable, wave.slope, 0.0), int(WORKING_HZ / 2)
    blocks = slope[: len(slope) // half * half].reshape(-1, half).max(axis=1)
    steepest = sliding_window_view(np.pad(blocks, 2, mode="edge"), 5).max(axis=1)[::2]
    seconds, seen = np.arange(len(steepest)), steepest > 0
    if seen.any():
        steepest = np.interp(seconds, seconds[seen], steepest[seen])
    padded = np.pad(steepest, LEVEL_WINDOW, mode="reflect" if len(steepest) > 1 else "edge")
    around = sliding_window_view(padded, 2 * LEVEL_WINDOW + 1)
    level = np.percentile(around, LEVEL_QUANTILE, axis=1)
    at_s = np.arange(len(slope)) / WORKING_HZ
    return np.asarray(np.maximum(np.interp(at_s, seconds + 0.5, level), np.finfo(float).tiny))


def learn(slope: Floats, at: Ints, level: Floats) -> Floats | None:
    """The median upstroke of the beats most alike, or None when there are too few."""
    at = at[(at >= BEFORE) & (at < len(slope) - AFTER)]
    if len(at) < MIN_BEATS:
        return None
    cuts = slope[at[:, None] + np.arange(-BEFORE, AFTER + 1)] / level[at, None]
    energy = np.sqrt((cuts**2).sum(axis=1)) + 1e-300
    alike = np.ones(len(at), dtype=bool)
    for _ in range(2):
        shape = np.median(cuts[alike], axis=0)
        correlation = cuts @ shape / energy
        alike = correlation >= np.quantile(correlation, 1 - KEPT)
    return np.asarray(np.median(cuts[alike], axis=0))


def compare(wave: Waveform, shape: Floats, level: Floats) -> Likeness:
    """Likeness of each moment to the shape, which slides over the slope."""
    size = sizes(wave.slope, shape)
    energy = np.convolve(np.pad(wave.slope, (BEFORE, AFTER)) ** 2, np.ones(len(shape)), "valid")
    correlation = size * np.sqrt(shape @ shape / np.maximum(energy, 1e-300))
    trust = _trust(wave, correlation, level)
    return Likeness(correlation, size / level, trust, shape)


def sizes(slope: Floats, shape: Floats) -> Floats:
    """Amplitude of the shape fitted at each moment, shape (n,), in units of the slope."""
    padded = np.pad(slope, (BEFORE, AFTER))
    return np.asarray(np.correlate(padded, shape, "valid") / (shape @ shape))


def _trust(wave: Waveform, correlation: Floats, level: Floats) -> Floats:
    """The share of rising energy around that has the usual shape, stretched to 0..1."""
    slope, n = wave.slope, len(wave)
    rising = np.flatnonzero((slope[1:-1] >= slope[:-2]) & (slope[1:-1] > slope[2:])) + 1
    rising = rising[(slope[rising] > SMALL * level[rising]) & wave.usable[rising]]
    energy = np.minimum(slope[rising] / level[rising], LARGE) ** 2
    explained = energy * np.maximum(correlation[rising], 0) ** 2
    bell, bins = gaussian(TRUST_S, WORKING_HZ / BIN), n // BIN + 1
    explained, energy = (
        smooth(np.bincount(rising // BIN, x, bins).astype(float), bell) for x in (explained, energy)
    )
    share = explained / (energy + 1e-9)
    known = np.interp(np.arange(n), np.arange(bins) * BIN + BIN // 2, share)
    return np.where(wave.usable, np.clip((known - DOUBTED) / (BELIEVED - DOUBTED), 0, 1), 0.0)
