"""One person as known now: what their wearable sent, read as it comes."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from dyadkit.analysis.findings import RATE_HZ
from dyadkit.capture.preflight import LATELY_S, MIN_QUALITY, PULSE
from dyadkit.decoding.conductance import conductance_of_counts
from dyadkit.decoding.messages import firmware_of, message_of
from dyadkit.decoding.samples import unpack_samples
from dyadkit.devices.health import failed_checks
from dyadkit.dyad.arrays import Floats, Ints
from dyadkit.dyad.traces import PersonName
from dyadkit.live.bodies.drawn import Lanes, LaneSlice
from dyadkit.live.bodies.pulse import PulseStretch
from dyadkit.live.bodies.skin import SkinStretch
from dyadkit.live.bodies.timing import LiveTiming
from dyadkit.sessions.placing import NOT_SKIN
from dyadkit.signals.contact import MAX3010X
from dyadwire import messages, streams
from dyadwire.errors import WireError

PULSE_EACH = 2
"""Every second sample is drawn: 50 Hz of a pulse that holds nothing above 8 Hz."""
RECENT_S = 60.0
"""Losses, and responses a minute, are counted over the last minute."""
UNCLEAR_S = 30
"""Seconds that a light looks back for how clear the pulse was."""
MIN_JUDGED_S = 10
"""Before, nothing is said of how clear it is: a detector's first seconds are never clear."""
_OFF_PULSE = streams.NO_CONTACT | streams.SATURATED | streams.SENSOR_FAULT


@dataclass
class Vitals:
    """What is known of one person now; NaN and None where nothing is.

    bpm, usiemens, responses_a_minute : heart rate, skin conductance, and its responses
    clear : share of the last seconds whose pulse is clear, 0 to 1
    pulse_off_s, skin_off_s : for how long a sensor has not touched the skin; 0 while it does
    lost : share of the last minute's samples that are not here, fetched later or not, 0 to 1
    missing_s : seconds of this boot's pulse that are not here (yet)
    fetched_s : of them, that came from flash meanwhile
    bound_s : 95 % half-width of session times
    battery_hours : at the rate it fell so far
    """

    bpm: float = float("nan")
    usiemens: float = float("nan")
    responses_a_minute: float = float("nan")
    clear: float = float("nan")
    pulse_off_s: float = 0.0
    skin_off_s: float = 0.0
    lost: float = 0.0
    missing_s: float = 0.0
    fetched_s: float = 0.0
    bound_s: float = float("nan")
    battery_percent: int | None = None
    battery_hours: float = float("nan")
    flash_hours: int | None = None
    sign: int = 0
    wearable: str = ""
    firmware: str = ""
    failed_checks: tuple[str, ...] | None = None


class DecidedSeries:
    """One person's series on the session's 4 Hz grid, as it is decided; NaN where it is not.

    decided : grid points below this one are decided, or will never be
    """

    def __init__(self) -> None:
        self.values = np.full(4096, np.nan)
        self.decided = 0

    def put(self, part: LaneSlice) -> LaneSlice:
        """Take decided points; gives those that are known now and were not before.

        A stretch says of a gap that nothing is known there; what is fetched later knows.
        """
        if not len(part.times_s):
            return part
        first = max(0, round(float(part.times_s[0]) * RATE_HZ))
        stop = first + len(part.times_s)
        if stop > len(self.values):
            room = np.full(max(2 * len(self.values), stop), np.nan)
            self.values = np.concatenate([self.values, room[len(self.values) :]])
        is_new = np.isnan(self.values[first:stop]) & np.isfinite(part.values)
        self.values[first:stop][is_new] = part.values[is_new]
        self.decided = max(self.decided, stop)
        return LaneSlice(part.times_s[is_new], part.values[is_new])


@dataclass
class _Contact:
    """Since when a sensor has been off, and when its last block came."""

    off_since_s: float = float("nan")
    last_s: float = float("nan")

    def note(self, at_s: float, is_off: bool) -> None:  # noqa: FBT001 - what a block says
        self.last_s = at_s
        if not is_off:
            self.off_since_s = float("nan")
        elif np.isnan(self.off_since_s):
            self.off_since_s = at_s

    def off_s(self) -> float:
        return 0.0 if np.isnan(self.off_since_s) else max(self.last_s - self.off_since_s, 0.001)


@dataclass
class _Count:
    """Blocks of the pulse's present boot: how many should be here, how many are.

    By their own numbers: samples that a sensor lost are in no block, and nothing brings them.
    """

    first: int
    next: int
    here: int = 0
    late: int = 0
    size: int = 0
    recent: deque[tuple[float, int, int]] = field(default_factory=deque)

    def note(self, at_s: float, block: messages.Block) -> None:
        self.here += 1
        self.late += block.sequence < self.next
        self.next = max(self.next, block.sequence + 1)
        self.size = max(self.size, block.count)
        self.recent.append((at_s, self.next, self.here))
        while self.recent[0][0] < at_s - RECENT_S:
            self.recent.popleft()

    def missing(self) -> int:
        return max(0, self.next - self.first - self.here) * self.size

    def lost(self) -> float:
        due = self.recent[-1][1] - self.recent[0][1]
        came = self.recent[-1][2] - self.recent[0][2]
        return max(0.0, 1 - came / due) if due > 0 else 0.0


