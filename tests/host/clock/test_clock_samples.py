"""Sample times from block stamps and counters."""

import numpy as np
import pytest

from dyadkit.clock import sample_times

BLOCK = 25


def stream(seed, minutes=20, late_us=2000.0):
    """A sensor 1.7 % fast whose rate wanders; stamps late by a gamma delay."""
    rng = np.random.default_rng(seed)
    count = int(minutes * 60 * 100)
    wander = 1 + 1e-4 * np.sin(2 * np.pi * np.arange(count) / count)
    true_us = 5e6 + np.cumsum(1e6 / 101.7 * wander)
    counters = np.arange(0, count - BLOCK, BLOCK)
    stamps_us = true_us[counters] + rng.gamma(2.0, late_us / 2, len(counters))
    return true_us, counters, stamps_us


def errors_us(times, true_us, counters):
    number = (counters[:, None] + np.arange(BLOCK)).ravel()
    error_us = times.times_us - true_us[number]
    return error_us - np.median(error_us)


def test_the_sensor_own_rate_is_found_not_the_nominal_one():
    _, counters, stamps_us = stream(1)
    times = sample_times(counters, np.full(len(counters), BLOCK), stamps_us)
    assert times.rate_hz == pytest.approx(101.7, rel=1e-3)
    assert len(times.breaks) == 0


def test_samples_are_placed_within_the_bound_although_stamps_are_late():
    true_us, counters, stamps_us = stream(2)
    times = sample_times(counters, np.full(len(counters), BLOCK), stamps_us)
    error_us = errors_us(times, true_us, counters)
    assert np.abs(error_us).max() < 600
    assert np.mean(np.abs(error_us) <= times.bounds_us) >= 0.9


def test_lost_blocks_do_not_break_the_line():
    true_us, counters, stamps_us = stream(3)
    kept = np.random.default_rng(3).random(len(counters)) > 0.2
    kept[500:560] = False
    counters, stamps_us = counters[kept], stamps_us[kept]
    times = sample_times(counters, np.full(len(counters), BLOCK), stamps_us)
    assert len(times.breaks) == 0
    assert np.abs(errors_us(times, true_us, counters)).max() < 800


def test_lost_samples_begin_a_new_run():
    true_us, counters, stamps_us = stream(4)
    stamps_us[400:] += 300_000  # a FIFO overflow: time went on, the counter did not
    times = sample_times(counters, np.full(len(counters), BLOCK), stamps_us)
    assert times.breaks.tolist() == [400]
    step_us = np.diff(times.times_us)
    assert step_us[400 * BLOCK - 1] == pytest.approx(300_000 + 1e6 / 101.7, abs=1500)


def test_a_counter_that_starts_again_begins_a_new_run():
    _, counters, stamps_us = stream(5)
    counters[300:] -= counters[300]
    times = sample_times(counters, np.full(len(counters), BLOCK), stamps_us)
    assert times.breaks.tolist() == [300]
    assert np.isfinite(times.times_us).all()


def test_wild_stamps_do_not_bend_the_line():
    true_us, counters, stamps_us = stream(6)
    stamps_us[::50] += 15_000
    times = sample_times(counters, np.full(len(counters), BLOCK), stamps_us)
    assert np.abs(errors_us(times, true_us, counters)).max() < 800


def test_one_block_tells_no_rate():
    times = sample_times([0], [25], [1000])
    assert np.isnan(times.times_us).all()
    assert np.isnan(times.rate_hz)
    assert len(sample_times([], [], []).times_us) == 0


def test_unequal_columns_are_refused():
    with pytest.raises(ValueError, match="one entry per block"):
        sample_times([0, 1], [1], [1, 2])
    with pytest.raises(ValueError, match="fewer than zero"):
        sample_times([0], [-1], [1])
