"""The status lamp, for a person without a screen.

A pattern is so many blinks every three seconds. It follows from the state and from what is wrong;
`README.md` says what each means.
"""

import asyncio

from micropython import const

TYPE_CHECKING = const(0)
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from wearable.supervisor import Heart

EACH_MS = 3_000
SHORT_MS, LONG_MS, APART_MS = 60, 500, 200

# how often it blinks, and how long each time
SAFE = (6, SHORT_MS)
UPDATING = (10, SHORT_MS)
FAULT = (4, SHORT_MS)
USB = (3, SHORT_MS)
LOW_BATTERY = (3, LONG_MS)
RECORDING = (1, SHORT_MS)
RECORDING_ALONE = (2, SHORT_MS)
LINKED = (2, LONG_MS)
WAITING = (1, LONG_MS)


def blinks(pattern: "tuple[int, int]") -> "list[tuple[int, int]]":
    """(lit, dark) milliseconds of one round of a pattern."""
    count, lit_ms = pattern
    shown = [(lit_ms, APART_MS)] * (count - 1)
    shown.append((lit_ms, EACH_MS - len(shown) * (lit_ms + APART_MS) - lit_ms))
    return shown


class Lamp:
    """The lamp at a pin, which blinks the pattern that `pattern` gives, round by round."""

    def __init__(self, pin: "Any", lit: int, pattern: "Callable[[], tuple[int, int]]") -> None:
        self._pin = pin
        self._lit = lit
        self._lamp_pattern = pattern
        pin.value(1 - lit)

    async def run(self, heart: "Heart") -> None:
        """Blink for ever."""
        while True:
            for lit_ms, dark_ms in blinks(self._lamp_pattern()):
                heart.beat()
                self._pin.value(self._lit)
                await asyncio.sleep_ms(lit_ms)
                self._pin.value(1 - self._lit)
                await asyncio.sleep_ms(dark_ms)
