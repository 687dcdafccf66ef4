"""The power supply: USB or battery, what is left of it, and the battery as a stream."""

from array import array

from micropython import const

from dyadwire import messages, streams
from dyadwire.ticks import TICKS_MASK, tick_after
from wearable.sensors.max17048 import Max17048
from wearable.silence import Silence

TYPE_CHECKING = const(0)
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Protocol

    import machine

    from wearable.board import Board

    class Converter(Protocol):
        """The skin-conductance converter, one input of which is the battery's."""

        def battery_mv(self) -> int:
            """As last measured; 0 if it never was."""


LOW_PERCENT = 10
SAMPLE_EACH_US = 10_000_000
MIN_CELL_MV, MAX_CELL_MV = 2_500, 4_500  # else it is an input with nothing at it
# a lithium-polymer cell at rest: millivolts, percent
CHARGE = (
    (3300, 0), (3500, 5), (3600, 10), (3700, 25), (3800, 45),
    (3900, 62), (4000, 78), (4100, 91), (4200, 100),
)  # fmt: skip


def charge_of(millivolts: int) -> int:
    """Percent left in a cell with this voltage."""
    below_mv, below = CHARGE[0]
    if millivolts <= below_mv:
        return below
    for above_mv, above in CHARGE[1:]:
        if millivolts <= above_mv:
            return below + (above - below) * (millivolts - below_mv) // (above_mv - below_mv)
        below_mv, below = above_mv, above
    return 100


class Power:
    """The supply as it is now, and a source of `battery`: a sample each ten seconds.

    Where no pin senses USB, a host that talks over the cable (`is_cabled`) proves it. A gauge is
    believed first, then the board's own divider, then that of the wing, which the converter reads.
    """

    streams = (streams.BATTERY,)

    def __init__(
        self,
        hardware: "Board",
        bus: "machine.I2C",
        converter: "Converter",
        ticks_us: "Callable[[], int]",
        is_cabled: "Callable[[], bool]",
    ) -> None:
        self.samples = (array("i", bytes(4)),)
        self.lost = self.status = self.tick = 0
        self.percent = messages.NO_BATTERY
        self.millivolts = 0
        self.has_usb = False
        self._hardware = hardware
        self._converter = converter
        self._ticks_us = ticks_us
        self._is_cabled = is_cabled
        self._gauge = Max17048(bus)
        self._has_gauge = False
        self._silence: Silence | None = None
        self._is_taken = True

    def is_there(self) -> bool:
        """Whether there is a gauge, or a divider with a battery."""
        self._has_gauge = self._gauge.is_there()
        self.look()
        return self._has_gauge or self.millivolts > 0

    def look(self) -> None:
        """Once a second: bring everything up to date."""
        hardware = self._hardware
        self.has_usb = hardware.has_usb() if hardware.can_tell_usb() else self._is_cabled()
        if self._has_gauge:
            self._ask_gauge()
            return
        by_pin = hardware.can_tell_battery()
        millivolts = hardware.battery_mv() if by_pin else self._converter.battery_mv()
        if MIN_CELL_MV <= millivolts <= MAX_CELL_MV:
            self.millivolts = millivolts
            self.percent = charge_of(millivolts)

    def _ask_gauge(self) -> None:
        """One that does not answer leaves the old values, and is asked ever more seldom."""
        silence = self._silence
        if silence is None or silence.is_due():
            try:
                self.percent = self._gauge.percent()
                self.millivolts = self._gauge.millivolts()
                self._silence = None
            except OSError:
                self._silence = silence or Silence(0)
        if self._silence is not None:
            self.status = streams.SENSOR_FAULT

    def marks(self) -> int:
        """Status bits of the supply."""
        low = self.percent < LOW_PERCENT
        return (streams.USB_POWERED if self.has_usb else 0) | (streams.LOW_BATTERY if low else 0)

    def rate_and_unit(self, _: int) -> tuple[int, int, int]:
        """A tenth of a hertz, in percent."""
        return 1_000_000_000 // SAMPLE_EACH_US, 1, 1

    def start(self) -> None:
        """Begin with a sample at once."""
        self._is_taken = False
        self.tick = self._ticks_us() & TICKS_MASK

    def stop(self) -> None:
        """Nothing to switch off."""

    def drain(self) -> int:
        """One sample when its time has come; paced by the tick, so none is lost."""
        tick = self._ticks_us() & TICKS_MASK
        if self._is_taken:
            if (tick - self.tick) & TICKS_MASK < SAMPLE_EACH_US:
                return 0
            self.tick = tick_after(self.tick, SAMPLE_EACH_US)
        self._is_taken = True
        self.samples[0][0] = self.percent
        return 1

    def attend(self) -> "list[tuple[int, int]]":
        """Once a second: look; the event of a USB plug that came or went."""
        had = self.has_usb
        self.status = 0
        self.look()
        self.status |= self.marks()
        return [(messages.USB_POWER, int(self.has_usb))] if self.has_usb != had else []

    def is_silent(self) -> bool:
        """Never: it may keep its last value."""
        return False

    def resume(self) -> None:
        """Nothing to do: it is never silent."""
