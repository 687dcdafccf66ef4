"""XDF export: one file that LabRecorder's readers open, both people's streams on one clock.

Written after the XDF 1.0 specification (Kothe and others, github.com/sccn/xdf/wiki). The time
stamps are the session's seconds. Their clock offsets are 0, since the session's clock was solved
already; how well both people are on it stands in each stream's description.
"""

import struct
import uuid
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from dyadkit.dyad.private_files import private_file
from dyadkit.dyad.traces import PERSONS, Dyad, Trace

MAGIC = b"XDF:"
FILE_HEADER, STREAM_HEADER, SAMPLES, CLOCK_OFFSET, BOUNDARY, STREAM_FOOTER = range(1, 7)
BOUNDARY_UUID = uuid.UUID("43a546dc-cbf5-410f-b30e-d5467383cbe4").bytes
MAKER = "dyadkit"
SAMPLES_A_CHUNK = 4096
_ID = struct.Struct("<I")
_OFFSET = struct.Struct("<dd")


def write(dyad: Dyad, out: Path) -> list[Path]:
    """Write `session.xdf` into an empty folder: a stream a trace, and one of marks."""
    file = out / "session.xdf"
    streams = [
        (person, name, trace)
        for person in PERSONS
        for name, trace in sorted(dyad.person(person).traces.items())
        if len(trace)
    ]
    with private_file(file).open("wb") as target:
        target.write(
            MAGIC + _chunk(FILE_HEADER, b"<?xml version='1.0'?><info><version>1.0</version></info>")
        )
        for number, (person, name, trace) in enumerate(streams, 1):
            target.writelines(_stream(number, f"{person}_{name}", dyad, trace))
        target.writelines(_marks(len(streams) + 1, dyad))
        target.write(_chunk(BOUNDARY, BOUNDARY_UUID))
    return [file]


def _stream(number: int, name: str, dyad: Dyad, trace: Trace) -> Iterator[bytes]:
    """Chunks of one trace: header, samples, two clock offsets, footer."""
    known = np.isfinite(trace.times_s)
    times_s, values = trace.times_s[known], trace.values[known]
    facts = {
        "name": name, "type": _kind(name), "channel_count": "1",
        "nominal_srate": repr(float(trace.rate_hz)), "channel_format": "double64",
        "source_id": f"{MAKER}-{name}", "hostname": MAKER,
    }  # fmt: skip
    bounds_s = trace.bounds_s[np.isfinite(trace.bounds_s)]
    bound_s = float(np.median(bounds_s)) if len(bounds_s) else np.nan
    described = {"label": name, "unit": trace.unit, "type": _kind(name)}
    yield _chunk(STREAM_HEADER, _ID.pack(number) + _header(facts, described, bound_s))
    stamped = np.empty(len(times_s), dtype=[("size", "u1"), ("at", "<f8"), ("value", "<f8")])
    stamped["size"], stamped["at"], stamped["value"] = 8, times_s, values
    for first in range(0, len(stamped), SAMPLES_A_CHUNK):
        part = stamped[first : first + SAMPLES_A_CHUNK]
        yield _chunk(SAMPLES, _ID.pack(number) + _length(len(part)) + part.tobytes())
    yield from _end(number, times_s[[0, -1]].tolist(), len(times_s))


def _marks(number: int, dyad: Dyad) -> Iterator[bytes]:
    """Chunks of the stream of marks: their label, and where a condition ends."""
    events = sorted(
        [(mark.start_s, mark.label) for mark in dyad.marks]
        + [
            (mark.stop_s, f"end of {mark.label}")
            for mark in dyad.marks
            if mark.stop_s > mark.start_s
        ]
    )
    facts = {
        "name": "marks", "type": "Markers", "channel_count": "1", "nominal_srate": "0",
        "channel_format": "string", "source_id": "marks", "hostname": MAKER,
    }  # fmt: skip
    yield _chunk(STREAM_HEADER, _ID.pack(number) + _header(facts, {"label": "mark"}, np.nan))
    if events:
        samples = b"".join(
            b"\x08" + struct.pack("<d", at_s) + _length(len(label.encode())) + label.encode()
            for at_s, label in events
        )
        yield _chunk(SAMPLES, _ID.pack(number) + _length(len(events)) + samples)
    yield from _end(
        number, [at_s for at_s, _ in events[:1] + events[-1:]] or [0.0, 0.0], len(events)
    )


def _end(number: int, span_s: list[float], samples: int) -> Iterator[bytes]:
    for at_s in span_s:
        yield _chunk(CLOCK_OFFSET, _ID.pack(number) + _OFFSET.pack(at_s, 0.0))
    root = ElementTree.Element("info")
    for name, value in (
        ("first_timestamp", repr(span_s[0])),
        ("last_timestamp", repr(span_s[-1])),
        ("sample_count", str(samples)),
    ):
        ElementTree.SubElement(root, name).text = value
    yield _chunk(STREAM_FOOTER, _ID.pack(number) + ElementTree.tostring(root))


def _header(facts: dict[str, str], channel: dict[str, str], bound_s: float) -> bytes:
    root = ElementTree.Element("info")
    for name, value in facts.items():
        ElementTree.SubElement(root, name).text = value
    desc = ElementTree.SubElement(root, "desc")
    ElementTree.SubElement(desc, "manufacturer").text = MAKER
    if np.isfinite(bound_s):
        ElementTree.SubElement(desc, "time_bound_s").text = repr(bound_s)
    inner = ElementTree.SubElement(ElementTree.SubElement(desc, "channels"), "channel")
    for name, value in channel.items():
        ElementTree.SubElement(inner, name).text = value
    return ElementTree.tostring(root)


def _kind(name: str) -> str:
    """Content type after the XDF wiki's list."""
    kinds = {"eda": "GSR", "ppg": "PPG", "ecg": "ECG", "acc": "MoCap", "respiration": "Respiration"}
    return next((kind for part, kind in kinds.items() if f"_{part}" in name), "Misc")


def _chunk(tag: int, content: bytes) -> bytes:
    return _length(len(content) + 2) + struct.pack("<H", tag) + content


def _length(value: int) -> bytes:
    """A length as XDF writes it: how many bytes, then the number in them."""
    if value < 1 << 8:
        return struct.pack("<BB", 1, value)
    return struct.pack("<BI", 4, value) if value < 1 << 32 else struct.pack("<BQ", 8, value)
