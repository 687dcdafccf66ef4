"""Connection-interval grid: BLE packets arrive on a lattice, and both ends see the same lattice.

Packets of a connection leave at anchor + n × interval. The phase of that lattice on the
wearable's clock (packets down) and on the reference clock (packets up) differ by the offset,
modulo the interval; a first guess from the two-way envelope settles which multiple. The waiting
time for the next event, which blurs every delay by up to one interval, does not enter at all.
"""

from cmath import phase
from collections.abc import Sequence
from dataclasses import dataclass, fields
from itertools import pairwise
from typing import TypeVar

import numpy as np

from dyadkit.clock.evidence.contact import Contact
from dyadkit.clock.evidence.envelope import OffsetCurve, reference_time
from dyadkit.dyad.arrays import Bools, Floats, Ints
from dyadkit.dyad.result import Result

STEP_S = 1.25e-3
"""Connection intervals are multiples of this."""
_CANDIDATES_S: Floats = np.arange(6.0, 161.0) * STEP_S
_DRIFTS = np.linspace(-600e-6, 600e-6, 41)
_CONCENTRATED = 0.6
_AS_GOOD = 0.72
"""Share of the best concentration that counts as well: whole parts of the true interval concentrate
about as much as it does, its multiples do not. So the longest that counts is the true one."""
_CHANCE = 6.0
"""Deviations of the squared resultant that the best of all candidates hardly reaches by chance."""
_EDGE_QUANTILE = 0.14
_NEIGHBOURS = 2
_MIN_PACKETS = 4
_FEW_PACKETS = 8
"""An edge found from so many is as uncertain again as their number says."""
_PLENTY = 25
_AT_ONCE = 400
"""Packets whose phases on all candidates stay near the processor."""

Numbers = TypeVar("Numbers", float, Floats)


@dataclass(frozen=True, slots=True, eq=False)
class Phases(Result):
    """Lattice offsets per bin of reference time, shape (n,) each.

    bins : which bin; at_s : its middle
    offset_s : wearable minus reference
    interval_s : connection interval inferred
    sd_s : expected error of `offset_s` from counting few packets
    down_spread_s, up_spread_s : how far packets usually come after the quickest, per direction:
        the jitter of the receiving end
    event_s, period_s : reference time at which the reference hears one of the events, and the
        interval on its clock
    width_s : length of a bin
    """

    bins: Ints
    at_s: Floats
    offset_s: Floats
    interval_s: Floats
    sd_s: Floats
    down_spread_s: Floats
    up_spread_s: Floats
    event_s: Floats
    period_s: Floats
    width_s: float

    def __getitem__(self, rows: Bools) -> "Phases":
        columns = {f.name: getattr(self, f.name)[rows] for f in fields(self) if f.name != "width_s"}
        return Phases(**columns, width_s=self.width_s)


@dataclass(frozen=True, slots=True, eq=False)
class _Bin:
    """Packet arrivals of one bin in reference time, counted from the bin's middle."""

    number: int
    middle_s: float
    down_s: Floats
    up_s: Floats


def phases(contact: Contact, offset: OffsetCurve, edges_s: Floats, first: int = 0) -> Phases:
    """Lattice offsets in the bins between `edges_s`; bins without a clear lattice are left out.

    `offset` must be right to a good part of an interval. Bins before the `first` only help their
    neighbours to an interval and a drift.
    """
    filled = _bins(contact, offset, edges_s)
    intervals_s = _intervals(filled)
    drifts = _refined(filled, intervals_s, _drifts(filled, intervals_s))
    rows = [
        _phase(bin_, float(interval_s), drift)
        for bin_, interval_s, drift in zip(filled, intervals_s, drifts, strict=True)
        if np.isfinite(interval_s) and bin_.number >= first
    ]
    kept = np.array([row for row in rows if row is not None]).reshape(-1, 10)
    usual_s = np.median(kept[:, 4:6], axis=0) if len(kept) else np.zeros(2)
    sds_s = np.maximum(kept[:, 4:6], usual_s) / np.sqrt(kept[:, 6:8])
    sds_s *= np.sqrt(1 + _FEW_PACKETS / kept[:, 6:8])
    return Phases(
        bins=kept[:, 0].astype(np.int64),
        at_s=kept[:, 1],
        offset_s=kept[:, 2] + offset(kept[:, 1]),
        interval_s=kept[:, 3],
        sd_s=np.hypot(sds_s[:, 0], sds_s[:, 1]),
        down_spread_s=kept[:, 4],
        up_spread_s=kept[:, 5],
        event_s=kept[:, 8],
        period_s=kept[:, 9],
        width_s=float(edges_s[1] - edges_s[0]),
    )


