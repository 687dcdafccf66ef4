"""MAX30101 and MAX30102: pulse oximeters with a FIFO of 32 samples that paces everything.

The chip's own oscillator is a few percent off: the sampler stamps the newest sample of each drain
and the host finds the real rate. A drain is one burst over the bus, 2.7 ms for 20 samples of two
colours at 400 kHz; nothing in it allocates.
"""

from array import array
from collections import namedtuple

from dyadwire import streams
from wearable.sensors.fifo import unpack

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    import machine

    from wearable.settings import Settings

ADDRESS = 0x57
PART = 0x15
DEPTH = 32
FULL_SCALE = (1 << 18) - 1
OVERFLOW_LIMIT = 31

_STATUS = 0x00
_ENABLE = 0x02
_WRITE_POINTER = 0x04
_FIFO_DATA = 0x07
_FIFO_CONFIG = 0x08
_MODE = 0x09
_SPO2_CONFIG = 0x0A
_LED_CURRENT = 0x0C
_PART = 0xFF

_ALMOST_FULL = 0x80
_ROLL_OVER = 0x10
_RESET = 0x40
_RED_AND_INFRARED = 0x03
_LED_STEP_MICROAMPERES = 200
_TICKS_MASK = (1 << 30) - 1

_RATES_HZ = (50, 100, 200, 400, 800, 1000, 1600, 3200)
_AVERAGES = (1, 2, 4, 8, 16, 32)
_PULSES_US = (69, 118, 215, 411)
_RANGES_NANOAMPERES = (2048, 4096, 8192, 16384)


class Optics(
    namedtuple("Optics", ("adc_hz", "average", "pulse_us", "range_nanoamperes", "microamperes"))
):
    """How the chip looks: conversions per second, how many make a sample, light and gain."""


def optics(settings: "Settings") -> Optics:
    """The part of the settings that this chip needs."""
    return Optics(
        settings.ppg_adc_hz,
        settings.ppg_average,
        settings.ppg_pulse_us,
        settings.ppg_range_nanoamperes,
        settings.ppg_microamperes,
    )


class Max3010x:
    """Red and infrared light through a finger, a source of `ppg_red` and `ppg_ir`.

    Parameters
    ----------
    bus : I2C
    ticks_us : the wrapping tick source
    period_us : nominal time between samples; how many were lost in a long stall is told by it
    """

    streams = (streams.PPG_RED, streams.PPG_IR)

    def __init__(
        self, bus: "machine.I2C", optics: Optics, ticks_us: "Callable[[], int]", period_us: int
    ) -> None:
        self.samples = (array("i", bytes(4 * DEPTH)), array("i", bytes(4 * DEPTH)))
        self.lost = 0
        self.status = 0
        self.tick = 0
        self._bus = bus
        self._optics = optics
        self._ticks_us = ticks_us
        self._period_us = period_us
        self._sample_size = 3 * len(self.samples)
        raw = bytearray(DEPTH * self._sample_size)
        self._raw = raw
        self._bursts = [memoryview(raw)[: n * self._sample_size] for n in range(DEPTH + 1)]
        self._pointers = bytearray(3)
        self._register = bytearray(1)

    def is_there(self) -> bool:
        """Whether the chip answers with its part number."""
        try:
            return self._read(_PART) == PART
        except OSError:
            return False

    def start(self) -> None:
        """Reset, configure and begin to sample with an empty FIFO."""
        optics = self._optics
        self._write(_MODE, _RESET)
        self._write(_FIFO_CONFIG, _AVERAGES.index(optics.average) << 5 | _ROLL_OVER)
        self._write(
            _SPO2_CONFIG,
            _RANGES_NANOAMPERES.index(optics.range_nanoamperes) << 5
            | _RATES_HZ.index(optics.adc_hz) << 2
            | _PULSES_US.index(optics.pulse_us),
        )
        for led in range(len(self.samples)):
            self._write(_LED_CURRENT + led, optics.microamperes // _LED_STEP_MICROAMPERES)
        self._write(_ENABLE, _ALMOST_FULL)
        for pointer in range(3):
            self._write(_WRITE_POINTER + pointer, 0)
        self._write(_MODE, _RED_AND_INFRARED)
        self._read(_STATUS)
        self.tick = self._ticks_us() & _TICKS_MASK

    def stop(self) -> None:
        """Lights off."""
        self._write(_MODE, 0)

    def drain(self) -> int:
        """Fetch all samples from the FIFO; return how many."""
        self.lost = 0
        self.status = 0
        try:
            return self._drain()
        except OSError:
            self.status = streams.SENSOR_FAULT
            return 0

    def _drain(self) -> int:
        count = self._waiting()
        if count == 0:
            return 0
        self._bus.readfrom_mem_into(ADDRESS, _FIFO_DATA, self._bursts[count])
        self.tick = self._ticks_us() & _TICKS_MASK
        first = 0
        for samples in self.samples:
            unpack(self._raw, first, self._sample_size, count, samples)
            if samples[count - 1] >= FULL_SCALE:
                self.status |= streams.SATURATED
            first += 3
        return count

    def _waiting(self) -> int:
        """How many samples the FIFO holds; equal pointers mean empty or full."""
        pointers = self._pointers
        self._bus.readfrom_mem_into(ADDRESS, _WRITE_POINTER, pointers)
        count = (pointers[0] - pointers[2]) & (DEPTH - 1)
        overflow = pointers[1] & OVERFLOW_LIMIT
        if overflow:
            self.lost = self._lost(overflow)
            self.status |= streams.OVERFLOWED
            return DEPTH
        if count == 0 and self._read(_STATUS) & _ALMOST_FULL:
            return DEPTH
        return count

    def _lost(self, overflow: int) -> int:
        """Samples overwritten: as counted, or by the time passed once the counter is at its end."""
        if overflow < OVERFLOW_LIMIT:
            return overflow
        elapsed_us = (self._ticks_us() - self.tick) & _TICKS_MASK
        return max(overflow, elapsed_us // self._period_us - DEPTH)

    def _read(self, register: int) -> int:
        self._bus.readfrom_mem_into(ADDRESS, register, self._register)
        return self._register[0]

    def _write(self, register: int, value: int) -> None:
        self._register[0] = value
        self._bus.writeto_mem(ADDRESS, register, self._register)
