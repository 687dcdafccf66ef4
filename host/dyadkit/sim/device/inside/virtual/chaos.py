"""Trouble inside of a virtual wearable, by a seed: late interrupts, slow flash, torn writes.

Interrupts come up to ten milliseconds late, as they do on ESP32, and then in the middle of whatever
runs. Some erases of flash take a quarter of a second.
"""

LATE_SHARE = 3  # one interrupt in so many is late
LATEST_US = 10_000
STALL_SHARE = 60  # one operation of flash in so many stalls
MAX_STALL_US = 250_000


class ChaosDice:
    """Dice of trouble, apart from the firmware's, which stay as they are."""

    def __init__(self, seed):
        self._state = seed & 0x3FFFFFFF or 1
        self._last_us = 0
        self.is_failing = False

    def _roll(self, count):
        state = self._state
        state ^= (state << 13) & 0x3FFFFFFF
        state ^= state >> 17
        state ^= (state << 5) & 0x3FFFFFFF
        self._state = state
        return state % count

    def due_us(self, now_us):
        """When an interrupt that is due now comes; never before one that was due earlier."""
        if self._roll(LATE_SHARE) == 0:
            now_us += self._roll(LATEST_US)
        self._last_us = max(self._last_us, now_us)
        return self._last_us

    def stall_us(self):
        """How much longer an operation of flash takes."""
        return self._roll(MAX_STALL_US) if self._roll(STALL_SHARE) == 0 else 0

    def fail(self, _):
        """The supply sinks: the next write to flash is the last, and torn."""
        self.is_failing = True
