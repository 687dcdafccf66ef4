"""The device as a whole: every part is built here once and handed what it uses.

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
from dyadwire import MAJOR, MINOR, messages
from dyadwire.states import IDLE, RECORDING, SAFE, UPDATING
from dyadwire.ticks import DeviceClock
from wearable import (
    board,
    calibration,
    disk,
    lamp,
    settings,
    states,
    supervisor,
)
from wearable.boot_state import BootState
from wearable.button import Button
from wearable.conversation import Responder
from wearable.drivers import Drivers
from wearable.event_log import EventLog
from wearable.flash_requests import FlashRequests
from wearable.power import LOW_PERCENT
from wearable.radio import Peripheral
from wearable.recorder import Recorder
from wearable.recording_control import RecordingControl
from wearable.sampler import Sampler
from wearable.send_queue import SendQueue
from wearable.sensing import Sensing
from wearable.supervisor import Supervisor
from wearable.timekeeper import Timekeeper
from wearable.writer import Writer

TYPE_CHECKING = const(0)
if TYPE_CHECKING:
    from collections.abc import Callable

    from wearable.board import Board
    from wearable.conversation import Answer
    from wearable.partner import PartnerSync
    from wearable.sampler import Source
    from wearable.send_queue import HostLink
    from wearable.settings import Settings
    from wearable.supervisor import Heart
    from wearable.update import Update
    from wearable.usb import Usb

VERSION = b"0.1"
TICKS_US: "Callable[[], int]" = time.ticks_us  # type: ignore[assignment] # stubs hide the int
_STATUS_EACH_MS = const(10_000)
KEY_FILE = "wearable.key"


# In this order: each step may be the one that hangs or fails, and must find what catches it.
#   1. The watchdog runs before anything else does.
#   2. Flash holds the boot state, and that counts this boot before more is tried.
#   3. Settings, sensors, radio, tasks: what fails is a crash, written down.
def run() -> None:
    """Be a wearable until the power goes; a failure is written down and the wearable restarts."""
    watchdog = board.start_watchdog()
    boot_state: BootState | None = None
    wearable: Wearable | None = None
    try:
        board.silence_log()
        board.slow_down()
        is_fit = disk.remount()
        watchdog.feed()
        boot_state = BootState()
        boot_state.begin(board.was_reset())
        given = settings.load()
        if boot_state.crashes >= supervisor.MAX_CRASHES:
            given = settings.safe(given)
        wearable = Wearable(given, boot_state, board.Board(given.board, watchdog))
        wearable.is_fit = is_fit
        asyncio.run(wearable.run())
    except KeyboardInterrupt:
        if wearable is not None:
            wearable.leave()
        if boot_state is not None:
            boot_state.explain_end()
        board.give_prompt(watchdog)
        raise  # to the prompt
    except Exception as error:  # noqa: BLE001 - the last line of defence: note it and start over
        supervisor.note_crash(error)
    if boot_state is not None:
        boot_state.count_crash()
    board.reset()


class Wearable:
    """One device: its parts, each of which is handed what it uses, and what joins them.

    `is_fit` says that flash holds the file system that no power cut breaks.
    """

    def __init__(self, given: "Settings", boot_state: BootState, hardware: "Board") -> None:
        self.settings = given
        self.boot_state = boot_state
        self.is_fit = True
        self.hardware = hardware
        self.address = board.address()
        self.clock = DeviceClock(TICKS_US)
        # the largest buffers first: each needs its memory in one piece
        self.recorder = Recorder(boot_state.boot, given.flash_reserve_kib)
        self.send_queue = SendQueue(boot_state.boot, self.clock)
        self.state_machine = states.StateMachine()
        self.radio = Peripheral(bluetooth.BLE(), self._name(), self.address, TICKS_US)
        self.usb: Usb | None = None
        self.update: Update | None = None
        self.partner: PartnerSync | None = None
        self.event_log = EventLog(self.clock, self.recorder, self.send_queue)
        self.timekeeper = Timekeeper(self.send_queue, boot_state.boot, self.clock)
        self.flash_requests = FlashRequests(self.recorder, self.send_queue)
        self.is_keyed = disk.has(KEY_FILE)
        self.conversation = self._responder()(
            self.send_queue,
            self._answers(),
            self._on_probe,
            self._forget_host,
            self.radio.advertise,
        )
        self.conversation.on_keys = self._on_keys
        if self.is_keyed:
            self.conversation.hold(self.address, self.send_queue)  # type: ignore[attr-defined]
        self.supervisor = Supervisor(boot_state, self.event_log.report)
        self.calibration = calibration.load()
        self.drivers = Drivers(hardware, given, TICKS_US, self._is_cabled)
        self.sensing = Sensing(
            self.drivers,
            self.clock,
            self.event_log,
            self.supervisor.run_task,
            self._new_sampler,
            self.send_queue.wake,
        )
        self.recording = RecordingControl(
            self.state_machine,
            boot_state,
            self.recorder,
            self.sensing,
            self.clock,
            self._look_again,
        )
        self.recorder.before_hold = self.sensing.drain
        self.self_test = messages.SelfTest(0, 0, 0, 0, 0, 0)
        self._build = slots.build() or VERSION
        self._boot_random = random.getrandbits(32)

    async def run(self) -> None:
        """Start every task; returns only by an exception."""
        self.radio.start()
        self.hardware.watchdog.feed()
        if self.boot_state.crashes >= supervisor.MAX_CRASHES:
            self.state_machine.move(states.CRASHED_THRICE)
        elif not self.is_fit:
            self.state_machine.move(states.UNFIT_FLASH)
        else:
            self._look_at_itself()
        run_task = self.supervisor.run_task
        run_task("radio", 5_000, self.conversation.listening(self.radio))
        run_task("cable", 5_000, self._mind_cable)
        run_task("backfill", 5_000, self.flash_requests.run)
        run_task("sender", 5_000, self.send_queue.run)
        run_task("timekeeper", 5_000, self.timekeeper.run)
        writer = Writer(self.recorder, self.boot_state, self.event_log.report)
        run_task("writer", 20_000, writer.run)
        run_task("status", 30_000, self._tell_status)
        run_task("sensors", 5_000, self.sensing.care)
        lit = self.hardware.lamp()
        if lit is not None:
            run_task("lamp", 20_000, lamp.Lamp(*lit, self._lamp_pattern).run)
        self._join_clock_bench()
        self._join_partner()
        if self.hardware.pins.button is not None:
            run_task("button", 20_000, Button(self.hardware.watch_button, self._press).run)
        self._tell_what_is_amiss()
        if self.state_machine.state != SAFE:
            self.recording.resume()
        await self.supervisor.watch(self.hardware.watchdog)

    def leave(self) -> None:
        """Give way to the prompt: what was sampled is in flash, nothing runs any more."""
        self.recording.leave()

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

    def machine(self) -> messages.Hardware:
        """What it is built on; an update must be compiled for it."""
        return messages.Hardware(
            board.PROCESSOR,
            board.MPY_VERSION,
            self.recorder.total_kib,
            self.hardware.name.encode(),
        )

    def introduction(self) -> "list[messages.Message]":
        """What a host needs to read this wearable's streams."""
        if self.state_machine.state == IDLE:
            self._look_again()
        introduced: list[messages.Message] = []
        for sampler in self.sensing.samplers:
            source = sampler.source
            for stream in source.streams:
                introduced.append(messages.StreamInfo(stream, *source.rate_and_unit(stream)))
        introduced.append(self.calibration)
        introduced.append(self.self_test)
        return introduced

    def status(self) -> messages.Status:
        """How this wearable is."""
        drivers = self.drivers
        send_queue = self.send_queue
        return messages.Status(
            self.clock.now_us(),
            self.state_machine.state,
            drivers.power.percent,
            drivers.ppg.temperature_centi,
            self.recorder.free_kib(),
            self.recorder.used_kib(),
            send_queue.live.waiting() + send_queue.backfill.waiting(),
            self.sensing.lost(),
            min(self.recording.hours_left(), 0xFFFF),
            self.recorder.wear_permille(self.boot_state.written_kib),
            drivers.ppg.rate_millihz,
        )

    def _answers(self) -> "dict[int, Answer]":
        """What is done with each message of a host."""
        return {
            messages.Hello.KIND: self._on_hello,
            messages.Start.KIND: self._on_start,
            messages.Stop.KIND: self._on_stop,
            messages.Ack.KIND: self.flash_requests.on_ack,
            messages.Fetch.KIND: self.flash_requests.on_fetch,
            messages.Copy.KIND: self.flash_requests.on_fetch,
            messages.Contents.KIND: self.flash_requests.on_contents,
            messages.Offer.KIND: self._on_offer,
            messages.Piece.KIND: self._on_piece,
            messages.Partner.KIND: self._on_partner,
            messages.Calibration.KIND: self._on_calibration,
        }

    def _on_hello(self, hello: messages.Hello) -> None:
        say = self.send_queue.say
        say(self.hello())
        say(self.machine())
        if hello.major != MAJOR:
            say(messages.Refusal(messages.Hello.KIND, messages.OTHER_MAJOR))
            return
        for message in self.introduction():
            say(message)
        for text in self._complaints():
            say(messages.Fault(self.clock.now_us(), messages.FLASH_FAULT, text.encode()))
        say(self.status())

    def _on_start(self, start: messages.Start) -> None:
        self.recording.start(start.session, start.streams)
        self.send_queue.is_live = True
        self.sensing.set_live(True)

    def _on_stop(self, _: messages.Stop) -> None:
        self.recording.stop()
        self.send_queue.say_last(self.status())

    def _on_probe(self, link: "HostLink", seq: int, received_tick: int) -> None:
        """Anybody may ask for the time: the host, or the partner in the field."""
        self.timekeeper.answer(link, seq, received_tick)
        if link is not self.send_queue.link and self.partner is not None:
            self.partner.was_asked()

    def _on_partner(self, partner: messages.Partner) -> None:
        self.boot_state.partner = partner.wearable
        self.boot_state.save()
        self._join_partner()
        self.send_queue.say(partner)

    def _on_offer(self, offer: messages.Offer) -> None:
        if self.update is None:
            from wearable.update import Update  # seldom needed: else the memory is spared

            self.update = Update(self.state_machine, self.send_queue.say, self._start_over)
            self.supervisor.run_task("update", 20_000, self.update.restart)
        self.update.begin(offer)

    def _on_piece(self, piece: messages.Piece) -> None:
        if self.update is None:
            raise states.NotNowError(states.UPDATE)
        self.update.take(piece)

    def _on_calibration(self, constants: messages.Calibration) -> None:
        """Use and keep these constants of the skin-conductance front end."""
        calibration.save(constants)
        self.calibration = constants
        self.drivers.skin.calibrate(constants.zero_current_nv)
        self.send_queue.say(constants)

    def _responder(self) -> "type[Responder]":
        """Who speaks with the host: another where there is a key."""
        if not self.is_keyed:
            return Responder
        from wearable.keyed import KeyedResponder  # without a key the memory is spared

        return KeyedResponder

    def _on_keys(self, framed: bytes, link: "HostLink") -> "messages.Message":
        from wearable import key_store  # seldom needed: else the memory is spared

        return key_store.obey(framed, self, link, self._start_over_soon)

    def _start_over_soon(self) -> None:
        async def start_over() -> None:
            await asyncio.sleep_ms(1_000)  # what is being said leaves first
            self._start_over()

        asyncio.create_task(start_over())

    def _start_over(self) -> None:
        """Restart as was meant to: no crash."""
        self.boot_state.explain_end()
        board.reset()

    def _forget_host(self) -> None:
        """End what the host there was had begun."""
        self.flash_requests.forget()
        if self.update is not None:
            self.update.abandon()
        self.sensing.set_live(False)

    def _press(self, held_ms: int) -> None:
        """The button was let go: a mark, or if it was held long, begin or end a recording."""
        self.event_log.note_event(messages.BUTTON, held_ms)
        self.recording.press(held_ms)

    def _join_partner(self) -> None:
        """Ask the other wearable of the dyad for the time, if there is one."""
        if self.partner is None and self.boot_state.partner != bytes(6):
            from wearable import partner  # only in the field: else the memory is spared

            self.partner = partner.PartnerSync(
                self.radio.as_central(),
                self.address,
                self.boot_state,
                self.clock,
                self.event_log,
                self._records_alone,
            )
            self.supervisor.run_task("partner", 60_000, self.partner.run)

    def _records_alone(self) -> bool:
        """Whether this wearable records and no host is linked."""
        return self.recording.is_on() and not self.send_queue.is_linked()

    def _new_sampler(self, source: "Source") -> Sampler:
        sinks = (self.recorder.append, self.send_queue.put_live)
        return Sampler(source, self.boot_state.boot, self.clock, sinks)

    def _is_cabled(self) -> bool:
        """Whether a host talks over the cable."""
        return self.usb is not None and self.usb.is_up

    def _name(self) -> str:
        return self.settings.name or "dyad-" + binascii.hexlify(self.address[-2:]).decode()

    def _look_at_itself(self) -> None:
        """Find the sensors, test what can be tested, report what failed."""
        self.sensing.find()
        self.drivers.skin.calibrate(self.calibration.zero_current_nv)
        self._test_itself()

    def _look_again(self) -> None:
        """Find what was missing at boot: a cable is in its place now."""
        if self.sensing.look_again():
            self._test_itself()

    def _test_itself(self) -> None:
        from wearable import selftest  # needed now only: its memory is given back

        self.self_test = selftest.run(
            self.drivers,
            self.sensing,
            self.hardware,
            self.clock,
            self.recording.hours_left,
            self.calibration,
        )
        del sys.modules[selftest.__name__], wearable.selftest
        self.event_log.note(self.self_test)
        failed = self.self_test.failed & messages.CHECKS_OF_HARDWARE
        if failed:
            self.event_log.report(messages.SENSOR_FAULT, "self-test failed: checks 0x%x" % failed)

    def _lamp_pattern(self) -> tuple[int, int]:
        """What the lamp shows."""
        state = self.state_machine.state
        if state in (SAFE, UPDATING):
            return lamp.SAFE if state == SAFE else lamp.UPDATING
        has_failed = self.self_test.failed & messages.CHECKS_OF_HARDWARE
        if has_failed or self.sensing.is_any_silent() or self.recorder.is_full:
            return lamp.FAULT
        power = self.drivers.power
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

    def _join_clock_bench(self) -> None:
        """Take part in the clock bench, if the settings say so."""
        if self.settings.sync_wire:
            from wearable import clock_bench  # on the bench only: a worn wearable keeps the memory

            sync_wire = clock_bench.SyncWire(self.clock, TICKS_US, self._note_fall)
            pin = self.hardware.sync_wire(sync_wire.on_fall)
            self.supervisor.run_task("wire", 5_000, sync_wire.note)
            if self.settings.sync_wire == clock_bench.DRIVE:
                self.supervisor.run_task("pulse", 5_000, clock_bench.driving(pin))

    def _note_fall(self, fall: "messages.Message") -> None:
        """Tell of the wire while recording; at other times a host may be copying flash."""
        if self.recording.is_on():
            self.event_log.note(fall)

    def _tell_what_is_amiss(self) -> None:
        """Report what ended the boot before, and what every host is told besides."""
        text = supervisor.last_crash()
        if text:
            self.event_log.report(messages.CRASH, text[-200:])
        for text in self._complaints():
            self.event_log.report(messages.FLASH_FAULT, text)

    def _complaints(self) -> "list[str]":
        """Flash that cannot serve, settings that cannot be."""
        found = [] if self.is_fit else ["flash holds no LittleFS: flash this board anew"]
        if self.settings.refused:
            found.append("not used: %s" % ", ".join(self.settings.refused))
        return found
