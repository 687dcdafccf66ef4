"""Driver of the MAX17048, a fuel gauge: what is left in the battery, by its own reckoning."""

from micropython import const

TYPE_CHECKING = const(0)
if TYPE_CHECKING:
    import machine

ADDRESS = 0x36

_VOLTAGE = const(0x02)
_CHARGE = const(0x04)
_VERSION = const(0x08)
_FAMILY = const(0x001)


class Max17048:
    """A fuel gauge of the battery."""

    def __init__(self, bus: "machine.I2C") -> None:
        self._bus = bus
        self._pair = bytearray(2)

    def is_there(self) -> bool:
        """Whether the chip answers with its version."""
        try:
            return self._read(_VERSION) >> 4 == _FAMILY
        except OSError:
            return False

    def percent(self) -> int:
        """Charge left; the chip may say a little over 100."""
        return min(self._read(_CHARGE) >> 8, 100)

    def millivolts(self) -> int:
        """The cell's voltage, in steps of 78.125 uV."""
        return self._read(_VOLTAGE) * 5 // 64

    def _read(self, register: int) -> int:
        self._bus.readfrom_mem_into(ADDRESS, register, self._pair)
        return self._pair[0] << 8 | self._pair[1]
