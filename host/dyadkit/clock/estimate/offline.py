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
    Epoch,
    epoch_of,
    readings_of,
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
"""The envelope's slope blurs the first look at the lattice; the lattice's own no longer does."""


def solve(log: SyncLog) -> ClockMap:
    """Clock map of a whole session.

    Session time is the host's clock, or in the field wearable A's first boot, counted from
    `log.start_ns` (by default just before the first exchange).
    """
    contacts = contacts_of(log)
    usable = [contact for contact in contacts if not contact.repeated and _dense(contact)]
    epochs = [
        epoch_of([c for c in usable if c.reference_boot == boot])
        for boot in sorted({contact.reference_boot for contact in usable})
    ]
    repeated = [silent_stretch(contact) for contact in contacts if contact.repeated]
    if not epochs:
        return ClockMap(tuple(repeated))
    stretches = chained([solve_epoch(epoch, log) for epoch in epochs])
    start_s = float(epochs[0].knots_s[0]) if log.start_ns is None else log.start_ns * 1e-9
    return ClockMap((*counted_from(start_s, stretches), *repeated))


def _dense(contact: Contact) -> bool:
    """Whether some minute has enough exchanges to begin with."""
    exchanged_s = contact.exchanged_s
    return bool(np.any(exchanged_s[_ENOUGH - 1 :] - exchanged_s[: 1 - _ENOUGH] < 0.9 * _MINUTE_S))


def solve_epoch(epoch: Epoch, log: SyncLog) -> list[Stretch]:
    """One stretch per contact of an epoch, and in the field the reference's own."""
    stretches = _solve_contacts(epoch, log.mode, role_sd_s(log))
    if log.mode is Mode.FIELD:
        stretches.append(reference_stretch("a", epoch.contacts[0].reference_boot))
    return stretches


def _solve_contacts(epoch: Epoch, mode: Mode, roles_sd_s: float) -> list[Stretch]:
    curves = [rough_curve(contact) for contact in epoch.contacts]
    envelope = [envelope_series(c, curve) for c, curve in zip(epoch.contacts, curves, strict=True)]
    track, joined = _track(epoch, envelope), envelope
    usual: list[LatticeSeries] = []
    intervals = [ConnectionIntervals(np.empty(0), np.empty(0))] * len(epoch.contacts)
    if mode is not Mode.USB:
        for _ in range(_LOOKS):
            grids = [_grid(epoch, i, track, envelope[i]) for i in range(len(epoch.contacts))]
            joined = [_joined(mode, grid, slow) for grid, slow in zip(grids, envelope, strict=True)]
            track = _track(epoch, joined)
        intervals = [ConnectionIntervals(grid.series.at_s, grid.interval_s) for grid in grids]
        usual = [_of_lane(epoch, grids, lane) for lane in _lanes(epoch)]
    rests = [_rest(epoch, envelope, track, lane) for lane in _lanes(epoch)]
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
    followed = [_rest(epoch, joined, track, lane) for lane in _lanes(epoch)]
    settled = [
        _widened(one, rest, unfollowed_s(rest.rest_s))
        for one, rest in zip(settled, followed, strict=True)
    ]
    return [stretch_of(epoch, i, settled[lane], intervals[i]) for i, lane in enumerate(epoch.lane)]


def _grid(epoch: Epoch, i: int, track: ClockTrack, slow: OffsetSeries) -> LatticeSeries:
    """What the lattice says of contact `i`; a cable has none."""
    contact = epoch.contacts[i]
    if contact.mode is Mode.USB:
        nothing = np.empty(0)
        return LatticeSeries(OffsetSeries(nothing, nothing, nothing, nothing), nothing)
    return grid_series(contact, track_curve(epoch, i, track), epoch.knots_s, slow)


def _settled(track: ClockTrack, level: Level) -> Settled:
    everywhere_s = np.full(len(track.knots_s), level.systematic_s)
    return Settled(track, level.shift_s, everywhere_s, CrystalModel().forecast_walk)


def _lanes(epoch: Epoch) -> range:
    return range(len(epoch.persons))


def _of_lane(epoch: Epoch, grids: Sequence[LatticeSeries], lane: int) -> LatticeSeries:
    """The longest of a lane's grids stands for the wearable's habits."""
    own = [grid for grid, i in zip(grids, epoch.lane, strict=True) if i == lane]
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


def _track(epoch: Epoch, series: list[OffsetSeries]) -> ClockTrack:
    model = CrystalModel()
    readings, trust = readings_of(epoch, series)
    still = np.full(len(epoch.knots_s), model.reference_walk), np.zeros(epoch.restarts.shape)
    timeline = Timeline(epoch.knots_s, epoch.restarts, *still)
    timeline = replace(timeline, reference_walk=slewing_walk(readings, timeline))
    timeline = replace(timeline, bending_walk=bending_walk(readings, trust, timeline))
    return smooth_robustly(readings, trust, timeline, model)[0]


@dataclass(frozen=True, slots=True, eq=False)
class _Rest:
    """One lane's envelope minus the track, shape (n,), and when.

    usual_s : the same without the minutes in which the path was slower than usual
    claimed_s : what the envelope itself says an entry may be off
    """

    at_s: Floats
    rest_s: Floats
    usual_s: Floats
    claimed_s: float


def _rest(epoch: Epoch, envelope: list[OffsetSeries], track: ClockTrack, lane: int) -> _Rest:
    readings, trust = readings_of(epoch, envelope)
    own = readings.lane == lane
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
