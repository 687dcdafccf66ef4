"""Time beyond the wrap of the tick counter. Runs on CPython and MicroPython."""

import struct

from dyadwire.ticks import TICKS_PERIOD, DeviceClock


class Source:
    """A tick source of `bits` bits that is set by hand."""

    def __init__(self, bits, start):
        self.true_us = start
        self.mask = (1 << bits) - 1

    def __call__(self):
        return self.true_us & self.mask


def test_time_goes_on_over_many_wraps():
    source = Source(30, 5)
    clock = DeviceClock(source)
    for _ in range(100):
        source.true_us += TICKS_PERIOD // 3
        assert clock.now_us() == source.true_us


def test_a_wrap_while_idle_for_almost_a_period_is_seen():
    source = Source(30, 123)
    clock = DeviceClock(source)
    source.true_us += TICKS_PERIOD - 1
    assert clock.now_us() == source.true_us


def test_a_tick_from_before_the_wrap_is_widened_with_the_old_wrap_count():
    source = Source(30, TICKS_PERIOD - 100)
    clock = DeviceClock(source)
    received_us, received_tick = source.true_us, clock.tick()
    source.true_us += 60_000
    assert clock.at_us(received_tick) == received_us
    assert clock.now_us() == source.true_us
    assert clock.at_us(received_tick) == received_us


def test_bytes_of_a_stamp_equal_the_number_for_any_period():
    for bits in (16, 24, 30, 32, 62):
        source = Source(bits, (1 << bits) - 7)
        clock = DeviceClock(source, 1 << bits)
        buffer = bytearray(10)
        for step in (0, 3, 10, 5000, 40_000) * 5:
            source.true_us += step
            clock.put_us(buffer, 1, source())
            assert struct.unpack_from("<Q", buffer, 1)[0] == source.true_us, bits


def test_a_wider_source_is_cut_to_the_period():
    source = Source(62, 3 * TICKS_PERIOD + 9)
    clock = DeviceClock(source)
    assert clock.now_us() == 9
    source.true_us += TICKS_PERIOD - 1
    assert clock.now_us() == TICKS_PERIOD + 8
