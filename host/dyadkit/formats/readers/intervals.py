"""Times of inter-beat intervals, where a file has none or those of their arrival at a phone."""

import numpy as np

from dyadkit.dyad.arrays import Floats
from dyadkit.dyad.series import Series
from dyadkit.dyad.units import SECONDS

SAME_BEAT_S = 0.02
"""Intervals and times of one program agree within what it rounds."""
MAX_LATE_S = 3.0
"""Straps send a few intervals a message: one arrives up to so much later than its beat."""


def seconds_of_intervals(lengths: Floats, unit: str) -> Floats:
    """Intervals in s, shape (n,), from their unit; without one, from what only hearts do.

    Examples
    --------
    >>> seconds_of_intervals(np.array([812.0, 790.0]), "").tolist()
    [0.812, 0.79]
    """
    convert = SECONDS.get(unit.strip().lower())
    if convert is not None:
        return convert(lengths)
    known = lengths[np.isfinite(lengths)]
    return lengths * 1e-3 if len(known) and np.median(known) > 20 else lengths  # no heart rests so


def on_own_beats(ibi: Series) -> tuple[Series, str]:
    """Intervals in s at the beats that end them, and what there is to say of it.

    Where the times agree with the intervals they stay. Where they are those of arrival, each
    interval follows on the one before, and a stretch begins anew where the two differ by more than
    a message can be late; the earliest arrivals of a stretch say when it was.

    Examples
    --------
    >>> late = np.array([0.9, 2.6, 2.600001, 4.4, 4.400001])  # two a message
    >>> found, said = on_own_beats(Series(np.full(5, 880.0), times_s=late, unit="ms"))
    >>> np.diff(found.when_s).round(2).tolist()
    [0.88, 0.88, 0.88, 0.88]
    """
    known = np.isfinite(ibi.values) & (ibi.values > 0)
    lengths_s = seconds_of_intervals(ibi.values, ibi.unit)[known]
    arrived_s = ibi.when_s[known]
    if len(lengths_s) < 2 or not known.any():
        return ibi, ""
    steps_s = np.diff(arrived_s)
    off_s = min(
        float(np.median(np.abs(steps_s - lengths_s[1:]))),
        float(np.median(np.abs(steps_s - lengths_s[:-1]))),
    )
    if off_s <= SAME_BEAT_S:
        return Series(lengths_s, times_s=arrived_s, unit="s", sensor=ibi.sensor), ""
    ends_s = _chained(lengths_s, arrived_s)
    said = (
        "the times of the intervals are of their arrival; they follow on one another instead, "
        "which is known within some tenths of a second"
    )
    return Series(lengths_s, times_s=ends_s, unit="s", sensor=ibi.sensor), said


def _chained(lengths_s: Floats, arrived_s: Floats) -> Floats:
    """End of each interval, one following on the other within a stretch."""
    ends_s = np.empty(len(lengths_s))
    starts = [0]
    ends_s[0] = arrived_s[0]
    for at in range(1, len(lengths_s)):
        ends_s[at] = ends_s[at - 1] + lengths_s[at]
        if abs(arrived_s[at] - ends_s[at]) > MAX_LATE_S:
            ends_s[at] = arrived_s[at]
            starts.append(at)
    for start, stop in zip(starts, [*starts[1:], len(lengths_s)], strict=True):
        late_s = arrived_s[start:stop] - ends_s[start:stop]
        ends_s[start:stop] += np.percentile(late_s, 5)
    forward = np.concatenate(([True], np.diff(np.maximum.accumulate(ends_s)) > 0))
    return np.where(forward, ends_s, np.maximum.accumulate(ends_s) + 1e-6 * np.arange(len(ends_s)))
