"""Pause before the next link to a wearable: short at first, doubling while none can be made."""

import asyncio

from dyadkit.errors import LinkError, NoWearableError

FIRST_PAUSE_S = 0.25
MAX_PAUSE_S = 5.0


class ReconnectPause:
    """Pause that doubles each time, up to a longest, until a link was made.

    A link that waited in vain for a wearable to advertise has paused by that: it goes on to listen
    soon, or the wearable would come back unheard.
    """

    def __init__(self) -> None:
        self._next_s = FIRST_PAUSE_S

    def link_made(self) -> None:
        """Begin short again, however soon this link falls."""
        self._next_s = FIRST_PAUSE_S

    def link_failed(self, error: LinkError) -> None:
        """Begin short again where nobody was there to be linked."""
        if isinstance(error, NoWearableError):
            self._next_s = FIRST_PAUSE_S

    async def wait(self) -> None:
        """Let the pause pass; the next is longer."""
        await asyncio.sleep(self._next_s)
        self._next_s = min(2 * self._next_s, MAX_PAUSE_S)
