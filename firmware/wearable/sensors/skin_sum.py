"""The running sum of the last pairs of conversions, and what may be made of it behind a pause.

Sixteen pairs span 100 ms, so that their sum cancels 50 and 60 Hz. Four counters, and what holds
between any two calls:

- `_place`, 0 <= place < length, is where the next pair goes: over the oldest one. Each of `sums` is
  the sum of its ring of `length` values, always; values never kept are 0.
- `_filled` <= length counts the pairs since the sum was emptied. Below length nothing can be made.
- `_behind` <= length counts the pairs behind the latest pause that the sum reaches over.
- `_paused` adds up the slots of all pauses within the sum: a pause leaves it only when `length`
  pairs lie behind. So `_paused` == 0 if and only if `_behind` == length: no pause within.
- The current comes first, the voltage makes the pair: only then do place and counters move, so a
  sum never mixes the voltage of one pair with the place of another.
"""

from micropython import const

from wearable.sensors.skin_ring import integers

_MAX_PAUSE_US = const(220_000)  # a sum reaches over no more


class PairSum:
    """The sums over the last `length` pairs: of the current, of the voltage."""

    def __init__(self, length: int, slot_us: int) -> None:
        self.length = length
        self.sums = integers(2)
        self._recent = (integers(length), integers(length))
        self._max_pause = _MAX_PAUSE_US // slot_us
        self.empty()

    def empty(self) -> None:
        """Forget all pairs."""
        self._place = self._filled = self._paused = 0
        self._behind = self.length
        for recent in self._recent:
            for index in range(self.length):
                recent[index] = 0
        self.sums[0] = self.sums[1] = 0

    def keep(self, running: int, value: int) -> None:
        """Replace the oldest value of an input (0 current, 1 voltage) by the newest."""
        recent = self._recent[running]
        place = self._place
        self.sums[running] += value - recent[place]
        recent[place] = value
        if running:
            self._place = (place + 1) % self.length
            if self._filled < self.length:
                self._filled += 1
            self._behind += 1
            if self._behind >= self.length:
                self._behind = self.length
                self._paused = 0

    def reaches_over(self, missed: int) -> bool:
        """Let the sum reach over a pause of so many slots; or, over a longer one, begin it anew."""
        self._paused += missed
        self._behind = 0
        if self._paused <= self._max_pause:
            return True
        self.empty()
        return False

    def is_full(self) -> bool:
        """Whether all pairs of the sum are measured."""
        return self._filled >= self.length

    def is_bridged(self) -> bool:
        """Whether a pause lies within the sum."""
        return self._behind < self.length

    def is_settled(self) -> bool:
        """Whether what is due can be decided: not while few pairs lie behind a pause."""
        return self._filled < self.length or self._behind >= self.length >> 1
