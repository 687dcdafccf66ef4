"""Inventory of a wearable's blocks: which have arrived, and which are to be fetched from flash."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

OPEN_END = 0xFFFFFFFF


class Range(NamedTuple):
    """A range of blocks, first <= sequence < stop, of one stream in one boot."""

    boot: int
    stream: int
    first: int
    stop: int

    def holds(self, boot: int, stream: int, sequence: int) -> bool:
        """Whether a block is one of these."""
        return (boot, stream) == self[:2] and self.first <= sequence < self.stop


@dataclass(slots=True)
class _Arrived:
    """Blocks here of one stream and boot: all of first <= sequence < next, and those `beyond`."""

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
    """Blocks that are here, by boot and stream.

    Examples
    --------
    Of stream 1 in boot 7, block 2 is missing, and perhaps more after block 3:

    >>> inventory = Inventory()
    >>> for sequence in (0, 1, 3):
    ...     inventory.add(7, 1, sequence)
    >>> inventory.missing()
    [Range(boot=7, stream=1, first=2, stop=3)]
    >>> next(inventory.complete())
    Range(boot=7, stream=1, first=0, stop=2)
    """

    def __init__(self) -> None:
        self._arrived: dict[tuple[int, int], _Arrived] = {}
        self._begun: set[int] = set()

    def begins_now(self, boot: int) -> None:
        """Blocks of this boot count from the first that arrives: earlier ones are not ours."""
        self._begun.add(boot)

    def add(self, boot: int, stream: int, sequence: int) -> None:
        """Note that a block arrived; twice is as good as once."""
        arrived = self._arrived.get((boot, stream))
        if arrived is None:
            first = sequence if boot in self._begun else 0
            arrived = self._arrived[boot, stream] = _Arrived(first, first)
        arrived.add(sequence)

    def lacks(self, boot: int, stream: int, sequence: int) -> bool:
        """Whether a block is not here, and not one from before what is ours."""
        arrived = self._arrived.get((boot, stream))
        return arrived is None or (sequence >= arrived.next and sequence not in arrived.beyond)

    def give_up(self, missing: Range) -> None:
        """Note that the wearable no longer has these blocks: they will not be asked for again.

        Of an open range, those before its last block here; a hole before the range stays one.

        1. An open range has no end: it is closed at the last block here. What the flash holds after
           that may still come and must not be given up.
        2. The range touches the complete beginning: `next` jumps over it, and what lay beyond but
           inside it is dropped.
        3. A hole lies before the range: it must stay one, so `next` stays, and the range joins the
           blocks beyond, one by one. A range that is here already is empty and changes nothing.
        """
        arrived = self._arrived.setdefault((missing.boot, missing.stream), _Arrived())
        stop = (
            max(arrived.beyond, default=arrived.next) if missing.stop == OPEN_END else missing.stop
        )
        if missing.first <= arrived.next < stop:  # without naming each: they can be millions
            arrived.next = stop
            arrived.beyond = {sequence for sequence in arrived.beyond if sequence >= stop}
        else:
            arrived.beyond.update(range(max(missing.first, arrived.next), stop))
        arrived.close_up()

    def complete(self) -> Iterator[Range]:
        """Yield the first range of each stream and boot: its blocks are here or given up."""
        for (boot, stream), arrived in self._arrived.items():
            yield Range(boot, stream, arrived.first, arrived.next)

    def absent(self, wanted: Range) -> int:
        """How many blocks of a range are not here; of an open one, before the last that is."""
        arrived = self._arrived.get((wanted.boot, wanted.stream), _Arrived())
        stop = max(arrived.beyond, default=arrived.next) if wanted.stop == OPEN_END else wanted.stop
        first = max(wanted.first, arrived.next)
        here = sum(first <= sequence < stop for sequence in arrived.beyond)
        return max(stop - first, 0) - here

    def missing(self) -> list[Range]:
        """Holes before blocks that are here, oldest first."""
        return [
            Range(boot, stream, first, stop)
            for (boot, stream), arrived in sorted(self._arrived.items())
            for first, stop in _holes(arrived)
        ]

    def tails(self, boots: set[int]) -> list[Range]:
        """Open-ended ranges after the last block here, for boots that have ended."""
        return [
            Range(boot, stream, max(arrived.beyond, default=arrived.next - 1) + 1, OPEN_END)
            for (boot, stream), arrived in sorted(self._arrived.items())
            if boot in boots
        ]


def _holes(arrived: _Arrived) -> Iterator[tuple[int, int]]:
    first = arrived.next
    for sequence in sorted(arrived.beyond):
        if sequence > first:
            yield first, sequence
        first = sequence + 1
