"""Segments, files of frames in flash, and the table of what is in which.

A segment is named after its running number and its boot; its suffix says whether the host has
everything in it.
"""

import os
from array import array
from collections import namedtuple

from micropython import const

from dyadwire import frames, messages

TYPE_CHECKING = const(0)
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import TypeAlias

    Acked: TypeAlias = dict[tuple[int, int], tuple[int, int]]  # (boot, stream): (first, stop)

FOLDER = "rec"
NEW = ".new"
FETCHED = ".old"
STREAM_AT = frames.HEADER_SIZE
STREAM_SLOTS = const(11)  # their numbers begin with 1
_SEQUENCE_AT = STREAM_AT + 3
_CHUNK = const(1024)
_PREVIEW = const(4 * _CHUNK)
_EVERYTHING = const(1 << 29)
TURN = const(16)  # frames read in one go, some 20 ms; then others have their turn

# a row: number, boot, what is known of it, first sequences of the streams, one past their last
_FIRSTS = const(3)
_STOPS = const(_FIRSTS + STREAM_SLOTS)
_WIDTH = const(_STOPS + STREAM_SLOTS)
_BEGIN_KNOWN = const(1)
_SPANS_KNOWN = const(2)
_FETCHED = const(4)


def pages_kib(size: int) -> int:
    """Flash taken by a file of this size, in whole blocks of 4 KiB."""
    return ((size >> 12) + 1) * 4


def sequence_of(framed: "bytes | bytearray", start: int) -> int:
    """Sequence number of the Block frame at framed[start]; allocates nothing."""
    at = start + _SEQUENCE_AT
    return framed[at] | framed[at + 1] << 8 | framed[at + 2] << 16 | framed[at + 3] << 24


class Segment(namedtuple("Segment", ("number", "boot", "fetched"))):
    """One file of frames, by its running number, its boot and whether a host has it all."""

    def path(self) -> str:
        """Where it is."""
        suffix = FETCHED if self.fetched else NEW
        return "%s/%06d-%05d%s" % (FOLDER, self.number, self.boot, suffix)

    def size_bytes(self) -> int:
        """Bytes of the file."""
        return os.stat(self.path())[6]

    def frames(self, limit: int = _EVERYTHING) -> "Iterator[bytes]":
        """Yield the whole frames in the first `limit` bytes; noise and torn ends are skipped."""
        reader = frames.FrameReader()
        with open(self.path(), "rb") as file:
            while limit > 0:
                chunk = file.read(_CHUNK)
                if not chunk:
                    return
                limit -= len(chunk)
                yield from reader.feed(chunk)

    def blocks(self, limit: int = _EVERYTHING) -> "Iterator[tuple[int, int, bytes]]":
        """Yield (stream, sequence, frame) of each block in the first `limit` bytes."""
        for framed in self.frames(limit):
            if framed[1] == messages.Block.KIND:
                yield framed[STREAM_AT], sequence_of(framed, 0), framed


