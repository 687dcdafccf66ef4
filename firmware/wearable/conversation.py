"""The conversation with a host: who is let in, and who answers each of its messages."""

import asyncio

from micropython import const

from dyadwire import frames, messages
from dyadwire.errors import WireError
from wearable import radio
from wearable.states import NotNowError

TYPE_CHECKING = const(0)
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, Protocol, TypeAlias

    from wearable.send_queue import HostLink, SendQueue
    from wearable.supervisor import Heart, Job

    Answer: TypeAlias = Callable[[Any], None]
    OnProbe: TypeAlias = Callable[[HostLink, int, int], None]

    class Arrivals(Protocol):
        """The radio or the cable, as the conversation sees it."""

        async def arrival(self) -> radio.Arrival:
            """Wait for what comes next."""


_NEW_KEY = const(0x45)  # the first of kinds that only who is asked for it need know
_PAIR_KEY = const(0x48)  # the last
_PROBE_SIZE = frames.OVERHEAD + messages.size(messages.Probe)


class Responder:
    """One wearable's side of the conversation with its one host, over whatever link it came.

    answers : what is done with a message of each kind; kinds that are not in it are skipped
    on_probe : is given link, number and tick of each time probe, whoever asks
    forget_host : ends what the host there was had begun
    advertise : lets the wearable be found, so often
    on_keys : what is done with a message about keys, and said
    """

    on_keys: "Callable[[bytes, HostLink], Any]"

    def __init__(
        self,
        send_queue: "SendQueue",
        answers: "dict[int, Answer]",
        on_probe: "OnProbe",
        forget_host: "Callable[[], None]",
        advertise: "Callable[[int], None]",
    ) -> None:
        self._send_queue = send_queue
        self._answers = answers
        self._on_probe = on_probe
        self._forget_host = forget_host
        self._advertise = advertise

    def listening(self, source: "Arrivals") -> "Job":
        """The task that takes what a source (the radio, the cable) hears, for ever."""

        async def listen(heart: "Heart") -> None:
            while True:
                heart.rest()
                what, link, tick, data = await source.arrival()
                heart.beat()
                if what == radio.RECEIVED:
                    self.hear(data, tick, link)
                else:
                    self._notice(what, link)
                await asyncio.sleep_ms(0)  # whatever floods in, the others have their turn

        return listen

    def hear(self, data: bytes, tick: int, link: "HostLink") -> None:
        """Take the bytes received at `tick`."""
        for framed in link.reader.feed(data):
            self.take(framed, tick, link)

    def _notice(self, what: int, link: "HostLink") -> None:
        """Forget a lost host; be found by the next."""
        if what == radio.LINK_DOWN and link is self._send_queue.link:
            self._serve(None)
        self._advertise(radio.FAST_US if self._send_queue.link is None else radio.SLOW_US)

    def take(self, framed: bytes, tick: int, link: "HostLink") -> None:
        """Act on one frame received at `tick`; what this version does not know is skipped."""
        kind = frames.kind_of(framed)
        if kind == messages.Probe.KIND:
            if len(framed) >= _PROBE_SIZE:
                probe: Any = messages.unpack(kind, frames.payload_of(framed))
                self._on_probe(link, probe.seq, tick)
            return
        answer = self._answers.get(kind)
        if answer is None:
            if _NEW_KEY <= kind <= _PAIR_KEY and link is self._send_queue.link:
                self._send_queue.say(self.on_keys(framed, link))
            return
        try:
            message = messages.unpack(kind, frames.payload_of(framed))
            if link is self._send_queue.link or self._is_let_in(kind, link):
                answer(message)
        except NotNowError:
            self._send_queue.say(messages.Refusal(kind, messages.NOT_NOW))
        except WireError:
            pass  # a peer that sends less than the layout gets no answer

    def _is_let_in(self, kind: int, link: "HostLink") -> bool:
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

    def _serve(self, link: "HostLink | None") -> None:
        """Forget the host there was; from now on this is its link."""
        self._forget_host()
        self._send_queue.reset(link)
