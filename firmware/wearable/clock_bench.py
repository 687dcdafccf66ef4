"""The clock bench: a wire between the `sync` pins of two boards, another between their grounds.

The wire is pulled up and pulled low for a moment about each second by whichever board drives it,
never in step with what a board does at a fixed beat. Both note when it fell, by the same handler,
so that what the handler takes is the same on both; a host then compares how far apart their clocks
say one and the same moment is. Costs 2 us an edge.
"""

import asyncio
import random

from micropython import const

from dyadwire import messages
from dyadwire.ticks import TICKS_MASK

TYPE_CHECKING = const(0)
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from dyadwire.ticks import DeviceClock
    from wearable.supervisor import Heart

    Tell = Callable[[messages.Message], None]

DRIVE = "drive"
LISTEN = "listen"
MIN_GAP_MS = 500
MAX_GAP_MS = 1_500
PULSE_MS = 2


class SyncWire:
    """The wire's falling edges, each noted as an Event with the moment it came."""

    def __init__(self, clock: "DeviceClock", ticks_us: "Callable[[], int]", tell: "Tell") -> None:
        self._clock = clock
        self._ticks_us = ticks_us
        self._tell = tell
        self._tick = 0
        self._count = 0
        self._fell = asyncio.ThreadSafeFlag()

    def on_fall(self, _: "Any") -> None:
        """The wire fell: keep the moment, all else later."""
        self._tick = self._ticks_us() & TICKS_MASK
        self._count += 1
        self._fell.set()

    async def note(self, heart: "Heart") -> None:
        """Tell of falls, for ever."""
        while True:
            heart.rest()
            await self._fell.wait()
            heart.beat()
            at_us = self._clock.at_us(self._tick)
            self._tell(messages.Event(at_us, messages.SYNC_EDGE, self._count))


def driving(pin: "Any") -> "Any":
    """Task that pulls the wire low about each second."""

    async def drive(heart: "Heart") -> None:
        while True:
            heart.beat()
            await asyncio.sleep_ms(random.randint(MIN_GAP_MS, MAX_GAP_MS))
            pin.value(0)
            await asyncio.sleep_ms(PULSE_MS)
            pin.value(1)

    return drive
