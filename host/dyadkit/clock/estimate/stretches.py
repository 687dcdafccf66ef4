"""Stretches of a clock map: straight pieces, made from a smoothed track."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from dyadkit.clock.clockmap import Stretch
from dyadkit.clock.estimate.reference_boot import ReferenceBoot, until_s
from dyadkit.clock.estimate.smoother import ClockTrack
from dyadkit.clock.evidence.contact import Contact
from dyadkit.dyad.arrays import Floats
from dyadkit.dyad.result import Result
from dyadkit.dyad.traces import PersonName

REACH_S = 1800.0
"""How far beyond its last exchange a clock is extrapolated."""
_MIN_SHARE = 0.05
CONTACT_S = 60.0
"""A reading this close to an exchange counts as in contact."""


@dataclass(frozen=True, slots=True, eq=False)
class Settled(Result):
    """A track with the level of one wearable's clock corrected.

    shift_s : added to the wearable's offsets
    systematic_s : shape (knots,), 95 % half-width of what smoothing cannot remove
    forecast_walk : how fast the crystal may wander beyond the last reading, (s/s)²/s
    """

    track: ClockTrack
    shift_s: float
    systematic_s: Floats
    forecast_walk: float


@dataclass(frozen=True, slots=True, eq=False)
class ConnectionIntervals(Result):
    """Connection intervals inferred, shape (n,), and at which reference time."""

    at_s: Floats
    interval_s: Floats


def stretch_of(
    reference: ReferenceBoot, i: int, settled: Settled, intervals: ConnectionIntervals
) -> Stretch:
    """Contact `i` of a boot of the reference, on that boot's time."""
    track = settled.track
    contact, wearable = reference.contacts[i], int(reference.wearable[i])
    begun = np.searchsorted(track.knots_s, contact.exchanged_s[0], side="right") - 1
    use = slice(int(begun), int(np.searchsorted(track.knots_s, until_s(reference, i))))
    at_s, own = track.knots_s[use], slice(2 * wearable, 2 * wearable + 2)
    mean, covariance = track.mean[use, own], own_covariance(track.covariance[use], wearable)
    device_s = at_s + mean[:, 0] + reference.base_s[i] + settled.shift_s
    ends = 1 / (1 + mean[[0, -1], 1])
    first, last = (_reaching(covariance[k], settled.forecast_walk) for k in (0, -1))
    inner = np.zeros((len(at_s) - 1, 4))
    inner[:, 0] = covariance[:-1, 0, 0]
    inner[:, 1] = np.diff(covariance[:, 0, 0]) / np.diff(device_s)
    systematic_s = settled.systematic_s[use]
    return Stretch(
        person=contact.person,
        boot=contact.boot,
        device_s=np.append(device_s[:1], device_s),
        session_s=np.append(at_s[:1], at_s),
        rate=np.concatenate([ends[:1], np.diff(at_s) / np.diff(device_s), ends[1:]]),
        variance=np.concatenate([first[None], inner, last[None]]),
        systematic_s=np.append(systematic_s[:1], systematic_s),
        from_s=float(device_s[0]) - REACH_S,
        until_s=float(device_s[-1]) + REACH_S,
        contact_s=_contact_spans(contact, at_s, device_s),
        exchanged_s=_device(contact.exchanged_s, at_s, device_s),
        interval_at_s=_device(intervals.at_s, at_s, device_s),
        interval_s=intervals.interval_s,
    )


def own_covariance(covariance: Floats, wearable: int) -> Floats:
    """Covariance of one clock's offset and skew, shape (k, 2, 2), without what both clocks share.

    What the reference's wander does to both wearables alike does not part them.
    """
    own = covariance[:, 2 * wearable : 2 * wearable + 2, 2 * wearable : 2 * wearable + 2]
    if covariance.shape[1] == 2:
        return own
    other = 2 * (1 - wearable)
    shared = covariance[:, 2 * wearable : 2 * wearable + 2, other : other + 2]
    floor = _MIN_SHARE * np.einsum("kii->ki", own)
    apart = own - (shared + shared.transpose(0, 2, 1)) / 2
    for i in (0, 1):
        apart[:, i, i] = np.maximum(apart[:, i, i], floor[:, i])
    return np.asarray(apart)


def reference_stretch(person: PersonName, boot: int) -> Stretch:
    """The wearable whose clock is the session's."""
    start = np.zeros(1)
    return Stretch(
        person=person,
        boot=boot,
        device_s=start,
        session_s=start,
        rate=np.ones(1),
        variance=np.zeros((1, 4)),
        systematic_s=start,
        from_s=-np.inf,
        until_s=np.inf,
        contact_s=np.array([[-np.inf, np.inf]]),
    )


def counted_from(start_s: float, stretches: Iterable[Stretch]) -> list[Stretch]:
    """The same stretches with session time 0 at `start_s` of the reference clock."""
    return [replace(s, session_s=s.session_s - start_s) for s in stretches]


def silent_stretch(contact: Contact) -> Stretch:
    """A boot number that two power-ons claim: present, but unknown."""
    return replace(reference_stretch(contact.person, contact.boot), repeated=True)


def _reaching(covariance: Floats, forecast_walk: float) -> Floats:
    """Variance polynomial away from the first or last knot."""
    return np.array([covariance[0, 0], 2 * covariance[0, 1], covariance[1, 1], forecast_walk / 3])


def _contact_spans(contact: Contact, at_s: Floats, device_s: Floats) -> Floats:
    exchanged_s = contact.exchanged_s
    gaps = np.flatnonzero(np.diff(exchanged_s) > 2 * CONTACT_S)
    starts = np.append(exchanged_s[:1], exchanged_s[gaps + 1]) - CONTACT_S
    stops = np.append(exchanged_s[gaps], exchanged_s[-1:]) + CONTACT_S
    spans = np.stack([starts, stops], axis=1)
    return _device(spans, at_s, device_s)


def _device(reference_s: Floats, at_s: Floats, device_s: Floats) -> Floats:
    return np.asarray(reference_s + np.interp(reference_s, at_s, device_s - at_s))