def _bins(contact: Contact, offset: OffsetCurve, edges_s: Floats) -> list[_Bin]:
    down_s = np.sort(reference_time(contact.down.received_s, offset))
    up_s = np.sort(contact.up.received_s)
    down_cut, up_cut = np.searchsorted(down_s, edges_s), np.searchsorted(up_s, edges_s)
    filled = []
    for k, middle_s in enumerate(((edges_s[1:] + edges_s[:-1]) / 2).tolist()):
        down = down_s[down_cut[k] : down_cut[k + 1]]
        up = up_s[up_cut[k] : up_cut[k + 1]]
        if min(len(down), len(up)) >= _MIN_PACKETS:
            filled.append(_Bin(k, middle_s, down - middle_s, up - middle_s))
    return filled


def _intervals(filled: list[_Bin]) -> Floats:
    """Connection interval per bin; where probes are too few to tell, the data frames may."""
    chosen = _concentrated_on([bin_.down_s for bin_ in filled])
    if np.isnan(chosen).any():
        chosen = np.where(np.isnan(chosen), _concentrated_on([b.up_s for b in filled]), chosen)
    return chosen


def _concentrated_on(arrivals_s: list[Floats]) -> Floats:
    """The longest candidate on which neighbouring bins concentrate; NaN where chance could do it.

    1. Strength is the mean over up to two bins on either side: one bin of probes is too few.
    2. Four packets lie on some lattice or other: the squared resultant of n packets at random
       phases has a deviation of 1 / (n - 1), and the best of 155 candidates must exceed six
       deviations of the mean of such. Many packets must still be concentrated.
    3. A lattice of 30 ms is one of 15 and of 10 ms as well, if a little blurred by jitter, but not
       one of 60: the longest candidate that is about as good as the best is the interval. It
       fails where packets keep to every other event, which is why probes come at random gaps.
    """
    power = _concentrations(arrivals_s, np.tile(_CANDIDATES_S, (len(arrivals_s), 1)))
    noise = np.array([1 / (len(bin_s) - 1) for bin_s in arrivals_s])
    chosen = np.full(len(arrivals_s), np.nan)
    for k in range(len(arrivals_s)):
        near = slice(max(0, k - _NEIGHBOURS), k + _NEIGHBOURS + 1)
        by_chance = _CHANCE * float(np.sqrt((noise[near] ** 2).sum())) / len(noise[near])
        strength = power[near].mean(axis=0)
        best = float(strength.max())
        if best >= max(_CONCENTRATED**2, by_chance):
            chosen[k] = _CANDIDATES_S[np.flatnonzero(strength >= _AS_GOOD * best)[-1]]
    return chosen


