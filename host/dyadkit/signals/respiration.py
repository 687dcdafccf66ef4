"""Respiration rate from what breathing does to the pulse."""

from dataclasses import dataclass

import numpy as np

from dyadkit.dyad.arrays import Bools, Floats
from dyadkit.dyad.result import Result
from dyadkit.dyad.traces import in_spans
from dyadkit.signals.ppg.beats import Beats
from dyadkit.signals.ppg.intervals import intervals
from dyadkit.signals.rate_track import track

GRID_HZ = 4.0
WINDOW_S, STEP_S = 32.0, 2.0
LENGTH, PADDED = int(WINDOW_S * GRID_HZ), int(4 * WINDOW_S * GRID_HZ)
BAND_HZ = (0.05, 1.2)  # from paced breathing to that of infants, and never above half of the heart
TILT_HZ = (0.05, 1.2)  # over which the fall of each spectrum is measured, as far as beats reach
LINE = 4  # bins of the padded spectrum on each side that belong to one line
EDGE = LINE  # bins at either end of the band: what is strongest there may lie beyond
FREEDOM_S = 18.0  # half of the degrees of freedom of a window, for each Hz of its band
MAX_SHARE = 0.98
MIN_SEEN = 0.7
SUPPORT = 9.0  # log evidence a window must have itself: neighbours may choose, not invent
SURE = 0.9  # probability that the rate is within 2 per minute of the one given


@dataclass(frozen=True, slots=True, eq=False)
class Respiration(Result):
    """Respiration rate over time; arrays of shape (n,).

    times_s : centre of each 32 s window
    breaths_per_minute : NaN where the pulse does not say, or breathing was too uneven for a rate
    spread_per_minute : standard deviation of what the pulse leaves open
    """

    times_s: Floats
    breaths_per_minute: Floats
    spread_per_minute: Floats


def respiration(beats: Beats) -> Respiration:
    """Respiration rate by fusing three modulations of the pulse: level, height and interval.

    Each says for every rate how likely it is (`evidence`); what they say is added up and followed
    over time. No rate is above half of the heart rate: a beat sees the breath only once, so that
    breath faster than that looks slower, and cannot be told from it.

    Parameters
    ----------
    beats : of the whole recording; untrusted ones are left out

    Returns
    -------
    a rate every 2 s, 5 to 72 per minute; NaN where the pulse does not say, or where the strongest
    is at the end of what can be seen; empty for recordings under 32 s

    Examples
    --------
    >>> import numpy as np
    >>> times_s, one = np.arange(0.5, 60, 0.8), np.ones(75)
    >>> breath = np.sin(2 * np.pi * times_s / 4)
    >>> beats = Beats(times_s, one, 20 + breath, 2000 + breath, duration_s=60.0)
    >>> [round(float(rate)) for rate in respiration(beats).breaths_per_minute[:3]]
    [15, 15, 15]

    References
    ----------
    Modulations: Karlen et al. 2013, IEEE Trans Biomed Eng 60(7), doi:10.1109/TBME.2013.2246160
    """
    each, rates_per_minute = evidence(beats)
    found = track(each.sum(axis=0), rates_per_minute, STEP_S / WINDOW_S)
    inside = (found.best >= EDGE) & (found.best < len(rates_per_minute) - EDGE)
    known = (found.support >= SUPPORT) & (found.probability >= SURE) & inside
    return Respiration(
        np.asarray(WINDOW_S / 2 + STEP_S * np.arange(len(known)), dtype=float),
        np.where(known, found.rate_per_minute, np.nan),
        np.where(found.support >= SUPPORT, found.spread_per_minute, np.nan),
    )


