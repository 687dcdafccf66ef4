"""Inter-beat intervals (IBI): what was measured, what was mended, what must not be used."""

from dataclasses import dataclass, replace
from enum import IntEnum

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from dyadkit.dyad.arrays import Bools, Floats, Ints
from dyadkit.dyad.result import Result
from dyadkit.dyad.traces import in_spans
from dyadkit.signals.ppg.beats import Beats

MIN_INTERVAL_S, MAX_INTERVAL_S = 0.2, 2.2
NEIGHBOURS = 5  # intervals on each side that say what is usual
ALIKE = 0.15  # relative distance at which two intervals count as the same
STEADY = 0.6  # share of the intervals around that must be alike for one to be mended
SPREAD_NEIGHBOURS = 45
DEVIATION = 5.2  # quartile deviations: 3.32 standard deviations of a normal sample
CLEAR = 0.6  # quality from which a beat is never taken out, and a pause between two never filled
# Where the wave rests at a limit a beat may be below it, so that the short intervals of many around
# are the heart's; one so many times as long may hide a beat.
HIDES, SHORT = 1.5, 0.1
MIN_DEVIATION = 0.12  # relative: breathing alone moves an interval this much


class IntervalKind(IntEnum):
    """Origin of an inter-beat interval: measured, mended, or not to be used.

    Examples
    --------
    One beat of eight was not seen: both intervals at it are of no use.

    >>> import numpy as np
    >>> quality, one = np.array([1, 1, 1, 0.2, 1, 1, 1, 1]), np.ones(8)
    >>> found = intervals(Beats(0.8 * np.arange(8), quality, one, one, duration_s=6.4))
    >>> [IntervalKind(kind).name for kind in found.kind[:4]]
    ['NORMAL', 'NORMAL', 'UNTRUSTED', 'UNTRUSTED']
    """

    NORMAL = 0
    ECTOPIC = 1  # measured, but the beat came early or late
    MENDED = 2  # a false beat was taken out or a missed one put in
    UNTRUSTED = 3  # touches a gap or a beat nobody saw


@dataclass(frozen=True, slots=True, eq=False)
class Intervals(Result):
    """Inter-beat intervals (IBI) of one recording; arrays of shape (n,), in time order.

    start_s, stop_s : the two beats, seconds
    kind : `IntervalKind` values
    error_s : standard error of each length, from the noise at its two beats
    cut_off : whether a beat of it was found in a wave at a limit of the sensor

    Examples
    --------
    A beat that comes early: good enough for a heart rate, not for variability.

    >>> import numpy as np
    >>> times_s, one = 0.8 * np.arange(20), np.ones(20)
    >>> times_s[10] -= 0.2
    >>> found = intervals(Beats(times_s, one, one, one, duration_s=16.0))
    >>> found.interval_s[~found.normal].round(1).tolist(), bool(found.trusted.all())
    ([0.6, 1.0], True)
    """

    start_s: Floats
    stop_s: Floats
    kind: Ints
    error_s: Floats
    cut_off: Bools

    def __len__(self) -> int:
        return len(self.start_s)

    @property
    def interval_s(self) -> Floats:
        """Seconds from beat to beat, shape (n,)."""
        return self.stop_s - self.start_s

    @property
    def trusted(self) -> Bools:
        """Measured or mended, shape (n,): good enough for a heart rate."""
        return np.asarray(self.kind != IntervalKind.UNTRUSTED)

    @property
    def normal(self) -> Bools:
        """Normal-to-normal intervals, shape (n,): good enough for variability."""
        return np.asarray(self.kind == IntervalKind.NORMAL)

    def within(self, inside: Bools) -> "Intervals":
        """Those of which `inside`, shape (n,), holds."""
        return Intervals(
            self.start_s[inside],
            self.stop_s[inside],
            self.kind[inside],
            self.error_s[inside],
            self.cut_off[inside],
        )

    @property
    def follows(self) -> Bools:
        """Whether each interval begins where the one before ended, shape (n,)."""
        return np.asarray(np.r_[False, self.start_s[1:] == self.stop_s[:-1]][: len(self)])


