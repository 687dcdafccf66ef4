"""Heart rate (HR) as a series on a uniform grid."""

from dataclasses import dataclass

import numpy as np

from dyadkit.dyad.arrays import Floats
from dyadkit.dyad.result import Result
from dyadkit.signals.ppg.beats import Beats
from dyadkit.signals.ppg.intervals import intervals


@dataclass(frozen=True, slots=True, eq=False)
class HeartRate(Result):
    """Heart rate in beats per minute on a uniform grid; arrays of shape (n,).

    times_s : seconds, in the time of the beats
    bpm : NaN where no trusted interval covers the moment

    Examples
    --------
    Beats every second, and a gap between 3 and 5 s:

    >>> import numpy as np
    >>> from dyadkit.signals.ppg import Beats
    >>> times_s, one, gap_s = np.arange(0.5, 8.5), np.ones(8), np.array([[3.0, 5.0]])
    >>> heart_rate(Beats(times_s, one, one, one, 8.0, gap_s), rate_hz=1.0).bpm.tolist()
    [nan, 60.0, 60.0, nan, nan, nan, 60.0, 60.0]
    """

    times_s: Floats
    bpm: Floats


def heart_rate(beats: Beats, rate_hz: float = 4.0) -> HeartRate:
    """Heart rate (HR) between beats: straight lines between interval centres, NaN where untrusted.

    Parameters
    ----------
    beats : of the whole recording
    rate_hz : points of the grid per second, above 0

    Returns
    -------
    beats per minute, shape (duration · rate_hz,); NaN where no trusted interval covers the moment

    Raises
    ------
    ValueError
        `rate_hz` is not positive

    Examples
    --------
    >>> import numpy as np
    >>> from dyadkit.signals.ppg import Beats
    >>> times_s, one = np.arange(0.5, 10, 0.8), np.ones(12)
    >>> series = heart_rate(Beats(times_s, one, one, one, duration_s=10.0))
    >>> float(series.bpm[20].round(6)), bool(np.isnan(series.bpm[0]))
    (75.0, True)
    """
    if not rate_hz > 0:
        raise ValueError(f"rate_hz is {rate_hz}: the grid needs a positive rate")
    times_s = np.arange(int(beats.duration_s * rate_hz)) / rate_hz
    bpm = np.full(len(times_s), np.nan)
    spans = intervals(beats)
    known = spans.trusted
    if known.any():
        start_s, stop_s = spans.start_s[known], spans.stop_s[known]
        line = np.interp(times_s, 0.5 * (start_s + stop_s), 60.0 / (stop_s - start_s))
        covering = np.clip(np.searchsorted(start_s, times_s, side="right") - 1, 0, None)
        inside = (times_s >= start_s[covering]) & (times_s <= stop_s[covering])
        bpm[inside] = line[inside]
    return HeartRate(times_s, bpm)
