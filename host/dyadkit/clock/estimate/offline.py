"""The best clock map after the session: every exchange used, past and future.

Two independent estimators look at each contact: the two-way envelope, which needs nothing but
fast packets, and the connection-interval grid, which is finer but needs a lattice. The smoother
turns readings into a track; where the two disagree, the bound says so.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from dyadkit.clock.clockmap import ClockMap, Stretch
from dyadkit.clock.estimate.chain import chained
from dyadkit.clock.estimate.levels import (
    Level,
    compare,
    late_s,
    levels_of,
    parted_s,
    role_sd_s,
    unfollowed_s,
)
from dyadkit.clock.estimate.rates import bending_walk, slewing_walk
from dyadkit.clock.estimate.reference_boot import (
    ReferenceBoot,
    readings_of,
    reference_boot_of,
    rough_curve,
    track_curve,
)
from dyadkit.clock.estimate.robust import residuals_s, smooth_robustly
from dyadkit.clock.estimate.smoother import ClockTrack, CrystalModel, Timeline
from dyadkit.clock.estimate.stretches import (
    ConnectionIntervals,
    Settled,
    counted_from,
    reference_stretch,
    silent_stretch,
    stretch_of,
)
from dyadkit.clock.evidence.contact import Contact, contacts_of
from dyadkit.clock.evidence.envelope import OffsetCurve
from dyadkit.clock.evidence.series import (
    TRUSTED,
    LatticeSeries,
    OffsetSeries,
    envelope_series,
    grid_series,
)
from dyadkit.clock.log import Mode, SyncLog
from dyadkit.dyad.arrays import Floats

_ENOUGH = 6
_MINUTE_S = 60.0
_LOOKS = 2
"""The slope of a first guess blurs the first look; the one found from that look no longer does."""


def solve(log: SyncLog) -> ClockMap:
    """Clock map of a whole session.

    Session time is the host's clock, or in the field wearable A's first boot, counted from
    `log.start_ns` (by default just before the first exchange). A boot without
    six exchanges within a minute is left out: its times are unknown (`Reason.NEVER_SEEN`).

    Examples
    --------
    >>> from pathlib import Path
    >>> from dyadkit.sessions.sync_log import read_log
    >>> clocks = solve(read_log(Path("session-12")))
    >>> times_s, bounds_s = clocks.to_session("a", 1, [30_000_000, 60_000_000])
    >>> times_s.round(3), bool(bounds_s.max() < 1e-3)
    (array([26.799, 56.799]), True)
    """
    contacts = contacts_of(log)
    usable = [contact for contact in contacts if not contact.repeated and _dense(contact)]
    references = [
        reference_boot_of([c for c in usable if c.reference_boot == boot])
        for boot in sorted({contact.reference_boot for contact in usable})
    ]
    repeated = [silent_stretch(contact) for contact in contacts if contact.repeated]
    if not references:
        return ClockMap(tuple(repeated))
    stretches = chained([solve_reference_boot(reference, log) for reference in references])
    start_s = float(references[0].knots_s[0]) if log.start_ns is None else log.start_ns * 1e-9
    return ClockMap((*counted_from(start_s, stretches), *repeated))


def _dense(contact: Contact) -> bool:
    """Whether some minute has enough exchanges to begin with."""
    exchanged_s = contact.exchanged_s
    return bool(np.any(exchanged_s[_ENOUGH - 1 :] - exchanged_s[: 1 - _ENOUGH] < 0.9 * _MINUTE_S))


def solve_reference_boot(reference: ReferenceBoot, log: SyncLog) -> list[Stretch]:
    """One stretch per contact of a boot of the reference, and in the field that boot's own."""
    stretches = _solve_contacts(reference, log.mode, role_sd_s(log))
    if log.mode is Mode.FIELD:
        stretches.append(reference_stretch("a", reference.contacts[0].reference_boot))
    return stretches


def _solve_contacts(reference: ReferenceBoot, mode: Mode, roles_sd_s: float) -> list[Stretch]:
    envelope, track = _enveloped(reference)
    joined = envelope
    usual: list[LatticeSeries] = []
    intervals = [ConnectionIntervals(np.empty(0), np.empty(0))] * len(reference.contacts)
    if mode is not Mode.USB:
        for _ in range(_LOOKS):
            grids = [
                _grid(reference, i, track, envelope[i]) for i in range(len(reference.contacts))
            ]
            joined = [_joined(mode, grid, slow) for grid, slow in zip(grids, envelope, strict=True)]
            track = _track(reference, joined)
        intervals = [ConnectionIntervals(grid.series.at_s, grid.interval_s) for grid in grids]
        usual = [_main_grid(reference, grids, one) for one in _wearables(reference)]
    rests = [_rest(reference, envelope, track, wearable) for wearable in _wearables(reference)]
    jitters, turnarounds = [g.jitter for g in usual], [g.turnaround for g in usual]
    compared = [compare(rest.usual_s, rest.claimed_s) for rest in rests]
    settled = [
        _widened(_settled(track, level), rest, parted_s(rest.rest_s, usual))
        for level, rest, usual in zip(
            levels_of(mode, jitters, compared, turnarounds, roles_sd_s),
            rests,
            compared,
            strict=True,
        )
    ]
    followed = [_rest(reference, joined, track, wearable) for wearable in _wearables(reference)]
    settled = [
        _widened(one, rest, unfollowed_s(rest.rest_s))
        for one, rest in zip(settled, followed, strict=True)
    ]
    return [
        stretch_of(reference, i, settled[wearable], intervals[i])
        for i, wearable in enumerate(reference.wearable)
    ]


