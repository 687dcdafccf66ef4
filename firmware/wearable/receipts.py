"""Acknowledgements of the host: what it has on disk, and which segments may go because of it."""

from micropython import const

from dyadwire import messages
from wearable.segments import STREAM_SLOTS

TYPE_CHECKING = const(0)
if TYPE_CHECKING:
    from array import array
    from collections.abc import Iterator

    from wearable.segments import Acked, SegmentTable


class Receipts:
    """The acknowledged spans of each stream, held against the segment table.

    `stops` tells of each stream one past its last block of the present boot.
    """

    def __init__(self, table: "SegmentTable", boot: int, stops: "array[int]") -> None:
        self._segment_table = table
        self._boot = boot
        self._stops = stops
        self._acked: Acked = {}
        self._unsettled: set[int] = set()

    # Of each stream of each boot one span is kept, not a list: memory stays what it is for weeks.
    #   1. Beyond the last block there is: cut off. A host cannot have what was never written.
    #   2. The span overlaps or touches the one kept: both are one.
    #   3. It lies apart: the newer one is kept. What only the older one covered stays in flash
    #      until a host acknowledges it again; nothing is deleted too early by it.
    #   4. Nothing new in it: no segment need be looked at.
    def note(self, ack: messages.Ack, open_row: int) -> bool:
        """Take an acknowledgement; whether a segment may go now.

        The open row (-1: none) stays. Segments whose blocks are not known, of earlier boots, are
        left to `settle`.
        """
        boot, stream, first, stop = ack
        stop = min(stop, self._end_of(boot, stream))
        if first >= stop:
            return False
        begun, ended = self._acked.get((boot, stream), (first, first))
        if first <= ended and begun <= stop:
            first, stop = min(begun, first), max(ended, stop)
        if (first, stop) == (begun, ended):
            return False
        self._acked[boot, stream] = (first, stop)
        rows = [row for row in self._segment_table.rows_of(boot) if row != open_row]
        return any([self._look_at(row) for row in rows])

    def settle(self) -> "Iterator[bool]":
        """Read what must be read to know which segments the host has all of.

        Reading one takes seconds: it yields whenever others may have their turn, and each time
        tells whether a segment may go now.
        """
        table = self._segment_table
        while self._unsettled:
            number = min(self._unsettled)
            row = table.row_of(number)
            try:
                if row >= 0 and table.is_covered(row, self._acked):  # as far as its beginning tells
                    for _ in table.learn(number):
                        yield False
            except OSError:
                pass  # it cannot be read: it stays, and is not tried for ever
            self._unsettled.discard(number)
            row = table.row_of(number)
            yield row >= 0 and table.is_known(row) and self._look_at(row)

    def _look_at(self, row: int) -> bool:
        """Mark a segment the host has all of; whether it was one, newly."""
        table = self._segment_table
        segment = table.at(row)
        if segment.fetched:
            return False
        if not table.is_known(row):
            self._unsettled.add(segment.number)
            return False
        if not table.is_covered(row, self._acked):
            return False
        table.mark_fetched(row)
        return True

    def _end_of(self, boot: int, stream: int) -> int:
        """One past the last block that anybody can have; 0 where there never was one."""
        if stream >= STREAM_SLOTS:
            return 0
        if boot == self._boot:
            return self._stops[stream]
        return messages.OPEN_END if self._segment_table.rows_of(boot) else 0
