"""One wearable during a session: greet, record, reconnect for ever, fetch what was missed.

Each wearable has a capture of its own and fails alone. Everything heard and said goes to the
session file before it is looked at.
"""

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from random import Random
from typing import Any

from dyadkit.capture.backfill import FETCH_SILENCE_S, Backfill
from dyadkit.capture.reconnect import ReconnectPause
from dyadkit.capture.tasks import together
from dyadkit.decoding.messages import Message, firmware_of, reason_of
from dyadkit.dyad.traces import PersonName
from dyadkit.errors import LinkError, UnfitWearableError
from dyadkit.links import HostClock, Link
from dyadkit.links.conversation import Conversation
from dyadkit.storage import SessionWriter
from dyadwire import frames, messages
from dyadwire.states import IDLE, SAFE

CLOSING_TIMEOUT_S = 5.0
LOOK_FOR_HOLES_EACH_S = 1.0
PROBES_AFTER_CONNECT = 120


class CaptureState(Enum):
    """State of a capture."""

    APART = "apart"
    GREETING = "greeting"
    RECORDING = "recording"
    DRAINING = "draining"
    CLOSED = "closed"
    UNFIT = "unfit"


class CaptureStep(Enum):
    """Event that moves a capture from state to state."""

    LINK_UP = "link up"
    LINK_DOWN = "link down"
    GREETED = "greeted"
    STOP = "stop"
    DONE = "done"
    REFUSE = "refuse"


NEXT = {
    (CaptureState.APART, CaptureStep.LINK_UP): CaptureState.GREETING,
    (CaptureState.APART, CaptureStep.LINK_DOWN): CaptureState.APART,
    (CaptureState.GREETING, CaptureStep.GREETED): CaptureState.RECORDING,
    (CaptureState.GREETING, CaptureStep.LINK_DOWN): CaptureState.APART,
    (CaptureState.GREETING, CaptureStep.REFUSE): CaptureState.UNFIT,
    (CaptureState.RECORDING, CaptureStep.LINK_DOWN): CaptureState.APART,
    (CaptureState.RECORDING, CaptureStep.REFUSE): CaptureState.UNFIT,
    (CaptureState.RECORDING, CaptureStep.STOP): CaptureState.DRAINING,
    (CaptureState.DRAINING, CaptureStep.LINK_DOWN): CaptureState.APART,
    (CaptureState.DRAINING, CaptureStep.REFUSE): CaptureState.UNFIT,
    (CaptureState.DRAINING, CaptureStep.DONE): CaptureState.CLOSED,
}
OVER = (CaptureState.CLOSED, CaptureState.UNFIT)


@dataclass(slots=True)
class Tally:
    """Counts of a capture so far, for the status line and the outcome.

    rejected : frames that are no message of ours
    """

    blocks: int = 0
    samples: int = 0
    connects: int = 0
    rejected: int = 0
    last_received_ns: int = 0
    faults: list[str] = field(default_factory=list)
    battery_percent: int = messages.NO_BATTERY
    free_kib: int = 0