def _enveloped(reference: ReferenceBoot) -> tuple[list[OffsetSeries], ClockTrack]:
    """The envelope of every contact and the track it gives.

    Within a minute fast packets are few, so the slope that is taken out of it must be the clock's:
    the first guess's is not, at the ends of a session least of all.
    """
    curves = [rough_curve(contact) for contact in reference.contacts]
    for _ in range(_LOOKS):
        envelope = _envelopes(reference, curves)
        track = _track(reference, envelope)
        curves = [track_curve(reference, i, track) for i in range(len(curves))]
    envelope = _envelopes(reference, curves)
    return envelope, _track(reference, envelope)


def _envelopes(reference: ReferenceBoot, curves: Sequence[OffsetCurve]) -> list[OffsetSeries]:
    return [envelope_series(c, curve) for c, curve in zip(reference.contacts, curves, strict=True)]


def _grid(reference: ReferenceBoot, i: int, track: ClockTrack, slow: OffsetSeries) -> LatticeSeries:
    """What the lattice says of contact `i`; a cable has none."""
    contact = reference.contacts[i]
    if contact.mode is Mode.USB:
        nothing = np.empty(0)
        return LatticeSeries(OffsetSeries(nothing, nothing, nothing, nothing), nothing)
    return grid_series(contact, track_curve(reference, i, track), reference.knots_s, slow)


def _settled(track: ClockTrack, level: Level) -> Settled:
    everywhere_s = np.full(len(track.knots_s), level.systematic_s)
    return Settled(track, level.shift_s, everywhere_s, CrystalModel().forecast_walk)


def _wearables(reference: ReferenceBoot) -> range:
    return range(len(reference.persons))


def _main_grid(
    reference: ReferenceBoot, grids: Sequence[LatticeSeries], wearable: int
) -> LatticeSeries:
    """The longest of a wearable's grids stands for the wearable's habits."""
    own = [grid for grid, i in zip(grids, reference.wearable, strict=True) if i == wearable]
    return max(own, key=lambda grid: len(grid.series.at_s))


def _joined(mode: Mode, grid: LatticeSeries, envelope: OffsetSeries) -> OffsetSeries:
    """The lattice, its level freed of receive latency, and the envelope where there is none."""
    if grid.jitter is None:
        return envelope
    lattice = grid.series.later_by(-late_s(mode, grid.jitter))
    beside = np.interp(envelope.at_s, lattice.at_s, lattice.offset_s)
    nearest_s = np.abs(envelope.at_s[:, None] - lattice.at_s[None, :]).min(axis=1)
    covered = nearest_s < 30.0
    apart_s = float(np.median((envelope.offset_s - beside)[covered])) if covered.any() else 0.0
    return lattice.joined(envelope[~covered].later_by(-apart_s))


def _track(reference: ReferenceBoot, series: list[OffsetSeries]) -> ClockTrack:
    model = CrystalModel()
    readings, trust = readings_of(reference, series)
    still = (
        np.full(len(reference.knots_s), model.reference_walk),
        np.zeros(reference.restarts.shape),
    )
    timeline = Timeline(reference.knots_s, reference.restarts, *still)
    timeline = replace(timeline, reference_walk=slewing_walk(readings, timeline))
    timeline = replace(timeline, bending_walk=bending_walk(readings, trust, timeline))
    return smooth_robustly(readings, trust, timeline, model)[0]


@dataclass(frozen=True, slots=True, eq=False)
class _Rest:
    """One wearable's envelope minus the track, shape (n,), and when.

    usual_s : the same without the minutes in which the path was slower than usual
    claimed_s : what the envelope itself says an entry may be off
    """

    at_s: Floats
    rest_s: Floats
    usual_s: Floats
    claimed_s: float


def _rest(
    reference: ReferenceBoot, envelope: list[OffsetSeries], track: ClockTrack, wearable: int
) -> _Rest:
    readings, trust = readings_of(reference, envelope)
    own = readings.wearable == wearable
    rest_s = residuals_s(readings, track)[own]
    trusted = trust[own] > TRUSTED
    claimed_s = float(np.sqrt(np.median(readings.variance[own]))) if own.any() else 0.0
    usual_s = rest_s[trusted] if trusted.any() else rest_s
    return _Rest(readings.at_s[own], rest_s, usual_s, claimed_s)


def _widened(settled: Settled, rest: _Rest, extra_s: Floats) -> Settled:
    """The bound widened by what readings, `rest`, part from the track for a while."""
    if not len(rest.at_s):
        return settled
    extra_s = np.interp(settled.track.knots_s, rest.at_s, extra_s)
    return replace(settled, systematic_s=np.hypot(settled.systematic_s, extra_s))
