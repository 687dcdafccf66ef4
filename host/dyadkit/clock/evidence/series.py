"""Offset series: what both estimators say about one contact, in one form."""

from dataclasses import dataclass

import numpy as np

from dyadkit.clock.evidence.contact import Contact
from dyadkit.clock.evidence.envelope import OffsetCurve, squeeze
from dyadkit.clock.evidence.lattice import Phases, phases
from dyadkit.clock.evidence.turnaround import Turnaround, turnaround_of
from dyadkit.dyad.arrays import Bools, Floats
from dyadkit.dyad.result import Result

ENVELOPE_BIN_S = 60.0
"""Time the envelope needs to meet fast packets in both directions."""
SD_FLOOR_S = 20e-6
TRUSTED = 0.5
"""Trust from which an entry counts as of the usual path."""
_SLOW_S = 0.9e-3
"""A fastest round trip this much longer than usual is a slow path: a minute's varies by half."""
_NEAR = 5


@dataclass(frozen=True, slots=True, eq=False)
class OffsetSeries(Result):
    """Offsets of one contact from one estimator, shape (n,) each, in order of time.

    at_s : reference time; offset_s : wearable minus reference; sd_s : expected scatter
    trust : 0..1, low where the path was slower than it can be
    """

    at_s: Floats
    offset_s: Floats
    sd_s: Floats
    trust: Floats

    def __getitem__(self, rows: Bools) -> "OffsetSeries":
        return OffsetSeries(self.at_s[rows], self.offset_s[rows], self.sd_s[rows], self.trust[rows])

    def joined(self, other: "OffsetSeries") -> "OffsetSeries":
        """Both series in order of time."""
        order = np.argsort(np.concatenate([self.at_s, other.at_s]), kind="stable")
        columns = [
            np.concatenate([getattr(self, name), getattr(other, name)])[order]
            for name in ("at_s", "offset_s", "sd_s", "trust")
        ]
        return OffsetSeries(*columns)

    def later_by(self, shift_s: float) -> "OffsetSeries":
        """The same series with the wearable's clock that much further ahead."""
        return OffsetSeries(self.at_s, self.offset_s + shift_s, self.sd_s, self.trust)


@dataclass(frozen=True, slots=True, eq=False)
class Jitter(Result):
    """How far packets usually come behind the quickest (s), at the wearable and the other end."""

    down_s: float
    up_s: float


@dataclass(frozen=True, slots=True, eq=False)
class LatticeSeries(Result):
    """The lattice's series of one contact, and the jitter of both receiving ends if there is one.

    interval_s : shape (n,), connection interval inferred for each entry of `series`
    turnaround : what hearing and sending cost the wearable, if packets are enough to tell
    """

    series: OffsetSeries
    interval_s: Floats
    jitter: Jitter | None = None
    turnaround: Turnaround | None = None


def envelope_series(contact: Contact, offset: OffsetCurve) -> OffsetSeries:
    """Two-way envelope of each minute."""
    first_s, last_s = contact.exchanged_s[0], contact.exchanged_s[-1]
    edges_s = np.arange(first_s - 1.0, last_s + ENVELOPE_BIN_S, ENVELOPE_BIN_S)
    found = squeeze(contact, offset, edges_s)
    sd_s = np.maximum(found.sd_s, SD_FLOOR_S)
    return OffsetSeries(found.at_s, found.offset_s, sd_s, _trust(found.room_s))


def grid_series(
    contact: Contact, offset: OffsetCurve, knots_s: Floats, slow: OffsetSeries
) -> LatticeSeries:
    """Lattice of each span between knots; `slow` lends its trust."""
    found = phases(contact, offset, knots_s)
    sd_s = np.maximum(found.sd_s, SD_FLOOR_S)
    trust = np.interp(found.at_s, slow.at_s, slow.trust) if len(slow.at_s) else np.ones(len(sd_s))
    series = OffsetSeries(found.at_s, found.offset_s, sd_s, trust)
    if not len(sd_s):
        return LatticeSeries(series, found.interval_s)
    turnaround = turnaround_of(contact, offset, found[trust > TRUSTED])
    return LatticeSeries(series, found.interval_s, jitter_of(found), turnaround)


def jitter_of(found: Phases) -> Jitter:
    """Typical jitter of some bins."""
    return Jitter(float(np.median(found.down_spread_s)), float(np.median(found.up_spread_s)))


def _trust(room_s: Floats) -> Floats:
    """Low where the fastest round trip of neighbouring bins is longer than the session's usual.

    A round trip does not depend on any clock, so this tells a slow path from a moving clock.
    """
    if not len(room_s):
        return room_s
    near = np.array([np.median(room_s[max(0, k - 2) : k + 3]) for k in range(len(room_s))])
    excess_s = np.maximum(near - np.quantile(near, 0.25), 0)
    return np.asarray((1 + (excess_s / _SLOW_S) ** 2) ** -2.0)
