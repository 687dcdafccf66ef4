"""A session of any length, quickly: simulated bodies and clock log, the wire's real encoder.

No firmware runs, so eight hours take a minute to write. What is kept is what a recording keeps:
each notification as a Sent with the blocks after it, probes and echoes, the streams' announcements,
a status each eight seconds and the host's own entries, sealed once a second.
"""

import json
from dataclasses import dataclass

import numpy as np

from dyadkit.sim.people import bodies
from dyadkit.storage import SessionWriter
from dyadwire import codec, frames, frontend, messages, streams
from fakes.sync_simulator import Condition, Side, simulate

SKIN_HZ, SKIN_BLOCK = 16.0, 4
PULSE_HZ, PULSE_BLOCK = 100.0, 20
ELECTRODE_V = 0.5
SETTLE_S = 10.0
INFOS = (
    messages.StreamInfo(streams.PPG_IR, 100_000, 1, 1),
    messages.StreamInfo(streams.PPG_RED, 100_000, 1, 1),
    messages.StreamInfo(streams.EDA_CURRENT, 16_000, 1, 256_000),
    messages.StreamInfo(streams.EDA_VOLTAGE, 16_000, 1, 512_000),
)


@dataclass(frozen=True)
class Long:
    """Two people for so many seconds; a share of the notifications never arrives."""

    seconds: float
    seed: int = 1
    lost: float = 0.002

    def write(self, folder, **about):
        rows, known = self.rows()
        writer = SessionWriter(folder)
        store(writer, rows)
        writer.close({**known, **about})
        return folder

    def rows(self):
        """(host_ns, topic, bytes) of every message in order of time, and what is known beside."""
        rng = np.random.default_rng([self.seed, 30])
        sides = Side(frames_hz=10.0), Side(frames_hz=10.0)
        condition = Condition(duration_s=self.seconds + SETTLE_S, a=sides[0], b=sides[1])
        log, truth = simulate(condition, self.seed)
        pair = bodies.meet(bodies.Encounter(), self.seconds + SETTLE_S, self.seed)
        start_ns = int(truth.host_ns[0])
        about = {"participants": {"a": "SIM-A", "b": "SIM-B"}, "simulated": True}
        began = {"event": "session", "number": 1, "version": "test", "about": about}
        kept = [(start_ns, "host", json.dumps(began).encode())]
        for link, signals, skew in zip(log.links, (pair.a, pair.b), (1.008, 0.991), strict=True):
            kept += self._heard(link, signals, skew, truth, rng)
            kept += [row for row in _probes(link) if row[0] > start_ns]
        kept.sort(key=lambda one: one[0])
        return kept, {**about, "duration_s": float(truth.t_s[-1] - truth.t_s[0])}

    def _heard(self, link, signals, skew, truth, rng):
        """(host_ns, topic, bytes) of one wearable: notifications, echoes, announcements."""
        person = link.peripheral
        topic = f"{person}/heard"
        blocks = sorted(
            _pulse_blocks(signals, person, skew, truth, self.seed)
            + _skin_blocks(signals, person, truth),
            key=lambda block: block.stamp_us,
        )
        sends = link.sends
        place = np.searchsorted(sends.sent_us, [block.stamp_us for block in blocks])
        lost = rng.random(len(sends)) < self.lost
        boot = int(sends.peripheral_boot[0])
        rows = []
        begun_ns = int(truth.host_ns[0])
        hello = messages.Hello(1, 0, boot, 7, person.encode() * 6, 2, b"0.1\0")
        for message in (hello, *INFOS, messages.Calibration(0, 0, 0, 0, 0)):
            rows.append((begun_ns, topic, framed(message)))
        start, stop = np.searchsorted(sends.received_ns, [begun_ns, truth.host_ns[-1]])
        heads = np.searchsorted(place, np.arange(len(sends) + 1))
        for number in range(start, stop):
            at_ns, sent_us = int(sends.received_ns[number]), int(sends.sent_us[number])
            first, last = heads[number], heads[number + 1]
            if first == last or lost[number]:
                continue
            rows.append((at_ns, topic, framed(messages.Sent(boot, sent_us))))
            rows += [
                (at_ns, topic, framed(block._replace(boot=boot))) for block in blocks[first:last]
            ]
            if number % 80 == 0:
                status = messages.Status(sent_us, 2, 80, 2500, 60, 9, 0, 0, 9, 0, 100_000)
                rows.append((at_ns, topic, framed(status)))
        return rows


