"""The wearable with a key: strangers hear a Challenge and nothing else; its host speaks in records.

Loaded only where there is a key. What is said and done behind it is the conversation's, unchanged.
"""

import asyncio
import hashlib
import os
import struct

from micropython import const

from dyadwire import frames, handshake, key_messages, messages, records
from dyadwire.errors import WireError
from wearable import key_store, radio
from wearable.cipher import AesCipher
from wearable.conversation import Responder
from wearable.send_queue import SENT_SIZE, SENT_US

TYPE_CHECKING = const(0)
if TYPE_CHECKING:
    from typing import Any

    from wearable.send_queue import HostLink

_STRANGER_MS = const(2_000)
_MAX_STRANGERS = const(2)  # of the radio's four links; one is left for the owner
_RECORD_ROOM = records.MAX_RECORD
RECORD_LIMIT = const(240)  # so that a record is no longer than a notification without a key


class ProvenLink:
    """A link that was not proven yet, or carries records: a `HostLink` around another.

    Preallocates 800 bytes once it is open.
    """

    def __init__(self, link: "HostLink", answerer: handshake.Answerer) -> None:
        self.link = link
        self.reader: frames.FrameReader = records.RecordReader()
        self.answerer = answerer
        self._opener: records.Opener | None = None
        self._sealer: records.Sealer | None = None
        self._buffer: Any = None
        self._view: Any = None
        self._end = 0

    @property
    def is_up(self) -> bool:
        """Whether anything can be sent."""
        return self.link.is_up

    @property
    def sent(self) -> int:
        """How much of the present record has left."""
        return self.link.sent

    @sent.setter
    def sent(self, sent: int) -> None:
        self.link.sent = sent

    def is_open(self) -> bool:
        """Whether the other side has proven itself."""
        return self._opener is not None

    # What left in part must go on as it is. Otherwise a record is sealed anew for each try, under a
    # number of its own: none is ever used for two contents.
    def send(self, framed: memoryview) -> bool:
        """Seal whole frames and hand them over; a Sent frame ahead of them becomes the stamp."""
        if not self.link.is_up or self._sealer is None:
            return False
        if not self.link.sent:
            stamp_us = 0
            if framed[1] == messages.Sent.KIND:
                (stamp_us,) = struct.unpack_from("<Q", framed, SENT_US)
                framed = framed[SENT_SIZE:]
            end = records.FRAMES_AT + len(framed)
            self._view[records.FRAMES_AT : end] = framed
            self._end = self._sealer.seal(self._buffer, end, stamp_us)
        return self.link.send(self._view[: self._end])

    def close(self) -> None:
        """Say no more."""
        self.link.close()

    def opened(self, record: bytes) -> "list[bytes]":
        """Frames of a record; WireError where it is none of this session."""
        assert self._opener is not None
        return frames.FrameReader().feed(self._opener.open(record)[0])

    def shake(self, framed: bytes) -> None:
        """Take one frame of the handshake; WireError where the link is at its end."""
        try:
            message: Any = messages.unpack(frames.kind_of(framed), frames.payload_of(framed))
        except WireError:
            message = None
        answer = self.answerer.take(message)
        if answer is None:
            raise WireError("out of turn")
        self.link.send(memoryview(frames.frame(answer.KIND, messages.pack(answer))))
        if self.answerer.state == handshake.OPEN:
            self._begin()

    def _begin(self) -> None:
        session: Any = self.answerer.session
        self._buffer = bytearray(_RECORD_ROOM)
        self._view = memoryview(self._buffer)
        self._sealer = records.Sealer(AesCipher(session.to_asker))
        self._opener = records.Opener(AesCipher(session.to_wearable))


class KeyedResponder(Responder):
    """The conversation of a wearable that has a key."""

    wearable = b""
    _keyed: "list[ProvenLink]" = []

    def hold(self, wearable: bytes, send_queue: "Any") -> None:
        """Hold the key in flash, as this wearable."""
        self.wearable = wearable
        self._keyed = []
        send_queue.limit = RECORD_LIMIT

    # A radio's link that does wrong is hung up, and its one try is spent. The cable cannot be hung
    # up: there what is neither record nor proof begins anew, for a killed program says no goodbye.
    def hear(self, data: bytes, tick: int, link: "HostLink") -> None:
        """Take bytes as records, or as the handshake that comes before."""
        if not link.is_up:
            return  # it was hung up: what it had said meanwhile is no second try
        keyed = self._keyed_of(link)
        for framed in keyed.reader.feed(data):
            kind = frames.kind_of(framed)
            is_cable = not isinstance(link, radio.BleConnection)
            try:
                if is_cable and kind == key_messages.Erase.KIND:
                    answer: Any = self.on_keys(framed, link)
                    link.send(memoryview(frames.frame(answer.KIND, messages.pack(answer))))
                elif is_cable and kind not in (records.KIND, key_messages.Proof.KIND):
                    self._drop(keyed)
                    keyed = self._keyed_of(link)
                    keyed.shake(framed)
                elif keyed.is_open():
                    for one in keyed.opened(framed):
                        self._obey(one, tick, keyed)
                else:
                    keyed.shake(framed)
            except WireError:
                self._drop(keyed)
                link.close()
                return

    def _obey(self, framed: bytes, tick: int, keyed: ProvenLink) -> None:
        """A partner may ask for the time, and nothing else."""
        is_probe = frames.kind_of(framed) == messages.Probe.KIND
        if keyed.answerer.role == handshake.HOST or is_probe:
            self.take(framed, tick, keyed)  # type: ignore[arg-type] # is_up is read only

    def _notice(self, what: int, link: "HostLink") -> None:
        if what == radio.LINK_UP:
            strangers = [one for one in self._keyed if not one.is_open()]
            if len(strangers) >= _MAX_STRANGERS:
                strangers[0].close()
                self._drop(strangers[0])
            asyncio.create_task(self._hang_up(self._keyed_of(link)))
            super()._notice(what, link)
            return
        keyed = self._keyed_of(link)
        self._keyed.remove(keyed)
        super()._notice(what, keyed)  # type: ignore[arg-type] # is_up is read only

    async def _hang_up(self, keyed: ProvenLink) -> None:
        """Who has proven nothing in time is hung up."""
        await asyncio.sleep_ms(_STRANGER_MS)
        if not keyed.is_open():
            keyed.close()

    def _is_let_in(self, kind: int, link: "HostLink") -> bool:
        """Who has proven to be the owner takes over from whoever was the host."""
        before = self._send_queue.link
        if kind != messages.Hello.KIND:
            return False
        if before is not None and before.is_up:
            before.close()
        self._serve(link)
        return True

    def _keyed_of(self, link: "HostLink") -> ProvenLink:
        for one in self._keyed:
            if one.link is link:
                return one
        keys = key_store.load()  # read anew for each link: a pair's key may have come meanwhile
        answerer = handshake.Answerer(
            hashlib.sha256, os.urandom, self.wearable, keys.name_key, keys.key_of
        )
        keyed = ProvenLink(link, answerer)
        self._keyed.append(keyed)
        return keyed

    def _drop(self, keyed: ProvenLink) -> None:
        """Forget a link's session; if it was the host's, there is none."""
        if keyed in self._keyed:
            self._keyed.remove(keyed)
        if keyed is self._send_queue.link:
            self._serve(None)
