"""The sensors: found at boot, begun and ended with a recording, each drained by its own task.

A source is anything with what `README.md` lists. The caretaker looks after all of them once a
second: lights and contact, a chip that fell silent, USB power, which forbids skin conductance.
"""

import asyncio

from micropython import const

from dyadwire import messages, streams
from dyadwire.states import RECORDING
from wearable.power import Power
from wearable.sampler import Sampler
from wearable.sensors import max3010x, max17048, skin
from wearable.sensors.max3010x import Max3010x
from wearable.sensors.skin import Skin
from wearable.silence import Silence

TYPE_CHECKING = const(0)
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from wearable.device import Wearable
    from wearable.supervisor import Heart

CARE_EACH_MS = 1_000


class Sensing:
    """All sensors that answer. `ppg`, `skin` and `power` exist also where no chip does."""

    def __init__(self, wearable: "Wearable", ticks_us: "Callable[[], int]") -> None:
        self.samplers: list[Sampler] = []
        self._wearable = wearable
        self._hardware = wearable.hardware
        given = wearable.settings
        self.bus = self._hardware.bus()
        per_drain = given.ppg_rate_millihz * given.live_ms // 1_000_000
        self.ppg = Max3010x(
            self.bus, max3010x.optics(given), ticks_us, given.ppg_rate_millihz, per_drain
        )
        timing = skin.PairTiming(
            given.eda_pair_hz, given.eda_pairs_per_output, given.eda_pairs_per_sum
        )
        self.skin = Skin(self.bus, timing, ticks_us)
        self.power = Power(self._hardware, self.bus, ticks_us, self._is_cabled)
        self._ticks_us = ticks_us
        self._wakes_itself = (
            max3010x.MIN_TO_WAKE <= per_drain <= max3010x.MAX_TO_WAKE
            and self._hardware.pins.ppg_interrupt is not None
        )
        self._woken = asyncio.ThreadSafeFlag()
        self._timer: Any = None
        self._silences: dict[Sampler, Silence] = {}

    def find(self) -> None:
        """Sample every sensor that answers; report those that must not be missing."""
        if not self.ppg.is_there() and not self.skin.is_there():
            self._hardware.free_bus()
        for source in (self.ppg, self.skin):
            if not self._take(source):
                self._report(source, "no sensor for %s")
        self._take(self.power)
        for motion in self._motions():
            self._take(motion)
        if self._wakes_itself:
            self._hardware.call_on_fall(self._hardware.pins.ppg_interrupt, self._wake)

    def look_again(self) -> bool:
        """Sample what was missing at boot and answers now; whether there is any."""
        missing = [source for source in (self.ppg, self.skin) if not self.has(source)]
        return any([self._take(source) for source in missing])

    def _take(self, source: "Any") -> bool:
        """Sample this source from the next recording on, if it answers."""
        if not source.is_there():
            return False
        wearable = self._wearable
        sinks = (wearable.recorder.append, wearable.send_queue.put_live)
        sampler = Sampler(source, wearable.boot_state.boot, wearable.clock, sinks)
        self.samplers.append(sampler)
        name = streams.NAMES[source.streams[0]]
        wearable.supervisor.run_task(name, 5_000, self._sampling(sampler))
        return True

    def _motions(self) -> "list[Any]":
        """Drivers of accelerometers, if anything else than the usual chips answers."""
        usual = max3010x.ADDRESS, skin.ADDRESS, max17048.ADDRESS
        if all(address in usual for address in self.bus.scan()):
            return []
        from wearable.sensors import motion  # a board without one spares the memory

        rate_hz = self._wearable.settings.acc_hz
        return [motion.Motion(self.bus, chip, self._ticks_us, rate_hz) for chip in motion.CHIPS]

    def has(self, source: "Any") -> bool:
        """Whether this source's chip answered at boot."""
        return any(sampler.source is source for sampler in self.samplers)

    def is_any_silent(self) -> bool:
        """Whether a sensor that answered at boot gives nothing now."""
        return bool(self._silences)

    def begin(self) -> None:
        """Let all sensors sample; one that does not answer is tried again."""
        self._silences.clear()
        self.skin.is_allowed = True
        self._mind_usb()
        for sampler in self.samplers:
            sampler.rests = False
            try:
                sampler.source.start()
            except OSError:
                sampler.rests = True
                self._note_silence(sampler)
        if self.has(self.skin):
            pair_hz = self._wearable.settings.eda_pair_hz
            self._timer = self._hardware.call_at_rate(2 * pair_hz, self.skin.convert)

    def end(self) -> None:
        """Take what was sampled so far and let all sensors rest."""
        if self._timer is not None:
            self._timer.deinit()
            self._timer = None
        for sampler in self.samplers:
            sampler.sample()
            sampler.flush()
            sampler.rests = True
            try:
                sampler.source.stop()
            except OSError:
                continue

    def drain(self) -> None:
        """Take what every sensor has by now, while recording."""
        if self._wearable.state_machine.state == RECORDING:
            for sampler in self.samplers:
                sampler.sample()

    def lost(self) -> int:
        """Samples lost at sensors since boot."""
        return sum(sampler.lost for sampler in self.samplers)

    def _sampling(self, sampler: Sampler) -> "Callable[[Heart], Any]":
        """The task that drains one sensor."""

        async def sample(heart: "Heart") -> None:
            wearable = self._wearable
            while True:
                heart.beat()
                await self._wait(sampler.source)
                if wearable.state_machine.state == RECORDING:
                    sampler.sample()
                    wearable.send_queue.wake()

        return sample

    async def care(self, heart: "Heart") -> None:
        """Look after all sensors once a second, for ever."""
        while True:
            heart.beat()
            await asyncio.sleep_ms(CARE_EACH_MS)
            self._wearable.clock.tick()
            if self._wearable.state_machine.state == RECORDING:
                for sampler in self.samplers:
                    sampler.grow_older()
                    self._attend(sampler)
                self._mind_usb()

    def _attend(self, sampler: Sampler) -> None:
        source = sampler.source
        silence = self._silences.get(sampler)
        if source.is_silent():
            silence = silence or self._note_silence(sampler)
        elif silence is not None and sampler.taken != silence.taken:
            self._silences.pop(sampler)
            self._wearable.note_event(messages.SENSOR_BACK, source.streams[0])
            silence = None
        if silence is None:
            for code, value in source.attend():
                self._wearable.note_event(code, value)
        elif silence.is_due():
            self._revive(sampler)

    def _revive(self, sampler: Sampler) -> None:
        """Configure a silent chip anew, after freeing the bus."""
        self._hardware.free_bus()
        try:
            sampler.source.resume()
            sampler.rests = False
        except OSError:
            sampler.rests = True

    def _note_silence(self, sampler: Sampler) -> Silence:
        silence = self._silences[sampler] = Silence(sampler.taken)
        self._report(sampler.source, "%s fell silent")
        return silence

    def _report(self, source: "Any", what: str) -> None:
        name = streams.NAMES[source.streams[0]]
        self._wearable.report(messages.SENSOR_FAULT, what % name)

    def _is_cabled(self) -> bool:
        usb = self._wearable.usb
        return usb is not None and usb.is_up

    def _mind_usb(self) -> None:
        """Refuse skin conductance while USB powers the board: mains could reach a person."""
        if not self.has(self.skin):
            return
        if not self.has(self.power):
            self.power.look()
        self.skin.power = self.power.marks()
        is_allowed = self._wearable.settings.bench or not self.power.has_usb
        if self.skin.is_allowed and not is_allowed:
            self._wearable.report(
                messages.POWER_FAULT, "USB powers the board: skin conductance rests"
            )
        self.skin.is_allowed = is_allowed

    def _wake(self, _: "Any") -> None:
        self._woken.set()

    async def _wait(self, source: "Any") -> None:
        """Until the sensor says that a drain is due, or it should have."""
        wait_ms = self._wearable.settings.live_ms
        if source is not self.ppg or not self._wakes_itself:
            await asyncio.sleep_ms(wait_ms)
            return
        try:
            await asyncio.wait_for_ms(self._woken.wait(), wait_ms + wait_ms // 4)
        except asyncio.TimeoutError:
            pass  # the pin is not wired, or the chip silent
