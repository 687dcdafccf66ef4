"""One power-on of the reference clock: who was in contact with it, and what that says.

Each wearable has a lane of the smoother; a reboot restarts the lane. Offsets are kept as
departures from a base per contact, so that the smoother sees milliseconds, not hours.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dyadkit.clock.estimate.smoother import ClockTrack, Readings
from dyadkit.clock.evidence.contact import Contact
from dyadkit.clock.evidence.envelope import OffsetCurve, squeeze
from dyadkit.clock.evidence.series import OffsetSeries
from dyadkit.dyad.arrays import Bools, Floats, Ints
from dyadkit.dyad.result import Result

KNOT_S = 20.0
"""Spacing of the instants at which offsets are estimated."""
_ROUGH_BIN_S = 30.0


@dataclass(frozen=True, slots=True, eq=False)
class Epoch(Result):
    """Contacts with one boot of the reference clock, and the knots of its time line.

    lane : lane of each contact; base_s : offset each contact's readings are relative to
    knots_s : shape (k,); restarts : shape (k, lanes)
    """

    contacts: tuple[Contact, ...]
    lane: Ints
    base_s: Floats
    knots_s: Floats
    restarts: Bools

    @property
    def persons(self) -> tuple[str, ...]:
        """Who each lane belongs to."""
        return tuple(sorted({contact.person for contact in self.contacts}))


def epoch_of(contacts: Sequence[Contact]) -> Epoch:
    """Epoch of contacts that share a reference boot."""
    ordered = tuple(sorted(contacts, key=lambda contact: contact.exchanged_s[0]))
    persons = sorted({contact.person for contact in ordered})
    lane = np.array([persons.index(contact.person) for contact in ordered])
    base_s = np.array([np.median(c.down.received_s - c.down.sent_s) for c in ordered])
    first_s = min(contact.exchanged_s[0] for contact in ordered)
    last_s = max(contact.exchanged_s[-1] for contact in ordered)
    knots_s = np.arange(first_s - 1.0, last_s + KNOT_S, KNOT_S)
    return Epoch(ordered, lane, base_s, knots_s, _restarts(ordered, lane, knots_s))


def _restarts(contacts: Sequence[Contact], lane: Ints, knots_s: Floats) -> Bools:
    restarts = np.zeros((len(knots_s), int(lane.max()) + 1), dtype=bool)
    for i, contact in enumerate(contacts):
        if i > np.flatnonzero(lane == lane[i])[0]:
            restarts[np.searchsorted(knots_s, contact.exchanged_s[0]) - 1, lane[i]] = True
    return restarts


def rough_curve(contact: Contact) -> OffsetCurve:
    """First guess of a contact's offset: the envelope of half-minutes, joined by straight lines."""
    level_s = float(np.median(contact.down.received_s - contact.down.sent_s))
    first_s, last_s = contact.exchanged_s[0], contact.exchanged_s[-1]
    edges_s = np.arange(first_s - 1.0, last_s + _ROUGH_BIN_S, _ROUGH_BIN_S)
    found = squeeze(contact, lambda at_s: np.full_like(at_s, level_s), edges_s)
    if not len(found.at_s):
        return lambda at_s: np.full_like(at_s, level_s)
    return lambda at_s: np.interp(at_s, found.at_s, found.offset_s)


def track_curve(epoch: Epoch, i: int, track: ClockTrack) -> OffsetCurve:
    """Offset of contact `i` as a track gives it."""
    lane, base_s = int(epoch.lane[i]), float(epoch.base_s[i])
    return lambda at_s: track.offset_s(lane, at_s) + base_s


def readings_of(epoch: Epoch, series: Sequence[OffsetSeries]) -> tuple[Readings, Floats]:
    """The contacts' series as the smoother wants them, in order of time, and their trust."""
    own = [part[part.at_s < until_s(epoch, i)] for i, part in enumerate(series)]
    counts = [len(part.at_s) for part in own]
    lane = np.repeat(epoch.lane, counts)
    offset_s = np.concatenate([part.offset_s for part in own]) - np.repeat(epoch.base_s, counts)
    at_s, sd_s, trust = (
        np.concatenate([getattr(part, name) for part in own]) for name in ("at_s", "sd_s", "trust")
    )
    order = np.argsort(at_s, kind="stable")
    readings = Readings(lane[order], at_s[order], offset_s[order], sd_s[order] ** 2)
    return readings, trust[order]


def until_s(epoch: Epoch, i: int) -> float:
    """Reference time of the knot at which contact `i`'s wearable is known to have restarted."""
    begun = epoch.knots_s > epoch.contacts[i].exchanged_s[0]
    later = epoch.knots_s[epoch.restarts[:, epoch.lane[i]] & begun]
    return float(later[0]) if len(later) else float("inf")
