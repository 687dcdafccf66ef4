"""Series that another program extracted, taken as given: intervals, heart rate, EDA components."""

import numpy as np

from dyadkit.dyad.arrays import Bools, Floats
from dyadkit.dyad.traces import Trace
from dyadkit.errors import SignalError
from dyadkit.signals.ppg.beats import Beats
from dyadkit.signals.reason import SignalFault
from dyadkit.signals.seconds import StreamQuality

COMPONENTS = ("eda_tonic", "eda_phasic")
SAME_BEAT_S = 0.02  # programs round intervals and times each for itself
MAX_OFF = 0.05  # of the median interval: further off, times and intervals are not of one heart


def beats_of_ibi(trace: Trace, duration_s: float) -> Beats:
    """Beats that inter-beat intervals (IBI) stand between, each fully trusted.

    A pause between one interval's end and the next one's beginning is a gap.

    Parameters
    ----------
    trace : intervals in seconds, at the times of the beats that end them, or of those that begin
        them, whichever agrees with the intervals
    duration_s : length of the session

    Raises
    ------
    SignalError
        the times and the intervals disagree: they are not of one recording
    """
    known = np.isfinite(trace.values) & np.isfinite(trace.times_s) & (trace.values > 0)
    times_s, length_s = trace.times_s[known], trace.values[known]
    ends_s = times_s if _mark_ends(times_s, length_s) else times_s + length_s
    starts_s = ends_s - length_s
    joined = np.r_[False, np.abs(starts_s[1:] - ends_s[:-1]) <= SAME_BEAT_S][: len(ends_s)]
    beats_s = np.sort(np.r_[starts_s[~joined], ends_s])
    paused = np.flatnonzero(~joined[1:]) + 1
    gaps_s = np.stack([ends_s[paused - 1], starts_s[paused]], axis=1)
    outer_s = (
        [[0.0, beats_s[0]], [beats_s[-1], duration_s]] if len(beats_s) else [[0.0, duration_s]]
    )
    nothing = np.zeros(len(beats_s))
    return Beats(
        beats_s,
        np.ones(len(beats_s)),
        nothing,
        nothing,
        duration_s,
        np.concatenate([gaps_s, np.array(outer_s)]),
    )


def series_at(trace: Trace, rate_hz: float, samples: int) -> Floats:
    """A given series on a session's grid, shape (samples,); NaN where it is not known."""
    return trace.grid(rate_hz, 0.0, samples / rate_hz)


def quality_of_given(known: Bools, rate_hz: float, seconds: int) -> StreamQuality:
    """Full trust in each second of which at least half is given; a gap elsewhere."""
    index = np.minimum((np.arange(len(known)) / rate_hz).astype(int), max(seconds - 1, 0))
    covered = np.bincount(index, known, minlength=seconds)[:seconds]
    total = np.maximum(np.bincount(index, minlength=seconds)[:seconds], 1)
    trusted = covered >= 0.5 * total
    return StreamQuality(
        trusted.astype(float), np.where(trusted, 0, int(SignalFault.LINK_GAP)).astype(np.int64)
    )


def _mark_ends(times_s: Floats, length_s: Floats) -> bool:
    """Whether the times are those of the beats that end the intervals, not that begin them."""
    if len(times_s) < 2:
        return True
    step_s = np.diff(times_s)
    as_ends = float(np.median(np.abs(step_s - length_s[1:])))
    as_starts = float(np.median(np.abs(step_s - length_s[:-1])))
    if min(as_ends, as_starts) > MAX_OFF * float(np.median(length_s)):
        raise SignalError(
            f"inter-beat intervals of {np.median(length_s):.2f} s stand {np.median(step_s):.2f} s "
            "apart: give each the time of the beat that ends it, and the right unit"
        )
    return as_ends <= as_starts
