"""The pulse oximeter's FIFO: empty or full, lost samples, a silent chip."""

from array import array

import machine
from clock import PERIOD, Ticks

from dyadwire import messages, streams
from wearable.sensors import fifo
from wearable.sensors.max3010x import ADDRESS, Max3010x, Optics

PERIOD_US = 10_000


class Bench:
    def __init__(self, start=0):
        self.ticks = Ticks(start)
        self.chip = machine.Registers()
        machine.I2C.devices = {ADDRESS: self.chip}
        self.sensor = Max3010x(
            machine.I2C(0), Optics(400, 4, 411, 4096, 6200, 2, 20_000), self.ticks, 100_000, 20
        )
        self.sensor.start()
        self.chip.bytes[0] = 0

    def run(self, samples):
        self.ticks.true_us += samples * PERIOD_US
        self.chip.sample(samples)


def test_every_sample_comes_once_and_in_order():
    bench = Bench()
    seen = []
    for count in (1, 20, 0, 31, 5, 20):
        bench.run(count)
        assert bench.sensor.drain() == count
        seen += list(bench.sensor.samples[0])[:count]
    assert seen == list(range(77))


def test_equal_pointers_are_empty_or_full():
    bench = Bench()
    assert bench.sensor.drain() == 0
    bench.run(32)
    assert bench.sensor.drain() == 32
    assert bench.sensor.lost == 0
    assert bench.sensor.drain() == 0


def test_an_almost_full_fifo_that_was_emptied_is_not_full():
    bench = Bench()
    bench.run(20)
    assert bench.sensor.drain() == 20
    assert bench.chip.bytes[0] == 0, "or the pin stays low, and tells of no other drain"
    assert bench.sensor.drain() == 0
    bench.run(3)
    assert bench.sensor.drain() == 3


def test_a_reset_is_waited_for():
    bench = Bench()
    bench.sensor.start()
    assert bench.chip.bytes[9] == 3


def test_a_stall_of_200_ms_loses_nothing_and_of_500_ms_the_counted_samples():
    bench = Bench()
    bench.run(20)
    assert bench.sensor.drain() == 20
    assert bench.sensor.lost == 0
    bench.run(50)
    assert bench.sensor.drain() == 32
    assert bench.sensor.lost == 18
    assert bench.sensor.status & streams.OVERFLOWED
    assert bench.sensor.samples[0][0] == 38
    bench.run(3)
    assert bench.sensor.drain() == 3
    assert bench.sensor.lost == 0
    assert bench.sensor.status == 0


def test_a_stall_beyond_the_overflow_counter_is_told_by_the_time():
    for start in (0, PERIOD - 100_000):
        bench = Bench(start)
        bench.run(20)
        bench.sensor.drain()
        bench.run(300)
        assert bench.sensor.drain() == 32
        assert bench.sensor.lost == 268


def test_a_silent_chip_is_a_status_not_an_exception():
    bench = Bench()
    machine.I2C.devices = {}
    assert bench.sensor.drain() == 0
    assert bench.sensor.status == streams.SENSOR_FAULT
    assert not bench.sensor.is_there()


def test_the_configuration_is_the_one_asked_for():
    chip = Bench().chip
    assert chip.bytes[0x08] >> 5 == 2
    assert chip.bytes[0x0A] == 1 << 5 | 3 << 2 | 3
    assert chip.bytes[0x0C] == chip.bytes[0x0D] == 31


def test_unpacking_by_machine_code_equals_plain_python():
    raw = bytearray((index * 97 + 13) & 0xFF for index in range(192))
    for first, step in ((0, 6), (3, 6), (0, 3)):
        fast, plain = array("i", bytes(128)), array("i", bytes(128))
        fifo.unpack(raw, first, step, 32, fast)
        fifo.unpack_plainly(raw, first, step, 32, plain)
        assert list(fast) == list(plain)
        assert fifo.unpack is not fifo.unpack_plainly


