"""Conductance is a number only where the wearable measured skin."""

import numpy as np
import pytest

from dyadkit.sessions.loading import load
from dyadkit.storage import SessionWriter
from dyadwire import codec, frames, messages, streams

HZ, PER_BLOCK, BLOCKS = 16, 16, 40
CURRENT, VOLTAGE = 3_000, 20_000
MARKED = range(10, 15)  # blocks


def framed(message):
    return frames.frame(message.KIND, messages.pack(message))


def block(stream, value, number, status):
    packed = bytearray(codec.MAX_SAMPLE_SIZE * PER_BLOCK)
    end = codec.encode_into(packed, 0, [value] * PER_BLOCK, 0, PER_BLOCK, 0)
    stamp_us = 1_000_000 * (number + 1)
    return framed(
        messages.Block(
            stream, 1, number, number * PER_BLOCK, stamp_us, PER_BLOCK, status, bytes(packed[:end])
        )
    )


def session(folder, status):
    writer = SessionWriter(folder)
    for person in "ab":
        said = [messages.Hello(1, 0, 1, 7, person.encode() * 6, 1, b"0.1\0")]
        for stream in (streams.EDA_CURRENT, streams.EDA_VOLTAGE):
            said.append(messages.StreamInfo(stream, HZ * 1000, 1, 1_000_000))
        for message in said:
            writer.append(f"{person}/heard", 1, framed(message))
        for number in range(BLOCKS):
            at_ns = 1_000_000_000 * (number + 1)
            mark = status if number in MARKED else 0
            for stream, value in ((streams.EDA_CURRENT, CURRENT), (streams.EDA_VOLTAGE, VOLTAGE)):
                writer.append(f"{person}/heard", at_ns, block(stream, value, number, mark))
            probe = messages.Probe(number, at_ns // 1000)
            writer.append(f"{person}/said", at_ns, framed(probe))
            echo = messages.Echo(number, 1, at_ns // 1000 + 900, at_ns // 1000 + 950)
            writer.append(f"{person}/heard", at_ns + 2_000_000, framed(echo))
    writer.close({"format": 1})
    return load(folder)


@pytest.mark.parametrize(
    "status",
    [streams.NO_CONTACT, streams.SATURATED, streams.LEADS_SHORTED, streams.USB_POWERED,
     streams.SENSOR_FAULT | streams.LOW_BATTERY],
)  # fmt: skip
def test_a_block_that_did_not_measure_skin_has_no_conductance(tmp_path, status):
    trace = session(tmp_path / "s", status).a.traces["eda"]
    unknown = np.isnan(trace.values)
    assert unknown.sum() == len(MARKED) * PER_BLOCK
    assert set(trace.status[unknown].tolist()) == {status}


@pytest.mark.parametrize("status", [0, streams.BRIDGED, streams.CURRENT_LIMITED])
def test_a_bridged_or_limited_block_is_a_measurement(tmp_path, status):
    trace = session(tmp_path / "s", status).a.traces["eda"]
    assert np.isfinite(trace.values).all()
