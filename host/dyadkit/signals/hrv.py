"""Heart rate variability (HRV) of one recording, each figure only where enough of it was seen."""

from dataclasses import dataclass

import numpy as np

from dyadkit.dyad.arrays import Bools, Floats
from dyadkit.dyad.result import Result
from dyadkit.signals.ppg.intervals import Intervals

GRID_HZ = 4.0
LOW_HZ, HIGH_HZ = (0.04, 0.15), (0.15, 0.40)
SEGMENT_S = 120.0
MIN_S, MIN_LOW_S, MIN_HIGH_S = 30.0, 120.0, 60.0  # trusted seconds each figure needs
MIN_COVERAGE = 0.5
SEGMENT_COVERAGE = 0.8
JACKKNIFE_PARTS = 10


@dataclass(frozen=True, slots=True, eq=False)
class Hrv(Result):
    """Heart rate variability (HRV); NaN where less was seen than the figure needs.

    mean_bpm : from normal inter-beat intervals (IBI)
    rmssd_ms, sdnn_ms : of normal intervals; successive ones only within unbroken runs
    rmssd_error_ms : standard error of `rmssd_ms`: how far another stretch of the same heart may be
    rmssd_noise_ms : what noise in the wave alone would give; the squares add up
    low_ms2, high_ms2 : power in 0.04–0.15 Hz and 0.15–0.40 Hz
    low_high_ratio : their ratio
    rsa_ln_ms2 : respiratory sinus arrhythmia (RSA), natural logarithm of `high_ms2`; an
        index of vagal tone only while breathing stays at 9 to 24 per minute (Laborde 2017)
    intervals : count of normal intervals
    coverage : share of the recording covered by normal intervals
    """

    mean_bpm: float
    rmssd_ms: float
    rmssd_error_ms: float
    rmssd_noise_ms: float
    sdnn_ms: float
    low_ms2: float
    high_ms2: float
    low_high_ratio: float
    rsa_ln_ms2: float
    intervals: int
    coverage: float


def hrv(found: Intervals, duration_s: float) -> Hrv:
    """Heart rate variability (HRV) of normal intervals: time domain, and spectra where covered.

    RMSSD and SDNN need 30 s of normal intervals and half of the recording: what is trusted of a
    moved recording is its calm part. High-frequency power needs 60 s and low-frequency power
    120 s, over segments of which 80 % were seen. Timing noise only ever adds to RMSSD: the root of
    `rmssd_ms² - rmssd_noise_ms²` is nearer to the heart's own. The intervals are the pulse's: close
    to those of an electrocardiogram at rest, less so in movement (Schäfer & Vagedes 2013).

    Parameters
    ----------
    found : inter-beat intervals of the whole recording
    duration_s : length of the recording in seconds

    Returns
    -------
    times in ms, powers in ms², rates in bpm, coverage 0..1; NaN where too little was seen

    Raises
    ------
    ValueError
        `duration_s` is not positive

    Examples
    --------
    Ninety seconds of a heart that breathing alone moves, every 4 s by some 50 ms: enough for RSA,
    too short for low-frequency power.

    >>> import numpy as np
    >>> from dyadkit.signals.ppg import Beats, intervals
    >>> beat = np.arange(100)
    >>> times_s = 0.9 * beat - 0.04 * np.cos(0.45 * np.pi * beat)
    >>> one = np.ones(100)
    >>> figures = hrv(intervals(Beats(times_s, one, one, one, duration_s=90.0)), duration_s=90.0)
    >>> round(figures.rmssd_ms), round(figures.rsa_ln_ms2, 1), figures.low_ms2
    (48, 6.9, nan)

    References
    ----------
    Task Force 1996, Circulation 93(5):1043–1065. Berntson et al. 1997, Psychophysiology 34(6).
    Schäfer & Vagedes 2013, Int J Cardiol 166(1).
    Standard error: Künsch 1989, Ann Stat 17(3), the block jackknife.
    """
    if not duration_s > 0:
        raise ValueError(f"duration_s is {duration_s}: give the length of the recording")
    normal_s = found.interval_s[found.normal]
    seen_s = float(normal_s.sum())
    coverage = min(1.0, seen_s / duration_s)
    enough = seen_s >= MIN_S
    typical = enough and coverage >= MIN_COVERAGE
    rmssd_ms, rmssd_error_ms = _rmssd_ms(found) if typical else (np.nan, np.nan)
    low_ms2, high_ms2 = _band_powers(found, duration_s)
    return Hrv(
        mean_bpm=60.0 / float(normal_s.mean()) if enough else np.nan,
        rmssd_ms=rmssd_ms,
        rmssd_error_ms=rmssd_error_ms,
        rmssd_noise_ms=_rmssd_noise_ms(found) if typical else np.nan,
        sdnn_ms=1e3 * float(normal_s.std(ddof=1)) if typical else np.nan,
        low_ms2=low_ms2,
        high_ms2=high_ms2,
        low_high_ratio=low_ms2 / high_ms2 if high_ms2 > 0 else np.nan,
        rsa_ln_ms2=float(np.log(high_ms2)) if high_ms2 > 0 else np.nan,
        intervals=len(normal_s),
        coverage=coverage,
    )


