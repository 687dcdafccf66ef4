"""The device clock: a counter that wraps, made into microseconds that do not.

ESP32's `ticks_us` wraps each 2^30 us (17.9 minutes). Ask for the time at least once in a period
(`firmware` does each second) and no wrap is missed.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

TICKS_BITS = 30
TICKS_PERIOD = 1 << TICKS_BITS
TICKS_MASK = TICKS_PERIOD - 1


def tick_after(tick: int, passed_us: int) -> int:
    """The tick that comes `passed_us` (below a period) after another, over the wrap too.

    Their sum would leave the small integers of a 32-bit chip (31 bits with sign), and so allocate;
    what is left of the period does not.

    >>> tick_after(TICKS_PERIOD - 10, 15)
    5
    """
    return (tick - (TICKS_MASK - passed_us) - 1) & TICKS_MASK


class DeviceClock:
    """Microseconds since boot from a wrapping tick source.

    Not to be called from interrupts: they keep the raw tick, and `at_us` widens it afterwards.
    On ESP32 everything here but `now_us` and `at_us` stays within small integers.

    Parameters
    ----------
    ticks_us : function giving the present tick; only its lowest bits, below `period`, are used
    period : where the source wraps, a power of two

    >>> ticks = iter([1_000, TICKS_PERIOD - 1, 5])     # the last has wrapped
    >>> clock = DeviceClock(lambda: next(ticks))
    >>> clock.now_us(), clock.now_us()
    (1073741823, 1073741829)
    """

    def __init__(self, ticks_us: "Callable[[], int]", period: int = TICKS_PERIOD) -> None:
        self._ticks_us = ticks_us
        self._mask = period - 1
        self._bits = 0
        while period > 1:
            period >>= 1
            self._bits += 1
        self._last = ticks_us() & self._mask
        self._wraps = 0

    def tick(self) -> int:
        """The present tick; also what notices a wrap."""
        tick = self._ticks_us() & self._mask
        if tick < self._last:
            self._wraps += 1
        self._last = tick
        return tick

    def now_us(self) -> int:
        """Microseconds since boot, never decreasing."""
        tick = self.tick()
        return (self._wraps << self._bits) + tick

    def at_us(self, tick: int) -> int:
        """Microseconds since boot of a tick taken less than a period ago."""
        self.tick()
        return (self._wraps_at(tick) << self._bits) + tick

    def put_us(self, buffer: bytearray, offset: int, tick: int) -> None:
        """Write `at_us(tick)` as 8 little-endian bytes at offset, without allocating."""
        self.tick()
        wraps = self._wraps_at(tick)
        for shift in range(0, 64, 8):
            if shift >= self._bits:
                byte = wraps >> (shift - self._bits)
            elif shift + 8 <= self._bits:
                byte = tick >> shift
            else:
                byte = (tick >> shift) | (wraps << (self._bits - shift))
            buffer[offset + (shift >> 3)] = byte & 0xFF

    def _wraps_at(self, tick: int) -> int:
        return self._wraps - 1 if tick > self._last else self._wraps
