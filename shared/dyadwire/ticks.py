"""A counter that wraps, made into microseconds that do not.

ESP32's `ticks_us` wraps each 2^30 us (17.9 minutes). Ask for the time at least once in half a
period (`firmware` does each few seconds) and no wrap is missed.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

TICKS_BITS = 30
TICKS_PERIOD = 1 << TICKS_BITS


class DeviceClock:
    """Microseconds since boot from a wrapping tick source.

    ticks_us : function giving the present tick, 0 <= tick < period
    period : where the source wraps, a power of two
    """

    def __init__(self, ticks_us: "Callable[[], int]", period: int = TICKS_PERIOD) -> None:
        self._ticks_us = ticks_us
        self._period = period
        self._last = ticks_us()
        self._wraps = 0

    def now_us(self) -> int:
        """Microseconds since boot, never decreasing."""
        ticks = self._ticks_us()
        if ticks < self._last:
            self._wraps += 1
        self._last = ticks
        return self._wraps * self._period + ticks
