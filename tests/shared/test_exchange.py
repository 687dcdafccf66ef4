"""Two-way time probes. Runs on CPython and MicroPython."""

from dyadwire.exchange import Exchange


def test_offset_is_how_far_the_wearable_is_ahead_whatever_its_own_delay():
    for delay_us in (0, 60_000):
        exchange = Exchange(1, 1_000, 501_500, 501_500 + delay_us, 2_000 + delay_us)
        assert exchange.offset_us() == 500_000
        assert exchange.round_trip_us() == 1_000


def test_offset_is_exact_for_times_beyond_32_bits():
    far = 1 << 50
    assert Exchange(1, far, 10, 20, far + 30).offset_us() == 5 - far - 5
