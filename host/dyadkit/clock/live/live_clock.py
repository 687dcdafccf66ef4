"""The live clock: what is knowable at each moment, from the same evidence span by span.

A span closes every 20 s; its readings update the filter, and from there each clock runs on by
its crystal until the next. The live view feeds it; `causal` replays a log through it.
"""

from dataclasses import replace

import numpy as np

from dyadkit.clock.clockmap import ClockMap, Stretch
from dyadkit.clock.estimate.levels import Level, late_s, levels_of, role_sd_s
from dyadkit.clock.estimate.reference_boot import KNOT_S, rough_curve
from dyadkit.clock.estimate.smoother import CrystalModel, Filter
from dyadkit.clock.estimate.stretches import (
    REACH_S,
    counted_from,
    own_covariance,
    reference_stretch,
)
from dyadkit.clock.evidence.contact import Contact, contacts_of
from dyadkit.clock.evidence.envelope import OffsetCurve, Squeeze, squeeze
from dyadkit.clock.evidence.lattice import Phases, phases
from dyadkit.clock.evidence.series import SD_FLOOR_S, jitter_of
from dyadkit.clock.live.belief import learn, widened_s
from dyadkit.clock.live.wearable import SpanReading, StraightPiece, WearableClock
from dyadkit.clock.log import Clock, LinkLog, Mode, SyncLog
from dyadkit.dyad.arrays import ArrayLike, Floats
from dyadkit.dyad.traces import PERSONS, PersonName

_SPANS = 3
"""A closing span sees this many spans back: the envelope needs a minute."""
_FIRST_PARTS = 4
_MIN_EXCHANGES = 4
_EARLY_SPANS = 6


