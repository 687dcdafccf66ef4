"""Driver of the MAX30101 and MAX30102, PPG sensors with a FIFO of 32 samples that paces everything.

The chip's own oscillator is a few percent off: the sampler stamps the newest sample of each drain,
the host finds the real rate and `rate_millihz` tells it roughly. The interrupt pin falls when as
many samples wait as make a drain. A drain is one burst over the bus, 2.7 ms for 20 samples of two
colours at 400 kHz; nothing in it allocates.
"""

from array import array
from collections import namedtuple

from micropython import const

from dyadwire import messages, streams
from dyadwire.ticks import TICKS_MASK
from wearable.sensors.fifo import FULL_SCALE, unpack
from wearable.sensors.light import CURRENT_STEP, MAX_MICROAMPERES, Light

TYPE_CHECKING = const(0)
if TYPE_CHECKING:
    from collections.abc import Callable

    import machine

    from wearable.settings import Settings

ADDRESS = 0x57
_PART_NUMBER = const(0x15)
_DEPTH = const(32)
_OVERFLOW_LIMIT = const(31)
MIN_TO_WAKE, MAX_TO_WAKE = 17, 28
_SILENT_US = const(1_500_000)
_RATE_OVER_US = const(60_000_000)
_MAX_LOOKS = const(20)  # 0.1 ms each

_STATUS = const(0x00)
_ENABLE = const(0x02)
_WRITE_POINTER = const(0x04)
_OVERFLOWS = const(0x05)
_READ_POINTER = const(0x06)
_FIFO_DATA = const(0x07)
_FIFO_CONFIG = const(0x08)
_MODE = const(0x09)
_SPO2_CONFIG = const(0x0A)
_LED_CURRENT = const(0x0C)
_SLOTS = const(0x11)
_TEMPERATURE = const(0x1F)
_MEASURE_TEMPERATURE = const(0x21)
_PART = const(0xFF)

_ALMOST_FULL = const(0x80)
_ROLL_OVER = const(0x10)
_RESET = const(0x40)
_RED_AND_INFRARED = const(0x03)
_SLOTTED = const(0x07)

_RATES_HZ = (50, 100, 200, 400, 800, 1000, 1600, 3200)
_AVERAGES = (1, 2, 4, 8, 16, 32)
_PULSES_US = (69, 118, 215, 411)
_RANGES_NANOAMPERES = (2048, 4096, 8192, 16384)


class Optics(
    namedtuple(
        "Optics",
        (
            "adc_hz",
            "average",
            "pulse_us",
            "range_nanoamperes",
            "microamperes",
            "colours",
            "max_microamperes",
        ),
    )
):
    """The optical settings: conversions per second, how many make a sample, light, gain, LEDs."""


def optics(settings: "Settings") -> Optics:
    """The part of the settings that this chip needs."""
    return Optics(
        settings.ppg_adc_hz,
        settings.ppg_average,
        settings.ppg_pulse_us,
        settings.ppg_range_nanoamperes,
        settings.ppg_microamperes,
        3 if settings.ppg_green else 2,
        MAX_MICROAMPERES[settings.wearer],
    )


