"""Adaptive matching interpolated correlation: pair the features of two skin conductance series.

Peaks and valleys of both are paired one to one, in order, so that their surroundings are most
alike; stretches between pairs are stretched to equal length and correlated. Everything here is on
AMICo's own grid of ten samples a second.
"""

from dataclasses import dataclass

import numpy as np
from scipy import signal

from dyadkit.dyad.arrays import Floats, Ints

GRID_HZ = 10.0
SMOOTHING_SAMPLES = 25
SMOOTHING_ORDER = 2
SEARCH_SAMPLES = 5
TIES = 9


@dataclass(frozen=True, slots=True)
class Amico:
    """AMICo's settings; the defaults are those of version 1.1 for skin conductance.

    max_lag_s : features further apart are not paired
    lag_malus : share of the similarity lost at the largest lag, growing with the lag's square
    min_segment_s : shortest stretch that is correlated
    min_rise : smallest rise from valley to peak that counts, in the unit of the series (µS)

    Raises
    ------
    ValueError
        a lag or segment that is not positive, a malus outside 0 to 1, a negative rise

    Examples
    --------
    >>> from dyadkit.synchrony.responses import match_amico
    >>> from dyadkit.sim.people import bodies
    >>> met = bodies.meet(bodies.Encounter(), seconds=300.0, seed=1)      # b follows by 1.5 s
    >>> a, b = met.a.eda_usiemens[::4], met.b.eda_usiemens[::4]           # at 4 Hz
    >>> small, large = (match_amico(a, b, 4.0, Amico(min_rise=rise), None) for rise in (0.05, 0.2))
    >>> len(small.lags_s), len(large.lags_s)
    (61, 31)
    """

    max_lag_s: float = 4.0
    lag_malus: float = 0.3
    min_segment_s: float = 5.0
    min_rise: float = 0.05

    def __post_init__(self) -> None:
        """Refuse nonsense."""
        if self.max_lag_s <= 0.0 or self.min_segment_s <= 0.0:
            raise ValueError("max_lag_s and min_segment_s must be positive numbers of seconds")
        if not 0.0 <= self.lag_malus < 1.0 or self.min_rise < 0.0:
            raise ValueError("lag_malus must lie in 0 to 1 and min_rise must not be negative")


def features(series: Floats, min_rise: float) -> Ints:
    """Samples of the valleys and peaks of a series without gaps, in order.

    1. A first turn that is a peak has no valley before it: its rise is unknown, and it stays.
    2. A peak that rises too little goes, and with it the higher of the valleys beside it, so that
       peaks and valleys go on in turn and the deeper valley stays for the neighbour.
    3. A small peak that is the last turn has one valley only; that one stays.
    4. Two small peaks in a row may both choose the valley between them. Then two valleys are left
       beside each other, of which the earlier goes. So it does wherever valleys follow each other.
    """
    turns = _Turns.of(series)
    at, peaks = turns.at, np.flatnonzero(turns.kinds > 0)
    peaks = peaks[peaks > 0]
    small = peaks[[turns.rise(series, int(peak)) < min_rise for peak in peaks]]
    kept = np.ones(len(at), dtype=bool)
    kept[small] = False
    inner = small[small + 1 < len(at)]
    higher_before = series[at[inner - 1]] > series[at[inner + 1]]
    kept[np.where(higher_before, inner - 1, inner + 1)] = False
    at, kinds = at[kept], turns.kinds[kept]
    doubled = np.zeros(len(at), dtype=bool)
    doubled[:-1] = (kinds[:-1] < 0) & (kinds[1:] < 0)
    return np.asarray(at[~doubled])


@dataclass(frozen=True, slots=True, eq=False)
class _Turns:
    """Turning points of the smoothed series, and the extrema of the series itself beside them.

    centres, at : samples of both
    kinds : +1 for a peak, -1 for a valley
    """

    centres: Ints
    at: Ints
    kinds: Ints

    @classmethod
    def of(cls, series: Floats) -> "_Turns":
        """Extrema are looked for half a second around, without overtaking each other."""
        smooth = signal.savgol_filter(series, SMOOTHING_SAMPLES, SMOOTHING_ORDER)
        slope = np.sign(np.diff(smooth))
        centres = np.flatnonzero((slope[:-1] * slope[1:] <= 0) & (slope[:-1] != 0)) + 1
        kinds = slope[centres - 1].astype(np.int64)
        limits = np.append(centres[1:] - 1, len(series) - 1)
        at, previous = np.empty(len(centres), dtype=np.int64), -1
        for place, (centre, limit, kind) in enumerate(zip(centres, limits, kinds, strict=True)):
            first = max(int(centre) - SEARCH_SAMPLES, previous + 1)
            last = max(first, min(int(centre) + SEARCH_SAMPLES, int(limit)))
            previous = first + int(np.argmax(kind * series[first : last + 1]))
            at[place] = previous
        return cls(centres, at, kinds)

    def rise(self, series: Floats, peak: int) -> float:
        """How far the series rises above the valley before a peak, up to that peak."""
        valley = self.at[peak - 1]
        start = min(self.centres[peak - 1], valley)
        return float(series[start : self.at[peak] + 1].max() - series[valley])