def _rmssd_ms(found: Intervals) -> tuple[float, float]:
    """RMSSD and its standard error, by leaving out one tenth of the recording after another."""
    squares = np.diff(found.interval_s)[_successive(found)] ** 2
    if len(squares) < JACKKNIFE_PARTS:
        return np.nan, np.nan
    parts = np.array_split(squares, JACKKNIFE_PARTS)
    left = [(squares.sum() - part.sum()) / (len(squares) - len(part)) for part in parts]
    without = np.sqrt(left)
    error_s = np.sqrt((JACKKNIFE_PARTS - 1) * np.mean((without - without.mean()) ** 2))
    return 1e3 * float(np.sqrt(squares.mean())), 1e3 * float(error_s)


def _rmssd_noise_ms(found: Intervals) -> float:
    """RMSSD of an even rhythm seen through this noise; a beat between two intervals moves both."""
    pairs = _successive(found)
    variance = 1.5 * (found.error_s[1:] ** 2 + found.error_s[:-1] ** 2)[pairs]
    return 1e3 * float(np.sqrt(variance.mean())) if len(variance) else np.nan


def _successive(found: Intervals) -> Bools:
    """Which intervals but the first are normal and follow a normal one, shape (n - 1,)."""
    return np.asarray(found.normal[1:] & found.normal[:-1] & found.follows[1:])


def _band_powers(found: Intervals, duration_s: float) -> tuple[float, float]:
    """Low and high power in ms², mean over segments seen well enough."""
    if found.normal.sum() < 2:
        return np.nan, np.nan
    high = [_power(cut, HIGH_HZ) for cut in _segments(found, duration_s, MIN_HIGH_S)]
    low = [_power(cut, LOW_HZ) for cut in _segments(found, duration_s, MIN_LOW_S)]
    return (float(np.mean(low)) if low else np.nan), (float(np.mean(high)) if high else np.nan)


def _segments(found: Intervals, duration_s: float, length_s: float) -> list[Floats]:
    """Intervals in ms on the grid, half-overlapping stretches, those seen well enough."""
    grid_s = np.arange(int(duration_s * GRID_HZ)) / GRID_HZ
    start_s, stop_s = found.start_s[found.normal], found.stop_s[found.normal]
    series = np.interp(grid_s, 0.5 * (start_s + stop_s), 1e3 * (stop_s - start_s))
    covering = np.clip(np.searchsorted(start_s, grid_s, side="right") - 1, 0, None)
    seen = (grid_s >= start_s[covering]) & (grid_s <= stop_s[covering])
    length = int(length_s * GRID_HZ)
    starts = range(0, len(grid_s) - length + 1, length // 2)
    whole = [slice(start, start + length) for start in starts]
    return [series[cut] for cut in whole if seen[cut].mean() >= SEGMENT_COVERAGE]


def _power(series: Floats, band_hz: tuple[float, float]) -> float:
    """Power of a linearly detrended, Hann-tapered stretch within a band."""
    x = np.arange(len(series))
    flat = series - np.polyval(np.polyfit(x, series, 1), x)
    taper = np.hanning(len(series))
    spectrum = 2 * np.abs(np.fft.rfft(flat * taper)) ** 2 / (GRID_HZ * (taper @ taper))
    frequency_hz = np.fft.rfftfreq(len(series), 1 / GRID_HZ)
    inside = (frequency_hz >= band_hz[0]) & (frequency_hz < band_hz[1])
    return float(spectrum[inside].sum() * GRID_HZ / len(series))
