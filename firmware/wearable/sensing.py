"""Sensing: sensors found at boot, begun and ended with a recording, each drained by its own task.

The caretaker looks after all of them once a second: lights and contact, a chip that fell silent,
USB power, which forbids skin conductance.
"""

import asyncio

from micropython import const

from dyadwire import messages, streams
from wearable.silence import Silence

TYPE_CHECKING = const(0)
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeAlias

    from dyadwire.ticks import DeviceClock
    from wearable.drivers import Drivers
    from wearable.event_log import EventLog
    from wearable.sampler import Sampler, Source
    from wearable.supervisor import Heart, Job

    RunTask: TypeAlias = Callable[[str, int, Job], None]

CARE_EACH_MS = 1_000


class Sensing:
    """The sampling of every sensor that answers.

    new_sampler : makes the sampler of a source
    wake : lets the sender look at what drains put into its queue
    """

    def __init__(
        self,
        drivers: "Drivers",
        clock: "DeviceClock",
        event_log: "EventLog",
        run_task: "RunTask",
        new_sampler: "Callable[[Source], Sampler]",
        wake: "Callable[[], None]",
    ) -> None:
        self.samplers: list[Sampler] = []
        self._drivers = drivers
        self._clock = clock
        self._event_log = event_log
        self._run_task = run_task
        self._new_sampler = new_sampler
        self.wake = wake
        self._silences: dict[Sampler, Silence] = {}
        self._is_on = False

    def find(self) -> None:
        """Sample every sensor that answers; report those that must not be missing."""
        drivers = self._drivers
        if not drivers.ppg.is_there() and not drivers.skin.is_there():
            drivers.free_bus()
        for source in (drivers.ppg, drivers.skin):
            if not self._take(source):
                self._report(source, "no sensor for %s")
        self._take(drivers.power)
        for accelerometer in drivers.accelerometers():
            self._take(accelerometer)
        drivers.watch_ppg()

    def look_again(self) -> bool:
        """Sample what was missing at boot and answers now; whether there is any."""
        drivers = self._drivers
        missing = [source for source in (drivers.ppg, drivers.skin) if not self.has(source)]
        return any([self._take(source) for source in missing])

    def _take(self, source: "Source") -> bool:
        """Sample this source from the next recording on, if it answers."""
        if not source.is_there():
            return False
        sampler = self._new_sampler(source)
        self.samplers.append(sampler)
        self._run_task(streams.NAMES[source.streams[0]], 5_000, self._sampling(sampler))
        return True

    def has(self, source: "Source") -> bool:
        """Whether this source's chip answered at boot."""
        return any(sampler.source is source for sampler in self.samplers)

    def is_any_silent(self) -> bool:
        """Whether a sensor that answered at boot gives nothing now."""
        return bool(self._silences)

    def begin(self) -> None:
        """Let all sensors sample; one that does not answer is tried again."""
        self._is_on = True
        self._silences.clear()
        self._drivers.skin.is_allowed = True
        self._mind_usb()
        for sampler in self.samplers:
            sampler.rests = False
            try:
                sampler.source.start()
            except OSError:
                sampler.rests = True
                self._note_silence(sampler)
        if self.has(self._drivers.skin):
            self._drivers.pace_skin()

    def end(self) -> None:
        """Take what was sampled so far and let all sensors rest."""
        self._is_on = False
        self._drivers.stop_pacing()
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
        if self._is_on:
            for sampler in self.samplers:
                sampler.sample()

    def set_live(self, is_live: bool) -> None:  # noqa: FBT001 - a fact handed on, not an option
        """Let blocks end with each drain while a host listens."""
        for sampler in self.samplers:
            sampler.live = is_live

    def lost(self) -> int:
        """Samples lost at sensors since boot."""
        return sum(sampler.lost for sampler in self.samplers)

    def _sampling(self, sampler: "Sampler") -> "Job":
        """The task that drains one sensor."""

        async def sample(heart: "Heart") -> None:
            while True:
                heart.beat()
                await self._drivers.wait_until_due(sampler.source)
                if self._is_on:
                    sampler.sample()
                    self.wake()

        return sample

    async def care(self, heart: "Heart") -> None:
        """Look after all sensors once a second, for ever."""
        while True:
            heart.beat()
            await asyncio.sleep_ms(CARE_EACH_MS)
            self._clock.tick()
            if self._is_on:
                for sampler in self.samplers:
                    sampler.grow_older()
                    self._attend(sampler)
                self._mind_usb()
            elif self.has(self._drivers.power):
                self._drivers.power.look()

    # A chip is silent when nothing came that was due; it is back when samples came, not before.
    #   1. Silent for the first time: reported once, tried again on its schedule.
    #   2. Silent still: only tried when the schedule says so. Asking a chip that holds the bus
    #      costs all others the bus's time limit.
    #   3. Not silent, but no sample since: it was only configured anew, which sets its time. It
    #      stays on its schedule.
    #   4. Not silent, with samples since: an event says that it is back, and it is attended.
    #   5. It was well all the time: attended.
    def _attend(self, sampler: "Sampler") -> None:
        source = sampler.source
        silence = self._silences.get(sampler)
        if source.is_silent():
            silence = silence or self._note_silence(sampler)
        elif silence is not None and sampler.taken != silence.taken:
            self._silences.pop(sampler)
            self._event_log.note_event(messages.SENSOR_BACK, source.streams[0])
            silence = None
        if silence is None:
            for code, value in source.attend():
                self._event_log.note_event(code, value)
        elif silence.is_due():
            self._revive(sampler)

    def _revive(self, sampler: "Sampler") -> None:
        """Configure a silent chip anew, after freeing the bus."""
        self._drivers.free_bus()
        try:
            sampler.source.resume()
            sampler.rests = False
        except OSError:
            sampler.rests = True

    def _note_silence(self, sampler: "Sampler") -> Silence:
        silence = self._silences[sampler] = Silence(sampler.taken)
        self._report(sampler.source, "%s fell silent")
        return silence

    def _report(self, source: "Source", what: str) -> None:
        name = streams.NAMES[source.streams[0]]
        self._event_log.report(messages.SENSOR_FAULT, what % name)

    def _mind_usb(self) -> None:
        """Refuse skin conductance while USB powers the board."""
        drivers = self._drivers
        if not self.has(drivers.skin):
            return
        if not self.has(drivers.power):
            drivers.power.look()
        if drivers.forbid_skin_on_usb():
            self._event_log.report(
                messages.POWER_FAULT, "USB powers the board: skin conductance rests"
            )
