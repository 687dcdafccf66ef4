"""Files of frames in flash: their names, and finding blocks in them.

A segment is named after its running number and its boot; its suffix says whether the host has
everything in it.
"""

import os

from micropython import const

from dyadwire import frames, messages

TYPE_CHECKING = const(0)
if TYPE_CHECKING:
    from collections.abc import Iterator

FOLDER = "rec"
NEW = ".new"
FETCHED = ".old"
STREAM_AT = frames.HEADER_SIZE
_SEQUENCE_AT = STREAM_AT + 3
_CHUNK = const(1024)
_PREVIEW = const(4 * _CHUNK)


def in_flash() -> "list[Segment]":
    """All segments, oldest first."""
    try:
        os.mkdir(FOLDER)
    except OSError:
        pass  # it is there already
    return [Segment(int(name[:6]), int(name[7:12]), name[12:]) for name in sorted(_names())]


def _names() -> list[str]:
    return [name for name in os.listdir(FOLDER) if name.endswith(NEW) or name.endswith(FETCHED)]


def pages_kib(size: int) -> int:
    """Flash taken by a file of this size, in whole blocks of 4 KiB."""
    return ((size >> 12) + 1) * 4


def sequence_of(framed: "bytes | bytearray", start: int) -> int:
    """Sequence number of the Block frame at framed[start]; allocates nothing."""
    at = start + _SEQUENCE_AT
    return framed[at] | framed[at + 1] << 8 | framed[at + 2] << 16 | framed[at + 3] << 24


class Segment:
    """One file of frames."""

    def __init__(self, number: int, boot: int, suffix: str) -> None:
        self.number = number
        self.boot = boot
        self.fetched = suffix == FETCHED
        self._spans: dict[int, tuple[int, int]] | None = None
        self._firsts: dict[int, int] | None = None

    def path(self) -> str:
        """Where the file is."""
        suffix = FETCHED if self.fetched else NEW
        return "%s/%06d-%05d%s" % (FOLDER, self.number, self.boot, suffix)

    def mark_fetched(self) -> None:
        """Note, across reboots, that the host has everything in it."""
        before = self.path()
        self.fetched = True
        os.rename(before, self.path())

    def remove(self) -> None:
        """Delete the file."""
        os.remove(self.path())

    def is_idle(self) -> bool:
        """Whether it is a boot's that recorded nothing: less than a page, and no block in it."""
        return self.size_kib() <= 4 and not self.spans()

    def size_kib(self) -> int:
        """Flash the file takes, in whole pages."""
        return pages_kib(os.stat(self.path())[6])

    def know_spans(self, spans: "dict[int, tuple[int, int]]") -> None:
        """Spare `spans` the reading."""
        self._spans = spans

    def spans(self) -> "dict[int, tuple[int, int]]":
        """First sequence of each stream in it, and one past the last."""
        if self._spans is None:
            spans: dict[int, tuple[int, int]] = {}
            for framed in self.frames():
                if framed[1] == messages.Block.KIND:
                    stream, sequence = framed[STREAM_AT], sequence_of(framed, 0)
                    first = spans[stream][0] if stream in spans else sequence
                    spans[stream] = (first, sequence + 1)
            self._spans = spans
        return self._spans

    def size_bytes(self) -> int:
        """Bytes of the file."""
        return os.stat(self.path())[6]

    def begins_at_or_before(self, stream: int, sequence: int) -> bool:
        """Whether all blocks of the stream before `sequence` are in earlier segments."""
        if self._firsts is None:
            firsts: dict[int, int] = {}
            for framed in self.frames(_PREVIEW):
                if framed[1] == messages.Block.KIND:
                    firsts.setdefault(framed[STREAM_AT], sequence_of(framed, 0))
            self._firsts = firsts
        return stream in self._firsts and self._firsts[stream] <= sequence

    def blocks(self, stream: int) -> "Iterator[bytes]":
        """Yield the Block frames of one stream, in order."""
        for framed in self.frames():
            if framed[1] == messages.Block.KIND and framed[STREAM_AT] == stream:
                yield framed

    def frames(self, limit: int = 1 << 30) -> "Iterator[bytes]":
        """Yield the whole frames in the first `limit` bytes; noise and torn ends are skipped."""
        reader = frames.FrameReader()
        with open(self.path(), "rb") as file:
            while limit > 0:
                chunk = file.read(_CHUNK)
                if not chunk:
                    return
                limit -= len(chunk)
                yield from reader.feed(chunk)
