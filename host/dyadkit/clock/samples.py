"""Sample times: a sensor's own oscillator paces samples, the board's clock stamps blocks of them.

A stamp is taken when the board finds time to; the sample counter never waits. So the times of
samples come from a line through (counter, stamp), bent where the oscillator's rate changes.
"""

from dataclasses import dataclass

import numpy as np

from dyadkit.dyad.arrays import ArrayLike, Bools, Floats, Ints
from dyadkit.dyad.result import Result

BEND_S = 60.0
"""Between two bends the sensor's rate is taken as constant."""
_MAX_BENDS = 1500
"""A day's: longer runs bend more seldom, for memory grows with the square of their number."""
_STAMPS_PER_BEND = 12
"""A bend that rests on fewer tells how late stamps were and not how the sensor ran."""
_BLOCKS_AT_ONCE = 1 << 10
"""Blocks whose samples' arrays stay near the processor."""
_ROUNDS = 8
_HUBER = 1.5
_STIFFNESS = 1e-4
"""Relative change of rate from one bend to the next that counts as one standard deviation."""
_NORMAL_95 = 1.96


@dataclass(frozen=True, slots=True, eq=False)
class SampleTimes(Result):
    """Device time of every sample of one stream in one boot.

    times_us : shape (samples,), NaN where too few blocks tell the rate
    bounds_us : shape (samples,), 95 % half-width of the line; a constant delay between sampling
        and stamping is not in it
    rate_hz : effective rate, against the board's clock; NaN if no run has two blocks
    breaks : blocks that begin a new run: samples were lost, or the counter started again

    Examples
    --------
    The sensor restarted before the third block: its counter began again, the stamps went on.

    >>> found = sample_times([0, 25, 0, 25], [25] * 4, [0, 250_000, 900_000, 1_150_000])
    >>> found.breaks.tolist(), found.times_us[[49, 50]].round().tolist()
    ([2], [490000.0, 900000.0])
    """

    times_us: Floats
    bounds_us: Floats
    rate_hz: float
    breaks: Ints


@dataclass(frozen=True, slots=True, eq=False)
class _Line:
    """Bent line of one run.

    first, spacing : number of its first sample, and samples per bend
    stamps_us, variance : shape (bends,); covariance : shape (bends - 1,), of neighbours
    bow_us : how far an evenly changing rate bows away from straight pieces
    """

    first: int
    spacing: float
    stamps_us: Floats
    variance: Floats
    covariance: Floats
    bow_us: float


def sample_times(counters: ArrayLike, counts: ArrayLike, stamps_us: ArrayLike) -> SampleTimes:
    """Device time of every sample, from the stamps of blocks and the running sample counter.

    Lost blocks do not matter as long as counter and stamps agree on how much is missing; where
    they do not (FIFO overflow, sensor restarted), a new run begins and nothing is bridged.

    Parameters
    ----------
    counters : shape (blocks,), running number of each block's first sample, one boot, in order
    counts : shape (blocks,), samples in each block
    stamps_us : shape (blocks,), device time of each block's first sample as stamped

    Returns
    -------
    times and 95 % half-widths in microseconds of device time, NaN for runs of a single block

    Raises
    ------
    ValueError
        when the three are not equally long, or a count is negative

    Examples
    --------
    >>> times = sample_times([0, 25, 50, 75], [25, 25, 25, 25], [0, 250_100, 500_000, 750_000])
    >>> round(times.rate_hz)
    100
    """
    counter, count, stamp = (np.asarray(x).astype(np.int64) for x in (counters, counts, stamps_us))
    if not counter.shape == count.shape == stamp.shape or counter.ndim != 1:
        raise ValueError("counters, counts and stamps_us need one entry per block each")
    if (count < 0).any():
        raise ValueError("a block cannot hold fewer than zero samples")
    if not len(counter):
        return SampleTimes(np.empty(0), np.empty(0), float("nan"), np.empty(0, dtype=np.int64))
    period_us = _period_us(counter, stamp)
    starts = _run_starts(counter, stamp, period_us)
    times, bounds = np.full((2, int(count.sum())), np.nan)
    ends = np.append(starts[1:], len(counter))
    offsets = np.concatenate([[0], np.cumsum(count)])
    for start, end in zip(starts.tolist(), ends.tolist(), strict=True):
        rows, out = slice(start, end), slice(offsets[start], offsets[end])
        line = _fit(counter[rows], stamp[rows].astype(float), period_us)
        if line is not None:
            _lay(line, counter[rows], count[rows], (times[out], bounds[out]))
    return SampleTimes(times, bounds, 1e6 / period_us, starts[1:])


def _period_us(counter: Ints, stamp: Ints) -> float:
    """Typical time per sample: the median over neighbouring blocks, NaN below two blocks."""
    steps = np.diff(counter)
    forward = (steps > 0) & (np.diff(stamp) > 0)
    if not forward.any():
        return float("nan")
    return float(np.median(np.diff(stamp)[forward] / steps[forward]))


def _run_starts(counter: Ints, stamp: Ints, period_us: float) -> Ints:
    """First block of each run: where counter and stamps disagree about the time between."""
    steps, elapsed_us = np.diff(counter), np.diff(stamp)
    surprise_us = np.abs(elapsed_us - steps * period_us)
    usual_us = 1.4826 * float(np.median(surprise_us)) if len(steps) else 0.0
    allowed_us = 8 * usual_us + 2 * period_us + 0.01 * np.abs(elapsed_us)
    broken: Bools = (steps <= 0) | (surprise_us > allowed_us)
    return np.concatenate([[0], np.flatnonzero(broken) + 1]).astype(np.int64)


