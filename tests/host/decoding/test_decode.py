"""Frames become samples; duplicates vanish, losses are counted, nonsense is refused."""

import random
from typing import get_args

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dyadkit.decoding.conductance import conductance_of_counts
from dyadkit.decoding.decode import decode
from dyadkit.decoding.messages import Message
from dyadkit.decoding.samples import unpack_samples
from dyadwire import codec, frames, key_messages, messages
from dyadwire.errors import WireError

SAMPLES = st.lists(st.integers(-(2**30), 2**30 - 1), max_size=60)


def data_of(samples):
    buffer = bytearray(codec.MAX_SAMPLE_SIZE * len(samples) + 1)
    end = codec.encode_into(buffer, 0, samples, 0, len(samples), 0)
    return bytes(buffer[:end])


def framed(message):
    return frames.frame(message.KIND, messages.pack(message))


def block(sequence, counter, samples, boot=1, stream=1):
    return messages.Block(
        stream, boot, sequence, counter, 10_000 * counter, len(samples), 0, data_of(samples)
    )


@given(st.lists(SAMPLES, max_size=8))
def test_the_fast_decoder_agrees_with_the_wire_codec(blocks):
    counts = np.array([len(samples) for samples in blocks], dtype=np.int64)
    stream = b"".join(data_of(samples) for samples in blocks)
    fast = unpack_samples(stream, counts)
    slow = [s for samples in blocks for s in codec.decode(data_of(samples), len(samples))]
    assert fast.tolist() == slow


def test_the_fast_decoder_refuses_a_wrong_count():
    with pytest.raises(WireError, match="3 samples where 4"):
        unpack_samples(data_of([1, 2, 3]), np.array([4]))


def test_blocks_in_any_order_and_twice_give_each_sample_once():
    sent = [block(k, 10 * k, list(range(10 * k, 10 * k + 10))) for k in range(20)]
    arrived = [*sent, *sent[3:9]]
    random.Random(3).shuffle(arrived)
    decoded = decode([(k, framed(message)) for k, message in enumerate(arrived)], [])
    run = decoded.runs[1, 1]
    assert run.samples.tolist() == list(range(200))
    assert decoded.duplicates == 6
    assert run.missing_samples() == 0


def test_lost_blocks_and_samples_lost_at_the_sensor_are_counted():
    sent = [block(0, 0, [1] * 10), block(2, 20, [1] * 10), block(3, 37, [1] * 10)]
    run = decode([(k, framed(one)) for k, one in enumerate(sent)], []).runs[1, 1]
    assert run.missing_blocks() == 1
    assert run.missing_samples() == 17
    assert run.sample_counters()[-1] == 46


def test_an_echo_is_paired_with_the_latest_probe_of_its_number():
    said = [
        (1_000_000, framed(messages.Probe(7, 1000))),
        (9_000_000, framed(messages.Probe(7, 9000))),
    ]
    received = [(9_500_000, framed(messages.Echo(7, 1, 500, 600)))]
    decoded = decode(received, said)
    assert decoded.exchanges == [(1, 9000, 500, 600, 9500)]
    assert decoded.timeouts == 1


def test_a_message_of_a_newer_version_is_skipped():
    assert decode([(0, frames.frame(0x7F, b"new"))], []).rejected == 0


def test_conductance_is_current_over_voltage_and_unknown_without_voltage():
    info = messages.StreamInfo(4, 16_000, 1, 1_000_000)
    usiemens = conductance_of_counts(
        np.array([750_000, 5]), np.array([500_000, 0]), (info, info), None
    )
    assert usiemens[0] == pytest.approx(10.0)
    assert np.isnan(usiemens[1])


def test_a_block_that_lies_about_its_samples_costs_only_itself():
    sent = [block(k, 10 * k, [k] * 10) for k in range(9)]
    sent[4] = sent[4]._replace(count=11)
    decoded = decode([(k, framed(one)) for k, one in enumerate(sent)], [])
    run = decoded.runs[1, 1]
    assert run.samples.tolist() == [k for k in range(9) if k != 4 for _ in range(10)]
    assert (decoded.rejected, run.missing_samples()) == (1, 10)


def test_the_boot_a_session_began_in_counts_from_there_and_later_boots_from_their_start():
    before = block(30, 300, [1] * 10)
    after = block(2, 20, [1] * 10)._replace(boot=2)
    decoded = decode([(k, framed(one)) for k, one in enumerate([before, after])], [])
    assert decoded.runs[1, 1].missing_samples() == 0
    assert decoded.runs[2, 1].missing_samples() == 20
    assert decoded.runs[2, 1].missing_blocks() == 2


def test_the_union_of_messages_names_every_message():
    assert set(get_args(Message)) == {*messages.MESSAGES, *key_messages.KEY_MESSAGES}
