"""Reading of a session, whole or damaged: one pass over the bytes finds every intact message.

Each message carries a checksum of its channel, time and content, so a message is right or not
there. The pass steps from message to message while the file is whole, and searches byte by byte
for the next one where it is not; nothing depends on lengths, indexes or an end that damage may
have touched. The file is only ever read.
"""

import json
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from dyadkit.errors import SessionError
from dyadkit.storage.about import read_about, sha256_of
from dyadkit.storage.layout import (
    CHUNK,
    CHUNK_HEADER,
    FILE_NAME,
    FIXED_SIZE,
    JSON_TOPICS,
    MAGIC,
    MAX_CONTENT,
    MESSAGE,
    MESSAGE_HEADER,
    OPCODES,
    RECORD_HEADER,
    TOPICS,
    guard,
)
from dyadkit.storage.topic import StoredMessage, StoredMessages


class Damage(NamedTuple):
    """Bytes of a file that are neither messages nor structure, and the host's times around them.

    `after_ns` is of the last message before, `before_ns` of the first after; None at the ends.

    Examples
    --------
    >>> torn = Damage(first_byte=4096, stop_byte=4608, after_ns=None, before_ns=2_000_000_000)
    >>> StoredSession(Path("session.mcap"), {}, damages=(torn,)).lost_bytes
    512
    """

    first_byte: int
    stop_byte: int
    after_ns: int | None
    before_ns: int | None


@dataclass(frozen=True, slots=True)
class StoredSession:
    """Everything of a session file, by topic, with what is known about it.

    about : what the session said at its start, and `session.json`
    closed : the file ends as a finished one does
    damages : where bytes cannot be read
    unchanged : the file is still what `session.json` vouches for, where it does

    Examples
    --------
    >>> stored = read_session(Path("session-12"))
    >>> stored.complete, next(stored.host_log())["event"]
    (True, 'session')
    """

    path: Path
    topics: dict[str, StoredMessages]
    about: dict[str, Any] = field(default_factory=dict)
    closed: bool = True
    damages: tuple[Damage, ...] = ()
    unchanged: bool = True

    @property
    def complete(self) -> bool:
        """Whether all that was written is here."""
        return self.closed and self.unchanged and not self.damages

    @property
    def lost_bytes(self) -> int:
        """Bytes that cannot be read."""
        return sum(damage.stop_byte - damage.first_byte for damage in self.damages)

    def host_log(self, *topics: str) -> Iterator[dict[str, Any]]:
        """Yield the entries of some JSON topics, of all without a name, by time.

        Each has `at_ns` and `event`. A day holds as many exchanges as seconds: who looks for
        something else names its topic.
        """
        entries = [message for topic in topics or JSON_TOPICS for message in self.topics[topic]]
        for message in sorted(entries, key=lambda entry: entry.host_ns):
            yield {"at_ns": message.host_ns, **json.loads(message.data)}


class _Gap(NamedTuple):
    """Bytes between two messages."""

    first_byte: int
    stop_byte: int
    after_ns: int | None
    before_ns: int | None


def read_session(path: Path) -> StoredSession:
    """Read a session folder or an .mcap file; a damaged one gives all its intact messages.

    The whole file is read into memory: some 25 MB an hour of two wearables.

    Raises
    ------
    SessionError
        the path is not a dyadkit session, or nothing in it can be read

    Examples
    --------
    >>> stored = read_session(Path("session-12"))
    >>> sorted(topic for topic in stored.topics if stored.topics[topic])[:4]
    ['a/heard', 'a/said', 'b/heard', 'b/said']
    """
    file = _session_file(path)
    try:
        data = file.read_bytes()
    except OSError as error:
        raise SessionError(f"cannot read {file}: {error.strerror}") from None
    topics, gaps = _messages(data)
    if not any(topics.values()):
        raise SessionError(
            f"{file} holds no dyadkit session: it is not an MCAP file of dyadkit or is empty"
        )
    damages = tuple(Damage(*gap) for gap in gaps if not _is_structure(data, gap))
    about = {**_said_at_start(topics["host"]), **read_about(file.parent)}
    vouched = about.get("sha256") if file.name == FILE_NAME else None
    return StoredSession(
        file,
        topics,
        about,
        closed=data.endswith(MAGIC) and len(data) > len(MAGIC),
        damages=damages,
        unchanged=vouched is None or vouched == sha256_of(file),
    )


