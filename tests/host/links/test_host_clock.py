"""The host's clock goes on while the computer sleeps and does not step otherwise."""

import time

import pytest

from dyadkit.links import SteadyClock

HOUR_NS = 3600 * 10**9


@pytest.mark.skipif(not hasattr(time, "CLOCK_BOOTTIME"), reason="only Linux leaves sleep out")
def test_sleep_counts_and_nothing_else_steps_the_clock(monkeypatch):
    now = {time.CLOCK_MONOTONIC_RAW: 50, time.CLOCK_MONOTONIC: 70, time.CLOCK_BOOTTIME: 90}
    monkeypatch.setattr(time, "clock_gettime_ns", lambda clock: now[clock])
    clock = SteadyClock()
    assert clock() == 50, "less than a sleep is the time between two readings"
    now[time.CLOCK_BOOTTIME] += HOUR_NS
    assert clock() == 50 + HOUR_NS + 20
    now[time.CLOCK_BOOTTIME] += 900
    now[time.CLOCK_MONOTONIC_RAW] += 1000
    assert clock() == 1050 + HOUR_NS + 20, "the noise of reading is not passed on"
    assert SteadyClock()() == pytest.approx(clock(), abs=1000), "another program reads the same"


@pytest.mark.skipif(not hasattr(time, "CLOCK_BOOTTIME"), reason="only Linux leaves sleep out")
def test_a_program_held_up_between_two_readings_has_not_slept(monkeypatch):
    passed_ns = 0

    def read(_):
        nonlocal passed_ns
        passed_ns += 20_000_000
        return passed_ns

    monkeypatch.setattr(time, "clock_gettime_ns", read)
    clock = SteadyClock()
    assert [clock() for _ in range(3)] == [60_000_000, 120_000_000, 180_000_000]


def test_the_clock_never_goes_back():
    clock = SteadyClock()
    readings = [clock() for _ in range(1000)]
    assert readings == sorted(readings)
