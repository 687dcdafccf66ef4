"""From FIFO to framed block: sizes, gaps, and not a byte allocated."""

from array import array

import disk
import machine
import micropython
from clock import PERIOD, Ticks

from dyadwire import codec, frames, messages
from dyadwire.ticks import DeviceClock
from wearable.recorder import Recorder
from wearable.sampler import Sampler
from wearable.send_queue import FrameQueue
from wearable.sensors import skin
from wearable.sensors.max3010x import ADDRESS, Max3010x, Optics


class Source:
    """A sensor whose drains are written down beforehand: (lost, samples)."""

    streams = (1,)

    def __init__(self, drains):
        self.drains = drains
        self.samples = (array("i", bytes(128)),)
        self.status = 0
        self.tick = 0
        self.lost = 0

    def drain(self):
        self.lost, given = self.drains.pop(0)
        for index in range(len(given)):
            self.samples[0][index] = given[index]
        self.tick += 1000
        return len(given)


def blocks_of(drains, live):
    found = []

    def sink(buffer, size):
        (framed,) = frames.FrameReader().feed(memoryview(buffer)[:size])
        found.append(messages.unpack(messages.Block.KIND, frames.payload_of(framed)))

    sampler = Sampler(Source(drains), 3, DeviceClock(Ticks(PERIOD // 2)), (sink,))
    sampler.live = live
    for _ in range(len(drains)):
        sampler.sample()
    sampler.flush()
    return found


def test_live_blocks_end_with_each_drain():
    found = blocks_of([(0, [5, 6]), (0, []), (0, [7])], True)
    assert [(b.sequence, b.counter, b.count) for b in found] == [(0, 0, 2), (1, 2, 1)]
    assert [codec.decode(b.samples, b.count) for b in found] == [[5, 6], [7]]
    assert [b.stamp_us for b in found] == [1000, 3000]


def test_blocks_without_a_host_grow_to_the_frame_limit():
    drains = [(0, [262143 * (index & 1) for index in range(20)]) for _ in range(9)]
    found = blocks_of(drains, False)
    assert [b.count for b in found] == [60, 60, 60]
    assert all(len(b.samples) <= 200 for b in found)
    assert [b.counter for b in found] == [0, 60, 120]


def test_quiet_samples_fill_a_block_to_its_count_limit():
    found = blocks_of([(0, [9] * 30) for _ in range(10)], False)
    assert sum(b.count for b in found) == 300
    assert max(b.count for b in found) <= 255


def test_lost_samples_end_the_block_and_jump_the_counter():
    found = blocks_of([(0, [1, 2]), (18, [3]), (0, [4])], False)
    assert [(b.counter, b.count) for b in found] == [(0, 2), (20, 2)]


def test_what_waits_in_a_block_keeps_its_time_through_a_silence_longer_than_the_ticks_tell():
    found = []

    def sink(buffer, size):
        (framed,) = frames.FrameReader().feed(memoryview(buffer)[:size])
        found.append(messages.unpack(messages.Block.KIND, frames.payload_of(framed)))

    ticks = Ticks(5_000)
    clock = DeviceClock(ticks)
    sampler = Sampler(Source([(0, [5, 6]), (0, [7])]), 3, clock, (sink,))
    sampler.source.tick = 4_000
    sampler.sample()
    for _ in range(PERIOD // 1_000_000 + 60):
        ticks.true_us += 1_000_000
        clock.tick()
        sampler.grow_older()
    sampler.source.tick = ticks() - 1000
    sampler.sample()
    sampler.flush()
    assert [b.stamp_us for b in found] == [5_000, ticks.true_us]


def test_samples_survive_any_order_of_drains_and_gaps():
    state = 7
    drains = []
    places, values = array("i"), array("i")
    counter = 0
    for _ in range(40):
        state = (state * 1103515245 + 12345) & 0x7FFFFFFF
        lost = state % 50 if state % 11 == 0 else 0
        given = array("i", [(state >> (k % 12)) & 0x3FFFF for k in range((state >> 8) % 33)])
        drains.append((lost, given))
        counter += lost
        for value in given:
            places.append(counter)
            values.append(value)
            counter += 1
    for live in (False, True):
        at = 0
        for block in blocks_of(list(drains), live):
            for index, value in enumerate(codec.decode(block.samples, block.count)):
                assert (places[at], values[at]) == (block.counter + index, value)
                at += 1
        assert at == len(values)


def test_sampling_allocates_nothing_from_fifo_to_queued_block():
    ticks = Ticks(PERIOD - 250_000)
    chip = Preloaded()
    machine.I2C.devices = {ADDRESS: chip}
    sensor = Max3010x(
        machine.I2C(0), Optics(400, 4, 411, 4096, 6200, 2, 20_000), ticks, 100_000, 20
    )
    queue = FrameQueue(4096)
    sampler = Sampler(sensor, 1, DeviceClock(ticks), (queue.put,))
    sampler.live = True
    micropython.heap_lock()
    try:
        for _ in range(10):
            ticks.true_us += 50_000
            sampler.sample()
    finally:
        micropython.heap_unlock()
    assert queue.waiting() >= 10 * 2 * (20 + 28)


def test_no_source_and_no_sink_allocates_also_over_a_wrap_and_a_stall():
    disk.fresh(128)
    ticks = Ticks(PERIOD - 250_000)
    clock = DeviceClock(ticks)
    converter = machine.Converter(ticks)
    machine.I2C.devices = {ADDRESS: Preloaded(), skin.ADDRESS: converter}
    queue, recorder = FrameQueue(4096), Recorder(1, 16)
    sensor = Max3010x(
        machine.I2C(0), Optics(400, 4, 411, 4096, 6200, 2, 20_000), ticks, 100_000, 20
    )
    current = skin.Skin(machine.I2C(0), skin.PairTiming(160, 10, 16), ticks)
    samplers = [Sampler(one, 1, clock, (recorder.append, queue.put)) for one in (sensor, current)]
    current.start()
    micropython.heap_lock()
    try:
        for index in range(200):
            ticks.true_us += 200_000 if index == 100 else 3_125
            current.convert(None)
            if index % 16 == 0:
                for sampler in samplers:
                    sampler.sample()
        for sampler in samplers:
            sampler.flush()
    finally:
        micropython.heap_unlock()
    assert recorder.appended == queue.waiting() > 500
    assert samplers[1].lost == 0


class Preloaded:
    """Always 20 new samples, and allocates nothing itself."""

    def __init__(self):
        self.written = 0

    def read_into(self, register, buffer):
        if register == 0:
            self.written = (self.written + 20) & 31
            buffer[4] = self.written
            buffer[5] = 0
            buffer[6] = (self.written - 20) & 31