class LivePerson:
    """One wearable's messages as they come, and what they say of who wears it.

    `lanes` gets what is drawn; `series` what coupling is looked for in.
    """

    def __init__(self, person: PersonName, timing: LiveTiming, lanes: Lanes) -> None:
        self.person = person
        self.vitals = Vitals()
        self.series = {"eda": DecidedSeries(), "heart_rate": DecidedSeries()}
        self._level = DecidedSeries()
        self.latest_us: dict[tuple[PersonName, int], int] = {}
        self._timing, self._lanes = timing, lanes
        self._infos: dict[int, messages.StreamInfo] = {}
        self._calibration: messages.Calibration | None = None
        self._boot = -1
        self._pulses: list[PulseStretch] = []
        self._skins: list[SkinStretch] = []
        self._colour = 0
        self._halves: dict[int, dict[int, tuple[messages.Block, Ints]]] = {
            streams.EDA_CURRENT: {},
            streams.EDA_VOLTAGE: {},
        }
        self._count: _Count | None = None
        self._pulse_contact, self._skin_contact = _Contact(), _Contact()
        self._responses_s: deque[float] = deque()
        self._trust: deque[float] = deque(maxlen=UNCLEAR_S)
        self._charge: deque[tuple[float, int]] = deque()
        self._usiemens = (float("nan"), float("nan"))
        self._take: dict[type, Callable[[Any, int], None]] = {
            messages.Hello: self._take_hello,
            messages.StreamInfo: self._take_info,
            messages.Calibration: self._take_calibration,
            messages.Sent: self._take_sent,
            messages.Block: self._take_block,
            messages.Status: self._take_status,
            messages.SelfTest: self._take_test,
        }

    def take(self, host_ns: int, framed: bytes) -> None:
        """Take a frame of the wearable."""
        message = message_of(framed)
        act = self._take.get(type(message))
        if act is not None:
            act(message, host_ns)

    def tick(self, now_s: float) -> None:
        """Bring `vitals` up to date; four times a second is enough."""
        found, live = self.vitals, self._pulses[-1] if self._pulses else None
        found.bpm = live.bpm(now_s) if live else float("nan")
        found.sign = live.sign if live else 0
        at_s, usiemens = self._usiemens
        found.usiemens = usiemens if now_s - at_s <= LATELY_S else float("nan")
        found.bound_s = self._timing.bound_s(self.person, self._boot)
        found.pulse_off_s, found.skin_off_s = (
            self._pulse_contact.off_s(),
            self._skin_contact.off_s(),
        )
        while self._responses_s and self._responses_s[0] < now_s - RECENT_S:
            self._responses_s.popleft()
        found.responses_a_minute = float(len(self._responses_s))
        self._count_losses()

    def look(self) -> None:
        """Judge the pulse of the last seconds; once a second."""
        if not self._pulses:
            return
        self._pulses[-1].look()
        trust = self._pulses[-1].trust
        if len(trust) > 1:  # of the last second half may be missing still
            self._trust.append(float(trust[-2]))
        if len(self._trust) >= MIN_JUDGED_S:
            self.vitals.clear = float(np.mean(np.array(self._trust) >= MIN_QUALITY))

    def _count_losses(self) -> None:
        count, info = self._count, self._infos.get(self._colour)
        if count is None or info is None:
            return
        rate_hz = info.rate_millihz / 1000
        self.vitals.lost = count.lost()
        self.vitals.missing_s = count.missing() / rate_hz
        self.vitals.fetched_s = count.late * count.size / rate_hz

    def _take_hello(self, hello: messages.Hello, _: int) -> None:
        if hello.boot != self._boot:
            self._boot = hello.boot
            self._pulses, self._skins, self._count = [], [], None
            for half in self._halves.values():
                half.clear()
        self.vitals.wearable, self.vitals.firmware = hello.wearable.hex(), firmware_of(hello)

    def _take_info(self, info: messages.StreamInfo, _: int) -> None:
        self._infos[info.stream] = info
        self._colour = next((one for one in PULSE if one in self._infos), 0)

    def _take_calibration(self, calibration: messages.Calibration, _: int) -> None:
        self._calibration = calibration

    def _take_sent(self, sent: messages.Sent, host_ns: int) -> None:
        self._timing.sent(self.person, sent.boot, sent.sent_us, host_ns)
        self.latest_us = {(self.person, sent.boot): sent.sent_us}

    def _take_test(self, test: messages.SelfTest, _: int) -> None:
        self.vitals.failed_checks = failed_checks(test)

    def _take_status(self, status: messages.Status, host_ns: int) -> None:
        self.vitals.flash_hours = status.hours_left
        if status.battery_percent == messages.NO_BATTERY:
            return
        self.vitals.battery_percent = status.battery_percent
        at_h = host_ns / 3.6e12
        if not self._charge or status.battery_percent > self._charge[-1][1]:
            self._charge.clear()
            self._charge.append((at_h, status.battery_percent))
        elif status.battery_percent < self._charge[-1][1]:
            self._charge.append((at_h, status.battery_percent))
        self.vitals.battery_hours = _hours_left(self._charge)

    def _take_block(self, block: messages.Block, _: int) -> None:
        """Take samples of the pulse's colour or of skin; of a boot that ended nothing is drawn."""
        known = block.boot == self._boot and self._timing.knows(self.person, block.boot)
        if not known or block.stream not in self._infos:
            return
        if block.stream != self._colour and block.stream not in self._halves:
            return
        try:
            samples = unpack_samples(block.samples, np.array([block.count]))
        except WireError:
            return
        if block.stream == self._colour:
            self._take_pulse(block, samples)
        else:
            self._halves[block.stream][block.counter] = (block, samples)
            self._take_skin(block.counter)

    def _take_pulse(self, block: messages.Block, samples: Ints) -> None:
        at_s = self._timing.place_s(self.person, block.boot, block.stamp_us)
        if self._count is None:
            self._count = _Count(block.sequence, block.sequence)
        is_newest = block.sequence >= self._count.next
        self._count.note(at_s, block)
        if is_newest:
            self._pulse_contact.note(at_s, bool(block.status & _OFF_PULSE))
        stretch = self._pulse_stretch(block.counter)
        if stretch is None:
            return
        drawn = stretch.push(block.counter, samples.astype(float), at_s)
        shown = slice((-block.counter) % PULSE_EACH, None, PULSE_EACH)
        self._lanes.add(f"{self.person}/pulse", drawn.times_s[shown], drawn.values[shown])
        self._lanes.add(f"{self.person}/beats", *stretch.new_beats())
        rate = self.series["heart_rate"].put(stretch.new_heart_rate())
        self._lanes.add(f"{self.person}/heart_rate", *rate)

    def _pulse_stretch(self, counter: int) -> PulseStretch | None:
        """Where a block belongs: behind what it follows, or the first of a stretch of its own."""
        for one in reversed(self._pulses):
            if one.follows(counter):
                return one
        if any(counter < one.next <= counter + 1 for one in self._pulses):
            return None
        info = self._infos[self._colour]
        made = PulseStretch(info.rate_millihz / 1000, MAX3010X, counter)
        self._pulses.append(made)
        self._pulses.sort(key=lambda one: one.next)
        del self._pulses[:-8]
        return made

    def _take_skin(self, counter: int) -> None:
        """Take a block of conductance once both its voltages are here."""
        current, voltage = (half.pop(counter, None) for half in self._halves.values())
        if current is None or voltage is None or len(current[1]) != len(voltage[1]):
            for half, found in zip(self._halves.values(), (current, voltage), strict=True):
                if found is not None:
                    half[counter] = found
                    while len(half) > 64:
                        del half[next(iter(half))]
            return
        block = current[0]
        infos = self._infos[streams.EDA_CURRENT], self._infos[streams.EDA_VOLTAGE]
        usiemens = conductance_of_counts(current[1], voltage[1], infos, self._calibration)
        is_skin = not block.status & NOT_SKIN
        self._push_skin(block, usiemens if is_skin else np.full(len(usiemens), np.nan))

    def _push_skin(self, block: messages.Block, usiemens: Floats) -> None:
        at_s = self._timing.place_s(self.person, block.boot, block.stamp_us)
        stretch = next((one for one in reversed(self._skins) if one.follows(block.counter)), None)
        if stretch is None:
            stretch = SkinStretch(self._infos[block.stream].rate_millihz / 1000, block.counter)
            self._skins = sorted([*self._skins, stretch], key=lambda one: one.next)[-8:]
        if stretch is self._skins[-1]:
            self._skin_contact.note(at_s, bool(np.isnan(usiemens).all()))
            self._usiemens = at_s, float(usiemens[-1])
        drawn = stretch.push(block.counter, usiemens, at_s)
        each = max(1, round(self._infos[block.stream].rate_millihz / 1000 / RATE_HZ))
        shown = slice((-block.counter) % each, None, each)
        self._lanes.add(f"{self.person}/skin", drawn.times_s[shown], drawn.values[shown])
        level, conductance = stretch.new_series()
        self._lanes.add(f"{self.person}/scl", *self._level.put(level))
        self.series["eda"].put(conductance)
        responses = stretch.new_responses()
        self._lanes.add(f"{self.person}/scr", *responses)
        self._responses_s.extend(responses.times_s.tolist())


def _hours_left(charge: deque[tuple[float, int]]) -> float:
    """Hours at the rate at which a battery fell so far; NaN before it fell by two percent.

    One percent is what the gauge rounds by: after the first step nothing is known of the rate.
    """
    fallen = charge[0][1] - charge[-1][1] if charge else 0
    if fallen < 2:
        return float("nan")
    return (charge[-1][0] - charge[0][0]) / fallen * charge[-1][1]
