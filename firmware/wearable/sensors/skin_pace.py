"""The pace of conversions and outputs: slots of the hardware timer, counted by the clock.

The timer's calls come late where the processor is held, and then in a row. So time is counted in
slots by the tick, not by calls. Four counters, and what holds between any two calls:

- `_slot_tick` is the start plus a whole number of slots (modulo the wrap of the ticks): lateness
  never adds up. The call it was moved by came within half a slot of it.
- `_slots_left`, 0 < left <= slots of an output, is how many slots are left until the next is due.
- `due` counts the outputs whose time has come and which were neither made nor given up.
- `due_tick` is when the last of these was due; the ones before it lie one output's time apart.
"""

from dyadwire.ticks import TICKS_MASK, tick_after


class SlotPace:
    """The count of slots, and of the outputs they make due."""

    def __init__(self, slot_us: int, slots_per_output: int) -> None:
        self.output_us = slots_per_output * slot_us
        self._slot_us = slot_us
        self._slots_per_output = slots_per_output
        self.begin(0)

    def begin(self, tick: int) -> None:
        """Count from this tick on."""
        self.due = self.due_tick = 0
        self._slot_tick = tick
        self._slots_left = self._slots_per_output

    def advance(self, tick: int) -> int:
        """Move on to this tick and count the outputs due by then; how many slots have passed.

        The tick may lie before the slot counted last, by up to half a slot: that one once more.
        """
        slot_us = self._slot_us
        slots = ((tick_after(tick, slot_us >> 1) - self._slot_tick) & TICKS_MASK) // slot_us
        self._slot_tick = tick_after(self._slot_tick, slots * slot_us)
        self._slots_left -= slots
        if self._slots_left <= 0:
            self._note_due(tick)
        return slots

    def _note_due(self, tick: int) -> None:
        """Count the outputs whose time has come, and remember when that of the last was."""
        while self._slots_left <= 0:
            self._slots_left += self._slots_per_output
            self.due += 1
        since_us = (self._slots_per_output - self._slots_left) * self._slot_us
        self.due_tick = (tick - since_us) & TICKS_MASK
