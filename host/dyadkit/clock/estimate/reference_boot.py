"""One power-on of the reference clock: who was in contact with it, and what that says.

The smoother numbers the wearables in contact; a reboot restarts that wearable's clock. Offsets are
kept as departures from a base per contact, so that the smoother sees milliseconds, not hours.
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
_REACH_S = 1800.0
"""Knots this far from any exchange are left out."""
_ROUGH_BIN_S = 30.0


@dataclass(frozen=True, slots=True, eq=False)
class ReferenceBoot(Result):
    """Contacts with one boot of the reference clock, and the knots of its time line.

    wearable : shape (contacts,), number of each contact's wearable in the smoother
    base_s : shape (contacts,), offset each contact's readings are relative to
    knots_s : shape (k,), reference time; restarts : shape (k, wearables)
    """

    contacts: tuple[Contact, ...]
    wearable: Ints
    base_s: Floats
    knots_s: Floats
    restarts: Bools

    @property
    def persons(self) -> tuple[str, ...]:
        """Who wears each of the smoother's wearables."""
        return tuple(sorted({contact.person for contact in self.contacts}))


def reference_boot_of(contacts: Sequence[Contact]) -> ReferenceBoot:
    """The boot of the reference that these contacts share."""
    ordered = tuple(sorted(contacts, key=lambda contact: contact.exchanged_s[0]))
    persons = sorted({contact.person for contact in ordered})
    wearable = np.array([persons.index(contact.person) for contact in ordered])
    base_s = np.array([np.median(c.down.received_s - c.down.sent_s) for c in ordered])
    first_s = min(contact.exchanged_s[0] for contact in ordered)
    last_s = max(contact.exchanged_s[-1] for contact in ordered)
    every_s = np.arange(first_s - 1.0, last_s + KNOT_S, KNOT_S)
    knots_s = every_s[_near(every_s, np.sort(np.concatenate([c.exchanged_s for c in ordered])))]
    return ReferenceBoot(ordered, wearable, base_s, knots_s, _restarts(ordered, wearable, knots_s))


def _near(knots_s: Floats, exchanged_s: Floats) -> Bools:
    """Knots with an exchange not far away: between those hours apart there is nothing to tell."""
    after = np.searchsorted(exchanged_s, knots_s)
    before = exchanged_s[np.maximum(after - 1, 0)]
    behind = exchanged_s[np.minimum(after, len(exchanged_s) - 1)]
    return np.asarray(np.minimum(np.abs(knots_s - before), np.abs(behind - knots_s)) <= _REACH_S)


def _restarts(contacts: Sequence[Contact], wearable: Ints, knots_s: Floats) -> Bools:
    restarts = np.zeros((len(knots_s), int(wearable.max()) + 1), dtype=bool)
    for i, contact in enumerate(contacts):
        if i > np.flatnonzero(wearable == wearable[i])[0]:
            restarts[np.searchsorted(knots_s, contact.exchanged_s[0]) - 1, wearable[i]] = True
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


def track_curve(reference: ReferenceBoot, i: int, track: ClockTrack) -> OffsetCurve:
    """Offset of contact `i` as a track gives it."""
    wearable, base_s = int(reference.wearable[i]), float(reference.base_s[i])
    return lambda at_s: track.offset_s(wearable, at_s) + base_s


def readings_of(
    reference: ReferenceBoot, series: Sequence[OffsetSeries]
) -> tuple[Readings, Floats]:
    """The contacts' series as the smoother wants them, in order of time, and their trust."""
    own = [part[part.at_s < until_s(reference, i)] for i, part in enumerate(series)]
    counts = [len(part.at_s) for part in own]
    wearable = np.repeat(reference.wearable, counts)
    offset_s = np.concatenate([part.offset_s for part in own]) - np.repeat(reference.base_s, counts)
    at_s, sd_s, trust = (
        np.concatenate([getattr(part, name) for part in own]) for name in ("at_s", "sd_s", "trust")
    )
    order = np.argsort(at_s, kind="stable")
    readings = Readings(wearable[order], at_s[order], offset_s[order], sd_s[order] ** 2)
    return readings, trust[order]


def until_s(reference: ReferenceBoot, i: int) -> float:
    """Reference time of the knot at which contact `i`'s wearable is known to have restarted."""
    begun = reference.knots_s > reference.contacts[i].exchanged_s[0]
    later = reference.knots_s[reference.restarts[:, reference.wearable[i]] & begun]
    return float(later[0]) if len(later) else float("inf")
