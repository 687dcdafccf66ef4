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

    def holds(self, boot: int, stream: int, sequence: int) -> bool:
        """Whether a block is one of these."""
        return (boot, stream) == self[:2] and self.first <= sequence < self.stop


@dataclass(slots=True)
class _Shelf:
    """One stream of one boot: everything from `first` below `next` is here, `beyond` above it."""

    first: int = 0
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
        self._begun: set[int] = set()

    def begins_now(self, boot: int) -> None:
        """Blocks of this boot count from the first that arrives: earlier ones are not ours."""
        self._begun.add(boot)

    def add(self, boot: int, stream: int, sequence: int) -> None:
        """Note that a block arrived; twice is as good as once."""
        shelf = self._shelves.get((boot, stream))
        if shelf is None:
            first = sequence if boot in self._begun else 0
            shelf = self._shelves[boot, stream] = _Shelf(first, first)
        shelf.add(sequence)

    def lacks(self, boot: int, stream: int, sequence: int) -> bool:
        """Whether a block is not here, and not one from before what is ours."""
        shelf = self._shelves.get((boot, stream))
        return shelf is None or (sequence >= shelf.next and sequence not in shelf.beyond)

    def give_up(self, missing: Range) -> None:
        """Note that the wearable no longer has these blocks: they will not be asked for again.

        Of an open range, those before its last block here; a hole before the range stays one.
        """
        shelf = self._shelves.setdefault((missing.boot, missing.stream), _Shelf())
        stop = max(shelf.beyond, default=shelf.next) if missing.stop == OPEN_END else missing.stop
        if missing.first <= shelf.next < stop:  # without naming each: they can be millions
            shelf.next = stop
            shelf.beyond = {sequence for sequence in shelf.beyond if sequence >= stop}
        else:
            shelf.beyond.update(range(max(missing.first, shelf.next), stop))
        shelf.close_up()

    def complete(self) -> Iterator[Range]:
        """Yield the first range of each stream and boot: its blocks are here or given up."""
        for (boot, stream), shelf in self._shelves.items():
            yield Range(boot, stream, shelf.first, shelf.next)

    def absent(self, wanted: Range) -> int:
        """How many blocks of a range are not here; of an open one, before the last that is."""
        shelf = self._shelves.get((wanted.boot, wanted.stream), _Shelf())
        stop = max(shelf.beyond, default=shelf.next) if wanted.stop == OPEN_END else wanted.stop
        first = max(wanted.first, shelf.next)
        here = sum(first <= sequence < stop for sequence in shelf.beyond)
        return max(stop - first, 0) - here

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
