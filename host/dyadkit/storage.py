"""The session file: every frame as it was heard, kept before anyone interprets it.

`session.mcap` holds five topics. `a/heard` and `b/heard` are the exact wire frames from each
wearable with their arrival on the host's clock; `a/said` and `b/said` the frames the host wrote;
`host` is the host's own log as JSON. A chunk is closed and forced to disk each second, so a crash
costs at most that. Each message carries a checksum of its time and content in MCAP's `sequence`
field: a damaged file gives up its intact messages one by one and nothing else.
"""

import hashlib
import json
import os
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from mcap.exceptions import McapError
from mcap.records import Channel, Message
from mcap.stream_reader import StreamReader
from mcap.writer import CompressionType, Writer

from dyadkit.errors import RecordingError

FILE_NAME = "session.mcap"
ABOUT_NAME = "session.json"
TOPICS = ("a/heard", "b/heard", "a/said", "b/said", "host")
PROFILE = "dyadkit"

_MESSAGE_OPCODE = 0x05
_MESSAGE_HEADER = struct.Struct("<BQHIQQ")  # opcode, length, channel, sequence, log, publish
_FIXED_SIZE = 2 + 4 + 8 + 8
_MAX_MESSAGE = 1 << 20


class Heard(NamedTuple):
    """One message of a topic: the host's clock in nanoseconds and the bytes."""

    host_ns: int
    data: bytes


@dataclass(frozen=True, slots=True)
class StoredSession:
    """Everything of a session file, by topic, with what `session.json` says beside it.

    `complete` is False when the file lacks its end or holds damage; `lost_bytes` is how many
    bytes could not be read as messages.
    """

    path: Path
    topics: dict[str, list[Heard]]
    about: dict[str, Any] = field(default_factory=dict)
    complete: bool = True
    lost_bytes: int = 0

    def host_log(self) -> Iterator[dict[str, Any]]:
        """Yield the host's log entries, each with `at_ns` and `event`."""
        for message in self.topics["host"]:
            yield {"at_ns": message.host_ns, **json.loads(message.data)}


class SessionWriter:
    """Appends to `session.mcap`; `sync` forces it to disk, `close` finishes it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.path = folder / FILE_NAME
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._file = self.path.open("xb")
        except FileExistsError:
            raise RecordingError(
                f"{folder} already holds a session; choose another folder, nothing was overwritten"
            ) from None
        except OSError as error:
            raise RecordingError(f"cannot write to {folder}: {error.strerror}") from None
        self._writer = Writer(self._file, compression=CompressionType.NONE, chunk_size=1 << 22)
        self._writer.start(profile=PROFILE, library="dyadkit")
        self._channels = {
            topic: self._writer.register_channel(
                topic, "json" if topic == "host" else "dyadwire", schema_id=0
            )
            for topic in TOPICS
        }

    def append(self, topic: str, host_ns: int, data: bytes) -> None:
        """Add one message; it is safe on disk after the next `sync`."""
        channel = self._channels[topic]
        guard = _guard(channel, host_ns, data)
        self._writer.add_message(channel, host_ns, data, host_ns, sequence=guard)

    def log(self, host_ns: int, event: str, **details: Any) -> None:
        """Add one entry to the host's log."""
        self.append("host", host_ns, json.dumps({"event": event, **details}).encode())

    def sync(self) -> None:
        """Close the chunk and force everything to disk.

        Raises
        ------
        RecordingError
            the disk is full or gone
        """
        try:
            finish_chunk = getattr(self._writer, "_Writer__finalize_chunk")  # noqa: B009 (no public way)
            finish_chunk()
            self._file.flush()
            os.fsync(self._file.fileno())
        except OSError as error:
            raise RecordingError(f"cannot write {self.path}: {error.strerror}") from error

    def close(self, about: dict[str, Any]) -> None:
        """Finish the file and write `session.json` beside it, whole or not at all."""
        self.sync()
        self._writer.finish()
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        write_about(self.folder, {**about, "sha256": sha256_of(self.path)})

    def abandon(self) -> None:
        """Close the file as it is; it will be read like after a crash."""
        self._file.close()


