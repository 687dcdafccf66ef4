"""The pulse oximeter's FIFO: empty or full, lost samples, a silent chip."""

from array import array

import machine
from clock import PERIOD, Ticks

from dyadwire import streams
from wearable.sensors import fifo
from wearable.sensors.max3010x import ADDRESS, Max3010x, Optics

PERIOD_US = 10_000


class Bench:
    def __init__(self, start=0):
        self.ticks = Ticks(start)
        self.chip = machine.Registers()
        machine.I2C.devices = {ADDRESS: self.chip}
        self.sensor = Max3010x(
            machine.I2C(0), Optics(400, 4, 411, 4096, 6200, 2), self.ticks, 100_000, 20
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