@dataclass(frozen=True, slots=True, eq=False)
class Pairs:
    """Paired features: samples of a, samples of b, and how alike their surroundings are, 0 to 1."""

    a: Ints
    b: Ints
    similarity: Floats


def paired(x: Floats, y: Floats, settings: Amico) -> Pairs:
    """The one-to-one pairing, without crossings, of highest total similarity.

    1. `totals[row, column]` is the best that the first so many features of both can reach: without
       the last of either, or with both paired. A row is done at once, as the running maximum.
    2. On the way back a feature is left out wherever the total does not need it. Totals are copied,
       never computed twice, so equal means equal to the last bit.
    3. Of equally good pairings the one that leaves out a's later feature is taken.
    """
    of_a, of_b = (features(np.round(one, TIES), settings.min_rise) for one in (x, y))
    similar = _similarities(_Shape(x, of_a), _Shape(y, of_b), settings)
    totals = np.zeros((len(of_a) + 1, len(of_b) + 1))
    for row in range(len(of_a)):
        joined = np.maximum(totals[row, 1:], totals[row, :-1] + similar[row])
        totals[row + 1, 1:] = np.maximum.accumulate(joined)
    row, column, chosen = len(of_a), len(of_b), []
    while row and column:
        if totals[row, column] == totals[row - 1, column]:
            row -= 1
        elif totals[row, column] == totals[row, column - 1]:
            column -= 1
        else:
            row, column = row - 1, column - 1
            chosen.append((row, column))
    rows, columns = np.array(chosen[::-1], dtype=np.int64).reshape(-1, 2).T
    return Pairs(of_a[rows], of_b[columns], similar[rows, columns])


@dataclass(frozen=True, slots=True, eq=False)
class _Shape:
    """A series, its features, and how far each is from the features (or ends) beside it."""

    series: Floats
    at: Ints

    def reach(self, place: int) -> tuple[int, int]:
        before = self.at[place - 1] if place else 0
        last = place + 1 == len(self.at)
        after = len(self.series) - 1 if last else self.at[place + 1]
        return int(self.at[place] - before), int(after - self.at[place])

    def slopes(self, place: int, left: int, right: int) -> Floats:
        """Slopes around a feature, scaled to 0 to 1."""
        slopes = np.diff(self.series[self.at[place] - left : self.at[place] + right + 1])
        span = np.ptp(slopes)
        return np.asarray((slopes - slopes.min()) / span if span > 0.0 else np.zeros(len(slopes)))


def _similarities(a: _Shape, b: _Shape, settings: Amico) -> Floats:
    """Similarity of every feature of a with every feature of b; 0 beyond the largest lag."""
    furthest = settings.max_lag_s * GRID_HZ
    similar = np.zeros((len(a.at), len(b.at)))
    for row, sample in enumerate(a.at):
        lags = b.at - sample
        for column in np.flatnonzero(np.abs(lags) <= furthest):
            left, right = map(min, zip(a.reach(row), b.reach(int(column)), strict=True))
            if left + right < 2:
                continue
            of_a, of_b = a.slopes(row, left, right), b.slopes(int(column), left, right)
            malus = settings.lag_malus * (lags[column] / furthest) ** 2
            similar[row, column] = (1.0 - np.abs(of_a - of_b).mean()) ** 2 * (1.0 - malus)
    return similar


@dataclass(frozen=True, slots=True, eq=False)
class Segments:
    """Correlated stretches: first and last pair of each, and Pearson's r."""

    first: Ints
    last: Ints
    correlation: Floats


def correlated(x: Floats, y: Floats, pairs: Pairs, settings: Amico) -> Segments:
    """Join stretches between pairs until long enough, stretch to equal length, and correlate."""
    min_samples = settings.min_segment_s * GRID_HZ
    rows: list[tuple[int, int, float]] = []
    first, parts = 0, []
    for last in range(1, len(pairs.a)):
        parts.append(_stretched(x, y, pairs, last))
        if sum(part.shape[1] for part in parts) > min_samples:
            rows.append((first, last, _pearson(np.hstack(parts))))
            first, parts = last, []
    table = np.array(rows, dtype=float).reshape(-1, 3)
    return Segments(table[:, 0].astype(np.int64), table[:, 1].astype(np.int64), table[:, 2])


def _stretched(x: Floats, y: Floats, pairs: Pairs, last: int) -> Floats:
    """Both series from one pair to the next, shape (2, longer), the shorter interpolated."""
    of_x = x[pairs.a[last - 1] : pairs.a[last] + 1]
    of_y = y[pairs.b[last - 1] : pairs.b[last] + 1]
    length = max(len(of_x), len(of_y))
    return np.array(
        [
            np.interp(np.linspace(0.0, len(part) - 1.0, length), np.arange(len(part)), part)
            for part in (of_x, of_y)
        ]
    )


def _pearson(both: Floats) -> float:
    centred = both - both.mean(axis=1, keepdims=True)
    scale = np.sqrt(np.prod((centred**2).sum(axis=1)))
    return float(centred[0] @ centred[1] / scale) if scale > 0.0 else float("nan")
