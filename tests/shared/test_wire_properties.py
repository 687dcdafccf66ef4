"""Properties of the wire for any input, by hypothesis (CPython only)."""

import struct

from hypothesis import given, settings
from hypothesis import strategies as st

from dyadwire import codec, frames, messages
from dyadwire.errors import WireError
from dyadwire.frames import FrameReader
from dyadwire.ticks import DeviceClock

SAMPLES = st.lists(st.integers(-(1 << 30), (1 << 30) - 1), max_size=40)


@given(SAMPLES)
def test_packed_samples_come_back(samples):
    buffer = bytearray(codec.MAX_SAMPLE_SIZE * len(samples))
    end = codec.encode_into(buffer, 0, samples, 0, len(samples), 0)
    assert codec.decode(buffer[:end], len(samples)) == samples


@given(st.binary(max_size=60), st.integers(0, 40))
def test_unpacking_noise_gives_samples_or_a_wire_error(data, count):
    try:
        samples = codec.decode(data, count)
    except WireError:
        return
    assert len(samples) == count


@given(st.lists(st.tuples(st.integers(0, 255), st.binary(max_size=221)), max_size=5), st.data())
def test_frames_survive_any_cutting(contents, data):
    stream = b"".join(frames.frame(kind, payload) for kind, payload in contents)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=6)))
    reader = FrameReader()
    found = []
    for start, stop in zip([0, *cuts], [*cuts, len(stream)], strict=True):
        found += reader.feed(stream[start:stop])
    assert [(f[1], bytes(frames.payload_of(f))) for f in found] == contents


@given(st.binary(max_size=300))
def test_no_noise_upsets_the_reader(noise):
    reader = FrameReader()
    found = reader.feed(noise) + reader.finish()
    assert reader.noise_bytes + sum(map(len, found)) == len(noise)


@settings(max_examples=200)
@given(st.sampled_from(messages.MESSAGES), st.binary(min_size=64, max_size=80))
def test_any_bytes_are_a_message_and_pack_to_themselves(layout, noise):
    payload = noise if messages.has_tail(layout) else noise[: messages.size(layout)]
    assert messages.pack(messages.unpack(layout.KIND, payload)) == payload


@given(st.integers(0, (1 << 30) - 1), st.lists(st.integers(0, (1 << 30) - 1), max_size=20))
def test_device_time_is_true_time_for_any_steps_below_a_period(start, steps):
    now = [start]
    clock = DeviceClock(lambda: now[0] & ((1 << 30) - 1))
    stamp = bytearray(8)
    for step in steps:
        now[0] += step
        clock.put_us(stamp, 0, clock.tick())
        assert struct.unpack("<Q", stamp)[0] == now[0] == clock.now_us()
