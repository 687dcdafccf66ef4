"""The keyed link: whole frames to and from one wearable that has a key, sealed on the way.

A link around another. Opening it is the handshake; what is read are the frames inside the records,
and a `Sent` frame made of each record's stamp. So a recording is the same with a key and without.
It never falls back: who does not prove to hold the key is not talked to.
"""

import asyncio
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from dyadkit.decoding.messages import message_of
from dyadkit.errors import LinkError
from dyadkit.links import Link
from dyadkit.links.cipher import HostCipher, random_bytes, sha256
from dyadkit.links.conversation import HELLO
from dyadwire import frames, handshake, key_messages, messages, records
from dyadwire.errors import WireError

HANDSHAKE_TIMEOUT_S = 5.0


@dataclass(frozen=True, slots=True)
class WearableKeys:
    """Keys of one wearable: to prove oneself, and to tell whose Challenge it is."""

    key: bytes = field(repr=False)
    name_key: bytes = field(repr=False)


class KeyedLink:
    """Link to a wearable that has a key, and proves it.

    keys : those of the wearables that may answer, by their 6-byte hardware addresses
    """

    def __init__(self, link: Link, keys: Mapping[bytes, WearableKeys]) -> None:
        self.address = link.address
        self.wearable = b""
        self.is_sealed = True
        self._link: Any = link
        self._keys = keys
        self._sealer: records.Sealer | None = None
        self._opener: records.Opener | None = None
        self._opened: deque[tuple[int, bytes]] = deque()
        self._boot: int | None = None
        self._writing = asyncio.Lock()

    async def open(self) -> None:
        """Connect, prove oneself, and have the wearable prove itself.

        Raises
        ------
        LinkError
            it is out of reach, has no key, one that is not ours, or did not prove to hold it
        """
        self._sealer = self._opener = self._boot = None
        self._opened.clear()
        self._writing = asyncio.Lock()
        self._link.reader_kind = records.RecordReader
        await self._link.open()
        try:
            async with asyncio.timeout(HANDSHAKE_TIMEOUT_S):
                await self._shake()
        except TimeoutError:
            await self.close()
            raise LinkError(
                f"wearable {self.address} did not prove that it holds its key; if it was reset, "
                "give it a key over the cable (dyadkit keys give)"
            ) from None
        except BaseException:
            await self.close()
            raise

    async def write(self, framed: bytes) -> int:
        """Send one frame; the host's clock in ns just before it left."""
        if self._sealer is None:
            raise LinkError(f"wearable {self.address} is not connected")
        async with self._writing:  # records leave in the order of their numbers
            end = records.FRAMES_AT + len(framed)
            buffer = bytearray(end + records.STAMP_SIZE + records.TAG_SIZE)
            buffer[records.FRAMES_AT : end] = framed
            self._sealer.seal(buffer, end, 0)
            sent_ns: int = await self._link.write(bytes(buffer))
        return sent_ns

    async def read(self) -> tuple[int, bytes]:
        """Next frame with its arrival in host ns; raises LinkError once the link is lost."""
        while not self._opened:
            host_ns, record = await self._link.read()
            try:
                if self._opener is None:
                    raise WireError("nobody has proven anything")
                inside, stamp_us = self._opener.open(record)
            except WireError as error:
                await self.close()
                raise LinkError(
                    f"what wearable {self.address} sent was not from it, or changed on its way "
                    f"({error}): the link was closed"
                ) from None
            self._opened.extend((host_ns, one) for one in self._frames(inside, stamp_us))
        return self._opened.popleft()

    async def close(self) -> None:
        """Disconnect; never raises."""
        self._sealer = self._opener = None
        await self._link.close()

    async def _shake(self) -> None:
        asker = handshake.Asker(sha256, random_bytes, handshake.HOST)
        await self._say(asker.greeting)
        challenge = await self._received(key_messages.Challenge)
        self.wearable, keys = self._owner_of(challenge)
        try:
            session = asker.prove(challenge, keys.key, self.wearable)
        except WireError as error:
            raise LinkError(f"wearable {self.address}: {error}; update dyadkit") from None
        await self._say(key_messages.Proof(session.proof))
        proven = await self._received(key_messages.Proven)
        if not handshake.is_same(proven.proven, session.proven):
            raise LinkError(f"wearable {self.address} is not what it says: it holds another key")
        self._sealer = records.Sealer(HostCipher(session.to_wearable))
        self._opener = records.Opener(HostCipher(session.to_asker))

    async def _say(self, message: Any) -> None:
        await self._link.write(frames.frame(message.KIND, messages.pack(message)))

    async def _received(self, kind: Any) -> Any:
        """Next message of a kind: of what a stranger says besides, nothing is believed."""
        while True:
            _, framed = await self._link.read()
            if frames.kind_of(framed) == kind.KIND:
                message = message_of(framed)
                if message is not None:
                    return message

    def _owner_of(self, challenge: key_messages.Challenge) -> tuple[bytes, WearableKeys]:
        for wearable, keys in self._keys.items():
            alias = handshake.alias_of(sha256, keys.name_key, challenge.nonce)
            if handshake.is_same(alias, challenge.alias):
                return wearable, keys
        raise LinkError(
            f"wearable {self.address} has a key that this computer does not hold; take the kit's "
            "key from the computer that gave it (dyadkit keys export), or reset it over the cable"
        )

    def _frames(self, inside: bytes, stamp_us: int) -> list[bytes]:
        """Frames of a record, behind the Sent frame that a link without a key would have had."""
        found = frames.FrameReader().feed(inside)
        for one in found:
            message = message_of(one) if frames.kind_of(one) == messages.Hello.KIND else None
            if isinstance(message, messages.Hello):
                self._boot = message.boot
        if not stamp_us or self._boot is None:
            return found
        sent = messages.Sent(self._boot, stamp_us)
        return [frames.frame(sent.KIND, messages.pack(sent)), *found]


class GuardedLink(KeyedLink):
    """Link to a wearable with or without a key, at a lab some of whose wearables have one.

    A wearable that says it has a key must prove it. One whose address is known to have a key, by
    its advertisement or by its own word, is never talked to in the open.
    """

    def __init__(self, link: Link, keys: Mapping[bytes, WearableKeys]) -> None:
        super().__init__(link, keys)
        self.is_sealed = False

    async def write(self, framed: bytes) -> int:
        """Send one frame; the host's clock in ns just before it left."""
        if self.is_sealed:
            return await super().write(framed)
        sent_ns: int = await self._link.write(framed)
        return sent_ns

    async def read(self) -> tuple[int, bytes]:
        """Next frame with its arrival in host ns; raises LinkError once the link is lost."""
        if self.is_sealed:
            return await super().read()
        host_ns, framed = await self._link.read()
        return host_ns, framed

    async def _shake(self) -> None:
        self.is_sealed = await self._has_key()
        if self.is_sealed:
            await super()._shake()

    async def _has_key(self) -> bool:
        """Whether it must prove itself: its address tells, or what it says to a stranger."""
        if self.address.replace(":", "").lower() in {one.hex() for one in self._keys}:
            return True
        await self._say(HELLO)
        while True:
            _, framed = await self._link.read()
            message = message_of(framed)
            if isinstance(message, key_messages.Challenge):
                return True
            if isinstance(message, messages.Hello):
                if message.wearable in self._keys:
                    raise LinkError(
                        f"wearable {self.address} says that it is {message.wearable.hex()}, which "
                        "has a key, and does not prove it: it is another one, or was reset "
                        "(dyadkit keys give)"
                    )
                return False
