"""Skin conductance: timed pairs, sums, gaps."""

import machine
from clock import PERIOD, Ticks

from dyadwire import streams
from wearable.sensors.skin import ADDRESS, Rhythm, Skin

SLOT_US = 3125
SLOTS_TO_FILL = 32
SLOTS_PER_OUTPUT = 20


class Bench:
    def __init__(self, start=0):
        self.ticks = Ticks(start)
        self.chip = machine.Converter()
        machine.I2C.devices = {ADDRESS: self.chip}
        self.skin = Skin(machine.I2C(0), Rhythm(160, 10, 16), self.ticks)
        self.skin.start()

    def run(self, slots):
        for _ in range(slots):
            self.ticks.true_us += SLOT_US
            self.skin.convert(None)


def test_an_output_is_the_sum_of_the_last_sixteen_pairs():
    bench = Bench()
    bench.run(40)
    assert bench.skin.drain() == 1
    assert bench.skin.samples[0][0] == 16 * 3200
    assert bench.skin.samples[1][0] == 16 * 16000


def test_the_current_is_measured_upside_down_and_turned():
    bench = Bench()
    bench.chip.values = {1: 5, 2: -7}
    bench.run(40)
    bench.skin.drain()
    assert (bench.skin.samples[0][0], bench.skin.samples[1][0]) == (-80, -112)


def test_sixteen_outputs_a_second_with_the_time_of_the_last():
    bench = Bench()
    bench.run(40)
    bench.skin.drain()
    bench.run(320)
    assert bench.skin.drain() == 16
    assert bench.skin.tick == 360 * SLOT_US
    assert bench.skin.lost == 0


def test_a_stall_loses_exactly_the_outputs_slept_through_at_their_place():
    bench = Bench()
    bench.run(80)
    bench.ticks.true_us += 8 * SLOTS_PER_OUTPUT * SLOT_US
    bench.run(SLOTS_PER_OUTPUT)
    assert bench.skin.drain() == 3
    assert bench.skin.lost == 0
    assert bench.skin.drain() == 1
    assert bench.skin.lost == 8
    bench.run(SLOTS_PER_OUTPUT)
    assert bench.skin.drain() == 1
    assert bench.skin.lost == 0


def test_callbacks_in_a_burst_after_a_stall_count_once():
    bench = Bench()
    bench.run(40)
    bench.skin.drain()
    bench.ticks.true_us += 4 * SLOT_US
    for _ in range(8):
        bench.skin.convert(None)
    bench.run(16)
    assert bench.skin.drain() == 1


def test_late_callbacks_keep_the_grid():
    bench = Bench()
    for slot in range(40 + 320):
        late_us = (slot * 7919) % 1200
        bench.ticks.true_us = (slot + 1) * SLOT_US + late_us
        bench.skin.convert(None)
        if slot == 39:
            bench.skin.drain()
    assert bench.skin.drain() == 16
    assert bench.skin.lost == 0


def test_the_wrap_of_the_ticks_changes_nothing():
    bench = Bench(PERIOD - 10 * SLOT_US)
    bench.run(40 + 320)
    assert bench.skin.drain() == 17
    assert bench.skin.lost == 0


def test_a_silent_converter_is_a_status_and_then_a_gap():
    bench = Bench()
    bench.run(40)
    bench.skin.drain()
    machine.I2C.devices = {}
    bench.run(SLOTS_PER_OUTPUT)
    machine.I2C.devices = {ADDRESS: bench.chip}
    bench.run(SLOTS_PER_OUTPUT)
    assert bench.skin.drain() == 1
    assert bench.skin.lost == 1
    assert bench.skin.status & streams.SENSOR_FAULT


def test_a_converter_at_its_limit_is_a_status():
    bench = Bench()
    bench.chip.values[2] = 32767
    bench.run(40)
    bench.skin.drain()
    assert bench.skin.status & streams.SATURATED


def test_an_unread_ring_loses_the_newest_and_says_so():
    bench = Bench()
    bench.run(40 + 70 * SLOTS_PER_OUTPUT)
    assert bench.skin.drain() == 63
    bench.run(SLOTS_PER_OUTPUT)
    assert bench.skin.drain() == 1
    assert bench.skin.lost == 8
