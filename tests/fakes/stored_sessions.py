"""Sessions on disk from simulated sync logs: both wearables sample at the same true moments."""

import numpy as np

from dyadkit.clock import Clock, Mode, SyncLog
from dyadkit.storage import SessionStream, SessionWriter
from dyadkit.storage.reading import for_copy
from dyadkit.storage.repair import write_all
from dyadwire import codec, frames, messages, streams

RATE_HZ = 20
BLOCK = 10
ADDRESSES = {Mode.STREAM: "AA:BB:CC:00:11:22", Mode.USB: "/dev/ttyACM0"}


def write_session(folder, log: SyncLog, truth, **about):
    """Keep a log's exchanges as the frames they came in, with samples whose value is their number.

    In the field everything is fetched afterwards, so the host's times say nothing.
    """
    writer = SessionWriter(folder)
    start_ns = int(truth.host_ns[0])
    writer.log(start_ns, "session", number=1, version="test", utc="2026-01-01T00:00:00")
    if log.mode is not Mode.FIELD:
        for link in log.links:
            address = ADDRESSES[link.mode or log.mode]
            writer.log(start_ns, "connected", person=link.peripheral, address=address)
    for link in log.links:
        if link.central is Clock.HOST:
            _keep_probes(writer, link)
        else:
            _keep_exchanged(writer, link, int(truth.host_ns[-1]))
    for person in "ab":
        _keep_samples(writer, person, truth)
    writer.close({"duration_s": float(truth.t_s[-1] - truth.t_s[0]), **about})
    return folder


def closed_anew(session, folder, **facts):
    """A copy of a session, written by an honest recorder, whose record has other facts."""
    stored = SessionStream(session)
    writer = SessionWriter(folder)
    write_all(writer, stored.messages())
    known, aside = for_copy(stored.about)
    writer.close({**known, **facts}, aside)
    return folder


def framed(message):
    return frames.frame(message.KIND, messages.pack(message))


def _keep_probes(writer, link):
    rows = zip(*(column.tolist() for column in link.exchanges.columns()), strict=True)
    for number, (_, sent_ns, boot, received_us, answered_us, returned_ns) in enumerate(rows):
        seq = number & 0xFFFF
        probe = messages.Probe(seq, sent_ns // 1000)
        writer.append(f"{link.peripheral}/said", sent_ns, framed(probe))
        echo = messages.Echo(seq, boot, received_us, answered_us)
        writer.append(f"{link.peripheral}/heard", returned_ns, framed(echo))


def _keep_exchanged(writer, link, fetched_ns):
    for own_boot, sent_ns, boot, received_us, answered_us, returned_ns in zip(
        *(column.tolist() for column in link.exchanges.columns()), strict=True
    ):
        kept = messages.Exchanged(
            own_boot, sent_ns // 1000, boot, received_us, answered_us, returned_ns // 1000
        )
        writer.append(f"{link.central.value}/heard", fetched_ns, framed(kept))


def _keep_samples(writer, person, truth):
    t_s = np.arange(truth.t_s[0], truth.t_s[-1], 1 / RATE_HZ)
    stamps_us = np.interp(t_s, truth.t_s, truth.device_us[person])
    buffer = bytearray(codec.MAX_SAMPLE_SIZE * BLOCK)
    for sequence in range(len(t_s) // BLOCK):
        first = sequence * BLOCK
        end = codec.encode_into(buffer, 0, list(range(first, first + BLOCK)), 0, BLOCK, 0)
        block = messages.Block(
            streams.PPG_IR, 0, sequence, first, round(stamps_us[first + BLOCK - 1]), BLOCK, 0,
            bytes(buffer[:end]),
        )  # fmt: skip
        at_s = t_s[first + BLOCK - 1]
        host_ns = int(np.interp(at_s, truth.t_s, truth.host_ns))
        writer.append(f"{person}/heard", host_ns, framed(block))
