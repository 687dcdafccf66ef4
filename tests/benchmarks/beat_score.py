"""How far found beats are from true ones: matches, intervals, what the quality gate keeps."""

from dataclasses import dataclass, field

import numpy as np

from dyadkit.signals import ppg

TOLERANCE_S = 0.150
GROSS_S = 0.100
SKIPPED_S = 0.5


@dataclass
class Tally:
    """Sums over the records of one group; lists hold one figure a record."""

    hits: int = 0
    true: int = 0
    false: int = 0
    f1: list[float] = field(default_factory=list)
    error_ms: list[float] = field(default_factory=list)
    error_p90_ms: list[float] = field(default_factory=list)
    area: list[float] = field(default_factory=list)
    intervals: np.ndarray = field(default_factory=lambda: np.zeros(3))
    rmssd_error_ms: list[float] = field(default_factory=list)
    rate_error_bpm: list[float] = field(default_factory=list)

    @property
    def pooled(self):
        return 2 * self.hits / max(1, self.hits + self.true + self.false)


def nearest(times_s, at_s):
    after = np.clip(np.searchsorted(times_s, at_s), 1, len(times_s) - 1)
    return np.where(times_s[after] - at_s < at_s - times_s[after - 1], after, after - 1)


def delay_s(true_s, found_s, low_s, high_s):
    """The constant delay under which most beats match, refined by the median."""

    def agreement(shift_s):
        distance_s = abs(found_s[nearest(found_s, true_s + shift_s)] - true_s - shift_s)
        close = distance_s <= TOLERANCE_S
        return close.sum() - distance_s[close].sum()

    best_s = max(np.arange(low_s, high_s, 0.02), key=agreement)
    for _ in range(2):
        off_s = found_s[nearest(found_s, true_s + best_s)] - true_s - best_s
        close = off_s[abs(off_s) <= TOLERANCE_S]
        best_s += np.median(close) if len(close) else 0.0
    return best_s


class Truth:
    """The true beats of a record, moved to where a detector puts beats, and where they count."""

    def __init__(self, record, found_s):
        self.true_s = record.true_s + delay_s(record.true_s, found_s, *record.delays_s)
        late = record.delays_s[1] > 1
        self.low_s = max(3.0, self.true_s[0] + 0.5 if late else 0.0)
        self.high_s = min(len(record.counts) / record.rate_hz - 3.0, self.true_s[-1] + 0.5)
        self.zones_s = record.zones_s + (self.true_s[0] - record.true_s[0])

    def counts(self, at_s):
        inside = (at_s > self.low_s) & (at_s < self.high_s)
        for start_s, stop_s in self.zones_s:
            inside &= ~((at_s > start_s) & (at_s < stop_s))
        return inside


def match(record, found_s, tally):
    """Add the matches of one record and how far its intervals are off; the truth used."""
    truth = Truth(record, found_s)
    pair = nearest(found_s, truth.true_s)
    hit = abs(found_s[pair] - truth.true_s) <= TOLERANCE_S
    hits = int((hit & truth.counts(truth.true_s)).sum())
    matched = np.unique(pair[hit & truth.counts(found_s[pair])])
    false = int(truth.counts(found_s).sum()) - len(matched)
    true = int(truth.counts(truth.true_s).sum())
    tally.hits, tally.true, tally.false = tally.hits + hits, tally.true + true, tally.false + false
    tally.f1.append(2 * hits / (hits + true + false))
    both = hit[1:] & hit[:-1] & (np.diff(pair) == 1) & truth.counts(truth.true_s[1:])
    error_ms = 1e3 * abs(np.diff(found_s[pair])[both] - np.diff(truth.true_s)[both])
    tally.error_ms.append(np.median(error_ms))
    tally.error_p90_ms.append(np.percentile(error_ms, 90))
    return truth


def gate(beats, truth, tally):
    """What the quality keeps of the intervals, gross errors among them, RMSSD and heart rate."""
    found, true_s = ppg.intervals(beats), truth.true_s
    first, last = nearest(true_s, found.start_s), nearest(true_s, found.stop_s)
    error_s = found.interval_s - (true_s[last] - true_s[first])
    gross = (last - first != 1) | (abs(error_s) > GROSS_S)
    inside = truth.counts(found.start_s) & truth.counts(found.stop_s)
    kept = found.trusted & inside
    tally.intervals += (inside.sum(), kept.sum(), (kept & gross).sum())
    variability(found, true_s, tally)
    tally.rate_error_bpm.append(rate_error_bpm(beats, truth))


def variability(found, true_s, tally):
    """RMSSD against the truth over the same intervals."""
    pairs = np.flatnonzero(found.normal[1:] & found.normal[:-1] & found.follows[1:])
    if len(pairs) == 0:
        return
    ends = nearest(true_s, found.start_s[pairs]), nearest(true_s, found.stop_s[pairs + 1])
    same = [np.diff(np.diff(true_s[i : j + 1])) for i, j in zip(*ends, strict=True)]
    own_ms = root_mean_square_ms(np.diff(found.interval_s)[pairs])
    tally.rmssd_error_ms.append(abs(own_ms - root_mean_square_ms(np.concatenate(same))))


def root_mean_square_ms(steps_s):
    """Of steps between successive intervals; longer ones skip a beat the truth does not have."""
    return 1e3 * np.sqrt(np.mean(steps_s[abs(steps_s) < SKIPPED_S] ** 2))


def rate_error_bpm(beats, truth):
    """Median distance between the 4 Hz heart rate and that of the true intervals."""
    series = ppg.heart_rate(beats)
    true_s = truth.true_s
    line = np.interp(series.times_s, 0.5 * (true_s[1:] + true_s[:-1]), 60 / np.diff(true_s))
    known = np.isfinite(series.bpm) & truth.counts(series.times_s)
    return float(np.median(abs(series.bpm[known] - line[known]))) if known.any() else np.nan


def area(moved, quality, rate_hz):
    """Area under the curve of the quality of each second against what spoiled it."""
    starts = np.arange(0, len(moved), round(rate_hz))
    spoiled = np.add.reduceat(moved.astype(float), starts) / rate_hz > 0.5
    good, bad = quality[: len(spoiled)][~spoiled], quality[: len(spoiled)][spoiled]
    return float((good[:, None] > bad).mean() + 0.5 * (good[:, None] == bad).mean())