class Max3010x:
    """The PPG sensor, a source of `ppg_red`, `ppg_ir` and, if there is one, `ppg_green`.

    Parameters
    ----------
    bus : I2C
    ticks_us : the wrapping tick source
    millihz : nominal rate of the samples; how many were lost in a long stall is told by it
    wake_at : samples in the FIFO at which the interrupt pin falls
    """

    def __init__(
        self,
        bus: "machine.I2C",
        optics: Optics,
        ticks_us: "Callable[[], int]",
        millihz: int,
        wake_at: int,
    ) -> None:
        colours = optics.colours
        self.streams = (streams.PPG_RED, streams.PPG_IR, streams.PPG_GREEN)[:colours]
        self.samples = tuple(array("i", bytes(4 * _DEPTH)) for _ in self.streams)
        self.lost = self.status = self.tick = 0
        self.rate_millihz = 0
        self.temperature_centi = messages.NO_TEMPERATURE
        self.light = Light(colours, 1, optics.microamperes, optics.max_microamperes)
        self._bus = bus
        self._optics = optics
        self._ticks_us = ticks_us
        self._nominal_millihz = millihz
        self._free_at_wake = _DEPTH - max(MIN_TO_WAKE, min(wake_at, MAX_TO_WAKE))
        self._was_in_contact = True
        self._reported_currents = list(self.light.currents)
        self._has_asked = False
        self._levels = array("i", bytes(4 * colours))
        self._marks = self._owed = self._span_us = self._span = 0
        self._sample_size = 3 * colours
        raw = bytearray(_DEPTH * self._sample_size)
        self._raw = raw
        self._bursts = [memoryview(raw)[: n * self._sample_size] for n in range(_DEPTH + 1)]
        self._head = bytearray(_FIFO_DATA)
        self._pair = bytearray(2)
        self._register = bytearray(1)

    def is_there(self) -> bool:
        """Whether the chip answers with its part number."""
        try:
            return self._read(_PART) == _PART_NUMBER
        except OSError:
            return False

    def rate_and_unit(self, _: int) -> tuple[int, int, int]:
        """Nominal rate in millihertz, and numerator and denominator of one count."""
        return self._nominal_millihz, 1, 1

    def start(self) -> None:
        """Reset, configure and begin to sample with an empty FIFO."""
        self.tick = self._ticks_us() & TICKS_MASK
        self._owed = self._span_us = self._span = self.rate_millihz = 0
        for index in range(len(self._levels)):
            self._levels[index] = FULL_SCALE // 2 if self.light.is_in_contact else 0
        self._configure()

    def stop(self) -> None:
        """Lights off."""
        self._write(_MODE, 0)

    def drain(self) -> int:
        """Fetch all samples from the FIFO; return how many."""
        self.lost = 0
        self.status = self._marks
        try:
            return self._drain()
        except OSError:
            self.status |= streams.SENSOR_FAULT
            return 0

    def takes_settings(self) -> bool:
        """Whether the chip left rate and pulse as set: it silently lowers a rate too high."""
        try:
            self._configure()
            taken = self._read(_SPO2_CONFIG) == self._spo2_config()
            self.stop()
        except OSError:
            return False
        return taken

    def attend(self) -> "list[tuple[int, int]]":
        """Once a second: lights, temperature, rate; the events of that, as (code, value)."""
        changes: list[tuple[int, int]] = []
        if self._span_us >= _RATE_OVER_US:
            self.rate_millihz = self._span * 1_000_000_000 // self._span_us
            self._span_us = self._span = 0
        try:
            self._take_temperature()
            if self.light.look(self._levels):
                self._shine()
                self._report_changes(changes)
        except OSError:
            self._marks |= streams.SENSOR_FAULT
        return changes

    def is_silent(self) -> bool:
        """Whether no sample came for so long that the chip must have been reset or gone."""
        return (self._ticks_us() - self.tick) & TICKS_MASK > _SILENT_US

    def resume(self) -> None:
        """Configure a chip that fell silent anew; what it did not give meanwhile is lost."""
        due = self._due_since(self.tick, self._ticks_us())
        self._owed += due
        self._span_us = self._span = 0
        rate_millihz = self.rate_millihz or self._nominal_millihz
        self.tick = (self.tick + due * 1_000_000_000 // rate_millihz) & TICKS_MASK
        self._configure()

    def _configure(self) -> None:
        optics = self._optics
        self._has_asked = False
        self._reset()
        self._write(
            _FIFO_CONFIG, _AVERAGES.index(optics.average) << 5 | _ROLL_OVER | self._free_at_wake
        )
        self._write(_SPO2_CONFIG, self._spo2_config())
        self._shine()
        self._write(_ENABLE, _ALMOST_FULL)
        for pointer in range(3):
            self._write(_WRITE_POINTER + pointer, 0)
        if optics.colours > 2:
            self._write(_SLOTS, 0x21)
            self._write(_SLOTS + 1, 0x03)
        self._write(_MODE, _SLOTTED if optics.colours > 2 else _RED_AND_INFRARED)
        self._read(_STATUS)

    def _reset(self) -> None:
        """Reset the chip and wait until it hears again; some clones never say so."""
        self._write(_MODE, _RESET)
        for _ in range(_MAX_LOOKS):
            if not self._read(_MODE) & _RESET:
                return

    def _spo2_config(self) -> int:
        optics = self._optics
        return (
            _RANGES_NANOAMPERES.index(optics.range_nanoamperes) << 5
            | _RATES_HZ.index(optics.adc_hz) << 2
            | _PULSES_US.index(optics.pulse_us)
        )

    def _shine(self) -> None:
        for led in range(len(self.streams)):
            self._write(_LED_CURRENT + led, self.light.currents[led] // CURRENT_STEP)

    def _report_changes(self, changes: "list[tuple[int, int]]") -> None:
        light = self.light
        if light.is_in_contact != self._was_in_contact:
            self._was_in_contact = light.is_in_contact
            changes.append((messages.CONTACT, int(light.is_in_contact)))
        for index, stream in enumerate(self.streams):
            if light.currents[index] != self._reported_currents[index]:
                changes.append((messages.LED_CURRENT, stream * 1_000_000 + light.currents[index]))
        self._reported_currents = list(light.currents)
        self._marks = streams.LED_CHANGED | (0 if light.is_in_contact else streams.NO_CONTACT)

    def _take_temperature(self) -> None:
        """Read the die's temperature asked for a second ago, and ask anew."""
        if self._has_asked and self._read(_MEASURE_TEMPERATURE) == 0:
            self._bus.readfrom_mem_into(ADDRESS, _TEMPERATURE, self._pair)
            whole = self._pair[0] - 256 if self._pair[0] & 0x80 else self._pair[0]
            self.temperature_centi = whole * 100 + (self._pair[1] & 15) * 25 // 4
        self._write(_MEASURE_TEMPERATURE, 1)
        self._has_asked = True

    def _drain(self) -> int:
        count = self._waiting()
        self.lost += self._owed
        if count == 0:
            self.lost = 0
            return 0
        tick = self._ticks_us() & TICKS_MASK
        self._bus.readfrom_mem_into(ADDRESS, _FIFO_DATA, self._bursts[count])
        self._span_us += (tick - self.tick) & TICKS_MASK
        self._span += count + self.lost
        self.tick = tick
        self._owed = 0
        first = 0
        for index in range(len(self.streams)):
            samples = self.samples[index]
            unpack(self._raw, first, self._sample_size, count, samples)
            last = samples[count - 1]
            if last >= FULL_SCALE:
                self.status |= streams.SATURATED
            self._levels[index] += (last - self._levels[index]) >> 1
            first += 3
        self._marks &= streams.NO_CONTACT
        return count

    # Write and read pointer have five bits for 32 places, so their distance alone cannot say.
    #   1. The overflow counter is not 0: full, and so many were overwritten (it stops at 31; from
    #      there on the time tells).
    #   2. The pointers are apart: by as many samples as wait.
    #   3. They are equal and "almost full" was raised since the last look: full, nothing lost yet.
    #   4. They are equal and it was not: empty.
    def _waiting(self) -> int:
        """How many samples the FIFO holds.

        The status is read each time, for nothing else makes the interrupt pin rise again.
        """
        head = self._head
        self._bus.readfrom_mem_into(ADDRESS, _STATUS, head)
        count = (head[_WRITE_POINTER] - head[_READ_POINTER]) & (_DEPTH - 1)
        overflow = head[_OVERFLOWS] & _OVERFLOW_LIMIT
        if overflow:
            self.lost = self._lost(overflow)
            self.status |= streams.OVERFLOWED
            return _DEPTH
        if count == 0 and head[_STATUS] & _ALMOST_FULL:
            return _DEPTH
        return count

    def _lost(self, overflow: int) -> int:
        """Samples overwritten: as counted, or by the time passed once the counter is at its end."""
        if overflow < _OVERFLOW_LIMIT:
            return overflow
        return max(overflow, self._due_since(self.tick, self._ticks_us()) - _DEPTH)

    def _due_since(self, before: int, now: int) -> int:
        """Samples due between two ticks, at the rate measured or nominal; in small integers."""
        elapsed_ms = ((now - before) & TICKS_MASK) // 1000
        centihz = (self.rate_millihz or self._nominal_millihz) // 10
        whole_s, rest_ms = elapsed_ms // 1000, elapsed_ms % 1000
        return (whole_s * centihz + rest_ms * centihz // 1000) // 100

    def _read(self, register: int) -> int:
        self._bus.readfrom_mem_into(ADDRESS, register, self._register)
        return self._register[0]

    def _write(self, register: int, value: int) -> None:
        self._register[0] = value
        self._bus.writeto_mem(ADDRESS, register, self._register)
