"""Pause before the next link to a wearable: short at first, doubling while none can be made."""

import asyncio

FIRST_PAUSE_S = 0.25
MAX_PAUSE_S = 5.0


class ReconnectPause:
    """Pause that doubles each time, up to a longest, until a link was made."""

    def __init__(self) -> None:
        self._next_s = FIRST_PAUSE_S

    def link_made(self) -> None:
        """Begin short again, however soon this link falls."""
        self._next_s = FIRST_PAUSE_S

    async def wait(self) -> None:
        """Let the pause pass; the next is longer."""
        await asyncio.sleep(self._next_s)
        self._next_s = min(2 * self._next_s, MAX_PAUSE_S)