def write_about(folder: Path, about: dict[str, Any]) -> None:
    """Write `session.json` atomically."""
    partial = folder / (ABOUT_NAME + ".partial")
    with partial.open("w", encoding="utf-8") as file:
        json.dump(about, file, indent=2)
        file.flush()
        os.fsync(file.fileno())
    partial.replace(folder / ABOUT_NAME)


def sha256_of(path: Path) -> str:
    """Hexadecimal SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def read_session(path: Path) -> StoredSession:
    """Read a session folder or an .mcap file; a damaged one gives all its intact messages.

    Raises
    ------
    RecordingError
        the path is not a dyadkit session, or nothing in it can be read
    """
    file = _session_file(path)
    try:
        topics = _read_intact(file)
        complete, lost_bytes = True, 0
    except (McapError, struct.error, ValueError, KeyError, UnicodeDecodeError, EOFError):
        topics, lost_bytes = _scan(file.read_bytes())
        complete = False
    if not any(topics.values()):
        raise RecordingError(
            f"{file} holds no dyadkit session: it is not an MCAP file of dyadkit or is empty"
        )
    return StoredSession(file, topics, _read_about(file.parent), complete, lost_bytes)


def _session_file(path: Path) -> Path:
    if not path.exists():
        raise RecordingError(f"{path} does not exist")
    file = path / FILE_NAME if path.is_dir() else path
    if not file.is_file():
        raise RecordingError(f"{path} holds no {FILE_NAME}: it is not a session folder")
    return file


def _read_about(folder: Path) -> dict[str, Any]:
    file = folder / ABOUT_NAME
    if not file.is_file():
        return {}
    try:
        about = json.loads(file.read_text(encoding="utf-8"))
    except ValueError:
        return {}
    return about if isinstance(about, dict) else {}


def _guard(channel: int, host_ns: int, data: bytes) -> int:
    return zlib.crc32(data, zlib.crc32(struct.pack("<HQ", channel, host_ns)))


def _read_intact(file: Path) -> dict[str, list[Heard]]:
    topics: dict[str, list[Heard]] = {topic: [] for topic in TOPICS}
    names: dict[int, str] = {}
    with file.open("rb") as stream:
        for record in StreamReader(stream, validate_crcs=True, record_size_limit=1 << 28).records:
            if isinstance(record, Channel):
                names[record.id] = record.topic
            elif isinstance(record, Message):
                if record.sequence != _guard(record.channel_id, record.log_time, record.data):
                    raise ValueError("a message differs from its checksum")
                topics[names[record.channel_id]].append(Heard(record.log_time, record.data))
    return topics


def _scan(data: bytes) -> tuple[dict[str, list[Heard]], int]:
    """Find every message whose checksum holds, wherever it lies."""
    topics: dict[str, list[Heard]] = {topic: [] for topic in TOPICS}
    read = 0
    start = data.find(_MESSAGE_OPCODE)
    while 0 <= start <= len(data) - _MESSAGE_HEADER.size:
        found = _message_at(data, start)
        if found is None:
            start = data.find(_MESSAGE_OPCODE, start + 1)
            continue
        channel, message = found
        topics[TOPICS[channel - 1]].append(message)
        size = _MESSAGE_HEADER.size + len(message.data)
        read += size
        start = data.find(_MESSAGE_OPCODE, start + size)
    return topics, len(data) - read


def _message_at(data: bytes, start: int) -> tuple[int, Heard] | None:
    _, length, channel, guard, host_ns, _ = _MESSAGE_HEADER.unpack_from(data, start)
    end = start + 9 + length
    known = 1 <= channel <= len(TOPICS) and _FIXED_SIZE <= length <= _MAX_MESSAGE
    if not known or end > len(data):
        return None
    content = data[start + _MESSAGE_HEADER.size : end]
    return (
        (channel, Heard(host_ns, content)) if guard == _guard(channel, host_ns, content) else None
    )
