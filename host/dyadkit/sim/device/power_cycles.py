"""Power cycles of one virtual wearable: switched on, rebooted, cut off, out of reach."""

from collections.abc import Callable
from pathlib import Path

from dyadkit.errors import LinkError
from dyadkit.sim.device.cable import VirtualCable
from dyadkit.sim.device.lockstep import (
    BROWN_OUT,
    PIN,
    RESET,
    USB_OUT,
    Ensemble,
    LockstepDevice,
    ProcessState,
)
from dyadkit.sim.device.oscillator import LocalClock
from dyadkit.sim.device.process import DeviceProcess, firmware_folder
from dyadkit.sim.device.wearable import (
    HARD_RESET,
    POWER_ON,
    FifoLog,
    Files,
    HeapLog,
    VirtualWearable,
    address_of,
)
from dyadkit.sim.loop import VirtualLoop
from dyadkit.sim.radio.air import Air
from dyadkit.sim.radio.quality import RadioModel
from dyadkit.sim.radio.stack import WearableStack

_RESTART_US = 300_000


class PowerCycles:
    """All boots of one wearable in one world."""

    def __init__(
        self,
        wearable: VirtualWearable,
        folder: Path,
        place: tuple[VirtualLoop, Air, Ensemble],
        radio: RadioModel,
        trace: Callable[[bytes], None],
        seed: int,
    ) -> None:
        self.address = address_of(wearable.name, seed % 1000)
        self.clocks: list[LocalClock] = []
        self.causes: list[int] = []
        self._wearable = wearable
        self._loop, self._air, self._ensemble = place
        self.cable = VirtualCable(self._loop)
        self._radio = radio
        self._trace = trace
        self._files = Files(wearable, folder, seed)
        self._stack: WearableStack | None = None
        self._device: LockstepDevice | None = None
        self._process: DeviceProcess | None = None
        self._past_late = 0
        self._printed: list[str] = []
        self._slot = len(self._ensemble.members)

    # power

    def switch_on(self, cause: int = POWER_ON) -> None:
        """Begin the next boot."""
        boot = len(self.clocks)
        first_us = 0 if boot else round(self._wearable.clock.offset_s * 1e6)
        clock = LocalClock(self._wearable.clock, self._loop.now_us, first_us)
        self.clocks.append(clock)
        self.causes.append(cause)
        firmware = firmware_folder()
        config = self._files.config(boot, clock, self.address, cause)
        config["firmware"] = str(firmware)
        start = self._wearable.start or (firmware / "boot.py", firmware / "main.py")
        config["start"] = [str(path) for path in start]
        folder = self._files.boot_folder(boot)
        self._process = DeviceProcess(folder, config, self._wearable.heap_bytes)
        self._stack = WearableStack(self._wearable.name, self.address, self._air, self._loop)
        self._air.set_model(self._stack.controller, self._radio)
        self._device = LockstepDevice(self._process, clock, self._loop, self, self._trace)
        self._stack.attach(self._device)
        self.cable.power(self._device)
        self._ensemble.members[self._slot : self._slot + 1] = [self._device]

    def switch_off(self) -> None:
        """End the present boot without a word."""
        if self._stack is not None:
            self._stack.cut()
            self._stack = None
        if self._device is not None:
            self._printed.append(self._device.switch_off())
            self._past_late += self._device.grants.late_events
            self._device = None
            self.cable.power(None)

    # surroundings of the process

    def horizon_us(self, now_us: int) -> int:
        """True time before which nothing can reach the wearable."""
        through_air_us = now_us if self._stack is None else self._stack.horizon_us(now_us)
        through_cable_us = self.cable.horizon_us()
        return min(through_air_us, through_cable_us or through_air_us)

    def on_record(self, kind: int, payload: bytes) -> None:
        """The wearable did something, now."""
        if kind == RESET:
            self.switch_off()
            self._loop.call_at_us(self._loop.now_us + _RESTART_US, self._restart, payload[0])
        elif kind == USB_OUT:
            self.cable.say(payload)
        elif self._stack is not None:
            self._stack.on_record(kind, payload)

    def _restart(self, cause: int) -> None:
        if self._device is None:
            self.switch_on(cause)

    def on_end(self, exit_code: int, printed: str) -> None:
        """The process is gone by itself: that is never meant to happen."""
        raise LinkError(
            f"the program of virtual wearable {self._wearable.name} ended (exit code "
            f"{exit_code}); it printed:\n{printed.strip()}"
        )

    def complain(self) -> None:
        """Raise LinkError if the program printed an exception."""
        printed = self.printed()
        if "Traceback (most recent call last)" in printed:
            raise LinkError(
                f"the program of virtual wearable {self._wearable.name} printed an "
                f"exception:\n{printed.strip()}"
            )

    # the air

    def drop(self, seconds: float) -> None:
        """Break the connection at once and stay out of reach."""
        if self._stack is None:
            return
        controller = self._stack.controller
        for connection in self._air.connections_of(controller):
            connection.fall()
        self._air.hide(controller, self._loop.now_us + round(seconds * 1e6))

    def blackout(self, seconds: float) -> None:
        """Let nothing pass for a while."""
        if self._stack is not None:
            until_us = self._loop.now_us + round(seconds * 1e6)
            self._air.hide(self._stack.controller, until_us)

    def panic(self) -> None:
        """Let the program die in C: the chip starts over, and its cause is that of any reset."""
        if self._device is not None:
            self.switch_off()
            self._loop.call_at_us(self._loop.now_us + _RESTART_US, self._restart, HARD_RESET)

    def brown_out(self) -> None:
        """Let the supply sink: the next write to flash is torn, and the next boot begins."""
        if self._device is not None:
            self._device.deliver(BROWN_OUT, b"")

    # a person

    def press(self, seconds: float) -> None:
        """Press the button, now, for so long."""
        self._set_button(0)
        self._loop.call_at_us(self._loop.now_us + round(seconds * 1e6), self._set_button, 1)

    def _set_button(self, level: int) -> None:
        if self._device is not None:
            self._device.deliver(PIN, bytes((self._wearable.button_pin, level)))

    # what happened

    def fifo_log(self) -> FifoLog:
        """What the PPG sensor gave in all boots."""
        return self._files.fifo_log(len(self.clocks))

    def heap_log(self) -> HeapLog:
        """How much heap was in use, in all boots."""
        return self._files.heap_log(len(self.clocks))

    def printed(self) -> str:
        """What the program printed in all boots."""
        running = self._device is not None and self._device.state is not ProcessState.OFF
        now = self._process.printed() if running and self._process is not None else ""
        return "".join([*self._printed, now])

    def busy_share(self) -> float:
        """Share of the present boot's time in which its processor or bus were busy."""
        return 0.0 if self._device is None else self._device.busy_share()

    def late_events(self) -> int:
        """Events that reached the wearable late."""
        present = 0 if self._device is None else self._device.grants.late_events
        return self._past_late + present
