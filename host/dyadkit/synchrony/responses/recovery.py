"""Recovery of a person after arousal peaks, alone and with the partner."""

import math
from dataclasses import dataclass

import numpy as np

from dyadkit.dyad.arrays import ArrayLike, Bools, Floats, Ints
from dyadkit.dyad.result import Result
from dyadkit.synchrony import misalignment
from dyadkit.synchrony.grid import checked_series
from dyadkit.synchrony.responses.events import (
    PEAKS,
    Events,
    Peaks,
    arousal_peaks,
    median_time,
    possible_s,
)
from dyadkit.synchrony.responses.settling import typical_settling_s

MIN_OF_A_KIND = 3
SHIFTS_TRIED = 400
"""Each shift costs two medians; neighbouring shifts of slow signals say the same thing."""


@dataclass(frozen=True, slots=True, eq=False)
class Recovery(Result):
    """Recovery times: median time from a peak until 63 % of its rise is gone, in seconds.

    Alone and together are without and with the partner's peak, or act.

    usual_s : of the typical sudden rise, overlaps and slow swings taken out; the median over all
        peaks where fewer than five rises are sudden
    alone_s, together_s : medians of single peaks without and with the partner's peak (or mark),
        which slow swings blur: compare them with each other, not with `usual_s`. Interrupted
        recoveries count as lasting at least so long; NaN with fewer than three peaks, half of
        them never ended, or a median faster than any body is
    alone, together : how many peaks of each kind
    p : how rarely shifted partner's events make as large a difference, either way; NaN where one
        kind has fewer than three peaks
    """

    usual_s: float
    alone_s: float
    together_s: float
    alone: int
    together: int
    p: float


def stress_buffering(
    series: ArrayLike, marks_s: ArrayLike, rate_hz: float, settings: Peaks = PEAKS
) -> Recovery:
    """Stress buffering: recovery of a person while the partner acts and while not.

    Parameters
    ----------
    series : shape (n,), the person's arousal; NaN is missing
    marks_s : shape (m, 2), start and end of the partner's acts, seconds from the start

    Raises
    ------
    ValueError
        marks that are not pairs of start and end
    SignalError
        too short, constant, fewer than five peaks

    Examples
    --------
    Responses fall with 4 s, in every other minute (the partner talks) with 1.5 s:

    >>> rng, times_s = np.random.default_rng(1), np.arange(3600) / 4.0
    >>> bursts = (rng.random(3600) < 1.0 / 48.0) * rng.lognormal(-1.0, 0.5, 3600)
    >>> talking = times_s % 120.0 >= 60.0
    >>> skin = 0.0
    >>> for decay_s, inside in ((4.0, ~talking), (1.5, talking)):
    ...     response = np.exp(-times_s[:240] / decay_s) - np.exp(-times_s[:240] / 0.75)
    ...     skin = skin + np.convolve(bursts * inside, response)[:3600]
    >>> marks_s = [(minute * 60.0, minute * 60.0 + 60.0) for minute in range(1, 15, 2)]
    >>> found = stress_buffering(skin, marks_s, rate_hz=4.0)
    >>> round(found.alone_s, 1), round(found.together_s, 1), found.p < 0.05
    (4.9, 2.4, True)

    References
    ----------
    Coan, Schaefer & Davidson 2006, Psychol. Sci. 17, 1032–1039 (buffering); Kaplan & Meier 1958
    (medians with interrupted recoveries)
    """
    values = checked_series(series, rate_hz, "series")
    marks = np.asarray(marks_s, dtype=float).reshape(-1, 2)
    if not (marks[:, 0] <= marks[:, 1]).all():
        raise ValueError("each mark needs a start and an end that is not earlier")
    acting = np.zeros(len(values), dtype=bool)
    for start, stop in np.rint(marks * rate_hz).astype(np.int64):
        acting[max(start, 0) : max(stop, 0) + 1] = True
    events = arousal_peaks(values, rate_hz, settings, "series")
    shifts = misalignment.admissible(len(values), misalignment.min_shift(rate_hz))
    shifts = shifts[:: max(1, len(shifts) // SHIFTS_TRIED)]
    return recovery(values, events, acting, rate_hz, shifts)


def recovery(
    series: Floats, events: Events, acting: Bools, rate_hz: float, shifts: Ints
) -> Recovery:
    """Recovery of a series' events that settle while `acting` holds, against those that do not."""
    curve = acting[(events.peaks + np.concatenate([[0], shifts])[:, None]) % len(acting)]
    together = curve[0]
    alone_s, together_s = (
        possible_s(median_time(events.settled[which], events.seen[which]) / rate_hz)
        if which.sum() >= MIN_OF_A_KIND
        else math.nan
        for which in (~together, together)
    )
    difference = together_s - alone_s
    chance = np.array([_difference(events, which) for which in curve[1:]]) / rate_hz
    chance = chance[np.isfinite(chance)]
    kinds = min(together.sum(), (~together).sum())
    enough = kinds >= MIN_OF_A_KIND and len(chance) >= misalignment.MIN_SHIFTS
    p = math.nan
    if enough and math.isfinite(difference):
        p = misalignment.p_among(abs(difference), np.abs(chance))
    usual_s = possible_s(typical_settling_s(series, rate_hz))
    if math.isnan(usual_s):
        usual_s = possible_s(median_time(events.settled, events.seen) / rate_hz)
    return Recovery(usual_s, alone_s, together_s, int((~together).sum()), int(together.sum()), p)


def _difference(events: Events, together: Bools) -> float:
    if min(together.sum(), (~together).sum()) < MIN_OF_A_KIND:
        return math.nan
    return median_time(events.settled[together], events.seen[together]) - median_time(
        events.settled[~together], events.seen[~together]
    )
