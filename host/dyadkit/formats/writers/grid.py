"""Regular grid of a trace, for formats that know only a start and a rate."""

from dataclasses import dataclass

import numpy as np

from dyadkit.dyad.arrays import Floats, Ints
from dyadkit.dyad.traces import Trace

EVEN_S = 1e-5
"""Off by less, a series is as even as its times are written."""


@dataclass(frozen=True, slots=True, eq=False)
class Regular:
    """Trace on a regular grid: sample k was taken at start_s + k / rate_hz; NaN where none was.

    max_off_s : how far a sample's own time is from its place, at most
    resampled : whether values had to be interpolated, since the samples fit no grid
    """

    start_s: float
    rate_hz: float
    values: Floats
    max_off_s: float = 0.0
    resampled: bool = False


def regular(trace: Trace) -> Regular:
    """A trace on the grid of its own rate: each sample in its place, gaps empty.

    Where clocks run so unevenly that two samples would share a place, it is interpolated instead,
    and says so.

    Examples
    --------
    >>> times_s = np.array([0.0, 0.1, 0.4, 0.5])
    >>> one = Trace(times_s, np.arange(4.0), "", 10.0, np.array([[0.1, 0.4]]))
    >>> regular(one).values.tolist()
    [0.0, 1.0, nan, nan, 2.0, 3.0]
    """
    known = np.isfinite(trace.times_s)
    times_s, values = trace.times_s[known], trace.values[known]
    index = np.concatenate(([0], np.cumsum(np.rint(np.diff(times_s) * trace.rate_hz)))).astype(int)
    if len(np.unique(index)) < len(index):
        start_s, stop_s = float(times_s[0]), float(times_s[-1]) + 0.5 / trace.rate_hz
        grid = trace.uniform(trace.rate_hz, start_s, stop_s)
        return Regular(start_s, trace.rate_hz, grid, resampled=True)
    start_s, rate_hz = _line(index, times_s, trace.rate_hz)
    grid = np.full(index[-1] + 1, np.nan)
    grid[index] = values
    off_s = float(np.abs(times_s - start_s - index / rate_hz).max())
    if off_s > 1 / rate_hz:
        grid = trace.uniform(rate_hz, start_s, float(times_s[-1]) + 0.5 / rate_hz)
        return Regular(start_s, rate_hz, grid, resampled=True)
    return Regular(start_s, rate_hz, grid, off_s)


def _line(index: Ints, times_s: Floats, rate_hz: float) -> tuple[float, float]:
    """Start and rate of the line through all samples; an even series keeps its own rate exactly."""
    off_s = times_s - times_s[0] - index / rate_hz
    if np.abs(off_s).max() < EVEN_S or len(index) < 3:
        return float(times_s[0]), rate_hz
    period_s, start_s = np.polyfit(index, times_s, 1)
    return float(start_s), float(1 / period_s)
