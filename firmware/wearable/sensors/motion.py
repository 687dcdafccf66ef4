"""Driver of the accelerometers LIS3DH and LSM6DS3: three axes at +-4 g through their FIFO.

Each chip is a row of registers; what is done with them is the same. A drain is one burst over the
bus, 1.6 ms for 10 samples at 400 kHz, and allocates nothing.
"""

from array import array
from collections import namedtuple

from micropython import const

from dyadwire import streams
from dyadwire.ticks import TICKS_MASK, tick_after
from wearable.sensors import LIS3DH_ADDRESS, LSM6DS3_ADDRESS, WHO_AM_I
from wearable.sensors.fifo import unpack_words

TYPE_CHECKING = const(0)
if TYPE_CHECKING:
    from collections.abc import Callable

    import machine

_DEPTH = const(32)
_SILENT_US = const(1_500_000)


class Chip(
    namedtuple(
        "Chip",
        ("address", "names", "rates", "setup", "count_at", "waiting", "data_at", "shift", "unit"),
    )
):
    """The registers of one kind of accelerometer.

    `names` are the values of its WHO_AM_I, `rates` (millihertz, code) in rising order, `setup`
    gives the (register, value) pairs for a code, `waiting` (samples, overrun) from two bytes read
    at `count_at`, `shift` the low bits that hold nothing, `unit` a count in g as a fraction.
    """


def _set_up_lis3dh(code: int) -> "tuple[tuple[int, int], ...]":
    return ((0x24, 0), (0x2E, 0), (0x20, code << 4 | 7), (0x23, 0x98), (0x24, 0x40), (0x2E, 0x80))


def _waiting_in_lis3dh(pair: bytearray) -> int:
    """Samples; a full FIFO counts 31 and the overrun bit, as negative number."""
    return -_DEPTH if pair[0] & 0x40 else pair[0] & 0x1F


def _set_up_lsm6ds3(code: int) -> "tuple[tuple[int, int], ...]":
    return ((0x0A, 0), (0x12, 0x44), (0x10, code << 4 | 8), (0x08, 1), (0x0A, code << 3 | 6))


def _waiting_in_lsm6ds3(pair: bytearray) -> int:
    samples = (pair[0] | (pair[1] & 0x0F) << 8) // 3
    return -samples if pair[1] & 0x40 else samples


LIS3DH = Chip(
    LIS3DH_ADDRESS, (0x33,), ((10_000, 2), (25_000, 3), (50_000, 4), (100_000, 5), (200_000, 6)),
    _set_up_lis3dh, 0x2F, _waiting_in_lis3dh, 0xA8, 4, (1, 500),
)  # fmt: skip
LSM6DS3 = Chip(
    LSM6DS3_ADDRESS, (0x69, 0x6A),
    ((12_500, 1), (26_000, 2), (52_000, 3), (104_000, 4), (208_000, 5)),
    _set_up_lsm6ds3, 0x3A, _waiting_in_lsm6ds3, 0x3E, 3, (976, 1_000_000),
)  # fmt: skip
CHIPS = (LIS3DH, LSM6DS3)


class Motion:
    """The accelerometer, a source of `acc_x`, `acc_y` and `acc_z`.

    Of the chip's rates it takes the first that is not below `hz`.
    """

    streams = (streams.ACC_X, streams.ACC_Y, streams.ACC_Z)

    def __init__(
        self, bus: "machine.I2C", chip: Chip, ticks_us: "Callable[[], int]", hz: int
    ) -> None:
        self.samples = tuple(array("i", bytes(4 * _DEPTH)) for _ in self.streams)
        self.lost = self.status = self.tick = 0
        self._bus = bus
        self._chip = chip
        self._ticks_us = ticks_us
        usable = [rate for rate in chip.rates if rate[0] >= 1000 * hz] or chip.rates[-1:]
        self._millihz, self._code = usable[0]
        self._period_us = 1_000_000_000 // self._millihz
        self._owed = 0
        raw = bytearray(6 * _DEPTH)
        self._raw = raw
        self._bursts = [memoryview(raw)[: 6 * n] for n in range(_DEPTH + 1)]
        self._pair = bytearray(2)
        self._register = bytearray(1)

    def is_there(self) -> bool:
        """Whether the chip answers with its name."""
        try:
            self._bus.readfrom_mem_into(self._chip.address, WHO_AM_I, self._register)
        except OSError:
            return False
        return self._register[0] in self._chip.names

    def rate_and_unit(self, _: int) -> tuple[int, int, int]:
        """Rate in millihertz, and one count in g."""
        numerator, denominator = self._chip.unit
        return self._millihz, numerator, denominator

    def start(self) -> None:
        """Begin to sample with an empty FIFO."""
        self.tick = self._ticks_us() & TICKS_MASK
        self._owed = 0
        self._configure()

    def stop(self) -> None:
        """Sleep."""
        register, value = self._chip.setup(0)[2]
        self._write(register, value & 0x0F)

    def drain(self) -> int:
        """Fetch at most 32 samples; return how many."""
        self.lost = self.status = 0
        try:
            return self._drain()
        except OSError:
            self.status = streams.SENSOR_FAULT
            return 0

    def attend(self) -> "list[tuple[int, int]]":
        """Once a second: nothing to do."""
        return []

    def is_silent(self) -> bool:
        """Whether no sample came for so long that the chip must have been reset or gone."""
        return (self._ticks_us() - self.tick) & TICKS_MASK > _SILENT_US

    def resume(self) -> None:
        """Configure a chip that fell silent anew; what it did not give meanwhile is lost."""
        due = self._due()
        self._owed += due
        self.tick = tick_after(self.tick, due * self._period_us)
        self._configure()

    def _configure(self) -> None:
        for register, value in self._chip.setup(self._code):
            self._write(register, value)

    def _drain(self) -> int:
        chip = self._chip
        self._bus.readfrom_mem_into(chip.address, chip.count_at, self._pair)
        waiting = chip.waiting(self._pair)
        if waiting == 0:
            return 0
        if waiting < 0:
            waiting = -waiting
            self.lost = max(0, self._due() - waiting)
            if self.lost:
                self.status = streams.OVERFLOWED
        count = min(waiting, _DEPTH)
        self._bus.readfrom_mem_into(chip.address, chip.data_at, self._bursts[count])
        behind_us = (waiting - count) * self._period_us
        self.tick = (self._ticks_us() - behind_us) & TICKS_MASK
        self.lost += self._owed
        self._owed = 0
        for axis in range(3):
            unpack_words(self._raw, 2 * axis, chip.shift, count, self.samples[axis])
        return count

    def _due(self) -> int:
        """Samples due since the last one, in small integers."""
        return ((self._ticks_us() - self.tick) & TICKS_MASK) // self._period_us

    def _write(self, register: int, value: int) -> None:
        self._register[0] = value
        self._bus.writeto_mem(self._chip.address, register, self._register)