def _numbers(counter: Ints, count: Ints) -> Floats:
    """Running number of every sample of the blocks."""
    within = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
    return np.asarray(np.repeat(counter, count) + within, dtype=float)


def _fit(counter: Ints, stamp_us: Floats, period_us: float) -> _Line | None:
    """Robust bent line through one run's stamps."""
    if not np.isfinite(period_us) or len(counter) < 2:
        return None
    span = float(counter[-1] - counter[0])
    wanted = int(np.ceil(span * period_us * 1e-6 / BEND_S)) + 1
    bends = max(2, min(wanted, _MAX_BENDS, len(counter) // _STAMPS_PER_BEND))
    spacing = span / (bends - 1)
    place = (counter - counter[0]) / spacing
    left = np.minimum(place.astype(np.int64), bends - 2)
    hats = _Hats(bends, left, place - left)
    stamps_us, covariance = _robust(hats, stamp_us, spacing * period_us)
    variance, beside = covariance.diagonal().copy(), covariance.diagonal(1).copy()
    return _Line(int(counter[0]), spacing, stamps_us, variance, beside, _bow_us(stamps_us))


@dataclass(frozen=True, slots=True, eq=False)
class _Hats:
    """Linear interpolation between bends: stamp = (1 - share) × left bend + share × the next."""

    bends: int
    left: Ints
    share: Floats

    def at(self, line: Floats) -> Floats:
        return np.asarray((1 - self.share) * line[self.left] + self.share * line[self.left + 1])

    def gathered(self, values: Floats) -> Floats:
        """Transpose of `at`: values of the stamps shared out to the bends."""
        before = np.bincount(self.left, (1 - self.share) * values, self.bends)
        return np.asarray(before + np.bincount(self.left + 1, self.share * values, self.bends))

    def add_normal(self, matrix: Floats, weight: Floats, scale: float) -> None:
        """Add the weighted normal matrix of a least-squares fit, divided by `scale`."""
        own = np.bincount(self.left, weight * (1 - self.share) ** 2, self.bends)
        own += np.bincount(self.left + 1, weight * self.share**2, self.bends)
        beside = np.bincount(self.left, weight * self.share * (1 - self.share), self.bends)[:-1]
        at, before = np.arange(self.bends), np.arange(self.bends - 1)
        matrix[at, at] += own / scale
        matrix[before, before + 1] += beside / scale
        matrix[before + 1, before] += beside / scale


def _robust(hats: _Hats, stamp_us: Floats, bend_us: float) -> tuple[Floats, Floats]:
    """Huber's regression with a stiffness against sudden bends, and its covariance.

    References
    ----------
    Huber & Ronchetti 2009, Robust Statistics, section 7.6
    """
    stiff = _turning(hats.bends) / (_STIFFNESS * bend_us) ** 2
    ahead_us = stamp_us - stamp_us[0]
    weight = np.ones(len(stamp_us))
    scale_us = bend_us
    for _ in range(_ROUNDS):
        information = stiff.copy()
        hats.add_normal(information, weight, scale_us**2)
        covariance = np.linalg.inv(information)
        line = covariance @ hats.gathered(weight * ahead_us) / scale_us**2
        rest_us = np.abs(ahead_us - hats.at(line))
        scale_us = max(1.4826 * float(np.median(rest_us)), 1.0)
        weight = np.minimum(1.0, _HUBER * scale_us / np.maximum(rest_us, 1e-9))
    spread = float(np.mean((weight * rest_us) ** 2)) / scale_us**2
    variance = spread / max(float(np.mean(rest_us < _HUBER * scale_us)), 0.5) ** 2
    return np.asarray(line + stamp_us[0]), np.asarray(covariance * max(variance, 1.0))


def _turning(bends: int) -> Floats:
    """Matrix of the sum of squared second differences of so many bends."""
    turning, middle = np.zeros((bends, bends)), np.arange(bends - 2)
    for row, first in enumerate((1.0, -2.0, 1.0)):
        for column, second in enumerate((1.0, -2.0, 1.0)):
            turning[middle + row, middle + column] += first * second
    return turning


def _lay(line: _Line, counter: Ints, count: Ints, out: tuple[Floats, Floats]) -> None:
    """Times and bounds of the samples of a run's blocks, some blocks at a time, into `out`."""
    ends = np.concatenate([[0], np.cumsum(count)])
    for first in range(0, len(counter), _BLOCKS_AT_ONCE):
        rows = slice(first, first + _BLOCKS_AT_ONCE)
        at = slice(ends[first], ends[min(rows.stop, len(counter))])
        out[0][at], out[1][at] = _on_line(line, _numbers(counter[rows], count[rows]))


def _on_line(line: _Line, number: Floats) -> tuple[Floats, Floats]:
    """Times and bounds of samples on a bent line, straight on beyond its last bend."""
    place = (number - line.first) / line.spacing
    left = np.clip(place.astype(int), 0, len(line.stamps_us) - 2)
    share = place - left
    times = (1 - share) * line.stamps_us[left] + share * line.stamps_us[left + 1]
    variance = (
        (1 - share) ** 2 * line.variance[left]
        + share**2 * line.variance[left + 1]
        + 2 * share * (1 - share) * line.covariance[left]
    )
    return times, np.hypot(_NORMAL_95 * np.sqrt(variance), line.bow_us)


def _bow_us(stamps_us: Floats) -> float:
    """How far an evenly changing rate bows away from straight pieces, typically."""
    turns_us = np.diff(stamps_us, n=2)
    return float(np.sqrt(np.mean(turns_us**2))) / 8 if len(turns_us) else 0.0
