"""The best clock map after the session: every exchange used, past and future.

Two independent estimators look at each contact: the two-way envelope, which needs nothing but
fast packets, and the connection-interval grid, which is finer but needs a lattice. The smoother
turns readings into a track; where the two disagree, the bound says so.
"""

from dataclasses import replace

import numpy as np

from dyadkit.clock.clockmap import ClockMap, Stretch
from dyadkit.clock.contact import Contact, contacts_of
from dyadkit.clock.envelope import OffsetCurve, squeeze
from dyadkit.clock.epoch import (
    ENVELOPE_BIN_S,
    Epoch,
    Series,
    bin_edges,
    epoch_of,
    readings_of,
    rough_curve,
    track_curve,
)
from dyadkit.clock.lattice import phases
from dyadkit.clock.log import Mode, SyncLog
from dyadkit.clock.robust import slewing_walk, smooth_robustly
from dyadkit.clock.smoother import CrystalModel, Timeline, Track
from dyadkit.clock.stretches import reference_stretch, silent_stretch, stretch_of

_MIN_EXCHANGES = 6


def solve(log: SyncLog) -> ClockMap:
    """Clock map of a whole session.

    Session time is the host's clock, or in the field wearable A's first boot, counted from
    `log.start_ns` (by default the first exchange).
    """
    contacts = contacts_of(log)
    usable = [c for c in contacts if not c.repeated and len(c.exchanged_s) >= _MIN_EXCHANGES]
    stretches = [silent_stretch(contact) for contact in contacts if contact.repeated]
    if usable:
        first_boot = min(contact.reference_boot for contact in usable)
        epoch = epoch_of([c for c in usable if c.reference_boot == first_boot])
        stretches += solve_epoch(epoch, log.mode)
        if log.mode is Mode.FIELD:
            stretches.append(reference_stretch("a", first_boot))
        start_s = epoch.knots_s[0] if log.start_ns is None else log.start_ns * 1e-9
        stretches = [replace(s, session_s=s.session_s - start_s) for s in stretches]
    return ClockMap(tuple(stretches))


def solve_epoch(epoch: Epoch, mode: Mode) -> list[Stretch]:
    """One stretch per contact of an epoch."""
    model = CrystalModel()
    curves = [rough_curve(contact) for contact in epoch.contacts]
    envelope = [
        _envelope(contact, curve) for contact, curve in zip(epoch.contacts, curves, strict=True)
    ]
    track = _track(epoch, envelope, model)
    if mode is not Mode.USB:
        grid = [_grid(epoch, i, track_curve(epoch, i, track)) for i in range(len(epoch.contacts))]
        track = _track(epoch, grid, model)
    return [stretch_of(epoch, i, track, model) for i in range(len(epoch.contacts))]


def _track(epoch: Epoch, series: list[Series], model: CrystalModel) -> Track:
    readings = readings_of(epoch, series)
    timeline = Timeline(epoch.knots_s, epoch.restarts, np.zeros(0))
    timeline = replace(timeline, reference_walk=slewing_walk(readings, timeline, model))
    return smooth_robustly(readings, timeline, model)[0]


def _envelope(contact: Contact, curve: OffsetCurve) -> Series:
    found = squeeze(contact, curve, bin_edges(contact, ENVELOPE_BIN_S))
    return found.at_s, found.offset_s, np.maximum(found.sd_s, 0.03e-3)


def _grid(epoch: Epoch, i: int, curve: OffsetCurve) -> Series:
    found = phases(epoch.contacts[i], curve, epoch.knots_s)
    return found.at_s, found.offset_s, np.maximum(found.sd_s, 0.03e-3)
