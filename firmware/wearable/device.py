"""The wearable as a whole: everything is built here once and handed down.

What runs when: each sensor has a task that drains it and a caretaker looks after all, the recorder
writes to flash, the sender empties the send queue into the radio, the timekeeper answers probes,
the conversation hears the host, the lamp blinks, the supervisor watches them all. Skin conductance
is paced by a hardware timer besides.
"""

import asyncio
import binascii
import random
import sys
import time

import bluetooth
from micropython import const

import slots
import wearable
from dyadwire import MAJOR, MINOR, frames, messages
from dyadwire.states import IDLE, RECORDING, SAFE, UPDATING
from dyadwire.ticks import DeviceClock
from wearable import (
    board,
    calibration,
    disk,
    lamp,
    recorder,
    settings,
    states,
    supervisor,
)
from wearable.boot_state import BootState
from wearable.button import LONG_MS, Button
from wearable.conversation import Conversation
from wearable.power import LOW_PERCENT
from wearable.radio import Peripheral
from wearable.recorder import Recorder
from wearable.send_queue import SendQueue
from wearable.sensing import Sensing
from wearable.supervisor import Supervisor
from wearable.timekeeper import Timekeeper
from wearable.writer import Writer

TYPE_CHECKING = const(0)
if TYPE_CHECKING:
    from collections.abc import Callable

    from wearable.board import Board
    from wearable.partner import PartnerSync
    from wearable.settings import Settings
    from wearable.supervisor import Heart
    from wearable.usb import Usb

VERSION = b"0.1"
TICKS_US: "Callable[[], int]" = time.ticks_us  # type: ignore[assignment] # stubs hide the int
_ALL_STREAMS = const(0xFFFFFFFF)
_STATUS_EACH_MS = const(10_000)
_USUAL_BYTES_PER_S = const(425)
_MEASURE_RATE_AFTER_S = const(60)


def run() -> None:
    """Be a wearable until the power goes; a failure is written down and the wearable restarts."""
    board.slow_down()
    disk.remount()
    boot_state = BootState()
    boot_state.crashes += board.was_stuck()
    boot_state.begin()
    wearable: Wearable | None = None
    try:
        given = settings.load()
        if boot_state.crashes >= supervisor.MAX_CRASHES:
            given = settings.safe(given)
        wearable = Wearable(given, boot_state, board.Board(given.board))
        asyncio.run(wearable.run())
    except KeyboardInterrupt:
        if wearable is not None:
            wearable.leave()
        raise  # to the prompt
    except Exception as error:  # noqa: BLE001 - the last line of defence: note it and start over
        supervisor.note_crash(error)
    boot_state.crashes += 1
    boot_state.save()
    board.reset()