def test_the_rate_is_measured_over_a_minute():
    bench = Bench()
    for _ in range(310):
        bench.ticks.true_us += 198_000
        bench.chip.sample(20)
        bench.sensor.drain()
        bench.sensor.attend()
    assert abs(bench.sensor.rate_millihz - 101_010) < 20


def test_a_chip_that_was_reset_is_configured_again_and_its_pause_counted_once():
    bench = Bench(PERIOD - 2_000_000)
    bench.run(20)
    bench.sensor.drain()
    bench.chip.bytes[9] = 0
    bench.ticks.true_us += 3_000_000
    assert bench.sensor.drain() == 0
    assert bench.sensor.is_silent()
    bench.sensor.resume()
    assert bench.chip.bytes[9] == 3
    assert not bench.sensor.is_silent()
    bench.run(4)
    assert bench.sensor.drain() == 4
    assert bench.sensor.lost == 300
    bench.run(4)
    bench.sensor.drain()
    assert bench.sensor.lost == 0


def test_a_silence_tried_again_and_again_is_as_long_as_it_was():
    bench = Bench()
    for _ in range(1000):
        bench.ticks.true_us += 1_507_300
        bench.sensor.resume()
    bench.run(1)
    assert bench.sensor.drain() == 1
    assert abs(bench.sensor.lost + 1 - bench.ticks.true_us // PERIOD_US) <= 1


def test_a_chip_that_is_away_when_a_recording_starts_lost_nothing_before():
    bench = Bench()
    bench.run(20)
    bench.sensor.drain()
    bench.ticks.true_us += 300_000_000
    machine.I2C.devices = {}
    try:
        bench.sensor.start()
    except OSError:
        bench.ticks.true_us += 2_000_000
    machine.I2C.devices = {ADDRESS: bench.chip}
    bench.sensor.resume()
    bench.run(4)
    assert bench.sensor.drain() == 4
    assert bench.sensor.lost == 200


def test_three_colours_are_read_where_there_is_green():
    bench = Bench()
    sensor = Max3010x(
        machine.I2C(0), Optics(400, 4, 411, 4096, 6200, 3, 20_000), bench.ticks, 100_000, 20
    )
    sensor.start()
    assert sensor.streams == (streams.PPG_RED, streams.PPG_IR, streams.PPG_GREEN)
    assert (bench.chip.bytes[9], bench.chip.bytes[0x11], bench.chip.bytes[0x12]) == (7, 0x21, 3)
    assert bench.chip.bytes[0x0E] == 31


def test_the_interrupt_falls_when_a_drain_is_due():
    bench = Bench()
    assert bench.chip.bytes[8] & 0x0F == 32 - 20
    assert bench.chip.bytes[2] == 0x80


def test_contact_and_current_are_events_and_marks():
    bench = Bench()
    told = []
    for _ in range(8):
        bench.run(20)
        bench.sensor.drain()
        told += bench.sensor.attend()
    assert (messages.CONTACT, 0) in told
    assert (messages.LED_CURRENT, streams.PPG_IR * 1_000_000 + 800) in told
    assert bench.chip.bytes[0x0D] == 4
    for _ in range(2):
        bench.run(20)
        bench.sensor.drain()
    assert bench.sensor.status & streams.NO_CONTACT
    assert not bench.sensor.status & streams.LED_CHANGED


def test_a_recording_that_begins_without_a_finger_claims_no_contact():
    bench = Bench()
    bench.chip.next = 0
    for _ in range(8):
        bench.run(20)
        bench.sensor.drain()
        bench.sensor.attend()
    assert not bench.sensor.light.is_in_contact
    bench.sensor.stop()
    bench.sensor.start()
    bench.chip.waiting.clear()
    bench.chip.next = 0
    for _ in range(4):
        for _ in range(5):
            bench.run(20)
            bench.sensor.drain()
        assert bench.sensor.attend() == []


def test_the_die_tells_its_temperature_a_second_after_it_was_asked():
    bench = Bench()
    bench.sensor.attend()
    bench.chip.bytes[0x1F:0x22] = bytes((0xFF, 8, 0))
    bench.sensor.attend()
    assert bench.sensor.temperature_centi == -50
