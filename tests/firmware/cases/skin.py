"""Skin conductance: timed pairs, sums, gaps."""

import random

import machine
import micropython
from clock import PERIOD, Ticks

from dyadwire import streams
from wearable.sensors.skin import ADDRESS, PairTiming, Skin

SLOT_US = 3125
SLOTS_PER_OUTPUT = 20


class Bench:
    def __init__(self, start=0):
        self.ticks = Ticks(start)
        self.chip = machine.Converter(self.ticks)
        machine.I2C.devices = {ADDRESS: self.chip}
        self.skin = Skin(machine.I2C(0), PairTiming(160, 10, 16), self.ticks)
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


def drained(bench):
    """All (number, current, status) since the last call, and how many were lost between."""
    found, lost = [], 0
    while True:
        count = bench.skin.drain()
        lost += bench.skin.lost
        if not count:
            return found, lost
        for index in range(count):
            found.append((bench.skin.samples[0][index], bench.skin.status))


def test_a_pause_of_200_ms_loses_nothing_wherever_it_begins():
    for begin in range(SLOTS_PER_OUTPUT):
        bench = Bench()
        bench.run(80 + begin)
        bench.ticks.true_us += 200_000
        bench.run(144 - begin)
        found, lost = drained(bench)
        assert (len(found), lost) == ((80 + 144 + 64) // SLOTS_PER_OUTPUT - 1, 0)


def test_outputs_slept_through_are_eight_pairs_before_and_eight_behind_and_say_so():
    bench = Bench()
    bench.run(81)
    drained(bench)
    bench.chip.values[1] = -6400
    bench.ticks.true_us += (3 * SLOTS_PER_OUTPUT - 2) * SLOT_US
    bench.run(1 + 2 * SLOTS_PER_OUTPUT)
    found, lost = drained(bench)
    mixed = 8 * 3200 + 8 * 6400
    assert [value for value, _ in found[:3]] == [mixed] * 3
    assert found[0][1] & streams.BRIDGED
    bench.run(SLOTS_PER_OUTPUT)
    assert drained(bench) == ([(16 * 6400, 0)], 0)
    assert lost == 0


def test_outputs_slept_through_carry_the_times_they_were_due():
    bench = Bench()
    bench.run(80)
    drained(bench)
    bench.ticks.true_us += 2 * SLOTS_PER_OUTPUT * SLOT_US
    bench.run(18)
    assert bench.skin.drain() == 2
    assert bench.skin.tick == (80 + 2 * SLOTS_PER_OUTPUT) * SLOT_US


def test_a_pause_of_500_ms_is_a_gap_of_exactly_the_outputs_without_pairs():
    bench = Bench()
    bench.run(80)
    drained(bench)
    bench.ticks.true_us += 8 * SLOTS_PER_OUTPUT * SLOT_US
    bench.run(10 * SLOTS_PER_OUTPUT)
    found, lost = drained(bench)
    made = 18 - lost
    assert len(found) == made
    assert lost == 9  # eight slept through, one whose 100 ms reach into the pause
    assert {value for value, _ in found} == {16 * 3200}
    assert not any(status & streams.BRIDGED for _, status in found)


def test_pauses_one_after_another_do_not_add_up_unseen():
    bench = Bench()
    bench.run(80)
    drained(bench)
    for _ in range(6):
        bench.ticks.true_us += 100_000
        bench.run(20)
    bench.run(80)
    found, lost = drained(bench)
    assert lost > 0
    assert len(found) + lost == (6 * (32 + 20) + 80) // SLOTS_PER_OUTPUT


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


def test_a_converter_silent_for_a_moment_is_a_status():
    bench = Bench()
    bench.run(40)
    drained(bench)
    machine.I2C.devices = {}
    bench.run(SLOTS_PER_OUTPUT)
    machine.I2C.devices = {ADDRESS: bench.chip}
    bench.run(2 * SLOTS_PER_OUTPUT)  # asked again within as long as it was silent
    found, lost = drained(bench)
    assert (len(found), lost) == (3, 0)
    assert found[0][1] & streams.SENSOR_FAULT
    assert found[0][1] & streams.BRIDGED


def test_a_converter_silent_for_a_second_is_a_gap():
    bench = Bench()
    bench.run(40)
    drained(bench)
    machine.I2C.devices = {}
    assert not bench.skin.is_silent()
    bench.run(16 * SLOTS_PER_OUTPUT)
    assert drained(bench) == ([], 0)
    assert bench.skin.is_silent()
    machine.I2C.devices = {ADDRESS: bench.chip}
    bench.skin.resume()
    bench.run(4 * SLOTS_PER_OUTPUT)
    assert not bench.skin.is_silent()
    found, lost = drained(bench)
    assert len(found) + lost == 20
    assert lost in (17, 18), "asked at once when told to"
    assert found[0][1] & streams.SENSOR_FAULT


class Counted:
    """A chip that does not answer, and counts how often it was asked."""

    def __init__(self):
        self.asked = 0

    def command(self, data):
        self.asked += 1
        raise OSError(19)


def test_a_dead_converter_is_asked_seven_times_and_then_only_when_told_to():
    bench = Bench()
    bench.run(40)
    dead = Counted()
    machine.I2C.devices = {ADDRESS: dead}
    dead.read_into = lambda register, buffer: dead.command(buffer)
    bench.run(10 * 16 * SLOTS_PER_OUTPUT)
    assert dead.asked <= 9, "each may cost 25 ms"
    before = dead.asked
    bench.skin.resume()
    bench.run(16 * SLOTS_PER_OUTPUT)
    assert dead.asked == before + 1
    assert bench.skin.is_silent()


def test_the_battery_at_the_wing_is_measured_between_pairs_which_stay_whole():
    bench = Bench()
    bench.chip.values[6] = 15_600
    bench.skin.battery_mv()
    bench.run(40)
    bench.chip.values[6] = 14_400
    bench.skin.battery_mv()
    before = drained(bench)
    bench.run(20 * SLOTS_PER_OUTPUT)
    found, lost = drained(bench)
    assert (len(found), lost) == (20, 0)
    assert {value for value, _ in before[0] + found} == {16 * 3200}
    assert not any(status & streams.BRIDGED for _, status in found)
    assert bench.skin.battery_mv() == 3600


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


def test_calls_that_come_in_a_bunch_behind_a_late_one_lose_and_invent_nothing():
    for late_us in range(1600, SLOT_US + 1500, 100):
        bench = Bench()
        bench.run(80)
        drained(bench)
        bench.ticks.true_us += SLOT_US + late_us
        for _ in range(3):
            bench.skin.convert(None)
            bench.ticks.true_us += 20
        bench.ticks.true_us += 2 * SLOT_US - late_us - 60
        bench.run(57)
        found, lost = drained(bench)
        assert (len(found), lost) == (3, 0), late_us
        assert {value for value, _ in found} == {16 * 3200}


def test_no_conversion_is_read_before_it_is_finished_however_the_calls_jitter():
    bench = Bench()
    for call in range(2000):
        late_us = (0, 1500, 300, 3925, 2000, 10, 0)[call % 7]
        bench.ticks.true_us = (call + 1) * SLOT_US + late_us
        bench.skin.convert(None)
        for index in range(bench.skin.drain()):
            pair = (bench.skin.samples[0][index], bench.skin.samples[1][index])
            assert pair == (16 * 3200, 16 * 16000), call


def test_a_conversion_begun_late_within_its_call_is_not_read_before_it_is_finished():
    bench = Bench()
    begin = bench.chip.command
    held_us = [0]

    def held_then_begun(data):
        bench.ticks.true_us += held_us[0]
        begin(data)

    bench.chip.command = held_then_begun
    for call in range(2000):
        bench.ticks.true_us = max(bench.ticks.true_us, (call + 1) * SLOT_US)
        held_us[0] = 2500 if call % 5 == 0 else 0
        bench.skin.convert(None)
        for index in range(bench.skin.drain()):
            pair = (bench.skin.samples[0][index], bench.skin.samples[1][index])
            assert pair == (16 * 3200, 16 * 16000), call


def test_each_condition_of_the_electrodes_is_a_status_bit():
    for current, voltage, expected in (
        (30, 16000, streams.NO_CONTACT),
        (3200, 16000, 0),
        (18000, 12000, streams.CURRENT_LIMITED),
        (18000, 300, streams.LEADS_SHORTED),
    ):
        bench = Bench()
        bench.chip.values.update({1: -current, 2: voltage})
        bench.run(45)
        assert bench.skin.drain() == 1
        assert bench.skin.status == expected, (current, voltage)


def test_power_is_a_status_bit_of_every_output():
    bench = Bench()
    bench.skin.power = streams.LOW_BATTERY
    bench.run(100)
    bench.skin.drain()
    assert bench.skin.status == streams.LOW_BATTERY


def test_what_is_not_allowed_is_not_measured_and_lost_at_its_place_over_a_wrap():
    bench = Bench(PERIOD - 100 * SLOT_US)
    bench.run(81)
    drained(bench)
    bench.skin.is_allowed = False
    bench.chip.values[1] = -9999
    bench.run(20 * SLOTS_PER_OUTPUT)
    assert drained(bench) == ([], 0)
    bench.skin.is_allowed = True
    bench.chip.values[1] = -3200
    bench.run(5 * SLOTS_PER_OUTPUT)
    found, lost = drained(bench)
    assert len(found) + lost == 25
    assert lost in (21, 22)
    assert {value for value, _ in found} == {16 * 3200}


def test_converting_allocates_nothing():
    bench = Bench(-115 * SLOT_US)  # the ticks wrap meanwhile, and the true time stays small
    bench.run(100)
    micropython.heap_lock()
    try:
        bench.run(45)
        count = bench.skin.drain()
    finally:
        micropython.heap_unlock()
    assert count > 0


def check_counters(skin):
    """What is written above `PairSum`, `SlotPace` and `OutputRing` about their counters."""
    sums, pace, ring = skin._sum, skin._pace, skin._ring
    for running in (0, 1):
        assert sums.sums[running] == sum(sums._recent[running])
    assert 0 <= sums._place < sums.length
    assert 0 <= sums._filled <= sums.length
    assert (sums._paused == 0) == (sums._behind == sums.length)
    assert 0 < pace._slots_left <= SLOTS_PER_OUTPUT
    assert pace.due >= 0
    place, number = ring._tail, ring._expected
    while place != ring._head:
        assert ring._numbers[place] >= number
        number = ring._numbers[place] + 1
        place = (place + 1) % len(ring._numbers)
    assert number <= ring._number


def test_the_counters_keep_what_is_written_beside_them_through_pauses_and_failures():
    random.seed(20)
    bench = Bench(PERIOD - 1000 * SLOT_US)
    begun = bench.ticks.true_us
    for _ in range(2500):
        slots = random.choice((1,) * 20 + (2, 3, 30, 60, 200))
        late_us = random.randint(-1500, 1500)
        at = bench.ticks.true_us - (bench.ticks.true_us - begun) % SLOT_US + slots * SLOT_US
        bench.ticks.true_us = at + late_us
        machine.I2C.devices = {} if random.randint(0, 30) == 0 else {ADDRESS: bench.chip}
        bench.skin.convert(None)
        check_counters(bench.skin)
        if random.randint(0, 50) == 0:
            bench.skin.drain()
            check_counters(bench.skin)


def test_nothing_is_measured_before_the_front_end_has_settled():
    bench = Bench()
    bench.skin.settle()
    bench.run(128)
    assert bench.skin.drain() == 0
    bench.run(60)
    assert bench.skin.drain() > 0
    assert bench.skin.samples[0][0] == 16 * 3200
