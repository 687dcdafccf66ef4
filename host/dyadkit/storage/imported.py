"""Imported session: series of other systems as float64 arrays, in an MCAP file of its own schema.

No frames are made up. Each channel is one series of one person; a message holds consecutive
samples, times first, then values, and a checksum of both. What is known beside them (where they are
from, marks, how both people were joined) is one metadata record with a checksum of its own.
"""

import json
import os
import struct
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from mcap.exceptions import McapError
from mcap.reader import McapReader, make_reader
from mcap.writer import CompressionType, Writer

from dyadkit.dyad.private_files import private_file, private_folder
from dyadkit.dyad.traces import PersonName, Trace
from dyadkit.errors import SessionError
from dyadkit.storage.about import sha256_of, write_about
from dyadkit.storage.layout import CHUNK, CHUNK_HEADER, FILE_NAME, LOCKED_NAME, MAGIC, RECORD_HEADER

PROFILE = "dyadkit-imported"
SCHEMA = "dyadkit.Samples"
ABOUT = "dyadkit.imported"
LAYOUT = b"<I samples><I CRC-32 of the rest><float64 times in s, samples><float64 values, samples>"
SAMPLES = 16_384
"""Samples a message: a quarter of a megabyte."""
_HEAD = struct.Struct("<II")
_FIRST_NS = 1_000_000_000
"""MCAP's times cannot be negative; a second before the session's beginning is room enough."""


@dataclass(frozen=True, slots=True, eq=False)
class ImportedSession:
    """Imported session as stored: traces by person and name, and what is known beside them.

    Examples
    --------
    >>> ImportedSession({"a": {}, "b": {}}, {"duration_s": 60.0}).about["duration_s"]
    60.0
    """

    traces: dict[PersonName, dict[str, Trace]]
    about: dict[str, Any]


def write_imported(folder: Path, session: ImportedSession) -> Path:
    """Write an imported session into a new folder; on disk whole or not at all. Gives the file.

    Raises
    ------
    SessionError
        the folder holds a session already, or cannot be written

    Examples
    --------
    >>> import tempfile
    >>> skin = Trace(np.arange(4.0), np.full(4, 2.5), "microsiemens", 1.0)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     session = ImportedSession({"a": {"eda": skin}, "b": {"eda": skin}}, {"duration_s": 4.0})
    ...     file = write_imported(Path(folder) / "lab-3", session)
    ...     is_imported(file), read_imported(file).traces["b"]["eda"].values.tolist()
    (True, [2.5, 2.5, 2.5, 2.5])
    """
    path = folder / FILE_NAME
    if path.exists() or path.with_name(LOCKED_NAME).exists():
        raise SessionError(
            f"{folder} already holds a session; choose another folder, nothing was overwritten"
        )
    partial = path.with_name(FILE_NAME + ".partial")
    try:
        private_folder(folder)
        with private_file(partial).open("wb") as file:
            _write(Writer(file, compression=CompressionType.NONE), session)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
        write_about(folder, {**session.about, "sha256": sha256_of(path)})
    except OSError as error:
        partial.unlink(missing_ok=True)
        raise SessionError(f"cannot write to {folder}: {error.strerror}") from None
    return path


def is_imported(path: Path) -> bool:
    """Whether a session folder or file holds an imported session."""
    file = path / FILE_NAME if path.is_dir() else path
    if not file.is_file():
        return False
    try:
        with file.open("rb") as stream:
            return PROFILE.encode() in stream.read(len(MAGIC) + 64)
    except OSError:
        return False


def read_imported(path: Path) -> ImportedSession:
    """Read an imported session.

    Raises
    ------
    SessionError
        it cannot be read or is damaged: import the sources again
    """
    file = path / FILE_NAME if path.is_dir() else path
    try:
        with file.open("rb") as stream:
            _refuse_packed(stream)
            reader = make_reader(stream, validate_crcs=True)
            about = _about(reader)
            return ImportedSession(_traces(reader), about)
    except OSError as error:
        raise SessionError(f"cannot read {file}: {error.strerror}") from None
    except _DAMAGED as error:
        raise SessionError(
            f"{file} is damaged ({error}): import its sources again, their names and hashes are in "
            "session.json"
        ) from None


_DAMAGED = (
    McapError, ValueError, KeyError, TypeError, AttributeError, IndexError, OverflowError,
    RecursionError, AssertionError, EOFError, struct.error, MemoryError,
)  # fmt: skip
"""What the MCAP library and our own reading raise on a file that is not as it was written."""


