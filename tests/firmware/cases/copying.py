"""Flash read out segment by segment, as it lies there."""

import binascii

import disk
from bench import greet, play, record

from dyadwire import frames, messages


def flash_frames(bench):
    """Block frames in the order they were notified, and the answers around them."""
    return [f for sent in bench.radio.notified for f in frames.FrameReader().feed(sent)]


def test_segments_are_listed_and_copied_as_they_lie_in_flash():
    disk.fresh()

    async def scene(bench):
        await greet(bench)
        bench.say(messages.Contents(0))
        await bench.settle(2)
        await record(bench, 20)
        bench.say(messages.Stop(77))
        await bench.settle(2)
        bench.radio.notified.clear()
        bench.say(messages.Contents(0))
        bench.say(messages.Contents(2))
        bench.say(messages.Copy(1, 0))
        bench.say(messages.Copy(1, 1))
        bench.say(messages.Copy(7, 0))
        await bench.settle(6)

    bench = play(scene)
    held, none = bench.heard(messages.Held)
    assert (held.number, held.boot, held.fetched, held.later) == (1, 1, 0, 0)
    assert none == messages.Held(0, 0, 0, 0, 0)
    whole, rest, nothing = bench.heard(messages.Copied)
    kept = (messages.SelfTest.KIND, messages.Block.KIND, messages.Fault.KIND)
    copied = [f for f in flash_frames(bench) if f[1] in kept]
    first = copied[: whole.stop]
    assert sum(len(framed) for framed in first) == held.size_bytes
    assert copied[whole.stop :] == first[1:]
    assert binascii.crc32(b"".join(first)) == whole.checksum == rest.checksum
    assert (rest.first, rest.stop) == (1, whole.stop)
    assert nothing == messages.Copied(7, 0, 0, 0)


def test_what_was_acknowledged_after_the_end_counts_as_fetched_and_the_next_recording_is_apart():
    disk.fresh()

    async def scene(bench):
        await greet(bench)
        await record(bench, 20)
        bench.say(messages.Stop(77))
        await bench.settle(2)
        for stream, first, stop in bench.wearable.recorder._segment_table.spans(0):
            if first < stop:
                bench.say(messages.Ack(1, stream, first, stop))
        await record(bench, 20)
        await bench.settle(2)
        bench.say(messages.Contents(1))
        bench.say(messages.Contents(2))
        await bench.settle(3)

    first, second = play(scene).heard(messages.Held)
    assert (first.number, first.fetched, first.later) == (1, 1, 1)
    assert (second.number, second.fetched, second.later) == (2, 0, 0)
