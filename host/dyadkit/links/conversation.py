"""Conversation of a host with one wearable: greet, ask, wait for the answer, listen.

The one way to speak with a wearable. Whoever records, copies flash, calibrates, updates or lists
wearables is an `Observer` of a conversation, and adds only what is its own.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine
from enum import Enum
from typing import Any, Protocol, TypeAlias, TypeVar, cast

from dyadkit.decoding.messages import Message, message_of, reason_of
from dyadkit.errors import LinkError, UnfitWearableError
from dyadkit.links import Link
from dyadwire import MAJOR, MINOR, frames, key_messages, messages

ANSWER_TIMEOUT_S = 5.0
HELLO = messages.Hello(MAJOR, MINOR, 0, 0, bytes(6), 0, bytes(4))
HAS_KEY = (
    "wearable {} has a key, and this computer holds none for it: take the kit's key from "
    "the computer that gave it (dyadkit keys export), or reset it over the cable"
)
MAX_WAITING = 256
"""Messages kept for whoever asks next; who wants every one is an observer."""

_M = TypeVar("_M", bound=Message)
_N = TypeVar("_N", bound=Message)


def anything(_: object) -> bool:
    """Every message will do."""
    return True


class Versions(Enum):
    """Major protocol versions of a wearable that a conversation puts up with."""

    OURS = "ours"
    ANY = "any: only greeting, refusal and update mean the same in all"


class Observer(Protocol):
    """What else becomes of the frames of a conversation, before anyone acts on them."""

    def said(self, host_ns: int, framed: bytes) -> None:
        """A frame was sent."""

    def received(self, host_ns: int, framed: bytes) -> bool:
        """A frame arrived; whether its message is wanted, by `take` and by who waits for it."""

    def take(self, message: Message | None) -> None:
        """Act on a wanted message; None for a frame that is no message of ours."""


class Onlooker:
    """Observer that wants every message and does nothing with it."""

    def said(self, host_ns: int, framed: bytes) -> None:
        """Nothing."""

    def received(self, host_ns: int, framed: bytes) -> bool:
        """Every message is wanted."""
        return True

    def take(self, message: Message | None) -> None:
        """Nothing."""


Authenticate: TypeAlias = Callable[["Conversation", messages.Hello], Awaitable[None]]


async def without_keys(conversation: "Conversation", hello: messages.Hello) -> None:
    """Authentication of a wearable that has no key: none."""


class Conversation:
    """Conversation over one link; `name` is what errors call the wearable.

    Frames are read while somebody waits for an answer, or all the time while `listen` runs.

    Examples
    --------
    With a virtual wearable; a real one needs only `BleLink(address)`:

    >>> import numpy as np
    >>> from dyadkit.links.ble import BleLink, BleRadio
    >>> from dyadkit.sim import SensorFeed, VirtualWearable, World
    >>> async def greeted(world):
    ...     radio = BleRadio(world.client_backend, world.scanner_backend)
    ...     link = BleLink(world.address("a"), radio)
    ...     async with Conversation(link) as conversation:
    ...         return await conversation.greet()
    >>> feed = SensorFeed(np.full((1000, 2), 100_000), 100.0, np.full(10, 5.0), 1.0)
    >>> with World([VirtualWearable("a", feed)]) as world:
    ...     hello = world.run(greeted)
    >>> hello.boot, hello.wearable.hex()
    (1, 'd7ad00610001')
    """

    def __init__(
        self,
        link: Link,
        name: str = "",
        observer: Observer | None = None,
        versions: Versions = Versions.OURS,
        authenticate: Authenticate = without_keys,
    ) -> None:
        self.link = link
        self.name = name or link.address
        self._observer = observer or Onlooker()
        self._versions = versions
        self._authenticate = authenticate
        self._waiting: deque[Message] = deque(maxlen=MAX_WAITING)
        self._arrived = asyncio.Event()
        self._frames = 0
        self._is_listening = False
        self._lost: LinkError | None = None

    async def __aenter__(self) -> "Conversation":
        await self.link.open()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.link.close()

    async def greet(self, timeout_s: float = ANSWER_TIMEOUT_S) -> messages.Hello:
        """Say hello over an open link; who answers.

        Raises
        ------
        UnfitWearableError
            the wearable speaks another major version
        LinkError
            it refused, did not prove who it is, went out of reach, or did not answer in time
        """
        hello = await self.request(HELLO, messages.Hello, timeout_s)
        await self._authenticate(self, hello)
        return hello

    async def say(self, message: Message) -> int:
        """Send a message; the host's clock in ns just before it left."""
        framed = frames.frame(message.KIND, messages.pack(message))
        sent_ns = await self.link.write(framed)
        self._observer.said(sent_ns, framed)
        return sent_ns

    async def request(
        self, message: Message, kind: type[_M], timeout_s: float = ANSWER_TIMEOUT_S
    ) -> _M:
        """Send a message and wait for its answer; what came before it is no answer."""
        self._waiting.clear()
        await self.say(message)
        return await self.answer(kind, timeout_s)

    async def answer(
        self,
        kind: type[_M],
        timeout_s: float = ANSWER_TIMEOUT_S,
        matching: Callable[[_M], bool] = anything,
    ) -> _M:
        """Next message of a kind.

        Raises
        ------
        LinkError
            the wearable refused, went out of reach, or said nothing of the kind in time
        """
        return cast("_M", await self._in_time((kind,), timeout_s, matching))

    async def either(self, kind: type[_M], other: type[_N], timeout_s: float) -> _M | _N:
        """Next message of one of two kinds; errors as `answer`."""
        return cast("_M | _N", await self._in_time((kind, other), timeout_s, anything))

    async def answer_behind_stream(
        self, kind: type[_M], silence_s: float, matching: Callable[[_M], bool] = anything
    ) -> _M:
        """Message that ends a stream of frames of any length: only silence is waited for in vain.

        Raises
        ------
        LinkError
            the wearable refused, went out of reach, or said nothing at all for so long
        """
        while True:
            before = self._frames
            try:
                async with asyncio.timeout(silence_s):
                    return cast("_M", await self._next((kind,), matching))
            except TimeoutError:
                if self._frames == before:
                    raise LinkError(
                        f"wearable {self.name} said nothing for {silence_s:g} s"
                    ) from None

    def forget(self) -> None:
        """Let go of the messages that nobody has asked for."""
        self._waiting.clear()

    def listen(self) -> Coroutine[Any, Any, None]:
        """Read for ever, beside everything else; ends with the LinkError of a lost link.

        From this call on nobody else reads, even before the coroutine has begun.
        """
        self._is_listening = True
        return self._listen()

    async def _listen(self) -> None:
        try:
            while True:
                await self._read()
        except LinkError as error:
            self._lost = error
            raise
        finally:
            self._is_listening = False
            self._arrived.set()

    async def _in_time(
        self, kinds: tuple[type, ...], timeout_s: float, matching: Callable[..., bool]
    ) -> Message:
        try:
            async with asyncio.timeout(timeout_s):
                return await self._next(kinds, matching)
        except TimeoutError:
            raise LinkError(f"wearable {self.name} did not answer within {timeout_s:g} s") from None

    async def _next(self, kinds: tuple[type, ...], matching: Callable[..., bool]) -> Message:
        while True:
            while self._waiting:
                message = self._waiting.popleft()
                if isinstance(message, kinds) and matching(message):
                    return message
            if self._lost is not None:
                raise self._lost
            self._arrived.clear()
            if self._is_listening:
                await self._arrived.wait()
            else:
                await self._read()

    # A frame goes through here in a fixed order, at once and without a pause between.
    # 1. The observer has it first: what is kept is kept before it is understood.
    # 2. What the observer does not want is not even decoded: flash is copied as it lies there.
    # 3. A greeting of another major version ends the conversation before anyone acts on it, unless
    #    any version will do; then its refusal of our greeting, which follows, is no refusal.
    # 4. The observer acts, then a refusal ends the conversation: it is on file by then.
    async def _read(self) -> None:
        host_ns, framed = await self.link.read()
        self._frames += 1
        if not self._observer.received(host_ns, framed):
            return
        message = message_of(framed)
        if isinstance(message, messages.Hello) and self._versions is Versions.OURS:
            self._refuse_other_major(message)
        if isinstance(message, key_messages.Challenge):
            raise LinkError(HAS_KEY.format(self.name))
        self._observer.take(message)
        if message is None:
            return
        if isinstance(message, messages.Refusal) and not self._is_put_up_with(message):
            raise LinkError(f"wearable {self.name} refused: {reason_of(message)}")
        self._waiting.append(message)
        self._arrived.set()

    def _refuse_other_major(self, hello: messages.Hello) -> None:
        if hello.major != MAJOR:
            older = "the wearable (dyadkit update)" if hello.major < MAJOR else "dyadkit"
            raise UnfitWearableError(
                f"wearable {self.name} speaks protocol {hello.major}.{hello.minor}, this dyadkit "
                f"{MAJOR}.{MINOR}: update the older one, {older}"
            )

    def _is_put_up_with(self, refusal: messages.Refusal) -> bool:
        return self._versions is Versions.ANY and refusal.reason == messages.OTHER_MAJOR