def framed(message):
    return frames.frame(message.KIND, messages.pack(message))


def _probes(link):
    rows = zip(*(column.tolist() for column in link.exchanges.columns()), strict=True)
    found = []
    for number, (_, sent_ns, boot, received_us, answered_us, returned_ns) in enumerate(rows):
        seq = number & 0xFFFF
        probe = messages.Probe(seq, sent_ns // 1000)
        echo = messages.Echo(seq, boot, received_us, answered_us)
        found.append((sent_ns, f"{link.peripheral}/said", framed(probe)))
        found.append((returned_ns, f"{link.peripheral}/heard", framed(echo)))
        entry = {
            "event": "exchange",
            "person": link.peripheral,
            "boot": boot,
            "sent_us": sent_ns // 1000,
        }
        entry |= {"received_us": received_us, "answered_us": answered_us}
        found.append((returned_ns, "exchanges", json.dumps(entry).encode()))
    return found


def _pulse_blocks(signals, person, skew, truth, seed):
    rate_hz = PULSE_HZ * skew
    times_s = np.arange(truth.t_s[0], truth.t_s[-1], 1 / rate_hz)
    counts = bodies.ppg_counts(signals, times_s, seed + ord(person))
    made = []
    for column, stream in enumerate((streams.PPG_IR, streams.PPG_RED)):
        made += _blocks(stream, counts[:, column], times_s, PULSE_BLOCK, person, truth)
    return made


def _skin_blocks(signals, person, truth):
    times_s = np.arange(truth.t_s[0], truth.t_s[-1], 1 / SKIN_HZ)
    usiemens = np.interp(times_s, np.arange(len(signals.eda_usiemens)) / 16, signals.eda_usiemens)
    random = np.random.default_rng([ord(person), 31])
    current_v = usiemens * 1e-6 * frontend.CURRENT_OHM * ELECTRODE_V
    current = np.rint(current_v * 256_000 + random.normal(0, 2, len(times_s))).astype(int)
    voltage = np.rint(ELECTRODE_V * 512_000 + random.normal(0, 2, len(times_s))).astype(int)
    return _blocks(streams.EDA_CURRENT, current, times_s, SKIN_BLOCK, person, truth) + _blocks(
        streams.EDA_VOLTAGE, voltage, times_s, SKIN_BLOCK, person, truth
    )


def _blocks(stream, samples, times_s, size, person, truth):
    """Whole blocks of a stream; a stamp is taken up to 2 ms after the sample."""
    sensor = size  # both streams of a sensor are read, and stamped, together
    late_us = np.random.default_rng([sensor, ord(person)]).integers(0, 2000, len(times_s))
    stamps_us = np.interp(times_s, truth.t_s, truth.device_us[person]).astype(int) + late_us
    samples, stamps = samples.tolist(), stamps_us.tolist()
    buffer = bytearray(codec.MAX_SAMPLE_SIZE * size)
    made = []
    for sequence in range(len(samples) // size):
        first = sequence * size
        end = codec.encode_into(buffer, 0, samples, first, size, 0)
        packed = bytes(buffer[:end])
        stamp_us = stamps[first + size - 1]
        made.append(messages.Block(stream, 0, sequence, first, stamp_us, size, 0, packed))
    return made


def store(writer, kept):
    sealed_ns = kept[0][0]
    for at_ns, topic, data in kept:
        if at_ns - sealed_ns > 1_000_000_000:
            writer.sync()
            sealed_ns = at_ns
        writer.append(topic, at_ns, data)
    writer.sync()
