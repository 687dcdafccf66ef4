"""The wearable as a whole: everything is built here once and handed down.

What runs when: each sensor has a task that drains it, the recorder writes to flash, the sender
empties the lanes into the radio, the timekeeper answers probes, the conversation hears the host,
the supervisor watches them all. Skin conductance is paced by a hardware timer besides.
"""

import asyncio
import binascii
import random
import time

import bluetooth

from dyadwire import MAJOR, MINOR, frames, messages, streams
from dyadwire.states import RECORDING, SAFE
from dyadwire.ticks import DeviceClock
from wearable import board, recorder, settings, states, supervisor
from wearable.conversation import Conversation
from wearable.lanes import Lanes
from wearable.life import Life
from wearable.radio import Radio
from wearable.recorder import Recorder
from wearable.sampler import Sampler
from wearable.sensors import max3010x, skin
from wearable.supervisor import Supervisor
from wearable.timekeeper import Timekeeper

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from wearable.board import Board
    from wearable.settings import Settings
    from wearable.supervisor import Heart

VERSION = "0.1.0"
TICKS_US: "Callable[[], int]" = time.ticks_us  # type: ignore[assignment] # stubs hide the int
ALL_STREAMS = 0xFFFFFFFF
STATUS_EACH_MS = 10_000
LOOK_AT_FLASH_EACH_MS = 500


def run() -> None:
    """Be a wearable until the power goes; a failure is written down and the wearable restarts."""
    life = Life()
    life.begin()
    try:
        given = settings.load()
        asyncio.run(Wearable(given, life, board.Board(given.board)).run())
    except Exception as error:  # noqa: BLE001 - the last line of defence: note it and start over
        supervisor.note_crash(error)
    life.crashes += 1
    life.save()
    board.reset()


