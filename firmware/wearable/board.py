"""The board: its table of pins, and the only door to the hardware.

No other file imports `machine`. A board is one row of the table; None means not connected.
"""

import sys
from collections import namedtuple

import machine
import micropython
from micropython import const

TYPE_CHECKING = const(0)
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

_I2C_HZ = const(400_000)
_I2C_TIMEOUT_US = const(20_000)  # the longest burst takes 7 ms
_CPU_HZ = const(80_000_000)
_WATCHDOG_MS = const(8_000)


_MPY: int = getattr(sys.implementation, "_mpy", 0)  # stubs lack it
MPY_VERSION = _MPY & 0xFF
"""Of the compiled files this MicroPython loads."""
PROCESSOR = _MPY >> 10 & 15
"""Whose machine code it loads, as MicroPython numbers them; 0: none."""


class Pins(
    namedtuple(
        "Pins",
        (
            "scl", "sda", "ppg_interrupt", "button", "led", "usb_sense", "battery_adc", "sync",
            "front_end",
        ),
    )
):  # fmt: skip
    """GPIO numbers of one board. `sync` is the wire between two boards in the clock bench.

    `front_end` supplies skin conductance: the electrodes are connected only while it is high.
    """


BOARDS = {
    "feathers3": Pins(9, 8, 10, 0, 13, 34, 2, 11, 39),
    "xiao_esp32s3": Pins(6, 5, 2, 0, 21, None, 1, 3, 4),
    "xiao_esp32c6": Pins(23, 22, 1, 9, 15, None, 0, 2, 21),
    "esp32s3": Pins(9, 8, 10, 0, None, None, None, 11, 12),
}
LOW_FROM_START = {"xiao_esp32c6": (3, 14)}  # power of the antenna switch, and its own antenna
# battery voltage over that at the pin in 1/10000: 442 and 160 kohm on the FeatherS3, else two equal
BATTERY_RATIO = {"feathers3": 37_624}
_HALF = const(20_000)
LAMP_LIT_BY_LOW = ("xiao_esp32s3", "xiao_esp32c6")


