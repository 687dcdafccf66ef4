"""Heart rate variability (HRV) of one recording, each figure only where enough of it was seen."""

from dataclasses import dataclass

import numpy as np

from dyadkit.dyad.arrays import Bools, Floats
from dyadkit.dyad.result import Result
from dyadkit.signals.ppg.intervals import Intervals
from dyadkit.signals.rhythm import HeartRhythm, heart_rhythm
from dyadkit.signals.spread import NO_SPREAD, NOT_KNOWN, Limits, Spread, spread_of

GRID_HZ = 4.0
LOW_HZ, HIGH_HZ = (0.04, 0.15), (0.15, 0.40)
SEGMENT_S = 120.0
MIN_S, MIN_LOW_S, MIN_HIGH_S = 30.0, 120.0, 60.0  # trusted seconds each figure needs
MIN_COVERAGE = 0.5
SEGMENT_COVERAGE = 0.8


@dataclass(frozen=True, slots=True, eq=False)
class Hrv(Result):
    """Heart rate variability (HRV); NaN where less was seen than the figure needs.

    mean_bpm : from normal inter-beat intervals (IBI)
    rmssd_ms, sdnn_ms : of normal intervals; successive ones only within unbroken runs; NaN where
        the interval is wider than the figure, and in irregular rhythm
    rmssd_interval_ms, sdnn_interval_ms : between these is the heart's own figure, 95 %: noise and
        movement only add to what was measured
    rmssd_error_ms : standard error of `rmssd_ms`: how far another stretch of the same heart may be
    rmssd_noise_ms : what noise in the wave alone would give, at most
    low_ms2, high_ms2 : power in 0.04–0.15 Hz and 0.15–0.40 Hz
    low_high_ratio : their ratio; both bands are an adult's, RSA by age is in `rsa`
    intervals : count of normal intervals
    coverage : share of the recording covered by normal intervals
    rhythm : whether the sinus node sets the intervals; in irregular rhythm (atrial fibrillation,
        early beat upon early beat) variability is not vagal, and RMSSD is not given
    """

    mean_bpm: float
    rmssd_ms: float
    rmssd_error_ms: float
    rmssd_noise_ms: float
    sdnn_ms: float
    low_ms2: float
    high_ms2: float
    low_high_ratio: float
    intervals: int
    coverage: float
    rmssd_interval_ms: Limits = NOT_KNOWN
    sdnn_interval_ms: Limits = NOT_KNOWN
    rhythm: HeartRhythm = HeartRhythm.UNKNOWN


def hrv(found: Intervals, duration_s: float) -> Hrv:
    """Heart rate variability (HRV) of normal intervals: time domain, and spectra where covered.

    RMSSD and SDNN need 30 s of normal intervals and half of the recording: what is trusted of a
    moved recording is its calm part. High-frequency power needs 60 s and low-frequency power
    120 s, over segments of which 80 % were seen. Timing noise only ever adds to RMSSD, how much is
    not known beat by beat: state the interval, and nothing where `rmssd_ms` is NaN. The intervals
    are the pulse's: close to those of an electrocardiogram at rest, less so in movement (Schäfer &
    Vagedes 2013).

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
    Ninety seconds of a heart that breathing alone moves, every 4 s by some 50 ms: enough for
    high-frequency power, too short for low-frequency power.

    >>> import numpy as np
    >>> from dyadkit.signals.ppg import Beats, intervals
    >>> beat = np.arange(100)
    >>> times_s = 0.9 * beat - 0.04 * np.cos(0.45 * np.pi * beat)
    >>> one = np.ones(100)
    >>> figures = hrv(intervals(Beats(times_s, one, one, one, duration_s=90.0)), duration_s=90.0)
    >>> round(figures.rmssd_ms), round(figures.high_ms2, -2), figures.low_ms2
    (48, 1000.0, nan)
    >>> [round(limit) for limit in figures.rmssd_interval_ms], figures.rhythm.value
    ([46, 49], 'sinus')

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
    successive, sdnn = (
        (rmssd(found, coverage), _sdnn(found, coverage)) if typical else (NO_SPREAD, NO_SPREAD)
    )
    rhythm = heart_rhythm(found, successive.limits_ms[0])
    low_ms2, high_ms2 = _band_powers(found, duration_s)
    return Hrv(
        mean_bpm=60.0 / float(normal_s.mean()) if enough else np.nan,
        rmssd_ms=successive.stated_ms if rhythm.vagal else np.nan,
        rmssd_error_ms=successive.error_ms,
        rmssd_noise_ms=successive.noise_ms,
        sdnn_ms=sdnn.stated_ms,
        low_ms2=low_ms2,
        high_ms2=high_ms2,
        low_high_ratio=low_ms2 / high_ms2 if high_ms2 > 0 else np.nan,
        intervals=len(normal_s),
        coverage=coverage,
        rmssd_interval_ms=successive.limits_ms,
        sdnn_interval_ms=sdnn.limits_ms,
        rhythm=rhythm,
    )


def rmssd(found: Intervals, coverage: float) -> Spread:
    """Root mean square of successive differences (RMSSD) of normal intervals, with its limits.

    A beat between two intervals moves both.

    Parameters
    ----------
    found : inter-beat intervals of a stretch
    coverage : share of the stretch that they cover
    """
    pairs = _successive(found)
    squares = np.diff(found.interval_s)[pairs] ** 2
    noise_squares = 1.5 * (found.error_s[1:] ** 2 + found.error_s[:-1] ** 2)[pairs]
    cut_off = (
        float(np.mean((found.cut_off[1:] | found.cut_off[:-1])[pairs])) if pairs.any() else 0.0
    )
    return spread_of(squares, noise_squares, cut_off, coverage)


def _sdnn(found: Intervals, coverage: float) -> Spread:
    """Of all normal intervals about their mean."""
    normal_s = found.interval_s[found.normal]
    free = len(normal_s) / max(len(normal_s) - 1, 1)
    squares = free * (normal_s - normal_s.mean()) ** 2
    cut_off = float(found.cut_off[found.normal].mean())
    return spread_of(squares, found.error_s[found.normal] ** 2, cut_off, coverage)


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