def intervals(beats: Beats) -> Intervals:
    """Inter-beat intervals (IBI) of a recording, artefacts mended, gaps never bridged.

    In a steady rhythm, a doubtful beat between two that are one usual interval apart is taken out,
    and an interval of twice the usual length is halved if an end of it is doubtful: where the wave
    is clear, or the heart beats unevenly anyway, an early beat or a pause is its own. Early and
    late beats are marked by the adaptive threshold of Lipponen and Tarvainen on deviations from
    the local median.

    Parameters
    ----------
    beats : of the whole recording, in time order

    Returns
    -------
    one interval fewer than beats, but for those taken out or put in; none with fewer than two

    Examples
    --------
    A missed beat between two doubtful ones is put in, and said to be:

    >>> import numpy as np
    >>> times_s, quality, one = np.delete(0.8 * np.arange(20), 10), np.full(19, 0.55), np.ones(19)
    >>> found = intervals(Beats(times_s, quality, one, one, duration_s=16.0))
    >>> len(found), found.start_s[found.kind == IntervalKind.MENDED].round(1).tolist()
    (19, [7.2, 8.0])

    References
    ----------
    Lipponen and Tarvainen 2019, J Med Eng Technol 43(3), doi:10.1080/03091902.2019.1640306
    """
    kept, merged = _without_false(beats)
    if len(kept) < 2:
        none = np.empty(0)
        return Intervals(none, none, none.astype(np.int64), none, none.astype(bool))
    times_s, seen = kept.times_s, kept.trusted
    length_s = np.diff(times_s)
    unseen = ~(seen[1:] & seen[:-1]) | (length_s < MIN_INTERVAL_S) | (length_s > MAX_INTERVAL_S)
    unseen |= crosses(times_s, beats.gaps_s)
    cut_off = kept.cut_off[1:] | kept.cut_off[:-1]
    unseen |= cut_off & (length_s > HIDES * _short(length_s, ~unseen))
    kind = np.where(merged[1:], int(IntervalKind.MENDED), int(IntervalKind.NORMAL))
    kind[unseen] = IntervalKind.UNTRUSTED
    error_s = np.hypot(kept.timing_error_s[1:], kept.timing_error_s[:-1])
    whole = Intervals(times_s[:-1], times_s[1:], kind, error_s, cut_off)
    doubtful = np.minimum(kept.quality[1:], kept.quality[:-1]) < CLEAR
    return _ectopic_marked(_halved(whole, doubtful))


def _without_false(beats: Beats) -> tuple[Beats, Bools]:
    """The beats without false ones, and which of them end a merged interval.

    A beat, never the first or the last, is false where all of these hold:

    1. its two neighbours are one usual interval apart: without it the rhythm is whole;
    2. it is doubtful, and more so than either neighbour: else one of these may be the false one
       (and so no two side by side are false);
    3. most intervals around are alike: in an uneven rhythm an early beat is the heart's own.

    `usual_s[k]` belongs to the interval from beat k to k + 1, so that `usual_s[1:]`, shape
    (n - 2,), stands beside the beats 1 to n - 2.
    """
    n = len(beats)
    if n < 4:
        return beats, np.zeros(n, dtype=bool)
    quality, usual_s = beats.quality, _usual(np.diff(beats.times_s))
    around_s = beats.times_s[2:] - beats.times_s[:-2]
    fits = np.abs(around_s / usual_s[1:] - 1) < ALIKE
    weakest = quality[1:-1] < np.minimum(np.minimum(quality[2:], quality[:-2]), CLEAR)
    false = np.r_[False, fits & weakest & _steady(np.diff(beats.times_s))[1:], False]
    return beats.where(~false), np.r_[False, false[:-1]][~false]