class Board:
    """The board this runs on: its bus, pins, timers, watchdog and cable."""

    def __init__(self, name: str, watchdog: "machine.WDT") -> None:
        self.name = name
        self.watchdog = watchdog
        self.pins = BOARDS[name]
        for gpio in LOW_FROM_START.get(name, ()):
            machine.Pin(gpio, machine.Pin.OUT, value=0)
        self.front_end = machine.Pin(self.pins.front_end, machine.Pin.OUT, value=0)
        self._usb = self._input(self.pins.usb_sense)
        self._battery_ratio = BATTERY_RATIO.get(name, _HALF)
        self._battery = self._battery_input()

    def bus(self) -> "machine.I2C":
        """The sensors' I2C bus."""
        pins = self.pins
        scl, sda = machine.Pin(pins.scl), machine.Pin(pins.sda)
        return machine.I2C(0, scl=scl, sda=sda, freq=_I2C_HZ, timeout=_I2C_TIMEOUT_US)

    def free_bus(self) -> None:
        """Clock out of a chip what it still wants to say and holds the data line for."""
        clock = machine.Pin(self.pins.scl, machine.Pin.OPEN_DRAIN, value=1)
        for _ in range(9):
            clock.value(0)
            clock.value(1)
        self.bus()

    def can_tell_usb(self) -> bool:
        """Whether a pin senses USB power."""
        return self._usb is not None

    def has_usb(self) -> bool:
        """Whether USB powers the board; False where no pin tells."""
        return self._usb is not None and bool(self._usb.value())

    def _battery_input(self) -> "machine.ADC | None":
        """The pin that senses the battery, in the range (to 1.25 or 3.1 V) that 4.2 V needs."""
        gpio = self.pins.battery_adc
        if gpio is None:
            return None
        is_low = self._battery_ratio > _HALF
        attenuation = machine.ADC.ATTN_2_5DB if is_low else machine.ADC.ATTN_11DB
        return machine.ADC(machine.Pin(gpio), atten=attenuation)

    def can_tell_battery(self) -> bool:
        """Whether a pin senses the battery."""
        return self._battery is not None

    def battery_mv(self) -> int:
        """The battery's voltage through the board's divider; 0 where it has none."""
        if self._battery is None:
            return 0
        return self._battery.read_uv() // 100 * self._battery_ratio // 100_000

    def lamp(self) -> "tuple[machine.Pin, int] | None":
        """The light's pin and the level that lights it; None where the board has none."""
        if self.pins.led is None:
            return None
        lit = 0 if self.name in LAMP_LIT_BY_LOW else 1
        return machine.Pin(self.pins.led, machine.Pin.OUT), lit

    def _input(self, gpio: "int | None") -> "machine.Pin | None":
        return None if gpio is None else machine.Pin(gpio, machine.Pin.IN)

    def call_at_rate(self, rate_hz: int, callback: "Callable[[Any], None]") -> "machine.Timer":
        """Call back at a steady rate from a hardware timer; `deinit()` the result to end it."""
        timer = machine.Timer(0)
        timer.init(mode=machine.Timer.PERIODIC, freq=rate_hz, callback=callback)
        return timer

    def call_on_fall(self, gpio: int, callback: "Callable[[Any], None]") -> "machine.Pin":
        """Call back each time an input (pulled up) goes low."""
        pin = machine.Pin(gpio, machine.Pin.IN, machine.Pin.PULL_UP)
        pin.irq(callback, machine.Pin.IRQ_FALLING)
        return pin

    def sync_wire(self, callback: "Callable[[Any], None]") -> "machine.Pin":
        """The clock bench's wire, pulled up, pulled low by any board; call back on each fall."""
        pin = machine.Pin(self.pins.sync, machine.Pin.OPEN_DRAIN, machine.Pin.PULL_UP, value=1)
        pin.irq(callback, machine.Pin.IRQ_FALLING)
        return pin

    def watch_button(self, callback: "Callable[[Any], None]") -> "machine.Pin":
        """The button's pin, low while pressed; call back when it is pressed."""
        return self.call_on_fall(self.pins.button, callback)

    def cable(self) -> "tuple[Any, Any]":
        """Input and output of the USB serial port, all bytes of which are data from now on."""
        micropython.kbd_intr(-1)
        return sys.stdin.buffer, sys.stdout.buffer


def start_watchdog() -> "machine.WDT":
    """Start the watchdog, before all else: from now on it must be fed."""
    return machine.WDT(timeout=_WATCHDOG_MS)


def give_prompt(watchdog: "machine.WDT") -> None:
    """Let Ctrl-C interrupt again; feed the watchdog, which has no end, from a timer."""
    micropython.kbd_intr(3)
    timer = machine.Timer(1)
    timer.init(mode=timer.PERIODIC, period=_WATCHDOG_MS // 4, callback=lambda _: watchdog.feed())


def address() -> bytes:
    """The six bytes that tell this wearable from every other."""
    return (machine.unique_id() + bytes(6))[:6]


def reset() -> None:
    """Start over at once."""
    machine.reset()


def was_reset() -> bool:
    """Whether the boot before this one ended by the program, a panic in C, or the watchdog.

    The port has one cause for the first two.
    """
    return machine.reset_cause() in (machine.HARD_RESET, machine.WDT_RESET)


def silence_log() -> None:
    """Keep the port from logging each address that does not answer.

    It writes some 260 bytes at 115200 baud to a serial line, and all else waits for 23 ms.
    """
    try:
        import esp
    except ImportError:
        return  # another port
    esp.osdebug(0, esp.LOG_NONE)  # without a level, or for None, it would be more


def slow_down() -> None:
    """Run the processor at the speed that spares the battery, if it lets itself be slowed."""
    try:
        machine.freq(_CPU_HZ)
    except ValueError:
        pass  # an image without power management: faster, and sooner empty
