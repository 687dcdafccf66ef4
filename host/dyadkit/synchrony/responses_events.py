"""Arousal peaks of one person, and how long each takes to settle again."""

import math
from dataclasses import dataclass

import numpy as np
from scipy import signal

from dyadkit.arrays import Bools, Floats, Ints
from dyadkit.errors import SignalError

SETTLED = math.exp(-1.0)
FEWEST_EVENTS = 5


@dataclass(frozen=True, slots=True)
class Peaks:
    """What counts as an arousal peak, and where the partner's answer is looked for.

    least_rise : smallest rise above its surroundings, in standard deviations of the series
    apart_s : smallest time between peaks of one person
    window_s : the partner's answer is looked for up to this long after an onset
    edge_s : a rise or fall of the partner is the change within this long
    """

    least_rise: float = 1.0
    apart_s: float = 2.0
    window_s: float = 10.0
    edge_s: float = 3.0

    def __post_init__(self) -> None:
        """Refuse nonsense."""
        if min(self.least_rise, self.apart_s, self.window_s, self.edge_s) <= 0.0:
            raise ValueError("least_rise, apart_s, window_s and edge_s must be positive")


PEAKS = Peaks()


@dataclass(frozen=True, slots=True, eq=False)
class Events:
    """Arousal peaks of one series.

    onsets, peaks : shape (events,), samples
    settled : shape (events,), samples from the peak until 63 % of the rise is gone again, or until
        the next onset, a gap or the end cut the observation short
    seen : shape (events,), True where settling was seen to happen
    """

    onsets: Ints
    peaks: Ints
    settled: Floats
    seen: Bools

    def __len__(self) -> int:
        return len(self.peaks)


def arousal_peaks(series: Floats, rate_hz: float, settings: Peaks, name: str) -> Events:
    """Events of a series of shape (n,), NaN where missing.

    Raises
    ------
    SignalError
        fewer than five peaks
    """
    whole = bridged(series)
    spread = float(np.nanstd(series))
    apart = max(1, round(settings.apart_s * rate_hz))
    peaks, found = signal.find_peaks(whole, prominence=settings.least_rise * spread, distance=apart)
    present = np.isfinite(series[peaks])
    peaks, lefts = peaks[present], found["left_bases"][present]
    if len(peaks) < FEWEST_EVENTS:
        raise SignalError(
            f"{name} has {len(peaks)} arousal peaks of {settings.least_rise:g} standard "
            f"deviations; at least {FEWEST_EVENTS} are needed: record longer or lower least_rise"
        )
    floors = np.maximum(lefts, np.concatenate([[0], peaks[:-1]]))
    onsets = np.array([_onset(whole, int(f), int(p)) for f, p in zip(floors, peaks, strict=True)])
    limits = np.append(onsets[1:], len(series))
    settling = [
        _settling(series, whole[onset], int(peak), int(limit))
        for onset, peak, limit in zip(onsets, peaks, limits, strict=True)
    ]
    samples, seen = zip(*settling, strict=True)
    return Events(onsets, peaks, np.array(samples, dtype=float), np.array(seen, dtype=bool))


def median_time(times: Floats, seen: Bools) -> float:
    """Median time to an event when some observations end early; NaN when half never get there.

    References
    ----------
    Kaplan & Meier 1958, Journal of the American Statistical Association 53
    """
    order = np.argsort(times, kind="stable")
    at_risk = np.arange(len(times), 0, -1)
    surviving = np.cumprod(1.0 - seen[order] / at_risk)
    below = np.flatnonzero(surviving <= 0.5)
    return float(times[order][below[0]]) if len(below) else math.nan


def bridged(series: Floats) -> Floats:
    """Gaps filled by straight lines, and level outside the first and last value."""
    present = np.isfinite(series)
    return np.interp(np.arange(len(series)), np.flatnonzero(present), series[present])


def _onset(whole: Floats, floor: int, peak: int) -> int:
    """The last lowest sample before a peak."""
    return peak - int(np.argmin(whole[floor : peak + 1][::-1]))


def _settling(series: Floats, level: float, peak: int, limit: int) -> tuple[float, bool]:
    """Samples until the rise above `level` has shrunk to 37 %, and whether that was seen."""
    after = series[peak:limit]
    gaps = np.flatnonzero(np.isnan(after))
    after = after[: gaps[0]] if len(gaps) else after
    target = level + SETTLED * (series[peak] - level)
    low = np.flatnonzero(after <= target)
    if not len(low):
        return float(len(after)), False
    last = int(low[0])
    step = after[last - 1] - after[last]
    return last - float((target - after[last]) / step), True
