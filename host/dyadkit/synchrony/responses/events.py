"""Arousal peaks of one person, and how long each takes to settle again."""

import math
from dataclasses import dataclass

import numpy as np
from scipy import ndimage, signal

from dyadkit.dyad.arrays import Bools, Floats, Ints
from dyadkit.errors import SignalError

SETTLED = math.exp(-1.0)
FLOOR_S = 60.0
RESTING_PERCENT = 25
"""The level a person settles to: so many percent of the time is below it, within a minute around.

Chosen on simulated skin conductance: 10 % makes recovery 20 % too long, 40 % 12 % too short.
"""
MIN_EVENTS = 5
MIN_SETTLING_S = 1.0
"""Skin takes so long for 63 % of its fall at least: half times of responses are 1 s and more
(Boucsein 2012, 2.3.1.3.2); what seems faster is noise on a peak."""


@dataclass(frozen=True, slots=True)
class Peaks:
    """Settings of arousal peaks: what counts as one, and how long the partner's is near.

    min_rise : smallest rise above its surroundings, in standard deviations of the series
    floor : the same in its own unit: what is less means nothing, however flat the series
    apart_s : smallest time between peaks of one person
    window_s : a person recovers with the partner's peak if one began within so long before

    Raises
    ------
    ValueError
        a time or rise that is not positive

    Examples
    --------
    >>> from dyadkit.synchrony.responses import partner_response
    >>> from dyadkit.sim.people import bodies
    >>> met = bodies.meet(bodies.Encounter(), seconds=300.0, seed=1)      # b follows by 1.5 s
    >>> a, b = met.a.eda_usiemens[::4], met.b.eda_usiemens[::4]           # at 4 Hz
    >>> all_of_a, high = (partner_response(a, b, 4.0, Peaks(rise)).a_to_b for rise in (0.5, 1.0))
    >>> all_of_a.leader_events, high.leader_events
    (22, 15)
    """

    min_rise: float = 0.5
    floor: float = 0.0
    apart_s: float = 2.0
    window_s: float = 5.0

    def __post_init__(self) -> None:
        """Refuse nonsense."""
        if min(self.min_rise, self.apart_s, self.window_s) <= 0.0:
            raise ValueError("min_rise, apart_s and window_s must be positive")


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
    prominence = max(settings.min_rise * float(np.nanstd(series)), settings.floor)
    onsets, peaks = _found(series, rate_hz, prominence, settings.apart_s)
    if len(peaks) < MIN_EVENTS:
        raise SignalError(
            f"{name} has {len(peaks)} arousal peaks of {prominence:.2g} ({settings.min_rise:g} "
            f"standard deviations, {settings.floor:g} or more); at least {MIN_EVENTS} are needed: "
            "record longer or lower min_rise"
        )
    floor = ndimage.percentile_filter(whole, RESTING_PERCENT, max(3, round(FLOOR_S * rate_hz)))
    never = np.zeros(len(peaks))
    events = Events(onsets, peaks, never, never.astype(bool))
    first = _settling(series, whole, events, floor, math.inf)
    return _settling(series, whole, first, floor, median_time(first.settled, first.seen))


def _found(series: Floats, rate_hz: float, prominence: float, apart_s: float) -> tuple[Ints, Ints]:
    """Onsets and peaks that rise by `prominence` above what surrounds them."""
    whole = bridged(series)
    apart = max(1, round(apart_s * rate_hz))
    peaks, found = signal.find_peaks(whole, prominence=prominence, distance=apart)
    present = np.isfinite(series[peaks])
    peaks, lefts = peaks[present], found["left_bases"][present]
    floors = np.maximum(lefts, np.concatenate([[0], peaks[:-1]]))
    onsets = [_onset(whole, int(f), int(p)) for f, p in zip(floors, peaks, strict=True)]
    return np.array(onsets, dtype=np.int64), peaks


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


def possible_s(settling_s: float) -> float:
    """A settling time that a body can have; NaN for one that is faster."""
    return settling_s if settling_s >= MIN_SETTLING_S else math.nan


def _onset(whole: Floats, floor: int, peak: int) -> int:
    """The last lowest sample before a peak."""
    return peak - int(np.argmin(whole[floor : peak + 1][::-1]))


def _settling(series: Floats, whole: Floats, events: Events, floor: Floats, decay: float) -> Events:
    """The events with the samples until 37 % of each rise remain, and whether that was seen.

    What earlier peaks left behind goes on falling to the floor with time constant `decay`, in
    samples: without that a peak on another's slope would seem to settle too fast.
    """
    limits = np.append(events.onsets[1:], len(series))
    settling = []
    for onset, peak, limit in zip(events.onsets, events.peaks, limits, strict=True):
        since = np.arange(peak - onset, limit - onset)
        left = (whole[onset] - floor[onset]) * np.exp(-since / decay) + floor[onset]
        settling.append(_time_to_settle(series[peak:limit] - left))
    samples, seen = zip(*settling, strict=True)
    return Events(events.onsets, events.peaks, np.array(samples), np.array(seen, dtype=bool))


def _time_to_settle(after: Floats) -> tuple[float, bool]:
    """Samples until a course has fallen to 37 % of its first value, and whether that was seen.

    A peak that is not known itself, or does not rise above what is subtracted, shows nothing.
    """
    gaps = np.flatnonzero(np.isnan(after))
    after = after[: gaps[0]] if len(gaps) else after
    if not len(after) or after[0] <= 0:
        return 0.0, False
    target = SETTLED * after[0]
    low = np.flatnonzero(after <= target)
    if not len(low):
        return float(len(after)), False
    last = int(low[0])
    step = after[last - 1] - after[last]
    return last - float((target - after[last]) / step), True
