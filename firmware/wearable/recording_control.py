"""The control of a recording: begun and ended by a host, the button or a reboot."""

import random

from micropython import const

from dyadwire.states import RECORDING
from wearable import recorder, states
from wearable.button import LONG_MS

TYPE_CHECKING = const(0)
if TYPE_CHECKING:
    from collections.abc import Callable

    from dyadwire.ticks import DeviceClock
    from wearable.boot_state import BootState
    from wearable.recorder import Recorder
    from wearable.sensing import Sensing
    from wearable.states import StateMachine

_ALL_STREAMS = const(0xFFFFFFFF)
_USUAL_BYTES_PER_S = const(425)
_MEASURE_RATE_AFTER_S = const(60)


class RecordingControl:
    """The start and stop of the one recording there may be, and how long flash lasts for it.

    look_again : finds sensors that were missing at boot
    """

    def __init__(
        self,
        state_machine: "StateMachine",
        boot_state: "BootState",
        recorder: "Recorder",
        sensing: "Sensing",
        clock: "DeviceClock",
        look_again: "Callable[[], None]",
    ) -> None:
        self._state_machine = state_machine
        self._boot_state = boot_state
        self._recorder = recorder
        self._sensing = sensing
        self._clock = clock
        self._look_again = look_again
        self._began_us = self._began_bytes = 0

    def is_on(self) -> bool:
        """Whether this wearable records."""
        return self._state_machine.state == RECORDING

    def start(self, session: int, wanted: int) -> None:
        """Record this session; the same session again changes nothing.

        Raises
        ------
        NotNowError
            the present state does not allow it
        """
        was_on = self.is_on()
        self._state_machine.move(states.START)
        if not was_on:
            self._look_again()
            self._began_us = self._clock.now_us()
            self._began_bytes = self._recorder.appended
            self._recorder.prepare()
            self._sensing.begin()
        kept = self._boot_state
        if (session, wanted) != (kept.session, kept.streams):
            kept.session = session
            kept.streams = wanted
            kept.save()

    def stop(self) -> None:
        """End the recording: all samples taken so far go to flash and link."""
        was_on = self.is_on()
        self._state_machine.move(states.STOP)
        if was_on:
            self._sensing.end()
            self._recorder.end()
        self._sensing.wake()
        if self._boot_state.session:
            self._boot_state.session = 0
            self._boot_state.save()

    def resume(self) -> None:
        """Record on what was being recorded when the power went."""
        if self._boot_state.session:
            self.start(self._boot_state.session, self._boot_state.streams)

    def press(self, held_ms: int) -> None:
        """The button was let go: if it was held long, begin or end a recording."""
        if held_ms < LONG_MS:
            return
        try:
            if self.is_on():
                self.stop()
            else:
                self.start(random.getrandbits(30) + 1, _ALL_STREAMS)
        except states.NotNowError:
            pass  # the light tells why

    def leave(self) -> None:
        """Put what was sampled into flash: nothing runs any more."""
        if self.is_on():
            self._sensing.end()
        self._recorder.flush()

    def hours_left(self) -> int:
        """Whole hours of recording that fit into flash, at the rate of the present one."""
        seconds = (self._clock.now_us() - self._began_us) // 1_000_000
        rate = _USUAL_BYTES_PER_S
        if self.is_on() and seconds >= _MEASURE_RATE_AFTER_S:
            rate = (self._recorder.appended - self._began_bytes) // seconds
        return recorder.hours_left(self._recorder.room_kib(), rate)