def _refuse_packed(stream: BinaryIO) -> None:
    """Refuse packed chunks: we write none, and a small one can be made to unpack to any size."""
    size = stream.seek(0, 2)
    at = len(MAGIC)
    while at + RECORD_HEADER.size <= size:
        stream.seek(at)
        header = stream.read(CHUNK_HEADER.size)
        opcode, length = RECORD_HEADER.unpack_from(header)
        whole = opcode == CHUNK and len(header) == CHUNK_HEADER.size
        if whole and CHUNK_HEADER.unpack(header)[-2]:
            raise ValueError("it is packed, which no import of dyadkit is")
        at += RECORD_HEADER.size + length
    stream.seek(0)


def _write(writer: Writer, session: ImportedSession) -> None:
    writer.start(PROFILE, "dyadkit")
    schema = writer.register_schema(SCHEMA, "text", LAYOUT)
    text = json.dumps(session.about, allow_nan=False)
    writer.add_metadata(ABOUT, {"json": text, "crc32": str(zlib.crc32(text.encode()))})
    for person, traces in session.traces.items():
        for name, trace in traces.items():
            facts = {
                "unit": trace.unit,
                "sensor": trace.sensor,
                "rate_hz": repr(float(trace.rate_hz)),
                "gaps_s": json.dumps(trace.gaps_s.tolist()),
                "bound_s": repr(float(trace.bounds_s[0]) if len(trace.bounds_s) else np.nan),
                "samples": str(len(trace)),
            }
            channel = writer.register_channel(f"{person}/{name}", "samples", schema, facts)
            for number, (at_ns, data) in enumerate(_messages(trace)):
                writer.add_message(channel, at_ns, data, at_ns, number)
    writer.finish()


def _messages(trace: Trace) -> Iterator[tuple[int, bytes]]:
    for first in range(0, len(trace), SAMPLES):
        part = slice(first, first + SAMPLES)
        times_s, values = trace.times_s[part], trace.values[part]
        body = times_s.astype("<f8").tobytes() + values.astype("<f8").tobytes()
        at_ns = max(0, _FIRST_NS + int(times_s[0] * 1e9))
        yield at_ns, _HEAD.pack(len(times_s), zlib.crc32(body)) + body


def _about(reader: McapReader) -> dict[str, Any]:
    for record in reader.iter_metadata():
        if record.name == ABOUT:
            text = record.metadata["json"]
            if str(zlib.crc32(text.encode())) != record.metadata["crc32"]:
                raise ValueError("what it says of itself was changed")
            return dict(json.loads(text))
    raise ValueError("it does not say what it holds")


def _traces(reader: McapReader) -> dict[PersonName, dict[str, Trace]]:
    parts: dict[str, list[tuple[int, np.ndarray]]] = {}
    facts: dict[str, dict[str, str]] = {}
    for _, channel, message in reader.iter_messages(log_time_order=False):
        parts.setdefault(channel.topic, []).append((message.sequence, _samples(message.data)))
        facts[channel.topic] = channel.metadata
    traces: dict[PersonName, dict[str, Trace]] = {"a": {}, "b": {}}
    for topic, found in parts.items():
        person, _, name = topic.partition("/")
        traces[_person(person)][name] = _trace(found, facts[topic])
    return traces


def _person(name: str) -> PersonName:
    if name == "a":
        return "a"
    if name == "b":
        return "b"
    raise ValueError(f"a channel of person {name[:20]}")


def _samples(data: bytes) -> np.ndarray:
    """Times and values of one message, shape (2, n)."""
    count, checked = _HEAD.unpack_from(data)
    body = data[_HEAD.size :]
    if len(body) != 16 * count or zlib.crc32(body) != checked:
        raise ValueError("samples were changed")
    return np.frombuffer(body, "<f8").reshape(2, count).astype(float)


def _trace(found: Iterable[tuple[int, np.ndarray]], facts: dict[str, str]) -> Trace:
    ordered = sorted(found, key=lambda part: part[0])
    if [number for number, _ in ordered] != list(range(len(ordered))):
        raise ValueError("samples are missing")
    times_s, values = np.concatenate([samples for _, samples in ordered], axis=1)
    if len(times_s) != int(facts["samples"]):
        raise ValueError("samples are missing")
    gaps_s = np.asarray(json.loads(facts["gaps_s"]), dtype=float).reshape(-1, 2)
    bounds_s = np.full(len(times_s), float(facts["bound_s"]))
    rate_hz = float(facts["rate_hz"])
    return Trace(times_s, values, facts["unit"], rate_hz, gaps_s, bounds_s, sensor=facts["sensor"])