class LiveClock:
    """Clock map of a session that is still running.

    Feed it the rows of each link as they arrive (`add`), tell it the time (`advance`), ask it
    where a reading belongs (`to_session`). One object per power-on of the reference clock: the
    host, or in the field wearable A. It remembers a minute of rows and two hours of habits.

    Examples
    --------
    >>> from pathlib import Path
    >>> from dyadkit.sessions.sync_log import read_log
    >>> log = read_log(Path("session-12"))
    >>> live = LiveClock(log)
    >>> live.add(log.links[0])
    >>> live.advance(now_s=60.0)
    >>> live.to_session("a", 1, 60_000_000)[0].round(3)
    array([56.799])
    """

    def __init__(self, about: SyncLog, reference_boot: int = 0) -> None:
        """`about` gives mode, start and payload sizes; its links are not used."""
        self._about = about
        self._boot = reference_boot
        persons: tuple[PersonName, ...] = ("b",) if about.mode is Mode.FIELD else PERSONS
        self._clocks = [WearableClock(person) for person in persons]
        self._links: dict[tuple[Clock, PersonName], LinkLog] = {}
        self._filter: Filter | None = None
        self._closed_s = float("nan")
        self.start_s = float("nan") if about.start_ns is None else about.start_ns * 1e-9
        self._spans_closed = 0
        self._level = [Level(0.0, float("nan")) for _ in self._clocks]

    def add(self, link: LinkLog) -> None:
        """New rows of one link, in any number."""
        key = (link.central, link.peripheral)
        known = self._links.get(key)
        self._links[key] = link if known is None else known.joined(link)

    def advance(self, now_s: float) -> None:
        """Use everything up to `now_s` on the reference clock."""
        if not np.isfinite(self._closed_s):
            seen = [link.span_s[0] for link in self._links.values() if len(link.exchanges)]
            if not seen:
                return
            self._closed_s = min(seen)
            self.start_s = self._closed_s if np.isnan(self.start_s) else self.start_s
        while self._closed_s + KNOT_S <= now_s:
            self._closed_s += KNOT_S
            self._close(self._closed_s)

    def to_session(
        self, person: PersonName, boot: ArrayLike, device_us: ArrayLike
    ) -> tuple[Floats, Floats]:
        """Session times and 95 % half-widths, each as known when its reading was taken."""
        return self.clock_map().to_session(person, boot, device_us)

    def clock_map(self) -> ClockMap:
        """Everything known so far."""
        return ClockMap(tuple(counted_from(self.start_s, self.stretches())))

    def stretches(self) -> list[Stretch]:
        """Everything known so far, on the reference clock's own time."""
        found = [stretch for clock in self._clocks for stretch in clock.stretches()]
        if self._about.mode is Mode.FIELD and found:
            found.append(reference_stretch("a", self._boot))
        return found

    def _close(self, until_s: float) -> None:
        """Read the span that just ended, learn from it, and write how the clocks go on."""
        self._spans_closed += 1
        window = []
        for key, link in self._links.items():
            self._links[key] = link.between(until_s - _SPANS * KNOT_S, np.inf)
            window.append(self._links[key].between(-np.inf, until_s))
        contacts = contacts_of(replace(self._about, links=tuple(window)))
        fresh = _freshest(contacts, self._boot, until_s - KNOT_S)
        if not fresh:
            return
        if self._filter is None:
            self._filter = Filter(len(self._clocks), until_s, CrystalModel())
        state = self._filter
        state.advance(until_s, state.model.reference_walk)
        learn(state, self._clocks, [r for c in fresh for r in self._read(state, c, until_s)])
        self._write(state)

    def _read(self, state: Filter, contact: Contact, until_s: float) -> list[SpanReading]:
        """The span's readings: from the lattice, or once a minute from the envelope.

        1. A new boot restarts the clock before anything is read: offsets are relative to its base.
        2. A cable has no lattice; its envelope is good enough within one span.
        3. A clock that knows nothing yet sees its one span in four parts, and takes all of them: a
           first short contact has to tell the skew, too. Later only the newest bin is new; the
           two before it help it to an interval and a drift.
        4. No lattice in the newest bin: the envelope of the last minute, once a minute, because it
           needs so many packets. A clock that knows nothing takes it at once.
        5. The first lattice after envelopes stands on another level, by what receivers are late:
           the clock begins anew on it.
        6. Once a minute envelope and lattice are compared, for `_levels`; not on a slow path, which
           moves the envelope by half and the lattice by all.
        """
        index = [clock.person for clock in self._clocks].index(contact.person)
        clock = self._clocks[index]
        clock.hear(contact, until_s - KNOT_S)
        if contact.boot != clock.boot:
            state.restart(index)
            clock.begin(
                contact.boot, float(np.median(contact.down.received_s - contact.down.sent_s))
            )
        curve = _curve(state, index, clock, contact)
        minute_s = np.array([until_s - _SPANS * KNOT_S, until_s])
        if contact.mode is Mode.USB:
            minute_s[0] = until_s - KNOT_S
            minute = squeeze(contact, curve, minute_s)
            return _envelope_readings(index, clock, minute, clock.slower_by_s(minute.room_s))
        minute = squeeze(contact, curve, minute_s)
        slow_s = clock.slower_by_s(minute.room_s)
        whole_minute = self._spans_closed % _SPANS == 0
        edges_s = np.linspace(minute_s[0], until_s, _SPANS + 1)
        if not clock.accepted:
            edges_s = np.linspace(until_s - KNOT_S, until_s, _FIRST_PARTS + 1)
        newest = len(edges_s) - 2 if clock.accepted else 0
        found = phases(contact, curve, edges_s, newest)
        if len(edges_s) - 2 not in found.bins:
            late_enough = whole_minute or not clock.accepted
            return _envelope_readings(index, clock, minute, slow_s) if late_enough else []
        if clock.accepted and not clock.jitters:
            state.restart(index)
            clock.accepted = 0
        if whole_minute and not slow_s:
            ahead_s = found.offset_s[-1] - curve(found.at_s[-1:])
            clock.apart_s.extend((minute.offset_s - curve(minute.at_s) - ahead_s).tolist())
            clock.claimed_s.extend(minute.sd_s.tolist())
        clock.jitters.append(jitter_of(found))
        clock.interval_s = float(found.interval_s[-1])
        return _lattice_readings(index, clock, found, slow_s)

    def _write(self, state: Filter) -> None:
        """New pieces for every wearable in contact within reach."""
        if self._spans_closed % _SPANS == 0 or self._spans_closed < _EARLY_SPANS:
            self._level = self._levels()
        for index, (clock, level) in enumerate(zip(self._clocks, self._level, strict=True)):
            received = clock.accepted and state.at_s - clock.received_s < REACH_S
            if clock.boot is None or not received or np.isnan(level.systematic_s):
                continue
            offset_s, skew = state.mean[2 * index : 2 * index + 2].tolist()
            own = own_covariance(state.covariance[None], index)[0]
            walk = state.model.forecast_walk / 3
            clock.pieces.append(
                StraightPiece(
                    boot=clock.boot,
                    at_s=state.at_s,
                    offset_s=offset_s + clock.base_s + level.shift_s,
                    skew=skew,
                    variance=np.array([own[0, 0], 2 * own[0, 1], own[1, 1], walk]),
                    systematic_s=widened_s(level.systematic_s, clock, state),
                    received_s=clock.received_s,
                    exchanged_s=clock.exchanged_s,
                    interval_s=clock.interval_s,
                )
            )
            clock.exchanged_s, clock.interval_s = np.empty(0), float("nan")

    def _levels(self) -> list[Level]:
        """Where between lattice and envelope each wearable's clock stands by now."""
        jitters = [clock.jitter() for clock in self._clocks]
        late = [late_s(self._about.mode, j) if j is not None else 0.0 for j in jitters]
        compared = [clock.comparison(s) for clock, s in zip(self._clocks, late, strict=True)]
        alive = [i for i, clock in enumerate(self._clocks) if clock.boot is not None]
        found = levels_of(
            self._about.mode,
            [jitters[i] for i in alive],
            [compared[i] for i in alive],
            role_sd_s=role_sd_s(self._about),
        )
        levels = dict(zip(alive, found, strict=True))
        unknown = Level(0.0, float("nan"))
        placed = [levels.get(i, unknown) for i in range(len(self._clocks))]
        return [replace(x, shift_s=x.shift_s - s) for x, s in zip(placed, late, strict=True)]


