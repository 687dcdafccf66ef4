"""Scan of a session file: every intact message, one after the other, in the same memory.

Each message carries a checksum of its channel, time and content, so a message is right or not
there. The scan steps from message to message while the file is whole, and searches byte by byte for
the next one where it is not; nothing depends on lengths, indexes or an end that damage may have
touched. The file is only ever read, through a window that moves over it.
"""

from collections.abc import Generator, Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple

from dyadkit.errors import SessionError
from dyadkit.storage.layout import (
    FILE_NAME,
    FIXED_SIZE,
    LOCKED_NAME,
    MAGIC,
    MAX_CONTENT,
    MAX_RECORD,
    MESSAGE,
    MESSAGE_HEADER,
    RECORD_HEADER,
    TOPICS,
    guard,
)
from dyadkit.storage.metadata import SessionMetadata
from dyadkit.storage.scanning.checksums import StretchSums
from dyadkit.storage.scanning.structure import Structure

WINDOW_BYTES = 4 << 20
_MAX_WASTED = 4 << 20
"""Bytes of wrong checksums in one window until they are had the slower, steadier way."""


class FoundMessage(NamedTuple):
    """An intact message: its topic, the host's clock in nanoseconds, and the bytes."""

    topic: str
    host_ns: int
    data: bytes


class Damage(NamedTuple):
    """Bytes of a file that are neither messages nor structure, and the host's times around them.

    `after_ns` is of the last message before, `before_ns` of the first after; None at the ends.

    Examples
    --------
    >>> torn = Damage(first_byte=4096, stop_byte=4608, after_ns=None, before_ns=2_000_000_000)
    >>> torn.stop_byte - torn.first_byte
    512
    """

    first_byte: int
    stop_byte: int
    after_ns: int | None
    before_ns: int | None


class Scan:
    """Scan over a session file: iterate for its messages; what else it found is there afterwards.

    damages : bytes that are neither messages nor structure
    metadata : the last metadata record that is as it was written
    messages : how many there were; last_ns : the latest host time
    closed : the file ends as a finished one does

    Raises
    ------
    SessionError
        from the iteration, if the file cannot be read
    """

    def __init__(self, file: Path) -> None:
        self.file = file
        self.damages: list[Damage] = []
        self.metadata: SessionMetadata | None = None
        self.messages = 0
        self.last_ns = 0
        self.closed = False

    def __iter__(self) -> Iterator[FoundMessage]:
        try:
            with self.file.open("rb") as data, self.file.open("rb") as again:
                yield from self._messages(data, Structure(again))
        except OSError as error:
            raise SessionError(f"cannot read {self.file}: {error.strerror}") from None

    @property
    def vouched(self) -> bool:
        """Whether no message is missing that the metadata record counts."""
        return self.metadata is None or self.metadata.messages == self.messages

    def _messages(self, data: BinaryIO, structure: Structure) -> Iterator[FoundMessage]:
        """Messages in order; what lies between them is looked at as it is met."""
        ended, before_ns = 0, None
        for start, stop, channel, host_ns, content in _found(data):
            if start > ended:
                self._look_at(structure, Damage(ended, start, before_ns, host_ns))
            ended, before_ns = stop, host_ns
            self.messages += 1
            self.last_ns = max(self.last_ns, host_ns)
            yield FoundMessage(TOPICS[channel - 1], host_ns, content)
        size = structure.size
        if ended < size:
            self._look_at(structure, Damage(ended, size, before_ns, None))
        self.metadata = structure.metadata
        self.closed = size > len(MAGIC) and structure.read(size - len(MAGIC), size) == MAGIC

    def _look_at(self, structure: Structure, between: Damage) -> None:
        if not structure.is_whole(between.first_byte, between.stop_byte):
            self.damages.append(between)


def session_file(path: Path) -> Path:
    """The session file of a folder, or the file itself.

    Raises
    ------
    SessionError
        there is none, or it is locked
    """
    if not path.exists():
        raise SessionError(f"{path} does not exist; give a session folder or its {FILE_NAME}")
    file = path / FILE_NAME if path.is_dir() else path
    if file.name == FILE_NAME and file.with_name(LOCKED_NAME).is_file():
        raise SessionError(f"{file.parent} is locked: open it with dyadkit unlock {file.parent}")
    if not file.is_file():
        raise SessionError(f"{path} holds no {FILE_NAME}: it is not a session folder")
    return file


_Place = tuple[int, int, int, int, bytes]


def _found(file: BinaryIO) -> Iterator[_Place]:
    """Yield (start, stop, channel, host_ns, content) of every intact message, in order.

    The window moves on when the longest message might not end in it.
    """
    base, at, window = 0, 0, b""
    while fresh := file.read(WINDOW_BYTES):
        base, at, window = base + at, 0, window[at:] + fresh
        at = yield from _in_window(window, base, len(window) - MAX_RECORD)
    yield from _in_window(window[at:], base + at, len(window))


def _in_window(window: bytes, base: int, until: int) -> Generator[_Place, None, int]:
    """Messages that begin before `until`; gives where the search has come to.

    Any byte that equals a message's opcode may begin one; the checksum decides.

    1. Whole data: behind a message the next begins at once, and the search finds it at `stop`.
       Between chunks it passes over headers and indexes.
    2. A candidate whose length, channel or end cannot be is dropped before its checksum is
       computed. Else each stray opcode with a length of gigabytes would cost a pass over the file.
    3. A candidate that is plausible and wrong moves the search on by one byte, not by its length:
       the length itself may be what is damaged, and the next intact message may lie inside of it.
       Where many are, their checksums are had from sums of the whole window.
    4. A message torn off at the end has its `stop` beyond the data; what fits no header any more
       ends the search.
    """
    unpack, head, opcode = MESSAGE_HEADER.unpack_from, MESSAGE_HEADER.size, bytes([MESSAGE])
    size, max_length, channels = len(window), FIXED_SIZE + MAX_CONTENT, len(TOPICS)
    last = min(size - head, until)
    wasted, sums = 0, None
    start = window.find(opcode)
    while 0 <= start <= last:
        _, length, channel, checked, host_ns, _ = unpack(window, start)
        stop = start + RECORD_HEADER.size + length
        plausible = FIXED_SIZE <= length <= max_length and 1 <= channel <= channels
        if plausible and stop <= size:
            if sums is not None and sums.guard(channel, host_ns, start + head, stop) != checked:
                start = window.find(opcode, start + 1)
                continue
            content = window[start + head : stop]
            if checked == guard(channel, host_ns, content):
                yield base + start, base + stop, channel, host_ns, content
                start = window.find(opcode, stop)
                continue
            wasted += length
            if wasted > _MAX_WASTED:
                sums = StretchSums(window)
        start = window.find(opcode, start + 1)
    return start if start >= 0 else size