class SegmentTable:
    """The table of all segments, a row each, oldest first.

    Memory for `min_rows` of them (100 bytes a row) is taken at once, so that the heap stays as it
    is for days without a host; only more than that take more. A row holds number, boot, what is
    known of it, and of each stream, once looked at, the first sequence and one past the last.
    """

    def __init__(self, min_rows: int) -> None:
        self.count = 0
        self._table = array("I", bytes(4 * _WIDTH * min_rows))
        try:
            os.mkdir(FOLDER)
        except OSError:
            pass  # it is there already
        for name in sorted(os.listdir(FOLDER)):
            if name.endswith(NEW) or name.endswith(FETCHED):
                self.put(Segment(int(name[:6]), int(name[7:12]), name.endswith(FETCHED)))

    def at(self, row: int) -> Segment:
        """The segment in a row."""
        at = row * _WIDTH
        return Segment(self._table[at], self._table[at + 1], self._table[at + 2] >= _FETCHED)

    def row_of(self, number: int) -> int:
        """Row of a segment; -1 once it is deleted."""
        row = self.row_from(number)
        return row if row < self.count and self._table[row * _WIDTH] == number else -1

    def row_from(self, number: int) -> int:
        """First row with this number or a higher one; `count` if there is none."""
        row = 0
        while row < self.count and self._table[row * _WIDTH] < number:
            row += 1
        return row

    def rows_of(self, boot: int) -> "list[int]":
        """Rows of one boot."""
        return [row for row in range(self.count) if self._table[row * _WIDTH + 1] == boot]

    def next_one(self, boot: int) -> Segment:
        """What comes behind all others."""
        number = self.at(self.count - 1).number + 1 if self.count else 1
        return Segment(number, boot, False)  # noqa: FBT003 - a field of it

    def put(self, segment: Segment) -> None:
        """Add a segment behind all others."""
        at = self.count * _WIDTH
        self.count += 1
        if at == len(self._table):
            self._table.extend(self._table[: 16 * _WIDTH])
        self._table[at] = segment.number
        self._table[at + 1] = segment.boot
        self._table[at + 2] = _FETCHED if segment.fetched else 0

    def mark_fetched(self, row: int) -> None:
        """Note, across reboots, that the host has everything in it."""
        segment = self.at(row)
        fetched = Segment(segment.number, segment.boot, True)  # noqa: FBT003 - a field of it
        os.rename(segment.path(), fetched.path())
        self._table[row * _WIDTH + 2] |= _FETCHED

    def remove(self, row: int) -> int:
        """Delete a segment; the KiB of flash it took."""
        segment = self.at(row)
        freed_kib = pages_kib(segment.size_bytes())
        os.remove(segment.path())
        self.count -= 1
        self._table[row * _WIDTH : -_WIDTH] = self._table[(row + 1) * _WIDTH :]
        return freed_kib

    def may_go(self, row: int) -> bool:
        """Whether nobody misses it: the host has it, or its boot recorded nothing."""
        segment = self.at(row)
        if segment.fetched:
            return True
        is_small = pages_kib(segment.size_bytes()) <= 4
        if is_small:
            self._peek(row)  # which sees all of it
        return is_small and not any(first < stop for _, first, stop in self.spans(row))

    def know(
        self, row: int, firsts: "array[int]", stops: "array[int]", known: int = _SPANS_KNOWN
    ) -> None:
        """Spare this row the reading: of each stream it has firsts <= sequence < stops."""
        at = row * _WIDTH
        self._table[at + 2] |= known
        self._table[at + _FIRSTS : at + _STOPS] = firsts
        self._table[at + _STOPS : at + _WIDTH] = stops

    def is_known(self, row: int) -> bool:
        """Whether it needs no reading to know what is in it."""
        return bool(self._table[row * _WIDTH + 2] & _SPANS_KNOWN)

    def is_covered(self, row: int, acked: "Acked") -> bool:
        """Whether all that is known to be in it is within what a host has."""
        self._peek(row)
        boot = self.at(row).boot
        for stream, first, stop in self.spans(row):
            begun, ended = acked.get((boot, stream), (0, 0))
            if first < stop and not begun <= first < stop <= ended:
                return False
        return True

    def learn(self, number: int) -> "Iterator[None]":
        """Read all of a segment and remember what is in it; yields whenever others may go on."""
        firsts, stops = _empty(), _empty()
        for count, block in enumerate(self.at(self.row_of(number)).blocks()):
            _widen(firsts, stops, block[0], block[1])
            if count % TURN == 0:
                yield
        row = self.row_of(number)
        if row >= 0:
            self.know(row, firsts, stops)

    def first_of(self, row: int, stream: int) -> int:
        """First sequence of a stream in it; -1 if none is near its beginning."""
        if stream >= STREAM_SLOTS:
            return -1
        self._peek(row)
        at = row * _WIDTH
        first = self._table[at + _FIRSTS + stream]
        return first if first < self._table[at + _STOPS + stream] else -1

    def spans(self, row: int) -> "Iterator[tuple[int, int, int]]":
        """Yield each stream known in it, its first sequence and one past the last."""
        at = row * _WIDTH
        for stream in range(STREAM_SLOTS):
            yield stream, self._table[at + _FIRSTS + stream], self._table[at + _STOPS + stream]

    def _peek(self, row: int) -> None:
        """Look at its beginning, unless that was done."""
        if self._table[row * _WIDTH + 2] & (_BEGIN_KNOWN | _SPANS_KNOWN):
            return
        firsts, stops = _empty(), _empty()
        for stream, sequence, _ in self.at(row).blocks(_PREVIEW):
            _widen(firsts, stops, stream, sequence)
        self.know(row, firsts, stops, _BEGIN_KNOWN)


def _empty() -> "array[int]":
    return array("I", bytes(4 * STREAM_SLOTS))


def _widen(firsts: "array[int]", stops: "array[int]", stream: int, sequence: int) -> None:
    """Count a block among those seen; streams of a later firmware, which gave way, are passed."""
    if stream < STREAM_SLOTS:
        if not stops[stream]:
            firsts[stream] = sequence
        stops[stream] = sequence + 1
