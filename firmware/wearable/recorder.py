"""The flash recorder: frames kept until the host has them on disk.

Flash holds segments: files of at most 256 kB with whole frames as they go over the wire, never
across two boots. Frames are gathered in RAM and written each 4 kB or 10 s. A page ends where
LittleFS ends a block, or the next one would copy the half-full block into another first: one
erase a page (35 ms in which nothing else runs) instead of two. Opening and ending a segment are
steps of their own for the same reason. When space runs out the
oldest segment whose blocks the host has acknowledged goes first; what was not acknowledged is never
overwritten. A torn end (power cut) is skipped by reading frames, so nothing needs repair.
"""

import os
from array import array

import micropython
from micropython import const

from dyadwire import frames, messages
from wearable import segments
from wearable.segments import Segment, SegmentTable

TYPE_CHECKING = const(0)
if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator
    from typing import IO

    from wearable.receipts import Receipts

PAGE = 4096
SEGMENT_SIZE = 256 * 1024
_MIN_SEGMENT_KIB = const(32)
_MAX_SEGMENTS = const(64)  # many small files make LittleFS slow
_SPARE_ROWS = const(48)  # segments that a reboot ended before they were full
_ERASES = const(100_000)  # what each block of flash stands, by its maker
FLUSH_EACH_MS = 10_000


def _surviving(step: "Callable[[Recorder], None]") -> "Callable[[Recorder], None]":
    """The same step, after which flash that failed has been left."""

    def run(recorder: "Recorder") -> None:
        try:
            step(recorder)
        except OSError as error:
            recorder.abandon(error)

    return run