class Wearable:
    """All parts of one device."""

    def __init__(self, given: "Settings", boot_state: BootState, hardware: "Board") -> None:
        self.settings = given
        self.boot_state = boot_state
        self.hardware = hardware
        self.address = board.address()
        self.clock = DeviceClock(TICKS_US)
        self.state_machine = states.StateMachine()
        self.recorder = Recorder(boot_state.boot, given.flash_reserve_kib)
        self.radio = Peripheral(bluetooth.BLE(), self._name(), self.address, TICKS_US)
        self.usb: Usb | None = None
        self.send_queue = SendQueue(boot_state.boot, self.clock)
        self.timekeeper = Timekeeper(self.send_queue, boot_state.boot, self.clock)
        self.partner: PartnerSync | None = None
        self.conversation = Conversation(self)
        self.supervisor = Supervisor(boot_state, self.report)
        self.calibration = calibration.load()
        self.sensing = Sensing(self, TICKS_US)
        self.recorder.before_hold = self.sensing.drain
        self.self_test = messages.SelfTest(0, 0, 0, 0, 0, 0)
        self._build = slots.build() or VERSION
        self._boot_random = random.getrandbits(32)
        self._began_us = self._began_bytes = 0

    async def run(self) -> None:
        """Start every task; returns only by an exception."""
        self.radio.start()
        if self.boot_state.crashes >= supervisor.MAX_CRASHES:
            self.state_machine.move(states.CRASHED_THRICE)
        else:
            self._look_at_itself()
        run_task = self.supervisor.run_task
        run_task("radio", 5_000, self.conversation.listening(self.radio))
        run_task("cable", 5_000, self._mind_cable)
        run_task("backfill", 5_000, self.conversation.backfill)
        run_task("sender", 5_000, self.send_queue.run)
        run_task("timekeeper", 5_000, self.timekeeper.run)
        run_task("writer", 20_000, Writer(self).run)
        run_task("status", 30_000, self._tell_status)
        run_task("sensors", 5_000, self.sensing.care)
        lit = self.hardware.lamp()
        if lit is not None:
            run_task("lamp", 20_000, lamp.Lamp(*lit, self._lamp_pattern).run)
        self._join_wire()
        self.join_partner()
        if self.hardware.pins.button is not None:
            run_task("button", 20_000, Button(self.hardware.watch_button, self.press).run)
        self._tell_last_crash()
        if self.settings.refused:
            self.report(messages.FLASH_FAULT, "not used: %s" % ", ".join(self.settings.refused))
        if self.boot_state.session and self.state_machine.state != SAFE:
            self.start(self.boot_state.session, self.boot_state.streams)
        await self.supervisor.watch(self.hardware.watchdog())

    def start(self, session: int, wanted: int) -> None:
        """Record this session; the same session again changes nothing.

        Raises
        ------
        NotNowError
            the present state does not allow it
        """
        was = self.state_machine.state
        self.state_machine.move(states.START)
        if was != RECORDING:
            self._look_again()
            self._began_us = self.clock.now_us()
            self._began_bytes = self.recorder.appended
            self.recorder.prepare()
            self.sensing.begin()
        if (session, wanted) != (self.boot_state.session, self.boot_state.streams):
            self.boot_state.session = session
            self.boot_state.streams = wanted
            self.boot_state.save()

    def stop(self) -> None:
        """End the recording: all samples taken so far go to flash and link."""
        was = self.state_machine.state
        self.state_machine.move(states.STOP)
        if was == RECORDING:
            self.sensing.end()
            self.recorder.end()
        self.send_queue.wake()
        if self.boot_state.session:
            self.boot_state.session = 0
            self.boot_state.save()

    def press(self, held_ms: int) -> None:
        """The button was let go: a mark, or if it was held long, begin or end a recording."""
        self.note_event(messages.BUTTON, held_ms)
        if held_ms < LONG_MS:
            return
        try:
            if self.state_machine.state == RECORDING:
                self.stop()
            else:
                self.start(random.getrandbits(30) + 1, _ALL_STREAMS)
        except states.NotNowError:
            pass  # the light tells why

    def join_partner(self) -> None:
        """Ask the other wearable of the dyad for the time, if there is one."""
        if self.partner is None and self.boot_state.partner != bytes(6):
            from wearable import partner  # only in the field: else the memory is spared

            self.partner = partner.PartnerSync(self, self.radio.as_central())
            self.supervisor.run_task("partner", 60_000, self.partner.run)

    def leave(self) -> None:
        """Give way to the prompt: what was sampled is in flash, nothing runs any more."""
        if self.state_machine.state == RECORDING:
            self.sensing.end()
        self.recorder.flush()
        self.hardware.give_prompt()

    def set_live(self, is_live: bool) -> None:  # noqa: FBT001 - a fact handed on, not an option
        """Let blocks end with each drain while a host listens."""
        for sampler in self.sensing.samplers:
            sampler.live = is_live

    def calibrate(self, constants: "messages.Calibration") -> None:
        """Use and keep these constants of the skin-conductance front end."""
        calibration.save(constants)
        self.calibration = constants
        self.sensing.skin.calibrate(constants.zero_current_nv)

    def report(self, code: int, text: str) -> None:
        """Tell of a fault, now and in flash."""
        self.note(messages.Fault(self.clock.now_us(), code, text.encode()[:200]))

    def note_event(self, code: int, value: int) -> None:
        """Tell of something that happened, now and in flash."""
        self.note(messages.Event(self.clock.now_us(), code, value))

    def note(self, message: "messages.Message") -> None:
        """Keep a message in flash and tell it if someone listens."""
        framed = frames.frame(message.KIND, messages.pack(message))
        self.recorder.append(bytearray(framed), len(framed))
        if self.send_queue.is_linked():
            self.send_queue.say(message)

    def _note_fall(self, fall: "messages.Message") -> None:
        """Tell of the wire while recording; at other times a host may be copying flash."""
        if self.state_machine.state == RECORDING:
            self.note(fall)

    def hours_left(self) -> int:
        """Whole hours of recording that fit into flash, at the rate of the present one."""
        seconds = (self.clock.now_us() - self._began_us) // 1_000_000
        rate = _USUAL_BYTES_PER_S
        if self.state_machine.state == RECORDING and seconds >= _MEASURE_RATE_AFTER_S:
            rate = (self.recorder.appended - self._began_bytes) // seconds
        return recorder.hours_left(self.recorder.free_kib(), rate)

    def hello(self) -> messages.Hello:
        """Who this is and which boot."""
        return messages.Hello(
            MAJOR,
            MINOR,
            self.boot_state.boot,
            self._boot_random,
            self.address,
            self.state_machine.state,
            self._build,
        )

    def introduction(self) -> "list[messages.Message]":
        """What a host needs to read this wearable's streams."""
        if self.state_machine.state == IDLE:
            self._look_again()
        introduced: list[messages.Message] = []
        for sampler in self.sensing.samplers:
            for stream in sampler.source.streams:
                introduced.append(
                    messages.StreamInfo(stream, *sampler.source.rate_and_unit(stream))
                )
        introduced.append(self.calibration)
        introduced.append(self.self_test)
        return introduced

    def status(self) -> messages.Status:
        """How this wearable is."""
        send_queue = self.send_queue
        return messages.Status(
            self.clock.now_us(),
            self.state_machine.state,
            self.sensing.power.percent,
            self.sensing.ppg.temperature_centi,
            self.recorder.free_kib(),
            self.recorder.used_kib(),
            send_queue.live.waiting() + send_queue.backfill.waiting(),
            self.sensing.lost(),
            min(self.hours_left(), 0xFFFF),
            self.recorder.wear_permille(self.boot_state.written_kib),
            self.sensing.ppg.rate_millihz,
        )

    def _name(self) -> str:
        return self.settings.name or "dyad-" + binascii.hexlify(self.address[-2:]).decode()

    def _look_at_itself(self) -> None:
        """Find the sensors, test what can be tested, report what failed."""
        self.sensing.find()
        self.sensing.skin.calibrate(self.calibration.zero_current_nv)
        self._test_itself()

    def _look_again(self) -> None:
        """Find what was missing at boot: a cable is in its place now."""
        if self.sensing.look_again():
            self._test_itself()

    def _test_itself(self) -> None:
        from wearable import selftest  # needed now only: its memory is given back

        self.self_test = selftest.run(self)
        del sys.modules[selftest.__name__], wearable.selftest
        self.note(self.self_test)
        failed = self.self_test.failed & messages.CHECKS_OF_HARDWARE
        if failed:
            self.report(messages.SENSOR_FAULT, "self-test failed: checks 0x%x" % failed)

    def _lamp_pattern(self) -> tuple[int, int]:
        """What the lamp shows."""
        state = self.state_machine.state
        if state in (SAFE, UPDATING):
            return lamp.SAFE if state == SAFE else lamp.UPDATING
        has_failed = self.self_test.failed & messages.CHECKS_OF_HARDWARE
        if has_failed or self.sensing.is_any_silent() or self.recorder.is_full:
            return lamp.FAULT
        power = self.sensing.power
        if power.has_usb and not self.settings.bench:
            return lamp.USB
        if power.percent < LOW_PERCENT:
            return lamp.LOW_BATTERY
        if state == RECORDING:
            return lamp.RECORDING if self.send_queue.is_live else lamp.RECORDING_ALONE
        return lamp.LINKED if self.send_queue.is_linked() else lamp.WAITING

    async def _mind_cable(self, heart: "Heart") -> None:
        """Talk over the cable once something comes over it."""
        heart.rest()
        lines = self.hardware.cable()
        await asyncio.StreamReader(lines[0]).readinto(bytearray(0))
        from wearable import usb  # a worn wearable keeps the memory

        self.usb = usb.Usb(lines, TICKS_US)
        await self.conversation.listening(self.usb)(heart)

    async def _tell_status(self, heart: "Heart") -> None:
        while True:
            heart.beat()
            await asyncio.sleep_ms(_STATUS_EACH_MS)
            if self.send_queue.is_linked():
                self.send_queue.say(self.status())
            else:
                self.radio.calm_down()

    def _join_wire(self) -> None:
        """Take part in the clock bench, if the settings say so."""
        if self.settings.sync_wire:
            from wearable import clock_bench  # on the bench only: a worn wearable keeps the memory

            sync_wire = clock_bench.SyncWire(self.clock, TICKS_US, self._note_fall)
            pin = self.hardware.sync_wire(sync_wire.on_fall)
            self.supervisor.run_task("wire", 5_000, sync_wire.note)
            if self.settings.sync_wire == clock_bench.DRIVE:
                self.supervisor.run_task("pulse", 5_000, clock_bench.driving(pin))

    def _tell_last_crash(self) -> None:
        text = supervisor.last_crash()
        if text:
            self.report(messages.CRASH, text[-200:])
