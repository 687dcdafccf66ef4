"""A world of virtual wearables around a host: real firmware, simulated time, sensors and radio."""

import asyncio
import hashlib
import importlib.util
import struct
import tempfile
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, TypeVar

from dyadkit.errors import LinkError
from dyadkit.sim.device.cable import Terminal, VirtualCable
from dyadkit.sim.device.oscillator import LocalClock
from dyadkit.sim.device.wearable import FifoLog, HeapLog, VirtualWearable
from dyadkit.sim.loop import Pace, VirtualLoop
from dyadkit.sim.radio.quality import RadioModel

if TYPE_CHECKING:
    from dyadkit.sim.device.power_cycles import PowerCycles

T = TypeVar("T")

_HOST_ADDRESS = "C0:FF:EE:00:00:01"


class World:
    """A host and its virtual wearables; time passes only inside `run`.

    Parameters
    ----------
    wearables : with different names
    radio : how the radio behaves, where a wearable does not say otherwise
    seed : of all chance in the world
    pace : whether time jumps or really passes

    Raises
    ------
    LinkError
        the simulator cannot run here, or a wearable's program died; says what it printed
    ValueError
        two wearables have the same name

    Examples
    --------
    >>> import numpy as np
    >>> from dyadkit.sim import DeviceClockModel, SensorFeed
    >>> feed = SensorFeed(np.full((1000, 2), 100_000), 100.0, np.full(10, 5.0), 1.0)
    >>> fast = DeviceClockModel(skew_ppm=20.0)
    >>> with World([VirtualWearable("a", feed, fast)], seed=1) as world:
    ...     world.run(lambda world: asyncio.sleep(5.0))
    ...     world.now_s(), world.device_us("a", 5.0)
    (5.0, 5000100)
    """

    def __init__(
        self,
        wearables: Sequence[VirtualWearable],
        *,
        radio: RadioModel | None = None,
        seed: int = 0,
        pace: Pace = Pace.VIRTUAL,
    ) -> None:
        if importlib.util.find_spec("bumble") is None:
            raise LinkError("virtual wearables need the simulator: pip install 'dyadkit[sim]'")
        if len({one.name for one in wearables}) != len(wearables):
            raise ValueError("two wearables of one world have the same name")
        self.client_backend: Any = None
        self.scanner_backend: Any = None
        self._wearables = tuple(wearables)
        self._radio = radio
        self._seed = seed
        self._pace = pace
        self._trace = hashlib.blake2b(digest_size=16)
        self._terminals: list[Terminal] = []
        self._cycles: dict[str, PowerCycles] = {}

    def __enter__(self) -> Self:
        self._folder = tempfile.TemporaryDirectory(prefix="dyadkit-")
        self._loop = VirtualLoop(self._pace)
        self._runner = asyncio.Runner(loop_factory=lambda: self._loop)
        try:
            self._runner.run(self._build())
        except BaseException:
            self._close()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._close()

    async def _build(self) -> None:
        from dyadkit.sim.device.lockstep import Ensemble
        from dyadkit.sim.device.power_cycles import PowerCycles
        from dyadkit.sim.radio.air import Air
        from dyadkit.sim.radio.backend import Adapter, backends
        from dyadkit.sim.radio.controller import bumble_device

        air = Air(self._loop, self._seed)
        host, _ = bumble_device("host", _HOST_ADDRESS, air)
        await host.power_on()
        self.client_backend, self.scanner_backend = backends(Adapter(host, self._follow_frame))
        ensemble = Ensemble()
        self._loop.companions = ensemble
        for index, wearable in enumerate(self._wearables):
            place = Path(self._folder.name) / str(index)
            cycles = PowerCycles(
                wearable, place, (self._loop, air, ensemble),
                wearable.radio or self._radio or RadioModel(), self._trace.update,
                seed=self._seed * 1000 + index,
            )  # fmt: skip
            self._cycles[wearable.name] = cycles
            cycles.switch_on()

    def _close(self) -> None:
        for terminal in self._terminals:
            terminal.close()
        for cycles in self._cycles.values():
            cycles.switch_off()
        self._loop.companions = None
        try:
            self._runner.close()
        finally:
            self._folder.cleanup()

    # running

    def run(self, host: "Callable[[World], Awaitable[T]]") -> T:
        """Run a host program in this world; returns what it returns.

        Raises
        ------
        LinkError
            a wearable's program died (with what it printed), or nothing can ever happen again
        """

        async def program() -> T:
            return await host(self)

        result = self._runner.run(program())
        for cycles in self._cycles.values():
            cycles.complain()
        return result

    # time

    def now_s(self) -> float:
        """True time since the world began."""
        return self._loop.time()

    def clock_ns(self) -> int:
        """The host's own monotonic clock."""
        return self._loop.now_us * 1000

    def skipped_s(self) -> float:
        """How much time was jumped over where it really passes: the machine could not keep up."""
        return self._loop.skipped_us() * 1e-6

    def device_us(self, name: str, true_s: float) -> int:
        """What a wearable's clock shows at a true time, in the boot it is in then."""
        return self._clock_at(name, true_s).device_us(round(true_s * 1e6))

    def true_s(self, name: str, boot: int, device_us: int) -> float:
        """True time of a wearable's clock in its boot number `boot` (0 is this world's first)."""
        return self._cycles[name].clocks[boot].true_us(device_us) / 1e6

    def _clock_at(self, name: str, true_s: float) -> LocalClock:
        clocks = self._cycles[name].clocks
        begun = [clock for clock in clocks if clock.boot_us <= true_s * 1e6]
        return begun[-1] if begun else clocks[0]

    # what can happen

    def names(self) -> list[str]:
        """Names of all wearables."""
        return list(self._cycles)

    def address(self, name: str) -> str:
        """A wearable's Bluetooth address."""
        return self._cycles[name].address

    def cable(self, name: str) -> VirtualCable:
        """The USB cable of a wearable: `open_port` of it is one for `links.usb.Cable`."""
        return self._cycles[name].cable

    def terminal(self, name: str) -> Terminal:
        """A wearable's USB port as a pseudo-terminal; needs time to really pass."""
        if self._pace is not Pace.REAL:
            raise ValueError("a pseudo-terminal needs a world at the pace of real time")
        made = Terminal(self.cable(name), self._loop)
        self._terminals.append(made)
        return made

    def press(self, name: str, seconds: float = 0.3) -> None:
        """Press a wearable's button for so long."""
        self._cycles[name].press(seconds)

    def drop(self, name: str, seconds: float) -> None:
        """Break a wearable's connection at once and keep it out of reach for so long."""
        self._cycles[name].drop(seconds)

    def blackout(self, name: str, seconds: float) -> None:
        """Let nothing pass to and from a wearable; a long silence breaks the connection."""
        self._cycles[name].blackout(seconds)

    def power_cut(self, name: str) -> None:
        """Take a wearable's power away, for good or until `reboot`."""
        self._cycles[name].switch_off()

    def reboot(self, name: str) -> None:
        """Take a wearable's power away and give it back; its flash keeps what was written."""
        self._cycles[name].switch_off()
        self._cycles[name].switch_on()

    def panic(self, name: str) -> None:
        """Let a wearable's interpreter die as by a stack overflow in C; it starts over."""
        self._cycles[name].panic()

    def brown_out(self, name: str) -> None:
        """Let a wearable with chaos lose its power in the middle of its next write to flash."""
        self._cycles[name].brown_out()

    # what happened

    def fifo_log(self, name: str) -> FifoLog:
        """What the PPG sensor of a wearable gave: the truth to compare a recording with."""
        return self._cycles[name].fifo_log()

    def idle_share(self, name: str) -> float:
        """Share of the time since its boot in which a wearable's processor had nothing to do."""
        return 1.0 - self._cycles[name].busy_share()

    def heap_log(self, name: str) -> HeapLog:
        """How much of its heap a wearable with `heap_each_s` used."""
        return self._cycles[name].heap_log()

    def causes(self, name: str) -> list[int]:
        """Why each boot of a wearable began, as `machine.reset_cause` tells; 3: the watchdog."""
        return list(self._cycles[name].causes)

    def printed(self, name: str) -> str:
        """All that a wearable's program printed, in all its boots."""
        return self._cycles[name].printed()

    def trace_hash(self) -> str:
        """Hash of every device operation and every frame at the host: equal for equal seeds."""
        return self._trace.hexdigest()

    @property
    def late_events(self) -> int:
        """Events that reached a wearable after the time they should have (injected ones)."""
        return sum(cycles.late_events() for cycles in self._cycles.values())

    def _follow_frame(self, address: str, data: bytes) -> None:
        self._trace.update(struct.pack("<QB", self._loop.now_us, len(data)))
        self._trace.update(address.encode() + data)
