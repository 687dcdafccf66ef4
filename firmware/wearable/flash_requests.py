"""A host's requests to flash (backfill, copies, contents), answered behind the live blocks."""

import asyncio
import binascii

from micropython import const

from dyadwire import frames, messages
from wearable import segments, states

TYPE_CHECKING = const(0)
if TYPE_CHECKING:
    from wearable.recorder import Recorder
    from wearable.send_queue import SendQueue
    from wearable.supervisor import Heart

MAX_FETCHES = 16


class FlashRequests:
    """The queue of a host's requests to flash, and the task that answers them one by one."""

    def __init__(self, recorder: "Recorder", send_queue: "SendQueue") -> None:
        self._recorder = recorder
        self._send_queue = send_queue
        self._fetches: list[messages.Fetch | messages.Copy] = []
        self._is_asked = asyncio.Event()

    def on_fetch(self, fetch: "messages.Fetch | messages.Copy") -> None:
        """Queue a request; NotNowError when there are too many."""
        if len(self._fetches) >= MAX_FETCHES:
            raise states.NotNowError(states.START)
        self._fetches.append(fetch)
        self._is_asked.set()

    def on_ack(self, ack: messages.Ack) -> None:
        """Note what the host has on disk; what must be read for it waits for the task."""
        self._recorder.acknowledge(ack)
        self._is_asked.set()

    def on_contents(self, contents: messages.Contents) -> None:
        """Say which segment is the first from a number on."""
        self._recorder.flush()
        segment, later = self._recorder.segment_from(contents.first)
        if segment is None:
            self._send_queue.say(messages.Held(0, 0, 0, 0, 0))
            return
        size_bytes, fetched = segment.size_bytes(), int(segment.fetched)
        self._send_queue.say(
            messages.Held(segment.number, segment.boot, size_bytes, fetched, later)
        )

    def forget(self) -> None:
        """The host has gone, and with it what it asked for."""
        self._fetches.clear()

    async def run(self, heart: "Heart") -> None:
        """Answer whenever the live queue leaves room, for ever."""
        while True:
            while self._fetches:
                await self._answer_first(heart)
            for _ in self._recorder.settle():
                await _let_others(heart)
                if self._fetches:
                    break
            heart.rest()
            await self._is_asked.wait()
            self._is_asked.clear()

    async def _answer_first(self, heart: "Heart") -> None:
        """Send what was asked first; what cannot be read is not tried for ever."""
        asked = self._fetches[0]
        try:
            if isinstance(asked, messages.Fetch):
                await self._send_range(asked, heart)
            else:
                await self._send_segment(asked, heart)
        finally:
            if self._is_wanted(asked):
                self._fetches.pop(0)

    def _is_wanted(self, asked: "messages.Message") -> bool:
        """Whether the host that asked this is still there."""
        return bool(self._fetches) and self._fetches[0] is asked

    async def _send_range(self, fetch: messages.Fetch, heart: "Heart") -> None:
        """Send one range, then `Fetched`; ends early when the link goes and the range with it."""
        expected = fetch.first
        missing = 0
        for framed in self._recorder.find(*fetch):
            if framed is None and self._is_wanted(fetch):
                await _let_others(heart)
                continue
            if framed is None or not await self._send(framed, fetch, heart):
                return
            sequence = segments.sequence_of(framed, 0)
            missing += sequence - expected
            expected = sequence + 1
        if fetch.stop != messages.OPEN_END:
            missing += max(fetch.stop - expected, 0)
        await self._send_message(messages.Fetched(*fetch, missing), fetch, heart)

    async def _send_segment(self, copy: messages.Copy, heart: "Heart") -> None:
        """Send one segment's frames, then `Copied`; ends early when the link goes."""
        self._send_queue.is_copying = True
        try:
            await self._copy_segment(copy, heart)
        finally:
            self._send_queue.is_copying = False

    async def _copy_segment(self, copy: messages.Copy, heart: "Heart") -> None:
        segment, _ = self._recorder.segment_from(copy.number)
        index = checksum = 0
        if segment is not None and segment.number == copy.number:
            for framed in segment.frames():
                checksum = binascii.crc32(framed, checksum)
                if index >= copy.first and not await self._send(framed, copy, heart):
                    return
                index += 1
                if index < copy.first and index % segments.TURN == 0:
                    await _let_others(heart)
        await self._send_message(messages.Copied(*copy, index, checksum), copy, heart)

    async def _send(self, framed: bytes, asked: "messages.Message", heart: "Heart") -> bool:
        """Queue a frame of flash; whether it is still wanted once there is room."""
        queue = self._send_queue.backfill
        while not queue.has_room(len(framed)):
            heart.beat()
            await asyncio.sleep_ms(5)
        if not self._is_wanted(asked):
            return False
        queue.put(framed, len(framed))
        self._send_queue.wake()
        return True

    async def _send_message(
        self, message: "messages.Message", asked: "messages.Message", heart: "Heart"
    ) -> None:
        """Queue the answer that ends a request."""
        await self._send(frames.frame(message.KIND, messages.pack(message)), asked, heart)


async def _let_others(heart: "Heart") -> None:
    heart.beat()
    await asyncio.sleep_ms(0)
