"""Turnaround: how early a wearable must hand a packet over to catch a connection event.

It is seen on the wearable's own clock alone.

The lattice shows when a wearable hears its events. A packet that it hands over some time before
it hears an event still goes out with that event; one handed over later waits for the next. Where
that edge lies is what hearing and sending cost together, whatever the other end does and however
far its clock is off. A board that is late in hearing is late in sending, because one scheduler
does both; how soft the edge is shows whether that holds. So the difference of two boards' edges,
divided between hearing and sending, is how much later one of them hears.
"""

from dataclasses import dataclass

import numpy as np

from dyadkit.clock.evidence.contact import Contact
from dyadkit.clock.evidence.envelope import OffsetCurve, reference_time
from dyadkit.clock.evidence.lattice import Phases, wrapped
from dyadkit.dyad.arrays import Bools, Floats, Ints
from dyadkit.dyad.result import Result

_STEP_S = 20e-6
_EARLIEST_S, _LATEST_S = -2e-3, 6e-3
"""Gaps that are looked at; hearing and sending take some milliseconds at most."""
_INTERVAL_SHARE = 0.6
"""Longer gaps wait for what lies behind, or for a second try."""
_ENOUGH = 200
_STRAY = 0.005
"""Share of packets that were matched with the wrong event."""
_QUANTILES = (np.arange(40) + 0.5) / 40
_RATIOS: Floats = np.arange(0.1, 2.05, 0.1)
_AS_RECEIVED, _AS_RECEIVED_SD = 1.0, 0.3
"""Spread of sending in units of the spread of hearing: the same scheduler does both."""


@dataclass(frozen=True, slots=True, eq=False)
class Turnaround(Result):
    """Turnaround of one wearable: what hearing and sending cost it together.

    edge_s : how early before a heard event a packet can be handed over at best, with its
        deviation `edge_sd_s`; holds a constant that all wearables share
    sending_s : how far sending usually comes behind the quickest, with its deviation
        `sending_sd_s`
    hearing_s : the same of hearing
    """

    edge_s: float
    edge_sd_s: float
    sending_s: float
    sending_sd_s: float
    hearing_s: float


def turnaround_of(contact: Contact, offset: OffsetCurve, found: Phases) -> Turnaround | None:
    """Turnaround from all packets of a contact; None where they are too few.

    `offset` is the one that `found` was measured with.
    """
    if not len(found.at_s):
        return None
    gaps_s = _gaps_s(contact, offset, found)
    received_s = _behind_s(contact, offset, found)
    latest_s = min(_LATEST_S, _INTERVAL_SHARE * float(np.median(found.interval_s)))
    edges_s = np.arange(_EARLIEST_S, latest_s, _STEP_S)
    counts, _ = np.histogram(gaps_s, edges_s)
    if counts.sum() < _ENOUGH or len(received_s) < _ENOUGH:
        return None
    shape_s = np.quantile(received_s[received_s < _LATEST_S], _QUANTILES)
    hearing_s = float(np.median(found.down_spread_s))
    return _edge_of(counts.astype(float), shape_s, hearing_s)


def later_s(one: Turnaround, other: Turnaround) -> tuple[float, float]:
    """How much later `other` hears than `one`, and the deviation of that."""
    apart_s = other.edge_s - one.edge_s
    apart_sd_s = float(np.hypot(one.edge_sd_s, other.edge_sd_s))
    hearing_s = other.hearing_s - one.hearing_s
    sending_s = other.sending_s - one.sending_s
    sending_var = one.sending_sd_s**2 + other.sending_sd_s**2
    precision = 1 / _AS_RECEIVED_SD**2 + hearing_s**2 / sending_var
    ratio = (_AS_RECEIVED / _AS_RECEIVED_SD**2 + hearing_s * sending_s / sending_var) / precision
    share = 1 / (1 + max(ratio, 0.0))
    sd_s = np.hypot(share * apart_sd_s, apart_s * share**2 / np.sqrt(precision))
    return share * apart_s, float(sd_s)


def _gaps_s(contact: Contact, offset: OffsetCurve, found: Phases) -> Floats:
    """How long before hearing the event with which it went out each packet was handed over."""
    k, use = _bins_at(found, contact.up.received_s)
    received_s, sent_s = contact.up.received_s[use], contact.up.sent_s[use]
    event_s = received_s - wrapped(received_s - found.event_s[k], found.period_s[k])
    return found.offset_s[k] + offset(event_s) - offset(found.at_s[k]) + event_s - sent_s


def _behind_s(contact: Contact, offset: OffsetCurve, found: Phases) -> Floats:
    """How far behind the lattice's edge the wearable heard each packet."""
    received_s = reference_time(contact.down.received_s, offset)
    k, use = _bins_at(found, received_s)
    ahead_s = found.offset_s[k] - offset(found.at_s[k])
    return np.asarray(wrapped(received_s[use] - ahead_s - found.event_s[k], found.period_s[k]))


def _bins_at(found: Phases, at_s: Floats) -> tuple[Ints, Bools]:
    """Which row of `found` each time belongs to, for those that belong to one, and which do."""
    half_s = found.width_s / 2
    k = np.clip(np.searchsorted(found.at_s - half_s, at_s, side="right") - 1, 0, None)
    use = np.abs(at_s - found.at_s[k]) <= half_s
    return k[use], use


def _edge_of(counts: Floats, shape_s: Floats, hearing_s: float) -> Turnaround:
    """Edge and softness that make the counted gaps likely.

    Packets are handed over at any moment, so a gap is as frequent as it is likely to suffice.
    """
    shifts = int((_LATEST_S - _EARLIEST_S) / 2 / _STEP_S)
    shift_s: Floats = _STEP_S * np.arange(shifts, dtype=float)
    grid_s = _EARLIEST_S + _STEP_S * (np.arange(len(counts) + shifts) + 0.5 - shifts)
    fits = np.empty((len(_RATIOS), shifts))
    for i, ratio in enumerate(_RATIOS.tolist()):
        suffices = np.searchsorted(ratio * shape_s, grid_s) / len(shape_s)
        likely = np.lib.stride_tricks.sliding_window_view(suffices + _STRAY, len(counts))[1:]
        likely = likely[::-1]
        fits[i] = np.log(likely) @ counts - counts.sum() * np.log(likely.sum(axis=1))
        fits[i] -= ((ratio - _AS_RECEIVED) / _AS_RECEIVED_SD) ** 2 / 2
    weights = np.exp(fits - fits.max())
    edge_s, edge_sd_s = _moments(shift_s, weights.sum(axis=0))
    sending_s, sending_sd_s = _moments(np.asarray(_RATIOS * hearing_s), weights.sum(axis=1))
    return Turnaround(edge_s, edge_sd_s, sending_s, sending_sd_s, hearing_s)


def _moments(values: Floats, weights: Floats) -> tuple[float, float]:
    """Mean and deviation, the latter at least a step of the grid."""
    mean = float(np.average(values, weights=weights))
    step = float(values[1] - values[0])
    variance = float(np.average((values - mean) ** 2, weights=weights))
    return mean, float(np.sqrt(variance + step**2 / 12))
