"""The clock bench's wire: each fall is told with the moment it came, however late it is told."""

import asyncio

from dyadwire import messages
from dyadwire.ticks import DeviceClock
from wearable.clock_bench import PULSE_MS, SyncWire, driving
from wearable.supervisor import Heart

PERIOD = 1 << 30


class Ticks:
    def __init__(self, now):
        self.now = now

    def __call__(self):
        return self.now % PERIOD


class Pin:
    def __init__(self):
        self.levels = []

    def value(self, level):
        self.levels.append(level)


def played(job, steps):
    async def scene():
        task = asyncio.create_task(job(Heart("wire", 5_000)))
        await asyncio.sleep_ms(0)
        for step in steps:
            step()
            for _ in range(4):  # turns for the job, also where the machine was busy meanwhile
                await asyncio.sleep_ms(5)
        task.cancel()

    asyncio.run(scene())


def test_a_fall_is_told_with_its_own_moment_and_number():
    ticks, told = Ticks(5_000), []
    wire = SyncWire(DeviceClock(ticks), ticks, told.append)

    def fall_then_be_busy():
        wire.on_fall(None)
        ticks.now += 40_000

    played(wire.note, [fall_then_be_busy, fall_then_be_busy])
    assert [event.at_us for event in told] == [5_000, 45_000]
    assert [event.value for event in told] == [1, 2]
    assert {event.code for event in told} == {messages.SYNC_EDGE}


def test_a_fall_just_before_the_ticks_wrap_is_not_put_after_it():
    ticks, told = Ticks(PERIOD - 10), []
    wire = SyncWire(DeviceClock(ticks), ticks, told.append)

    def fall_then_wrap():
        wire.on_fall(None)
        ticks.now += 1_000

    played(wire.note, [fall_then_wrap])
    assert told[0].at_us == PERIOD - 10


def test_the_driving_board_pulls_the_wire_low_for_a_moment_and_lets_go():
    pin = Pin()

    async def scene():
        task = asyncio.create_task(driving(pin)(Heart("pulse", 5_000)))
        await asyncio.sleep_ms(1_600 + PULSE_MS)
        task.cancel()

    asyncio.run(scene())
    assert pin.levels[:2] == [0, 1]
    assert pin.levels[-1] == 1 or len(pin.levels) % 2 == 1