def _halved(whole: Intervals, doubtful: Bools) -> Intervals:
    """The intervals, those that hide a missed beat as two halves.

    1. Only a normal interval of twice the usual length (± 15 %) in a steady rhythm, with a
       doubtful end: a pause between two clear beats is the heart's own.
    2. The first half stays in its row with its stop moved to the middle; the second halves are
       put at the end, and a stable sort by start brings each behind its first.
    3. Both are mended, and both keep the error of the whole.
    """
    length_s, usual_s = whole.interval_s, _usual(whole.interval_s, whole.trusted)
    double = doubtful & whole.normal & (np.abs(length_s / usual_s - 2) < 2 * ALIKE)
    double &= _steady(length_s)
    kind = np.where(double, int(IntervalKind.MENDED), whole.kind)
    middle_s = 0.5 * (whole.start_s + whole.stop_s)
    order = np.argsort(np.r_[whole.start_s, middle_s[double]], kind="stable")
    stop_s = np.where(double, middle_s, whole.stop_s)
    return Intervals(
        np.r_[whole.start_s, middle_s[double]][order],
        np.r_[stop_s, whole.stop_s[double]][order],
        np.r_[kind, kind[double]][order],
        np.r_[whole.error_s, whole.error_s[double]][order],
        np.r_[whole.cut_off, whole.cut_off[double]][order],
    )


def _ectopic_marked(whole: Intervals) -> Intervals:
    length_s = whole.interval_s
    off = np.abs(length_s / _usual(length_s, whole.trusted) - 1)
    limit = np.maximum(DEVIATION * _quartile_deviation(off, whole.trusted), MIN_DEVIATION)
    kind = np.where(whole.normal & (off > limit), int(IntervalKind.ECTOPIC), whole.kind)
    return replace(whole, kind=kind)


def _usual(length_s: Floats, trusted: Bools | None = None) -> Floats:
    """Median of the trusted intervals around each, shape (n,)."""
    known = length_s if trusted is None else np.where(trusted, length_s, np.nan)
    padded = np.pad(known, NEIGHBOURS, constant_values=np.nan)
    return _nan_quantile(sliding_window_view(padded, 2 * NEIGHBOURS + 1), 0.5, length_s)


def _short(length_s: Floats, trusted: Bools) -> Floats:
    """Short ones among the trusted intervals of some minutes around each, shape (n,)."""
    padded = np.pad(np.where(trusted, length_s, np.nan), SPREAD_NEIGHBOURS, constant_values=np.nan)
    around = sliding_window_view(padded, 2 * SPREAD_NEIGHBOURS + 1)
    return _nan_quantile(around, SHORT, length_s)


def _steady(length_s: Floats) -> Bools:
    """Whether most of the intervals around each are of the usual length, shape (n,)."""
    padded = np.pad(length_s, NEIGHBOURS, constant_values=np.nan)
    around = sliding_window_view(padded, 2 * NEIGHBOURS + 1)
    usual_s = _nan_quantile(around, 0.5, length_s)[:, None]
    alike = np.abs(around / usual_s - 1) < ALIKE
    return np.asarray(alike.sum(axis=1) >= STEADY * np.isfinite(around).sum(axis=1))


def _quartile_deviation(off: Floats, trusted: Bools) -> Floats:
    padded = np.pad(np.where(trusted, off, np.nan), SPREAD_NEIGHBOURS, constant_values=np.nan)
    around = sliding_window_view(padded, 2 * SPREAD_NEIGHBOURS + 1)
    signed = np.concatenate([around, -around], axis=1)
    return _nan_quantile(signed, 0.75, np.zeros(len(off)))


def _nan_quantile(rows: Floats, share: float, default: Floats) -> Floats:
    """Quantile of each row's known values; `default` where a row knows nothing."""
    ordered = np.sort(rows, axis=1)  # NaN last
    known = np.isfinite(ordered).sum(axis=1)
    at = np.maximum((share * (known - 1)).round().astype(int), 0)
    chosen = ordered[np.arange(len(rows)), at]
    return np.where(known > 0, chosen, default)


def crosses(times_s: Floats, gaps_s: Floats) -> Bools:
    """Which intervals between consecutive `times_s` hold a part of a gap."""
    crossed = in_spans(times_s[1:], gaps_s) | in_spans(times_s[:-1], gaps_s)
    for start_s, stop_s in gaps_s:
        crossed |= (times_s[:-1] <= start_s) & (times_s[1:] >= stop_s)
    return crossed
