"""Conversation with one wearable outside of a session: greet, ask, wait for the answer."""

import asyncio
from typing import Any

from dyadkit.decoding.messages import message_of
from dyadkit.errors import LinkError
from dyadkit.links import Link
from dyadwire import MAJOR, MINOR, frames, meanings, messages

GREETING_TIMEOUT_S = 5.0


class Conversation:
    """Conversation over one link: a host greets a wearable, asks, and waits for answers.

    Examples
    --------
    With a virtual wearable; a real one needs only `BleLink(address)`:

    >>> import numpy as np
    >>> from dyadkit.links.ble import BleLink, BleRadio
    >>> from dyadkit.sim import SensorFeed, VirtualWearable, World
    >>> async def greeted(world):
    ...     link = BleLink(world.address("a"), BleRadio(world.client_backend))
    ...     return await Conversation(link).greet()
    >>> feed = SensorFeed(np.full((1000, 2), 100_000), 100.0, np.full(10, 5.0), 1.0)
    >>> with World([VirtualWearable("a", feed)]) as world:
    ...     hello = world.run(greeted)
    >>> hello.boot, hello.wearable.hex()
    (1, 'd7ad00610001')
    """

    hello = messages.Hello(MAJOR, MINOR, 0, 0, bytes(6), 0, bytes(4))

    def __init__(self, link: Link) -> None:
        self.link = link

    async def greet(self) -> messages.Hello:
        """Connect; who answers."""
        await self.link.open()
        await self.say(self.hello)
        answer: messages.Hello = await self.answer(GREETING_TIMEOUT_S, messages.Hello)
        return answer

    async def say(self, message: Any) -> None:
        """Send a message."""
        await self.link.write(frames.frame(message.KIND, messages.pack(message)))

    async def answer(self, timeout_s: float, *kinds: Any) -> Any:
        """Wait for a message of these kinds.

        Raises
        ------
        LinkError
            the wearable refused, went out of reach, or said nothing of the kind in time
        """
        try:
            async with asyncio.timeout(timeout_s):
                while True:
                    _, framed = await self.link.read()
                    received = message_of(framed)
                    if isinstance(received, messages.Refusal):
                        reason = dict(meanings.REASONS).get(received.reason, "unknown reason")
                        raise LinkError(f"wearable {self.link.address} refused: {reason}")
                    if isinstance(received, kinds):
                        return received
        except TimeoutError:
            raise LinkError(f"wearable {self.link.address} did not answer in time") from None