class Wearable:
    """All parts of one device."""

    def __init__(self, given: "Settings", life: Life, hardware: "Board") -> None:
        self.settings = given
        self.life = life
        self.hardware = hardware
        self.address = board.address()
        self.clock = DeviceClock(TICKS_US)
        self.condition = states.Condition()
        self.recorder = Recorder(life.boot, given.flash_reserve_kib)
        self.radio = Radio(bluetooth.BLE(), self._name(), TICKS_US)
        self.lanes = Lanes(life.boot, self.clock)
        self.timekeeper = Timekeeper(self.lanes, life.boot, self.clock)
        self.conversation = Conversation(self)
        self.supervisor = Supervisor(life, self.report)
        self.samplers: list[Sampler] = []
        self._boot_random = random.getrandbits(32)
        self._timer: Any = None

    async def run(self) -> None:
        """Start every task; returns only by an exception."""
        self.radio.start()
        if self.life.crashes >= supervisor.MOST_CRASHES:
            self.condition.move(states.CRASHED_THRICE)
        else:
            self._find_sensors()
        run_task = self.supervisor.run_task
        run_task("conversation", 5_000, self.conversation.listen)
        run_task("backfill", 5_000, self.conversation.backfill)
        run_task("sender", 5_000, self.lanes.run)
        run_task("timekeeper", 5_000, self.timekeeper.run)
        run_task("recorder", 20_000, self._record)
        run_task("status", 30_000, self._tell_status)
        for sampler in self.samplers:
            run_task(streams.NAMES[sampler.source.streams[0]], 5_000, self._sampling(sampler))
        self._tell_last_crash()
        if self.life.session and self.condition.state != SAFE:
            self.start(self.life.session, self.life.streams)
        await self.supervisor.watch(self.hardware.watchdog())

    def start(self, session: int, wanted: int) -> None:
        """Record this session; the same session again changes nothing.

        Raises
        ------
        NotNowError
            the present state does not allow it
        """
        was = self.condition.state
        self.condition.move(states.START)
        if was != RECORDING:
            for sampler in self.samplers:
                sampler.source.start()
            self._begin_conversions()
        if (session, wanted) != (self.life.session, self.life.streams):
            self.life.session = session
            self.life.streams = wanted
            self.life.save()

    def stop(self) -> None:
        """End the recording: all samples taken so far go to flash and link."""
        self.condition.move(states.STOP)
        if self._timer is not None:
            self._timer.deinit()
            self._timer = None
        for sampler in self.samplers:
            sampler.sample()
            sampler.flush()
            sampler.source.stop()
        self.recorder.flush()
        self.lanes.wake()
        if self.life.session:
            self.life.session = 0
            self.life.save()

    def set_live(self, is_live: bool) -> None:  # noqa: FBT001 - a fact handed on, not an option
        """Let blocks end with each drain while a host listens."""
        for sampler in self.samplers:
            sampler.live = is_live

    def report(self, code: int, text: str) -> None:
        """Tell of a fault, now and in flash."""
        self._note(messages.Fault(self.clock.now_us(), code, text.encode()[:200]))

    def hello(self) -> messages.Hello:
        """Who this is and which boot."""
        return messages.Hello(
            MAJOR,
            MINOR,
            self.life.boot,
            self._boot_random,
            self.address,
            self.condition.state,
            VERSION.encode()[:4],
        )

    def introduction(self) -> "list[messages.Message]":
        """What a host needs to read this wearable's streams."""
        given = self.settings
        told: list[messages.Message] = []
        for sampler in self.samplers:
            for stream in sampler.source.streams:
                told.append(messages.StreamInfo(stream, *_rate_and_unit(stream, given)))
        told.append(messages.Calibration(0, 0, 0, 0, 0))
        return told

    def status(self) -> messages.Status:
        """How this wearable is."""
        lanes = self.lanes
        return messages.Status(
            self.clock.now_us(),
            self.condition.state,
            messages.NO_BATTERY,
            messages.NO_TEMPERATURE,
            self.recorder.free_kib(),
            self.recorder.used_kib(),
            lanes.live.waiting() + lanes.backfill.waiting(),
            sum(sampler.lost for sampler in self.samplers),
        )

    def _name(self) -> str:
        return self.settings.name or "dyad-" + binascii.hexlify(self.address[-2:]).decode()

    def _find_sensors(self) -> None:
        """Make a sampler for each sensor that answers; report those that do not."""
        given = self.settings
        bus = self.hardware.bus()
        period_us = 1_000_000_000 // given.ppg_rate_millihz
        rhythm = skin.Rhythm(given.eda_pair_hz, given.eda_pairs_per_output, given.eda_pairs_per_sum)
        sources = (
            max3010x.Max3010x(bus, max3010x.optics(given), TICKS_US, period_us),
            skin.Skin(bus, rhythm, TICKS_US),
        )
        sinks = (self.recorder.append, self.lanes.put_live)
        for source in sources:
            if source.is_there():
                self.samplers.append(Sampler(source, self.life.boot, self.clock, sinks))
            else:
                name = streams.NAMES[source.streams[0]]
                self.report(messages.SENSOR_FAULT, "no sensor for " + name)

    def _begin_conversions(self) -> None:
        for sampler in self.samplers:
            convert = getattr(sampler.source, "convert", None)
            if convert is not None:
                self._timer = self.hardware.call_at_rate(2 * self.settings.eda_pair_hz, convert)

    def _sampling(self, sampler: Sampler) -> "Any":
        async def sample(heart: "Heart") -> None:
            while True:
                heart.beat()
                await asyncio.sleep_ms(self.settings.live_ms)
                if self.condition.state == RECORDING:
                    sampler.sample()
                    self.lanes.wake()

        return sample

    async def _record(self, heart: "Heart") -> None:
        flushed_ms = time.ticks_ms()
        while True:
            heart.beat()
            await asyncio.sleep_ms(LOOK_AT_FLASH_EACH_MS)
            late_ms = time.ticks_diff(time.ticks_ms(), flushed_ms)
            if self.recorder.is_due():
                flushed_ms = time.ticks_ms()
                self.recorder.write_page()
            elif late_ms >= recorder.FLUSH_EACH_MS:
                flushed_ms = time.ticks_ms()
                self.recorder.flush()

    async def _tell_status(self, heart: "Heart") -> None:
        while True:
            heart.beat()
            await asyncio.sleep_ms(STATUS_EACH_MS)
            if self.lanes.is_linked():
                self.lanes.say(self.status())

    def _tell_last_crash(self) -> None:
        text = supervisor.last_crash()
        if text:
            self.report(messages.CRASH, text[-200:])

    def _note(self, message: "messages.Message") -> None:
        """Keep a message in flash and tell it if someone listens."""
        framed = frames.frame(message.KIND, messages.pack(message))
        self.recorder.append(bytearray(framed), len(framed))
        if self.lanes.is_linked():
            self.lanes.say(message)


def _rate_and_unit(stream: int, given: "Settings") -> tuple[int, int, int]:
    """Rate in millihertz, and numerator and denominator of the unit of one count."""
    if stream in skin.Skin.streams:
        converter = skin.CURRENT if stream == streams.EDA_CURRENT else skin.VOLTAGE
        counts_per_volt = (skin.FULL_SCALE + 1) * given.eda_pairs_per_sum * 1000
        rate_millihz = given.eda_pair_hz * 1000 // given.eda_pairs_per_output
        return rate_millihz, 1, counts_per_volt // converter.full_scale_mv
    return given.ppg_rate_millihz, 1, 1
