"""The send queue to the host: answers first, then live blocks, then backfill.

One notification carries as many whole frames as fit behind a `Sent` frame that tells when it left.
While an answer to a time probe is due nothing else is sent, so that it finds an empty radio.
"""

import asyncio
import struct

import micropython
from micropython import const

from dyadwire import frames, gatt, messages

TYPE_CHECKING = const(0)
if TYPE_CHECKING:
    from typing import Any, Protocol

    from dyadwire.frames import FrameReader
    from dyadwire.ticks import DeviceClock
    from wearable.supervisor import Heart

    class HostLink(Protocol):
        """A way to one peer, over radio or cable."""

        is_up: bool
        reader: FrameReader

        sent: int
        """How much of the present frames has left; while not 0, only these go on."""

        def send(self, framed: memoryview) -> bool:
            """Hand over whole frames; whether they were taken."""

        def close(self) -> None:
            """Say no more."""


SENT_SIZE = frames.OVERHEAD + messages.size(messages.Sent)
ROOM = gatt.NOTIFICATION_SIZE - SENT_SIZE
RETRY_MS = 5

SENT_US = frames.HEADER_SIZE + struct.calcsize("<H")


class FrameQueue:
    """A first-in, first-out queue of frames in a fixed amount of memory."""

    def __init__(self, size: int) -> None:
        self.dropped = 0
        self._size = size
        self._ring = micropython.RingIO(size + 1)
        self._header = bytearray(frames.HEADER_SIZE)
        self._next = 0

    def has_room(self, size: int) -> bool:
        """Whether a frame of this size may be put."""
        return self._ring.any() + size <= self._size

    def put(self, buffer: "bytes | bytearray", size: int) -> None:
        """Queue the frame buffer[:size], or count it as dropped; allocates nothing."""
        if self.has_room(size):
            self._ring.write(buffer, size)  # type: ignore[call-arg] # stubs lack it
        else:
            self.dropped += 1

    def next_size(self) -> int:
        """Size of the frame that `take` would give, 0 if none."""
        if self._next == 0 and self._ring.any():
            self._ring.readinto(self._header)
            self._next = self._header[2] + frames.OVERHEAD
        return self._next

    def take(self, buffer: memoryview, offset: int) -> int:
        """Move the next frame to buffer[offset:]; return its end."""
        end = offset + self.next_size()
        body = offset + frames.HEADER_SIZE
        buffer[offset:body] = self._header
        self._ring.readinto(buffer[body:end])
        self._next = 0
        return end

    def clear(self) -> None:
        """Forget everything queued."""
        while self.next_size():
            self._ring.read(self._next - frames.HEADER_SIZE)
            self._next = 0

    def waiting(self) -> int:
        """Bytes queued."""
        return self._ring.any() + (frames.HEADER_SIZE if self._next else 0)


class SendQueue:
    """Three queues in order of importance, and the task that empties them into the host's link.

    `link` is None where there is no host.
    """

    def __init__(self, boot: int, clock: "DeviceClock") -> None:
        self.link: HostLink | None = None
        self.answers = FrameQueue(2048)
        self.live = FrameQueue(8192)
        self.backfill = FrameQueue(1024)
        self.is_live = False
        self.is_copying = False
        self.is_held = False
        self.limit = gatt.NOTIFICATION_SIZE
        self._queues = (self.answers, self.live, self.backfill)
        self._clock = clock
        self._wake = asyncio.Event()
        self._buffer = bytearray(gatt.NOTIFICATION_SIZE)
        self._view = memoryview(self._buffer)
        self._end = 0
        struct.pack_into("<H", self._buffer, frames.HEADER_SIZE, boot)

    def say(self, message: "messages.Message") -> None:
        """Queue a message as an answer."""
        framed = frames.frame(message.KIND, messages.pack(message))
        self.answers.put(framed, len(framed))
        self._wake.set()

    def say_last(self, message: "messages.Message") -> None:
        """Queue a message behind all live blocks."""
        framed = frames.frame(message.KIND, messages.pack(message))
        self.live.put(framed, len(framed))
        self._wake.set()

    def put_live(self, buffer: bytearray, size: int) -> None:
        """Queue a block if the host listens; what finds no room is fetched from flash later."""
        if self.is_live:
            self.live.put(buffer, size)

    def wake(self) -> None:
        """Tell the sender that something was queued or may be sent again."""
        self._wake.set()

    def is_linked(self) -> bool:
        """Whether there is a host to send to."""
        return self.link is not None and self.link.is_up

    def reset(self, link: "HostLink | None") -> None:
        """Forget everything: from now on this is the link."""
        self.link = link
        self.is_live = self.is_held = False
        self._end = 0
        if link is not None:
            link.sent = 0
        for queue in self._queues:
            queue.clear()

    # One notification at a time is filled, and it stays the one until the link took all of it.
    #   1. It left in part (a host with small packets): the rest goes before all else, even while an
    #      answer is due. The Sent frame with its stamp was in the first piece.
    #   2. An answer to a probe is due (`is_held`): nothing is begun, or it would find a full radio.
    #   3. The link has no buffer: tried again in 5 ms, with a fresh stamp. More may be queued
    #      meanwhile, but what is filled stays as it is.
    #   4. The link took it: the next is filled, until nothing is queued.
    async def run(self, heart: "Heart") -> None:
        """Send for ever."""
        while True:
            heart.rest()
            await self._wake.wait()
            self._wake.clear()
            heart.beat()
            while self.is_linked() and self._may_send() and self._fill():
                if not self._send(self.link):
                    heart.beat()
                    await asyncio.sleep_ms(RETRY_MS)

    def _may_send(self) -> bool:
        """Not while an answer is due; but what left in part leaves whole."""
        return not self.is_held or bool(self.link and self.link.sent)

    def _fill(self) -> int:
        """Put frames behind the Sent frame unless some wait there already; return the end."""
        if self._end:
            return self._end
        end = SENT_SIZE
        limit = gatt.NOTIFICATION_SIZE
        for queue in self._queues:
            while 0 < queue.next_size() <= limit - end:
                end = queue.take(self._view, end)
                limit = self.limit  # but a first frame is never too long
        self._end = end if end > SENT_SIZE else 0
        return self._end

    def _send(self, link: "Any") -> bool:
        """Hand the filled notification to the link; whether it took it."""
        self._clock.put_us(self._buffer, SENT_US, self._clock.tick())
        frames.seal(self._buffer, messages.Sent.KIND, SENT_SIZE - frames.OVERHEAD)
        taken = link.send(self._view[: self._end])
        if taken:
            self._end = 0
        return taken
