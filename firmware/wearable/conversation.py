"""What the wearable does with each message of its host."""

import asyncio
import binascii

from micropython import const

from dyadwire import MAJOR, frames, messages
from dyadwire.errors import WireError
from wearable import radio, segments, states
from wearable.states import NotNowError

TYPE_CHECKING = const(0)
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, TypeAlias

    from wearable.device import Wearable
    from wearable.radio import BleConnection
    from wearable.supervisor import Heart, Job
    from wearable.update import Update
    from wearable.usb import Usb

    Link: TypeAlias = BleConnection | Usb

    Answer: TypeAlias = Callable[[Any, int], None]

MAX_FETCHES = 16

_PROBE_SIZE = frames.OVERHEAD + messages.size(messages.Probe)


class Conversation:
    """One wearable's side of the talk with its host, over whatever link it came."""

    def __init__(self, wearable: "Wearable") -> None:
        self._wearable = wearable
        self._send_queue = wearable.send_queue
        self._fetches: list[messages.Fetch | messages.Copy] = []
        self._update: Update | None = None
        self._fetch_asked = asyncio.Event()
        self._answers: dict[int, Answer] = {
            messages.Hello.KIND: self._on_hello,
            messages.Start.KIND: self._on_start,
            messages.Stop.KIND: self._on_stop,
            messages.Ack.KIND: self._on_ack,
            messages.Fetch.KIND: self._on_fetch,
            messages.Copy.KIND: self._on_fetch,
            messages.Contents.KIND: self._on_contents,
            messages.Offer.KIND: self._on_offer,
            messages.Piece.KIND: self._on_piece,
            messages.Partner.KIND: self._on_partner,
            messages.Calibration.KIND: self._on_calibration,
        }

    def listening(self, source: "Any") -> "Job":
        """The task that takes what a source (the radio, the cable) hears, for ever."""

        async def listen(heart: "Heart") -> None:
            while True:
                heart.rest()
                what, link, tick, received = await source.arrival()
                heart.beat()
                if what == radio.RECEIVED:
                    for framed in link.reader.feed(received):
                        self.take(framed, tick, link)
                else:
                    self._notice(what, link)
                await asyncio.sleep_ms(0)  # whatever floods in, the others have their turn

        return listen

    def _notice(self, what: int, link: "Link") -> None:
        """Forget a lost host; be found by the next."""
        if what == radio.LINK_DOWN and link is self._send_queue.link:
            self._serve(None)
        self._wearable.radio.advertise(
            radio.FAST_US if self._send_queue.link is None else radio.SLOW_US
        )

    async def backfill(self, heart: "Heart") -> None:
        """Send what was asked of flash whenever the live queue leaves room, for ever."""
        while True:
            while self._fetches:
                await self._answer_first(heart)
            for _ in self._wearable.recorder.settle():
                await _let_others(heart)
                if self._fetches:
                    break
            heart.rest()
            await self._fetch_asked.wait()
            self._fetch_asked.clear()

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

    def take(self, framed: bytes, tick: int, link: "Link") -> None:
        """Act on one frame heard at `tick`; what this version does not know is skipped."""
        kind = frames.kind_of(framed)
        if kind == messages.Probe.KIND:
            self._on_probe(framed, tick, link)
            return
        act = self._answers.get(kind)
        if act is None:
            return
        try:
            message = messages.unpack(kind, frames.payload_of(framed))
            if link is self._send_queue.link or self._is_let_in(kind, link):
                act(message, tick)
        except NotNowError:
            self._send_queue.say(messages.Refusal(kind, messages.NOT_NOW))
        except WireError:
            pass  # a peer that sends less than the layout gets no answer

    def _is_let_in(self, kind: int, link: "Link") -> bool:
        """Whether a stranger that greets becomes the host; a second one is told why not."""
        if kind != messages.Hello.KIND:
            return False
        if self._send_queue.is_linked():
            refusal = messages.Refusal(kind, messages.ANOTHER_HOST)
            link.send(memoryview(frames.frame(refusal.KIND, messages.pack(refusal))))
            link.close()
            return False
        self._serve(link)
        return True

    def _serve(self, link: "Link | None") -> None:
        """Forget the host there was; from now on this is its link."""
        self._fetches.clear()
        if self._update is not None:
            self._update.abandon()
        self._send_queue.reset(link)
        self._wearable.set_live(self._send_queue.is_live)

    def _on_hello(self, hello: messages.Hello, _: int) -> None:
        say = self._send_queue.say
        say(self._wearable.hello())
        if hello.major != MAJOR:
            say(messages.Refusal(messages.Hello.KIND, messages.OTHER_MAJOR))
            return
        for message in self._wearable.introduction():
            say(message)
        say(self._wearable.status())

    def _on_start(self, start: messages.Start, _: int) -> None:
        self._wearable.start(start.session, start.streams)
        self._send_queue.is_live = True
        self._wearable.set_live(self._send_queue.is_live)

    def _on_stop(self, _: messages.Stop, __: int) -> None:
        self._wearable.stop()
        self._send_queue.say_last(self._wearable.status())

    def _on_probe(self, framed: bytes, tick: int, link: "Link") -> None:
        """Anybody may ask for the time: the host, or the partner in the field."""
        if len(framed) >= _PROBE_SIZE:
            probe: Any = messages.unpack(framed[1], frames.payload_of(framed))
            self._wearable.timekeeper.answer(link, probe.seq, tick)
            partner = self._wearable.partner
            if link is not self._send_queue.link and partner is not None:
                partner.was_asked()

    def _on_partner(self, partner: messages.Partner, _: int) -> None:
        boot_state = self._wearable.boot_state
        boot_state.partner = partner.wearable
        boot_state.save()
        self._wearable.join_partner()
        self._send_queue.say(partner)

    def _on_offer(self, offer: messages.Offer, _: int) -> None:
        if self._update is None:
            from wearable.update import Update  # seldom needed: else the memory is spared

            self._update = Update(self._wearable, self._send_queue.say)
            self._wearable.supervisor.run_task("update", 20_000, self._update.restart)
        self._update.begin(offer)

    def _on_piece(self, piece: messages.Piece, _: int) -> None:
        if self._update is None:
            raise NotNowError(states.UPDATE)
        self._update.take(piece)

    def _on_ack(self, ack: messages.Ack, _: int) -> None:
        self._wearable.recorder.acknowledge(ack)
        self._fetch_asked.set()

    def _on_contents(self, contents: messages.Contents, _: int) -> None:
        recorder = self._wearable.recorder
        recorder.flush()
        segment, later = recorder.segment_from(contents.first)
        if segment is None:
            self._send_queue.say(messages.Held(0, 0, 0, 0, 0))
            return
        size_bytes, fetched = segment.size_bytes(), int(segment.fetched)
        self._send_queue.say(
            messages.Held(segment.number, segment.boot, size_bytes, fetched, later)
        )

    def _on_fetch(self, fetch: "messages.Fetch | messages.Copy", _: int) -> None:
        if len(self._fetches) >= MAX_FETCHES:
            raise NotNowError(states.START)
        self._fetches.append(fetch)
        self._fetch_asked.set()

    def _on_calibration(self, constants: messages.Calibration, _: int) -> None:
        self._wearable.calibrate(constants)
        self._send_queue.say(constants)

    async def _send_range(self, fetch: messages.Fetch, heart: "Heart") -> None:
        """Send one range, then `Fetched`; ends early when the link goes and the range with it."""
        expected = fetch.first
        missing = 0
        for framed in self._wearable.recorder.find(*fetch):
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
        segment, _ = self._wearable.recorder.segment_from(copy.number)
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