def evidence(beats: Beats) -> tuple[Floats, Floats]:
    """Log odds of every breathing rate by level, height and interval, and the rates per minute.

    Shape (3, windows, rates); 0 where a modulation was not seen. The odds of one
    sinusoid of unknown height and phase in noise of unknown size, which grow with the share of the
    power that it explains, once the spectrum is level: slow drift has most of the power.

    References
    ----------
    Bretthorst 1988, Bayesian Spectrum Analysis and Parameter Estimation, eq. 2.8
    """
    frequency_hz = np.asarray(np.fft.rfftfreq(PADDED, 1 / GRID_HZ), dtype=float)
    seen = beats.trusted
    found = intervals(beats)
    kept = found.trusted
    highest_hz = 0.5 / float(np.median(found.interval_s[kept])) if kept.any() else 0.5
    band = (frequency_hz >= BAND_HZ[0]) & (frequency_hz <= min(BAND_HZ[1], highest_hz))
    middle_s = 0.5 * (found.start_s[kept] + found.stop_s[kept])
    modulations = (
        (beats.times_s[seen], beats.baseline[seen]),
        (beats.times_s[seen], beats.amplitude[seen]),
        (middle_s, found.interval_s[kept]),
    )
    each = [_odds(*_windows(*one, beats), frequency_hz, band) for one in modulations]
    return np.stack(each), 60.0 * frequency_hz[band]


def _windows(times_s: Floats, values: Floats, beats: Beats) -> tuple[Floats, Bools]:
    """The series in each window, shape (windows, LENGTH), and which windows saw enough of it."""
    count = max(0, int((beats.duration_s - WINDOW_S) // STEP_S) + 1)
    starts = (np.arange(count) * STEP_S * GRID_HZ).astype(int)[:, None] + np.arange(LENGTH)
    if len(times_s) < 4:
        return np.zeros((count, LENGTH)), np.zeros(count, dtype=bool)
    grid_s = np.arange(int(beats.duration_s * GRID_HZ) + LENGTH) / GRID_HZ
    seen = _seen(grid_s, times_s) & ~in_spans(grid_s, beats.gaps_s)
    series = np.interp(grid_s, times_s, values)
    return series[starts], seen[starts].mean(axis=1) >= MIN_SEEN


def _seen(grid_s: Floats, times_s: Floats) -> Bools:
    """Which moments have a value within 2 s."""
    after = np.clip(np.searchsorted(times_s, grid_s), 1, len(times_s) - 1)
    near_s = np.minimum(np.abs(times_s[after] - grid_s), np.abs(grid_s - times_s[after - 1]))
    return np.asarray(near_s < 2.0)


def _odds(windows: Floats, seen: Bools, frequency_hz: Floats, band: Bools) -> Floats:
    """Log odds of a line at each frequency of the band in each window, shape (windows, rates)."""
    if not seen.any():
        return np.zeros((len(windows), int(band.sum())))
    flat = (windows - _line(windows)) * np.hanning(LENGTH)
    power = np.abs(np.fft.rfft(flat, PADDED, axis=1)) ** 2
    level = power[:, band] * frequency_hz[band] ** _fall(
        power[seen], frequency_hz, frequency_hz[band][-1]
    )
    sums = np.cumsum(np.pad(level, ((0, 0), (LINE + 1, LINE))), axis=1)
    line = sums[:, 2 * LINE + 1 :] - sums[:, : -2 * LINE - 1]
    freedom = FREEDOM_S * float(np.ptp(frequency_hz[band]))
    share = np.clip(line / (level.sum(axis=1, keepdims=True) + 1e-300), 0.0, MAX_SHARE)
    return np.where(seen[:, None], -freedom * np.log1p(-share), 0.0)


def _fall(power: Floats, frequency_hz: Floats, highest_hz: float) -> float:
    """By which power of the frequency the usual spectrum falls; 0 where it does not."""
    wide = (frequency_hz >= TILT_HZ[0]) & (frequency_hz <= min(TILT_HZ[1], highest_hz))
    usual = np.log(np.median(power[:, wide], axis=0) + 1e-300)
    slope = np.polyfit(np.log(frequency_hz[wide]), usual, 1)[0]
    return float(np.clip(-slope, 0.0, 4.0))


def _line(windows: Floats) -> Floats:
    """Least-squares straight line of each row."""
    x = np.linspace(-1, 1, windows.shape[1])
    slope = windows @ x / (x @ x)
    return np.asarray(windows.mean(axis=1)[:, None] + slope[:, None] * x)
