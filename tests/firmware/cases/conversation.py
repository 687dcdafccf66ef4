"""The whole wearable on a fake board: greeting, recording, probes, backfill, stop, reboot."""

import disk
from bench import HOST, greet, play, record

from dyadwire import frames, messages, streams
from dyadwire.states import IDLE, RECORDING
from wearable import board


def test_a_host_is_told_who_and_what_this_is():
    disk.fresh()

    async def scene(bench):
        await greet(bench)

    bench = play(scene)
    (hello,) = bench.heard(messages.Hello)
    assert (hello.boot, hello.state) == (1, IDLE)
    told = sorted(info.stream for info in bench.heard(messages.StreamInfo))
    assert told == [streams.PPG_IR, streams.PPG_RED, streams.EDA_CURRENT, streams.EDA_VOLTAGE]
    (hardware,) = bench.heard(messages.Hardware)
    assert hardware.board == b"feathers3"
    assert hardware.flash_kib == bench.wearable.recorder.total_kib > 0
    assert (hardware.processor, hardware.mpy_version) == (board.PROCESSOR, board.MPY_VERSION)
    assert len(bench.heard(messages.Calibration)) == len(bench.heard(messages.Status)) == 1


def test_a_host_of_another_major_version_is_refused():
    disk.fresh()

    async def scene(bench):
        bench.radio.connect()
        bench.say(messages.Hello(9, 0, 0, 0, bytes(6), 0, bytes(4)))
        await bench.settle(2)

    bench = play(scene)
    refusals = bench.heard(messages.Refusal)
    assert len(bench.heard(messages.Hardware)) == 1, "an update of any version fits the chip"
    assert refusals == [messages.Refusal(messages.Hello.KIND, messages.OTHER_MAJOR)]


def test_what_is_sampled_comes_live_and_again_from_flash():
    disk.fresh()

    async def scene(bench):
        await greet(bench)
        await record(bench, 20)
        bench.say(messages.Stop(77))
        await bench.settle(2)
        bench.say(messages.Fetch(1, streams.PPG_IR, 0, messages.OPEN_END))
        await bench.settle(3)

    bench = play(scene)
    infrared = [b for b in bench.heard(messages.Block) if b.stream == streams.PPG_IR]
    assert len(infrared) == 2
    assert infrared[0] == infrared[1]
    assert (infrared[0].count, infrared[0].counter) == (20, 0)
    (fetched,) = bench.heard(messages.Fetched)
    assert fetched == messages.Fetched(1, streams.PPG_IR, 0, messages.OPEN_END, 0)
    assert bench.heard(messages.Status)[-1].state == IDLE


def test_a_fetch_beyond_flash_counts_what_is_missing():
    disk.fresh()

    async def scene(bench):
        await greet(bench)
        bench.say(messages.Fetch(5, streams.PPG_IR, 2, 9))
        await bench.settle(2)

    assert play(scene).heard(messages.Fetched)[0].missing == 7


def test_a_full_radio_delays_and_loses_nothing():
    disk.fresh()

    async def scene(bench):
        await greet(bench)
        bench.radio.room = 0
        await record(bench, 20)
        bench.chip.sample(20)
        await bench.settle(2)
        assert not bench.heard(messages.Block)
        bench.radio.room = 1000
        await bench.settle(3)

    blocks = [b for b in play(scene).heard(messages.Block) if b.stream == streams.PPG_RED]
    assert [(b.counter, b.count) for b in blocks] == [(0, 20), (20, 20)]


def test_a_second_host_is_told_that_there_is_one():
    disk.fresh()

    async def scene(bench):
        await greet(bench)
        assert bench.radio.advertising, "who comes second shall be told why not, not find nothing"
        bench.radio.connect(1)
        bench.say(messages.Start(5, 1), 1)
        await bench.settle(2)
        bench.say(HOST, 1)
        await bench.settle(2)
        await record(bench, 20)

    bench = play(scene)
    ((conn, refusal),) = bench.radio.notified_others
    assert conn == 1
    assert messages.unpack(refusal[1], frames.payload_of(refusal)) == messages.Refusal(
        messages.Hello.KIND, messages.ANOTHER_HOST
    )
    assert bench.wearable.boot_state.session == 77, "a stranger starts nothing"
    assert bench.heard(messages.Block)


def test_nothing_is_sent_to_who_did_not_ask():
    disk.fresh()

    async def scene(bench):
        bench.radio.connect()
        await bench.settle(2)
        assert not bench.radio.notified, "a wearable cannot see subscriptions: it waits for Hello"
        bench.say(HOST)
        await bench.settle(2)
        bench.wearable.recording.start(77, 0xFFFFFFFF)
        bench.chip.sample(20)
        await bench.settle(2)
        assert not bench.heard(messages.Block), "and with blocks for Start"
        await record(bench, 5)

    assert play(scene).heard(messages.Block)


def test_messages_of_a_newer_minor_version_are_skipped():
    disk.fresh()

    async def scene(bench):
        await greet(bench)
        bench.radio.hear(frames.frame(0x7E, b"from the future"))
        start = messages.Start(77, 0xFFFFFFFF)
        longer = messages.pack(start) + b"a field of the future"
        bench.radio.hear(frames.frame(start.KIND, longer))
        await bench.settle(8)

    bench = play(scene)
    assert bench.wearable.state_machine.state == RECORDING
    assert not bench.heard(messages.Refusal)


def test_a_probe_is_answered_after_it_was_heard_and_alone():
    disk.fresh()

    async def scene(bench):
        await greet(bench)
        bench.say(messages.Probe(513, 99))
        await bench.settle(8)

    bench = play(scene)
    (echo,) = bench.heard(messages.Echo)
    assert (echo.seq, echo.boot) == (513, 1)
    assert 0 <= echo.answered_us - echo.received_us < 90_000
    assert any(len(sent) == 27 for sent in bench.radio.notified)


def test_a_lost_link_is_advertised_again_while_recording_goes_on():
    disk.fresh()

    async def scene(bench):
        await greet(bench)
        await record(bench, 5)
        bench.radio.disconnect()
        await bench.settle(2)
        assert bench.radio.advertising
        bench.chip.sample(9)
        await bench.settle(2)
        await greet(bench)
        await record(bench, 1)

    bench = play(scene)
    assert bench.heard(messages.Hello)[-1].state == RECORDING
    last = [b for b in bench.heard(messages.Block) if b.stream == streams.PPG_RED][-1]
    assert last.counter + last.count == 15


def test_a_reboot_while_recording_goes_on_recording():
    disk.fresh()

    async def scene(bench):
        await greet(bench)
        await record(bench, 5)

    async def after(bench):
        await greet(bench)

    play(scene)
    hello = play(after).heard(messages.Hello)[0]
    assert (hello.boot, hello.state) == (2, RECORDING)
