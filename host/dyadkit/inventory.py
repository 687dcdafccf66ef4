"""Which blocks of a wearable have arrived, and which are to be fetched from its flash."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

OPEN_END = 0xFFFFFFFF


class Range(NamedTuple):
    """Blocks first <= sequence < stop of one stream in one boot."""

    boot: int
    stream: int
    first: int
    stop: int


@dataclass(slots=True)
class _Shelf:
    """One stream of one boot: everything below `next` is here, and `beyond` above it."""

    next: int = 0
    beyond: set[int] = field(default_factory=set)

    def add(self, sequence: int) -> None:
        if sequence >= self.next:
            self.beyond.add(sequence)
        self.close_up()

    def close_up(self) -> None:
        while self.next in self.beyond:
            self.beyond.discard(self.next)
            self.next += 1


class Inventory:
    """Blocks here, by boot and stream."""

    def __init__(self) -> None:
        self._shelves: dict[tuple[int, int], _Shelf] = {}

    def add(self, boot: int, stream: int, sequence: int) -> None:
        """Note that a block arrived; twice is as good as once."""
        self._shelves.setdefault((boot, stream), _Shelf()).add(sequence)

    def give_up(self, missing: Range) -> None:
        """Note that the wearable no longer has these blocks: they will not be asked for again."""
        shelf = self._shelves.setdefault((missing.boot, missing.stream), _Shelf())
        stop = max(shelf.beyond, default=shelf.next) if missing.stop == OPEN_END else missing.stop
        shelf.next = max(shelf.next, stop)
        shelf.beyond = {sequence for sequence in shelf.beyond if sequence >= shelf.next}
        shelf.close_up()

    def complete_below(self) -> Iterator[tuple[int, int, int]]:
        """Yield (boot, stream, sequence): all blocks below `sequence` are here or given up."""
        for (boot, stream), shelf in self._shelves.items():
            yield boot, stream, shelf.next

    def missing(self) -> list[Range]:
        """Holes before blocks that are here, oldest first."""
        return [
            Range(boot, stream, first, stop)
            for (boot, stream), shelf in sorted(self._shelves.items())
            for first, stop in _holes(shelf)
        ]

    def tails(self, boots: set[int]) -> list[Range]:
        """Open-ended ranges after the last block here, for boots that have ended."""
        return [
            Range(boot, stream, max(shelf.beyond, default=shelf.next - 1) + 1, OPEN_END)
            for (boot, stream), shelf in sorted(self._shelves.items())
            if boot in boots
        ]


def _holes(shelf: _Shelf) -> Iterator[tuple[int, int]]:
    first = shelf.next
    for sequence in sorted(shelf.beyond):
        if sequence > first:
            yield first, sequence
        first = sequence + 1