def _concentrations(arrivals_s: Sequence[Floats], intervals_s: Floats) -> Floats:
    """Squared resultant of each bin's phases for each of its intervals, shape (bins, intervals).

    Without the bias of a small count. Bins with as many packets are looked at together, some at a
    time: thousands of bins hold some twenty packets each. Whole turns are taken off first, so that
    single precision, which is much quicker, is as good as seven digits of a turn.
    """
    counts = np.array([len(bin_s) for bin_s in arrivals_s])
    found = np.empty(intervals_s.shape)
    for count in np.unique(counts).tolist():
        bins = np.flatnonzero(counts == count)
        for rows in np.array_split(bins, min(bins.size, 1 + bins.size * count // _AT_ONCE)):
            together_s = np.stack([arrivals_s[row] for row in rows])
            turns = together_s[:, None, :] / intervals_s[rows][:, :, None]
            angles = ((turns - np.rint(turns)) * (2 * np.pi)).astype(np.float32)
            total = np.cos(angles).sum(axis=2) ** 2 + np.sin(angles).sum(axis=2) ** 2
            found[rows] = (total - count) / (count * (count - 1))
    return found


def _drifts(filled: list[_Bin], intervals_s: Floats) -> Floats:
    """How fast the lattice drifts against the reference clock, per bin, from neighbouring bins."""
    power = np.zeros((len(filled), len(_DRIFTS)))
    known = np.flatnonzero(np.isfinite(intervals_s))
    stretched = intervals_s[known, None] / (1 + _DRIFTS)
    down_s = [filled[k].down_s for k in known]
    up_s = [filled[k].up_s[:: 1 + len(filled[k].up_s) // _PLENTY] for k in known]
    power[known] = _concentrations(down_s, stretched) + _concentrations(up_s, stretched)
    near = [power[max(0, k - _NEIGHBOURS) : k + _NEIGHBOURS + 1] for k in range(len(filled))]
    return np.array([_DRIFTS[rows.sum(axis=0).argmax()] for rows in near])


def _refined(filled: list[_Bin], intervals_s: Floats, drifts: Floats) -> Floats:
    """Drift of either direction, shape (bins, 2), from how phases move from bin to bin.

    That is far finer than what one bin shows; a drift left in a bin would look like jitter. The
    directions differ by the error of the first guess's slope.

    1. A step is taken only between adjacent bins with the same interval: over a gap, or where the
       interval was renegotiated, nobody knows how many periods lie between.
    2. Within a step the phase is known modulo one period. The coarse drift says which turn; what
       is left of the step, wrapped, corrects it.
    3. Step k leads from bin k to bin k + 1, so the steps about bin k, two on either side, are
       k - 2 to k + 1. Their median does not follow one bin with stalled packets.
    4. A bin without any step about it keeps the coarse drift.
    """
    moved = np.full((max(len(filled) - 1, 0), 2), np.nan)
    for k, (bin_, after) in enumerate(pairwise(filled)):
        if intervals_s[k] == intervals_s[k + 1] and after.number == bin_.number + 1:
            period_s = intervals_s[k] / (1 + drifts[k])
            apart_s = after.middle_s - bin_.middle_s
            ways = ((bin_.down_s, after.down_s), (bin_.up_s, after.up_s))
            for way, (here_s, there_s) in enumerate(ways):
                step_s = _middle(there_s, period_s) + apart_s - _middle(here_s, period_s)
                moved[k, way] = drifts[k] - wrapped(step_s, period_s) / apart_s
    refined = np.stack([drifts, drifts], axis=1)
    for k in range(len(filled)):
        near = moved[max(0, k - _NEIGHBOURS) : k + _NEIGHBOURS]
        near = near[np.isfinite(near[:, 0])]
        if len(near):
            refined[k] = np.median(near, axis=0)
    return refined


def _middle(arrivals_s: Floats, period_s: float) -> float:
    """Median phase (s) of arrivals on a lattice: late packets do not move it."""
    centre_s = _centre(arrivals_s, period_s)
    return centre_s + _at_share(np.sort(wrapped(arrivals_s - centre_s, period_s)), 0.5)


def _centre(arrivals_s: Floats, period_s: float) -> float:
    """Mean phase (s) of arrivals on a lattice."""
    return phase(_total(arrivals_s, period_s)) / (2 * np.pi) * period_s


def _total(arrivals_s: Floats, period_s: float) -> complex:
    """Sum of the arrivals as turns of a clock hand that goes round once a period."""
    angles = (2 * np.pi / period_s) * arrivals_s
    return complex(np.cos(angles).sum(), np.sin(angles).sum())


def _phase(bin_: _Bin, interval_s: float, drift: Floats) -> tuple[float, ...] | None:
    down_period_s, up_period_s = (interval_s / (1 + drift)).tolist()
    down, down_spread_s = _edge(_firsts(bin_.down_s, interval_s), down_period_s)
    up, up_spread_s = _edge(_firsts(bin_.up_s, interval_s), up_period_s)
    if not np.isfinite(down + up):
        return None
    ahead_s = wrapped(down - up, up_period_s)
    spreads_s = down_spread_s, up_spread_s
    event_s = bin_.middle_s + up
    counts = len(bin_.down_s), len(bin_.up_s)
    bin_s = bin_.number, bin_.middle_s
    return *bin_s, ahead_s, interval_s, *spreads_s, *counts, event_s, up_period_s


def _firsts(arrivals_s: Floats, interval_s: float) -> Floats:
    """The first packet of each connection event: those behind it are late by its length."""
    apart = np.diff(arrivals_s, prepend=-np.inf) > interval_s / 2
    return arrivals_s[apart]


def _edge(arrivals_s: Floats, period_s: float) -> tuple[float, float]:
    """Phase (s) at which the cluster of arrivals begins, and its width; NaN if blurred."""
    total = _total(arrivals_s, period_s)
    if abs(total) < _CONCENTRATED * len(arrivals_s):
        return np.nan, np.nan
    centre_s = phase(total) / (2 * np.pi) * period_s
    around = np.sort(wrapped(arrivals_s - centre_s, period_s))
    middle = around[np.abs(around - _at_share(around, 0.5)) < period_s / 5]
    low, half = _at_share(middle, _EDGE_QUANTILE), _at_share(middle, 0.5)
    return centre_s + low, half - low


def _at_share(ordered: Floats, share: float) -> float:
    """Value below which that share of many more would lie, from sorted ones.

    However few there are: links with unequal loads are not to differ by it.
    """
    at = max(share * (len(ordered) + 1) - 1, 0.0)
    below = int(at)
    low, high = float(ordered[below]), float(ordered[min(below + 1, len(ordered) - 1)])
    return low + (at - below) * (high - low)


def wrapped(value_s: Numbers, period_s: Numbers | float) -> Numbers:
    """Times less whole periods: between minus half a period and half a period."""
    return (value_s + period_s / 2) % period_s - period_s / 2