class Recorder:
    """The writer and reader of segments in this wearable's flash.

    Preallocates a page and a ring of two pages. `dropped` counts frames that found no room,
    `is_full` says that only unacknowledged segments are left, `failure` how flash failed last,
    `appended` and `written` count bytes taken and bytes put into flash, `total_kib` is its size.
    `before_hold` is called before writing holds the processor for up to some 150 ms: a sensor
    drained then has its whole FIFO for the time.
    """

    def __init__(self, boot: int, reserve_kib: int) -> None:
        self.boot = boot
        self.dropped = 0
        self.is_full = False
        self.failure: OSError | None = None
        self.appended = self.written = 0
        self.before_hold: Callable[[], None] = _nothing
        self._reserve_kib = reserve_kib
        self._ring = micropython.RingIO(2 * PAGE + frames.MAX_FRAME)
        self._page = bytearray(PAGE)
        self._file: IO[bytes] | None = None
        self._size = 0
        self._blocks = 0
        self._room = PAGE
        self._is_ending = False
        block_size, _, blocks, free_blocks = os.statvfs(".")[:4]
        self.total_kib = block_size * blocks >> 10
        self._free_kib = block_size * free_blocks >> 10
        self._segment_table = SegmentTable(self.total_kib // (SEGMENT_SIZE >> 10) + _SPARE_ROWS)
        self._stops = array("I", bytes(4 * segments.STREAM_SLOTS))
        self._written = array("I", bytes(4 * segments.STREAM_SLOTS))
        self._begun = array("I", bytes(4 * segments.STREAM_SLOTS))
        self._receipts: Receipts | None = None

    def append(self, buffer: bytearray, size: int) -> None:
        """Take the frame buffer[:size]; allocates nothing."""
        self.appended += size
        if self._ring.any() + size > 2 * PAGE:
            self.dropped += 1
            return
        self._ring.write(buffer, size)  # type: ignore[call-arg] # stubs lack it
        if buffer[1] == messages.Block.KIND:
            self._stops[buffer[segments.STREAM_AT]] = segments.sequence_of(buffer, 0) + 1

    def is_due(self) -> bool:
        """Whether there is something for `write_page` to do."""
        waiting = self._ring.any()
        if self._file is None:
            return waiting > 0 and not self.is_full
        return self._is_ending or waiting >= self._room

    # Whatever touches flash may cost an erase, and each erase holds everything for 35 ms: one step
    # of these a call, so that the sensors are drained in between.
    #   1. No segment is open: open one, which writes a directory.
    #   2. The segment is to end: write what is left, close it.
    #   3. Else fill the block up to where the file system ends it. To write beyond would copy the
    #      half-full block into another one first; the rest, less than a frame, waits in the ring.
    @_surviving
    def write_page(self) -> None:
        """Take one step of writing: open a segment, fill a block, or end a segment."""
        self.before_hold()
        if self._file is None:
            self._begin_segment()
        elif self._is_ending:
            self._flush()
            self._end_segment()
        else:
            self._write(self._room)
            self._file.flush()
            self._is_ending = self._is_nearly_full()

    @_surviving
    def flush(self) -> None:
        """Write to flash all frames taken so far; afterwards a power cut cannot lose them."""
        self._flush()

    @_surviving
    def end(self) -> None:
        """Flush and close the segment: what is recorded next goes to another one."""
        self._flush()
        self._end_segment()

    @_surviving
    def prepare(self) -> None:
        """Have a segment open, so that the first page costs no more than any other."""
        self._prepare()

    def abandon(self, failure: OSError) -> None:
        """Leave a segment that cannot be written; what was in the page is lost."""
        self.failure = failure
        self.dropped += 1
        if self._file is not None:
            self._free_kib -= segments.pages_kib(self._size)
        self._file = None
        self._is_ending = False
        self.is_full = True

    def _flush(self) -> None:
        if not self._ring.any():
            return
        self.before_hold()
        if self._file is None:
            self._prepare()
            self.before_hold()
        if self._file is None:
            return
        while self._ring.any():
            self._write(self._room)
        self._file.flush()
        self._written[:] = self._stops
        self._is_ending = self._is_nearly_full()

    def _prepare(self) -> None:
        if self._file is None:
            self._begin_segment()

    def _is_nearly_full(self) -> bool:
        """Whether the segment is to end next; what the ring holds then still finds room in it."""
        return self._size + 3 * PAGE > SEGMENT_SIZE or self.room_kib() < 3 * PAGE >> 10

    def _write(self, max_bytes: int) -> None:
        """Move the oldest bytes, at most `max_bytes`, from the ring to the file."""
        count = self._ring.readinto(self._page, max_bytes)
        self._file.write(memoryview(self._page)[:count])  # type: ignore[union-attr] # it is open
        self._size += count
        self.written += count
        self._room -= count
        if self._room == 0:
            self._blocks += 1
            self._room = PAGE - _pointers_in(self._blocks)

    def acknowledge(self, ack: messages.Ack) -> None:
        """Note that the host has blocks on disk; segments it has all of may be reused."""
        if self._receipts is None:
            from wearable.receipts import Receipts  # a worn wearable spares the memory

            self._receipts = Receipts(self._segment_table, self.boot, self._stops)
        open_row = -1 if self._file is None else self._segment_table.count - 1
        if self._receipts.note(ack, open_row):
            self.is_full = False

    def settle(self) -> "Iterator[None]":
        """Find out what acknowledgements of earlier boots set free; yields as others may go on."""
        for may_go in self._receipts.settle() if self._receipts else ():
            if may_go:
                self.is_full = False
            yield

    def segment_from(self, number: int) -> "tuple[Segment | None, int]":
        """First segment with this number or a higher one, and how many come after it."""
        row = self._segment_table.row_from(number)
        later = self._segment_table.count - row - 1
        return (None, 0) if later < 0 else (self._segment_table.at(row), later)

    def find(self, boot: int, stream: int, first: int, stop: int) -> "Iterator[bytes | None]":
        """Yield the frames of blocks first <= sequence < stop that are in flash, in order.

        None comes between, whenever others may have their turn: a stream may be far apart.
        """
        self.flush()
        table = self._segment_table
        for number in (yield from self._numbers_from(boot, stream, first)):
            row = table.row_of(number)
            if row < 0:
                continue  # deleted meanwhile
            passed = 0
            for of_stream, sequence, framed in table.at(row).blocks():
                if of_stream == stream and sequence >= stop:
                    return
                if of_stream == stream and sequence >= first:
                    yield framed
                    continue
                passed += 1
                if passed % segments.TURN == 0:
                    yield None

    def _numbers_from(
        self, boot: int, stream: int, first: int
    ) -> "Generator[None, None, list[int]]":
        """Segments of a boot without those that end before this block of the stream."""
        table = self._segment_table
        numbers = [table.at(row).number for row in table.rows_of(boot)]
        begin = 0
        for index in range(1, len(numbers)):
            yield
            row = table.row_of(numbers[index])
            begun = table.first_of(row, stream) if row >= 0 else -1
            if begun > first:
                break
            if begun >= 0:
                begin = index
        return numbers[begin:]

    def used_kib(self) -> int:
        """Flash taken, by segments and the rest."""
        return self.total_kib - self.free_kib()

    def free_kib(self) -> int:
        """Flash left, as counted since boot."""
        return self._free_kib - (segments.pages_kib(self._size) if self._file else 0)

    def room_kib(self) -> int:
        """Flash left for recording: the reserve is for updates and the file system itself."""
        return max(self.free_kib() - self._reserve_kib, 0)

    def wear_permille(self, written_kib: int) -> int:
        """Share of all erases used up after so much was written; LittleFS spreads them evenly.

        Each 4 kB cost one erase, and a quarter more for directories and early flushes.
        """
        erases = (written_kib + (self.written >> 10)) * 5 // 16
        return erases * 1000 // (max(self.total_kib // 4, 1) * _ERASES)

    def _end_segment(self) -> None:
        """Close the present segment, if there is one."""
        self._is_ending = False
        if self._file is None:
            return
        self._file.close()
        self._file = None
        self._free_kib -= segments.pages_kib(self._size)
        self._segment_table.know(self._segment_table.count - 1, self._begun, self._written)

    def _begin_segment(self) -> None:
        """Open the next segment, if there is or can be made room."""
        if not self._make_room():
            return
        segment = self._segment_table.next_one(self.boot)
        self._file = open(segment.path(), "wb")  # noqa: SIM115 - stays open
        self._segment_table.put(segment)
        self._begun[:] = self._written
        self._size = self._blocks = 0
        self._room = PAGE

    def _make_room(self) -> bool:
        """Delete the oldest segments that may go until there is room; whether there is.

        Space is counted, not asked for: LittleFS would walk through all of flash, which takes
        longer than the sensors can wait.
        """
        wanted_kib = self._reserve_kib + (SEGMENT_SIZE >> 10)
        if self._segment_table.count >= _MAX_SEGMENTS:
            self._delete_oldest()
        while self._free_kib < wanted_kib and self._delete_oldest():
            pass
        self.is_full = self.room_kib() < _MIN_SEGMENT_KIB
        return not self.is_full

    def _delete_oldest(self) -> bool:
        """Delete the oldest segment that a host has or nobody needs; whether there was one."""
        for row in range(self._segment_table.count):
            if self._segment_table.may_go(row):
                self._free_kib += self._segment_table.remove(row)
                return True
        return False


def _pointers_in(block: int) -> int:
    """Bytes that LittleFS keeps for itself in a file's block (its list skips by powers of two)."""
    size = 4
    while not block & 1:
        size += 4
        block >>= 1
    return size


def hours_left(free_kib: int, bytes_per_s: int) -> int:
    """Whole hours of recording that fit into the free flash at the present rate."""
    return free_kib * 1024 // (max(bytes_per_s, 1) * 3600)


def _nothing() -> None:
    """Nobody to tell."""
