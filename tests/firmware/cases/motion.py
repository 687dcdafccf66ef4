"""Accelerometers: FIFO, axes, signs, overruns."""

import machine
import micropython
from clock import PERIOD, Ticks

from dyadwire import streams
from wearable.sensors import motion
from wearable.sensors.motion import Motion


class Chip:
    """A FIFO of samples (n, -n, 1000); answers like either chip."""

    def __init__(self, kind):
        self.kind = kind
        self.made = self.taken = 0
        self.written = []
        self.overrun = False

    def read_into(self, register, buffer):
        waiting = self.made - self.taken
        if register == 0x0F:
            buffer[0] = self.kind.names[-1]
        elif register == self.kind.count_at:
            self._count(buffer, waiting)
        else:
            for place in range(0, len(buffer), 6):
                self._sample(buffer, place)

    def _count(self, buffer, waiting):
        if self.kind is motion.LIS3DH:
            buffer[0] = min(waiting, 31) | (0x40 if waiting >= 32 else 0)
            self.taken = max(self.taken, self.made - 32)
        else:
            words = min(3 * waiting, 4095)
            buffer[0] = words & 255
            buffer[1] = words >> 8 | (0x40 if self.overrun else 0)

    def _sample(self, buffer, place):
        number = self.taken & 0x1FF
        self.taken += 1
        self._word(buffer, place, number)
        self._word(buffer, place + 2, -number)
        self._word(buffer, place + 4, 1000)

    def _word(self, buffer, place, value):
        value <<= self.kind.shift
        buffer[place] = value & 255
        buffer[place + 1] = (value >> 8) & 255

    def write(self, register, data):
        self.written.append((register, data[0]))


class Bench:
    def __init__(self, kind, start=0, hz=50):
        self.ticks = Ticks(start)
        self.chip = Chip(kind)
        machine.I2C.devices = {kind.address: self.chip}
        self.sensor = Motion(machine.I2C(0), kind, self.ticks, hz)
        self.sensor.start()

    def run(self, samples):
        self.chip.made += samples
        self.ticks.true_us += samples * self.sensor._period_us


def test_each_sample_comes_once_with_its_signs():
    for kind in motion.CHIPS:
        bench = Bench(kind)
        seen = []
        for count in (10, 0, 3, 31, 12):
            bench.run(count)
            assert bench.sensor.drain() == count
            x, y, z = bench.sensor.samples
            assert all(y[k] == -x[k] and z[k] == 1000 for k in range(count))
            seen += list(x)[:count]
        assert seen == list(range(56))


def test_the_slowest_rate_not_below_the_wanted_one_is_taken():
    assert Bench(motion.LIS3DH).sensor.rate_and_unit(6) == (50_000, 1, 500)
    assert Bench(motion.LSM6DS3).sensor.rate_and_unit(6)[0] == 52_000
    assert Bench(motion.LIS3DH, hz=60).sensor.rate_and_unit(6)[0] == 100_000
    assert Bench(motion.LIS3DH, hz=5000).sensor.rate_and_unit(6)[0] == 200_000


def test_a_chip_with_another_name_is_not_there():
    bench = Bench(motion.LIS3DH)
    assert bench.sensor.is_there()
    bench.chip.kind = motion.LSM6DS3
    assert not bench.sensor.is_there()
    machine.I2C.devices = {}
    assert not bench.sensor.is_there()


def test_an_overrun_is_counted_by_the_time():
    bench = Bench(motion.LIS3DH)
    bench.run(10)
    bench.sensor.drain()
    bench.run(75)
    assert bench.sensor.drain() == 32
    assert bench.sensor.lost == 75 - 32
    assert bench.sensor.status & streams.OVERFLOWED


def test_a_long_fifo_gives_its_backlog_with_the_times_of_its_samples():
    bench = Bench(motion.LSM6DS3)
    bench.run(100)
    now = bench.ticks()
    counts, ticks = [], []
    for _ in range(4):
        counts.append(bench.sensor.drain())
        ticks.append(bench.sensor.tick)
        assert bench.sensor.lost == 0
    assert counts == [32, 32, 32, 4]
    assert [now - tick for tick in ticks] == [n * bench.sensor._period_us for n in (68, 36, 4, 0)]


def test_a_silent_chip_is_a_status_and_its_time_is_lost_once():
    bench = Bench(motion.LIS3DH, start=PERIOD - 1_000_000)
    bench.run(10)
    bench.sensor.drain()
    machine.I2C.devices = {}
    bench.ticks.true_us += 2_000_000
    assert bench.sensor.drain() == 0
    assert bench.sensor.status & streams.SENSOR_FAULT
    assert bench.sensor.is_silent()
    machine.I2C.devices = {motion.LIS3DH.address: bench.chip}
    bench.sensor.resume()
    assert not bench.sensor.is_silent()
    bench.run(5)
    assert bench.sensor.drain() == 5
    assert bench.sensor.lost == 100
    bench.run(5)
    bench.sensor.drain()
    assert bench.sensor.lost == 0


def test_draining_allocates_nothing():
    for kind in motion.CHIPS:
        bench = Bench(kind)
        bench.run(20)
        bench.sensor.drain()
        bench.run(20)
        micropython.heap_lock()
        try:
            count = bench.sensor.drain()
        finally:
            micropython.heap_unlock()
        assert count == 20
