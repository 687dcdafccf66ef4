"""The `time` module in virtual time; `ticks_*` wrap each 2^30 as on ESP32."""

from utime import gmtime, localtime, mktime  # noqa: F401 - part of this module
from virtual import costs
from virtual.world import clock

_MASK = (1 << 30) - 1
_HALF = 1 << 29


def ticks_us():
    clock.spend(costs.CLOCK_READ_US)
    return clock.now & _MASK


def ticks_ms():
    clock.spend(costs.CLOCK_READ_US)
    return clock.now // 1000 & _MASK


def ticks_cpu():
    return ticks_us()


def ticks_add(ticks, delta):
    return (ticks + delta) & _MASK


def ticks_diff(end, start):
    return ((end - start + _HALF) & _MASK) - _HALF


def sleep_us(duration_us):
    """Wait awake, as the port does for all but whole ticks; interrupts come in between."""
    end = clock.now + max(1, duration_us)
    clock.busy_us += max(1, duration_us)
    while clock.now < end:
        clock.wait_until(end)


def sleep_ms(duration_ms):
    sleep_us(duration_ms * 1000)


def sleep(duration_s):
    sleep_us(int(duration_s * 1000000))


def time_ns():
    clock.spend(costs.CLOCK_READ_US)
    return clock.now * 1000


def time():
    return time_ns() // 1000000000