def _session_file(path: Path) -> Path:
    if not path.exists():
        raise SessionError(f"{path} does not exist; give a session folder or its {FILE_NAME}")
    file = path / FILE_NAME if path.is_dir() else path
    if not file.is_file():
        raise SessionError(f"{path} holds no {FILE_NAME}: it is not a session folder")
    return file


def _said_at_start(host: Sequence[StoredMessage]) -> dict[str, Any]:
    """What the recorder put into the file about the session before anything else."""
    for message in host[:8]:
        entry = json.loads(message.data)
        if entry.get("event") == "session":
            return dict(entry.get("about", {}))
    return {}


def _messages(data: bytes) -> tuple[dict[str, StoredMessages], list[_Gap]]:
    """Every message whose checksum holds, and the stretches of bytes between them."""
    topics = {topic: StoredMessages() for topic in TOPICS}
    lists = [topics[topic] for topic in TOPICS]
    gaps: list[_Gap] = []
    ended, last_ns = 0, None
    for start, stop, channel, host_ns in _found(data):
        if start > ended:
            gaps.append(_Gap(ended, start, last_ns, host_ns))
        lists[channel - 1].append(host_ns, data[start + MESSAGE_HEADER.size : stop])
        ended, last_ns = stop, host_ns
    if ended < len(data):
        gaps.append(_Gap(ended, len(data), last_ns, None))
    return topics, gaps


def _found(data: bytes) -> Iterator[tuple[int, int, int, int]]:
    """Yield (start, stop, channel, host_ns) of every intact message, in order.

    Any byte that equals a message's opcode may begin one; the checksum decides.

    1. Whole data: behind a message the next begins at once, and the search finds it at `stop`.
       Between chunks it passes over headers and indexes.
    2. A candidate whose length, channel or end cannot be is dropped before its checksum is
       computed. Else each stray opcode with a length of gigabytes would cost a pass over the file.
    3. A candidate that is plausible and wrong moves the search on by one byte, not by its length:
       the length itself may be what is damaged, and the next intact message may lie inside of it.
    4. A message torn off at the end has its `stop` beyond the data; what fits no header any more
       ends the search.
    """
    unpack, head, opcode = MESSAGE_HEADER.unpack_from, MESSAGE_HEADER.size, bytes([MESSAGE])
    last, max_length, channels = len(data) - head, FIXED_SIZE + MAX_CONTENT, len(TOPICS)
    start = data.find(opcode)
    while 0 <= start <= last:
        _, length, channel, checked, host_ns, _ = unpack(data, start)
        stop = start + RECORD_HEADER.size + length
        plausible = (
            FIXED_SIZE <= length <= max_length and 1 <= channel <= channels and stop <= len(data)
        )
        if plausible and checked == guard(channel, host_ns, data[start + head : stop]):
            yield start, stop, channel, host_ns
            start = data.find(opcode, stop)
        else:
            start = data.find(opcode, start + 1)


def _is_structure(data: bytes, gap: _Gap) -> bool:
    """Whether bytes between messages are whole MCAP records: headers, indexes, summary.

    1. The file's magic stands before its first record and behind its last.
    2. A message here is one whose checksum failed, and no opcode but MCAP's is structure.
    3. Of a chunk only the header lies in this gap, for its records are messages. The chunk vouches
       for them with a CRC of its own: whole messages that are missing leave no gap of theirs.
    4. Every other record lies here with all its bytes; the last must end where the gap does.
    """
    at, stop = gap.first_byte, gap.stop_byte
    if data.startswith(MAGIC, at):
        at += len(MAGIC)
    if stop == len(data) and data.endswith(MAGIC):
        stop -= len(MAGIC)
    while at + RECORD_HEADER.size <= stop:
        opcode, length = RECORD_HEADER.unpack_from(data, at)
        if opcode not in OPCODES or opcode == MESSAGE:
            return False
        whole = CHUNK_HEADER.size if opcode == CHUNK else RECORD_HEADER.size + length
        if opcode == CHUNK and not _chunk_holds(data, at):
            return False
        at += whole
    return at == stop


def _chunk_holds(data: bytes, at: int) -> bool:
    """Whether a chunk's records are what its header vouches for."""
    if at + CHUNK_HEADER.size > len(data):
        return False
    *_, checked, compression, size = CHUNK_HEADER.unpack_from(data, at)
    begin = at + CHUNK_HEADER.size
    return bool(compression == 0 and zlib.crc32(data[begin : begin + size]) == checked)
