# ruff: noqa: PTH208
"""Hosts that flood, lie, vanish in the middle or ask for what cannot be: the next one is served.

MicroPython has no pathlib.
"""

import asyncio
import os

import disk
from bench import HOST, greet, play, record

from dyadwire import frames, messages, streams
from dyadwire.states import IDLE
from wearable import partner

_NEVER = 0xFFFFFFFF


def test_a_host_that_vanishes_in_a_flood_makes_room_for_the_next():
    disk.fresh()

    async def scene(bench):
        await greet(bench)
        for _ in range(200):
            bench.say(messages.Probe(1, 1))
        for _ in range(3):
            bench.radio.hear(b"")
        bench.radio.disconnect()
        await bench.settle(2)
        assert bench.wearable.radio.overrun
        assert bench.radio.advertising
        bench.radio.connect(1)
        bench.say(HOST, 1)
        await bench.settle(24)

    bench = play(scene)
    told = [framed[1] for _, sent in bench.radio.notified_others
            for framed in frames.FrameReader().feed(sent)]  # fmt: skip
    assert messages.Hello.KIND in told
    assert messages.Refusal.KIND not in told


def test_others_have_their_turn_while_a_host_floods():
    disk.fresh()

    async def scene(bench):
        await greet(bench)
        await record(bench, 5)
        turns = 0
        for _ in range(40):
            bench.say(messages.Ack(9, 9, 9, 9))
        while bench.wearable.radio._inbox.any():
            turns += 1
            await asyncio.sleep_ms(0)
        assert turns > 20

    play(scene)


def test_a_torn_greeting_is_no_host():
    disk.fresh()

    async def scene(bench):
        bench.radio.connect(1)
        bench.radio.hear(frames.frame(messages.Hello.KIND, b"\x01\x00"), 1)
        await bench.settle(2)
        await greet(bench)

    assert play(scene).heard(messages.Hello)


def test_a_second_stop_ends_nothing_and_records_nothing():
    disk.fresh()

    async def scene(bench):
        await greet(bench)
        await record(bench, 20)
        bench.say(messages.Stop(77))
        await bench.settle(2)
        bench.chip.sample(3)
        assert not any(sampler.sample() for sampler in bench.wearable.sensing.samplers)
        held = os.listdir("rec")
        for _ in range(3):
            bench.say(messages.Stop(77))
        await bench.settle(2)
        assert os.listdir("rec") == held
        assert not bench.wearable.recorder._ring.any()

    assert [one.state for one in play(scene).heard(messages.Status)][-3:] == [IDLE] * 3


def test_what_cannot_be_fetched_is_missing_and_what_can_is_sent():
    disk.fresh()

    async def scene(bench):
        await greet(bench)
        for _ in range(4):
            await record(bench, 5)
            bench.say(messages.Stop(77))
            await bench.settle(2)
        for row in range(bench.wearable.recorder._segment_table.count):
            assert bench.wearable.recorder._segment_table.first_of(row, streams.PPG_RED) >= 0
        for stream in (0, 200, 255):
            bench.say(messages.Fetch(1, stream, 0, 3))
        bench.say(messages.Fetch(1, streams.PPG_RED, 9, 2))
        bench.say(messages.Fetch(1, streams.PPG_RED, 0, _NEVER))
        await bench.settle(6)

    bench = play(scene)
    assert [one.missing for one in bench.heard(messages.Fetched)] == [3, 3, 3, 0, 0]
    assert bench.heard(messages.Block)
    assert not bench.heard(messages.Fault)


def test_acknowledging_what_never_was_costs_no_memory_and_frees_nothing():
    disk.fresh()

    async def scene(bench):
        await greet(bench)
        recorder = bench.wearable.recorder
        for boot in range(2, 300):
            recorder.acknowledge(messages.Ack(boot, boot % 256, 0, _NEVER))
        for stream in range(24, 256):
            recorder.acknowledge(messages.Ack(1, stream, 0, _NEVER))
        assert not recorder._receipts._acked
        for stream in (1, 2, 4, 5):
            recorder.acknowledge(messages.Ack(1, stream, 0, _NEVER))
        await record(bench, 20)
        bench.say(messages.Stop(77))
        await bench.settle(2)
        bench.say(messages.Ack(1, streams.PPG_RED, 0, 1))
        await bench.settle(2)
        bench.say(messages.Contents(0))
        await bench.settle(2)

    (held,) = play(scene).heard(messages.Held)
    assert held.fetched == 0, "blocks recorded after an Ack are not those it spoke of"


def test_a_full_link_does_not_stop_the_heart_that_answers_probes():
    disk.fresh()

    async def scene(bench):
        await greet(bench)
        (heart,) = [h for h in bench.wearable.supervisor._hearts if h.name == "timekeeper"]
        heart.limit_ms = 60
        bench.radio.room = 0
        bench.say(messages.Probe(1, 1))
        await bench.settle(12)
        assert not heart._rests
        assert heart.is_beating()
        bench.radio.room = 1000
        await bench.settle(2)

    assert play(scene).heard(messages.Echo)


def test_a_partner_that_talks_nonsense_is_not_heard():
    class CentralRole:
        kept = [frames.frame(messages.Echo.KIND, b"\x01"), b"", b"\xd7",
                         frames.frame(messages.Echo.KIND, bytes(20))]  # fmt: skip

        async def received(self):
            return 7, self.kept.pop(0)

    tick, echo = asyncio.run(
        partner.PartnerSync(CentralRole(), bytes(6), None, None, None, None)._answer()
    )
    assert (tick, echo.seq) == (7, 0)