class Capture:
    """Capture of one person's wearable, until it is told to stop.

    `complaint` says why the wearable is unfit, or what the last failed connection met; `backfill`
    knows what of its samples is here.
    """

    def __init__(
        self,
        person: PersonName,
        link: Link,
        writer: SessionWriter,
        clock_ns: HostClock,
        random: Random,
    ) -> None:
        self.person = person
        self.link = link
        self.state = CaptureState.APART
        self.tally = Tally()
        self.hello: messages.Hello | None = None
        self.complaint = ""
        self._writer = writer
        self._clock_ns = clock_ns
        self._random = random
        self.backfill = Backfill(person, self._say, self._log)
        self._session = 0
        self._seq = 0
        self._asked_ns: dict[int, int] = {}
        self._stop = asyncio.Event()
        self._conversation = Conversation(link, person, self)
        self._take: dict[int, Callable[[Any], None]] = {
            messages.Hello.KIND: self._take_hello,
            messages.StreamInfo.KIND: self._take_info,
            messages.Calibration.KIND: self._take_calibration,
            messages.Block.KIND: self._take_block,
            messages.Echo.KIND: self._take_echo,
            messages.Fetched.KIND: self.backfill.take_fetched,
            messages.Status.KIND: self._take_status,
            messages.Fault.KIND: self._take_fault,
            messages.Refusal.KIND: self._take_refusal,
        }

    # One turn of the loop is one link, and ends in one of five ways.
    # 1. `_converse` returns: all was given and acknowledged; CLOSED, the loop ends.
    # 2. The wearable is unfit: UNFIT, the loop ends; trying again would not help. Caught before
    #    LinkError, whose child it is.
    # 3. The link cannot be made or falls, at whatever point: APART. The wearable goes on recording
    #    in flash, and the next link fetches what was missed.
    # 4. Anything else, as the session that ends or a disk that fails: passed on.
    # 5. In all four the link is closed, but a radio stack that hangs is not waited for.
    async def run(self, session: int) -> None:
        """Record session number `session` until `stop` and the drain after it are done."""
        self._session = session
        pause = ReconnectPause()
        while self.state not in OVER:
            try:
                await self.link.open()
                self._move(CaptureStep.LINK_UP)
                pause.link_made()
                await self._converse()
            except UnfitWearableError as error:
                self._lost(CaptureStep.REFUSE, str(error))
            except LinkError as error:
                self._lost(CaptureStep.LINK_DOWN, str(error))
                pause.link_failed(error)
            finally:
                await self._hang_up()
            if self.state not in OVER:
                await pause.wait()

    def stop(self) -> None:
        """Ask for the end: stop the wearable, fetch what is missing, disconnect."""
        self._stop.set()

    async def _converse(self) -> None:
        """Everything that is said over one link, from Hello to the last acknowledgement.

        1. Listening begins first: it puts what arrives on file and takes the answers to the rest.
        2. The greeting comes before all else, since it tells the boot and whether this is the same
           wearable; nothing is acknowledged or asked of another one.
        3. Probes and acknowledgements run beside the rest, on each link anew.
        4. What boots that ended still hold is fetched before the rest: nothing is added to it.
        5. Holes are fetched as they show, until the end is asked for; not at all where that was
           while the link was down, for 6 does it, too.
        6. After Stop nothing new comes: now what follows the last block can be fetched as well.
        """
        self._log_link("connected", address=self.link.address)
        self._conversation = Conversation(self.link, self.person, self)
        self._asked_ns.clear()
        async with together(self._conversation.listen()):
            await self._greet()
            self.tally.connects += 1
            async with together(self._probe(), self.backfill.acknowledge()):
                await self.backfill.fetch_ended_boots()
                await self._until_stopped()
                self._move(CaptureStep.STOP)
                await self._finish()
        self._move(CaptureStep.DONE)
        self._log_link("closed")

    async def _hang_up(self) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(CLOSING_TIMEOUT_S):
                await self.link.close()

    def _lost(self, step: CaptureStep, reason: str) -> None:
        self.complaint = reason
        self._log_link("link lost", reason=reason)
        self._move(step)

    async def _until_stopped(self) -> None:
        """Fetch holes as they show until the end is asked for."""
        while not self._stop.is_set():
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stop.wait(), LOOK_FOR_HOLES_EACH_S)
            await self.backfill.fetch_holes()

    async def _greet(self) -> None:
        await self._conversation.greet()
        if not self._stop.is_set():
            await self._say(messages.Start(self._session, 0xFFFFFFFF))
        self._move(CaptureStep.GREETED)

    async def _finish(self) -> None:
        self._conversation.forget()
        await self._say(messages.Stop(self._session))
        await self._conversation.answer(
            messages.Status, timeout_s=FETCH_SILENCE_S, matching=lambda one: one.state == IDLE
        )
        await self.backfill.fetch_tails()
        await self.backfill.fetch_holes()
        await self.backfill.acknowledge_all()

    async def _say(self, message: Message) -> int:
        return await self._conversation.say(message)

    async def _probe(self) -> None:
        """Ask for the time: often after a connect, then about once a second, never in step."""
        for asked in _count():
            mean_s = 0.25 if asked < PROBES_AFTER_CONNECT else 1.0
            await asyncio.sleep(mean_s * self._random.uniform(0.6, 1.4))
            self._seq = (self._seq + 1) & 0xFFFF
            probe = messages.Probe(self._seq, self._clock_ns() // 1000)
            self._asked_ns[self._seq] = await self._say(probe)

    def said(self, host_ns: int, framed: bytes) -> None:
        """Keep what the host sent."""
        self._writer.append(f"{self.person}/said", host_ns, framed)

    def received(self, host_ns: int, framed: bytes) -> bool:
        """Keep what the wearable sent, before it is looked at."""
        self._writer.append(f"{self.person}/heard", host_ns, framed)
        self.tally.last_received_ns = host_ns
        return frames.kind_of(framed) in self._take

    def take(self, message: Message | None) -> None:
        """Act on a message of a kind that this capture knows."""
        if message is None:
            self.tally.rejected += 1
        else:
            self._take[message.KIND](message)

    def _take_hello(self, hello: messages.Hello) -> None:
        if hello.state == SAFE:
            raise UnfitWearableError(
                f"wearable {self.person} crashed three times in a row, so its sensors rest: what "
                "it recorded is in its flash; switch it off and on after a minute, or update it"
            )
        if self.hello is not None and hello.wearable != self.hello.wearable:
            raise LinkError(
                f"another wearable ({hello.wearable.hex()}) answers as {self.person}, who wears "
                f"{self.hello.wearable.hex()}: give each person their own back"
            )
        self.backfill.meet(hello.boot)
        self.hello = hello
        self._tell("hello", boot=hello.boot, wearable=hello.wearable.hex(),
                   firmware=firmware_of(hello),
                   protocol=f"{hello.major}.{hello.minor}")  # fmt: skip

    def _take_info(self, info: messages.StreamInfo) -> None:
        self.backfill.expect(info.stream)
        self._tell("stream", **info._asdict())

    def _take_calibration(self, calibration: messages.Calibration) -> None:
        self._tell("calibration", **calibration._asdict())

    def _take_block(self, block: messages.Block) -> None:
        self.tally.blocks += 1
        self.tally.samples += block.count
        self.backfill.add(block)

    def _take_echo(self, echo: messages.Echo) -> None:
        sent_ns = self._asked_ns.pop(echo.seq, None)
        if sent_ns is not None:
            times = {"heard_us": echo.received_us, "answered_us": echo.answered_us}
            returned_ns = self.tally.last_received_ns
            self._writer.log(returned_ns, "exchange", topic="exchanges", person=self.person,
                             boot=echo.boot, sent_ns=sent_ns, **times)  # fmt: skip

    def _take_status(self, status: messages.Status) -> None:
        self.tally.battery_percent = status.battery_percent
        self.tally.free_kib = status.free_kib

    def _take_fault(self, fault: messages.Fault) -> None:
        text = fault.text.decode("utf-8", "replace")
        self.tally.faults.append(text)
        self._log("fault", code=fault.code, text=text)

    def _take_refusal(self, refusal: messages.Refusal) -> None:
        self._log("refused", kind=refusal.kind, reason=reason_of(refusal))

    def _move(self, step: CaptureStep) -> None:
        self.state = NEXT[self.state, step]

    def _log(self, event: str, **details: Any) -> None:
        self._writer.log(self._clock_ns(), event, person=self.person, **details)

    def _log_link(self, event: str, **details: Any) -> None:
        self._log(event, topic="links", **details)

    def _tell(self, event: str, **details: Any) -> None:
        self._log(event, topic="wearables", **details)


def _count() -> Any:
    number = 0
    while True:
        yield number
        number += 1
