"""Breathing rate from what breathing does to the pulse."""

from dataclasses import dataclass

import numpy as np

from dyadkit.arrays import Bools, Floats
from dyadkit.result import Result
from dyadkit.signals.ppg.beats import Beats
from dyadkit.signals.ppg.intervals import intervals
from dyadkit.trace import in_spans

GRID_HZ = 4.0
WINDOW_S, STEP_S = 32.0, 2.0
BAND_HZ = (0.08, 0.5)
AGREEMENT_PER_MINUTE = 4.0
LEAST_SEEN = 0.7
CLEAR = 0.25  # least share of band power at the peak for a modulation to have a say


@dataclass(frozen=True, slots=True, eq=False)
class Respiration(Result):
    """Breathing rate over time; arrays of shape (n,).

    times_s : centre of each 32 s window
    breaths_per_minute : NaN where the modulations disagree or too little was seen
    spread_per_minute : standard deviation between the modulations that had a say
    """

    times_s: Floats
    breaths_per_minute: Floats
    spread_per_minute: Floats


def respiration(beats: Beats) -> Respiration:
    """Breathing rate by fusing three modulations of the pulse: level, height and interval.

    Each votes with the strongest line of its spectrum in 0.08–0.5 Hz; the mean counts where they
    agree within 4 breaths per minute.

    References
    ----------
    Karlen et al. 2013, IEEE Trans Biomed Eng 60(7), doi:10.1109/TBME.2013.2246160
    """
    count = int(max(beats.duration_s - WINDOW_S, -STEP_S) // STEP_S) + 1
    centres_s = np.asarray(WINDOW_S / 2 + STEP_S * np.arange(count), dtype=float)
    if count == 0 or beats.trusted.sum() < 4:
        nothing = np.full(count, np.nan)
        return Respiration(centres_s, nothing, nothing.copy())
    votes = np.stack([_votes(*modulation, beats, count) for modulation in _modulations(beats)])
    return _fused(centres_s, votes)


def _modulations(beats: Beats) -> list[tuple[Floats, Floats]]:
    """Times and values of level, height and interval at trusted beats."""
    seen = beats.trusted
    times_s = beats.times_s[seen]
    found = intervals(beats)
    kept = found.trusted
    return [
        (times_s, beats.baseline[seen]),
        (times_s, beats.amplitude[seen]),
        (found.stop_s[kept], found.interval_s[kept]),
    ]


def _votes(times_s: Floats, values: Floats, beats: Beats, count: int) -> Floats:
    """Breaths per minute in each window, NaN where this modulation has no clear line."""
    length = int(WINDOW_S * GRID_HZ)
    grid_s = np.arange(int(beats.duration_s * GRID_HZ) + length) / GRID_HZ
    if len(times_s) < 4:
        return np.full(count, np.nan)
    series = np.interp(grid_s, times_s, values)
    seen = _seen(grid_s, times_s) & ~in_spans(grid_s, beats.gaps_s)
    starts = (np.arange(count) * STEP_S * GRID_HZ).astype(int)[:, None] + np.arange(length)
    rate = 60.0 * _strongest_hz(series[starts])
    return np.where(seen[starts].mean(axis=1) >= LEAST_SEEN, rate, np.nan)


def _seen(grid_s: Floats, times_s: Floats) -> Bools:
    """Which moments have a value within 2 s."""
    after = np.clip(np.searchsorted(times_s, grid_s), 1, len(times_s) - 1)
    near_s = np.minimum(np.abs(times_s[after] - grid_s), np.abs(grid_s - times_s[after - 1]))
    return np.asarray(near_s < 2.0)


def _strongest_hz(windows: Floats) -> Floats:
    """Frequency of the strongest line of each row, NaN where it does not stand out."""
    padded = 4 * windows.shape[1]
    flat = windows - _line(windows)
    power = np.abs(np.fft.rfft(flat * np.hanning(windows.shape[1]), padded, axis=1)) ** 2
    frequency_hz = np.fft.rfftfreq(padded, 1 / GRID_HZ)
    band = (frequency_hz >= BAND_HZ[0]) & (frequency_hz <= BAND_HZ[1])
    inside, frequency_hz = power[:, band], frequency_hz[band]
    best = inside.argmax(axis=1)
    width = 0.03
    near = np.abs(frequency_hz[None, :] - frequency_hz[best, None]) <= width
    share = (inside * near).sum(axis=1) / (inside.sum(axis=1) + 1e-300)
    edge = (best == 0) | (best == len(frequency_hz) - 1)
    return np.where((share >= CLEAR) & ~edge, frequency_hz[best], np.nan)


def _line(windows: Floats) -> Floats:
    """Least-squares straight line of each row."""
    x = np.linspace(-1, 1, windows.shape[1])
    slope = windows @ x / (x @ x)
    return np.asarray(windows.mean(axis=1)[:, None] + slope[:, None] * x)


def _fused(centres_s: Floats, votes: Floats) -> Respiration:
    """Mean of the votes where at least two agree."""
    known = np.isfinite(votes)
    count = known.sum(axis=0)
    total = np.where(known, votes, 0.0).sum(axis=0)
    mean = total / np.maximum(count, 1)
    spread = np.sqrt(np.where(known, (votes - mean) ** 2, 0.0).sum(axis=0) / np.maximum(count, 1))
    agreed = (count >= 2) & (spread <= AGREEMENT_PER_MINUTE)
    return Respiration(
        centres_s, np.where(agreed, mean, np.nan), np.where(count >= 2, spread, np.nan)
    )
