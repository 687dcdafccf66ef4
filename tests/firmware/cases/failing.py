"""A wearable of which a part fails goes on with the rest."""

import disk
import machine
from bench import Bench, forget_the_last_one, greet, play, record

from dyadwire import messages, streams
from dyadwire.states import IDLE, SAFE
from wearable import supervisor


def test_a_recording_begins_and_ends_though_flash_cannot_be_written():
    flash = disk.fresh()

    async def scene(bench):
        await greet(bench)
        flash.is_failing = True
        await record(bench, 20)
        bench.say(messages.Contents(0))
        await bench.settle(60)
        bench.say(messages.Stop(77))
        await bench.settle(2)

    bench = play(scene)
    assert [b.count for b in bench.heard(messages.Block) if b.stream == streams.PPG_IR] == [20]
    faults = bench.heard(messages.Fault)
    assert faults[-1].code == messages.FLASH_FAULT
    assert not [fault for fault in faults if fault.code == messages.TASK_FAULT]
    assert bench.heard(messages.Status)[-1].state == IDLE


def test_flash_without_littlefs_leaves_links_a_fault_and_no_recording():
    disk.fresh()

    async def scene(bench):
        await greet(bench)
        bench.say(messages.Start(77, 0xFFFFFFFF))
        await bench.settle(2)

    bench = play(scene, is_fit=False)
    (hello,) = bench.heard(messages.Hello)
    assert hello.state == SAFE
    assert bench.heard(messages.Refusal) == [
        messages.Refusal(messages.Start.KIND, messages.NOT_NOW)
    ]
    assert b"flash this board anew" in supervisor_said(bench)


def supervisor_said(bench):
    return b" ".join(fault.text for fault in bench.heard(messages.Fault))


def test_a_radio_that_takes_nothing_for_long_is_no_stuck_heart():
    disk.fresh()

    async def scene(bench):
        await greet(bench)
        hearts = bench.wearable.supervisor._hearts
        (heart,) = [one for one in hearts if one.name == "timekeeper"]
        heart.limit_ms = 150
        bench.radio.room = 0
        bench.say(messages.Probe(1, 0))
        await bench.settle(25)
        assert heart.is_beating()
        bench.radio.room = 1000
        await bench.settle(2)

    assert len(play(scene).heard(messages.Echo)) == 1


def test_after_three_crashes_links_work_and_sensors_rest():
    disk.fresh()

    async def scene(bench):
        await greet(bench)
        bench.say(messages.Start(1, 1))
        await bench.settle(2)

    bench = play(scene, crashes=3)
    assert bench.heard(messages.Hello)[0].state == SAFE
    assert not bench.heard(messages.StreamInfo)
    assert bench.heard(messages.Refusal) == [
        messages.Refusal(messages.Start.KIND, messages.NOT_NOW)
    ]


def test_a_missing_sensor_is_a_fault_and_the_other_is_recorded():
    disk.fresh()

    forget_the_last_one()
    bench = Bench()
    del machine.I2C.devices[0x48]
    bench.wearable.sensing.find()
    samplers = bench.wearable.sensing.samplers
    assert [one.source.streams[0] for one in samplers] == [streams.PPG_RED]


def test_the_watchdog_starves_when_one_heart_stops():
    keeper = supervisor.Supervisor(None, None)
    good, bad = supervisor.Heart("good", 10_000), supervisor.Heart("bad", -1)
    keeper._hearts += [good, bad]
    assert keeper.stuck() is bad
    bad.rest()
    assert keeper.stuck() is None


def test_the_last_crash_is_told_once():
    disk.fresh()
    try:
        raise ValueError("too hot")
    except ValueError as error:
        supervisor.note_crash(error)
    assert "too hot" in supervisor.last_crash()
    assert supervisor.last_crash() == ""