def _lattice_readings(
    index: int, clock: WearableClock, found: Phases, slow_s: float
) -> list[SpanReading]:
    """The newest bin, or all of them for a clock that knows nothing yet."""
    first = 0 if not clock.accepted else len(found.bins) - 1
    sd_s = np.maximum(found.sd_s, SD_FLOOR_S)
    offset_s = found.offset_s - clock.base_s
    return [
        SpanReading(index, float(found.at_s[k]), float(offset_s[k]), float(sd_s[k]) ** 2, slow_s)
        for k in range(first, len(found.bins))
    ]


def _envelope_readings(
    index: int, clock: WearableClock, found: Squeeze, slow_s: float
) -> list[SpanReading]:
    sd_s = np.maximum(1.5 * found.sd_s, SD_FLOOR_S)
    offset_s = found.offset_s - clock.typically_apart_s() - clock.base_s
    return [
        SpanReading(index, float(found.at_s[k]), float(offset_s[k]), float(sd_s[k]) ** 2, slow_s)
        for k in range(len(found.bins))
    ]


def _freshest(contacts: list[Contact], boot: int, since_s: float) -> list[Contact]:
    """The latest contact of each wearable that exchanged times since."""
    latest: dict[PersonName, Contact] = {}
    for contact in sorted(contacts, key=lambda contact: float(contact.exchanged_s[-1])):
        received = contact.reference_boot == boot and contact.exchanged_s[-1] >= since_s
        if received and not contact.repeated and len(contact.exchanged_s) >= _MIN_EXCHANGES:
            latest[contact.person] = contact
    return list(latest.values())


def _curve(state: Filter, index: int, clock: WearableClock, contact: Contact) -> OffsetCurve:
    """Where the clock's offset is expected around now."""
    if not clock.accepted:
        return rough_curve(contact)
    offset_s, skew = state.mean[2 * index : 2 * index + 2].tolist()
    at_s, level_s = state.at_s, offset_s + clock.base_s
    return lambda times_s: level_s + skew * (times_s - at_s)
