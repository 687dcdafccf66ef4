"""The ring of skin-conductance outputs between the timer that makes them and the task that drains.

Five counters, and what holds between any two calls:

- `_head` and `_tail` are places, 0 <= place < _DEPTH. From tail up to head, around the end, lie the
  outputs that were made and not drained. Equal places mean none, so one place always stays free.
- Only `put` (the timer) moves the head, and last of all; only `drain` (the task) moves the tail,
  behind what it has read. Neither needs a lock.
- `_number` counts all outputs whose time has come, whether made, lost or found without room.
- `_expected` is the number of the output that the next drain begins with: those before were handed
  over or counted as lost. The numbers in the ring rise, and
  `_expected` <= number at the tail < ... < number before the head < `_number`.
- `lost` of the last drain is the gap before its first output; a gap further on ends the drain, so
  that the samples of one drain follow each other.
"""

from array import array

from micropython import const

_DEPTH = const(64)


class OutputRing:
    """A ring of numbered pairs of sums, each with its tick and status bits; preallocated, 1.7 kB.

    `samples`, `status` and `tick` are of the last drain: both sums of each output, the bits of any
    of them, the tick of the last.
    """

    def __init__(self) -> None:
        self.samples = (integers(_DEPTH), integers(_DEPTH))
        self.lost = 0
        self.status = 0
        self.tick = 0
        self._sums = (integers(_DEPTH), integers(_DEPTH))
        self._numbers = integers(_DEPTH)
        self._ticks = integers(_DEPTH)
        self._marks = bytearray(2 * _DEPTH)
        self.clear()

    def clear(self) -> None:
        """Forget all outputs; numbers begin anew."""
        self._number = self._expected = self._head = self._tail = 0

    def skip(self, count: int) -> None:
        """Count outputs for which there was nothing to make them of."""
        self._number += count

    def put(self, sums: "array[int]", marks: int, tick: int) -> bool:
        """Append one output, or count it only if there is no room; whether there was."""
        place = self._head
        following = (place + 1) % _DEPTH
        self._number += 1
        if following == self._tail:
            return False
        self._sums[0][place] = sums[0]
        self._sums[1][place] = sums[1]
        self._numbers[place] = self._number - 1
        self._ticks[place] = tick
        self._marks[2 * place] = marks & 0xFF
        self._marks[2 * place + 1] = marks >> 8
        self._head = following
        return True

    def drain(self) -> int:
        """Hand over the outputs made since the last drain, up to the next gap; return how many."""
        self.status = 0
        self.lost = 0
        count = 0
        while self._tail != self._head:
            place = self._tail
            if self._numbers[place] != self._expected:
                if count:
                    break
                self.lost = self._numbers[place] - self._expected
                self._expected = self._numbers[place]
            self.samples[0][count] = self._sums[0][place]
            self.samples[1][count] = self._sums[1][place]
            self.status |= self._marks[2 * place] | self._marks[2 * place + 1] << 8
            self.tick = self._ticks[place]
            self._expected += 1
            self._tail = (place + 1) % _DEPTH
            count += 1
        return count


def integers(count: int) -> "array[int]":
    """An array of so many integers, all 0."""
    return array("i", bytes(4 * count))
