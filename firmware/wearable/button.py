"""The wearable's button: a short press is a mark, a long one starts or stops a recording."""

import asyncio
import time

from micropython import const

TYPE_CHECKING = const(0)
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from wearable.supervisor import Heart

    Pressed = Callable[[int], None]

_BOUNCE_MS = const(30)
LONG_MS = 1_000
_MAX_HELD_MS = const(10_000)
_LOOK_MS = const(20)


class Button:
    """The button, debounced: calls `pressed(held_ms)` when let go, or after ten seconds."""

    def __init__(self, watch: "Callable[[Any], Any]", pressed: "Pressed") -> None:
        self._down = asyncio.ThreadSafeFlag()
        self._pin = watch(lambda _: self._down.set())
        self._pressed = pressed

    async def run(self, heart: "Heart") -> None:
        """Wait for presses, for ever."""
        while True:
            heart.rest()
            await self._down.wait()
            heart.beat()
            began_ms = time.ticks_ms()
            held_ms = 0
            while self._pin.value() == 0 and held_ms < _MAX_HELD_MS:
                await asyncio.sleep_ms(_LOOK_MS)
                held_ms = time.ticks_diff(time.ticks_ms(), began_ms)
            if held_ms >= _BOUNCE_MS:
                self._pressed(held_ms)
