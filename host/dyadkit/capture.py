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

from dyadkit.errors import LinkError, RecordingError
from dyadkit.inventory import Inventory, Range
from dyadkit.links import HostClock, Link
from dyadkit.storage import SessionWriter
from dyadkit.trace import PersonName
from dyadwire import MAJOR, MINOR, frames, messages
from dyadwire.states import IDLE

GREETING_TIMEOUT_S = 5.0
FETCH_TIMEOUT_S = 10.0
LONGEST_PAUSE_S = 5.0
LOOK_FOR_HOLES_EACH_S = 1.0
PROBES_AFTER_CONNECT = 120


class State(Enum):
    """Where a capture is."""

    APART = "apart"
    GREETING = "greeting"
    RECORDING = "recording"
    DRAINING = "draining"
    CLOSED = "closed"


class Step(Enum):
    """What moves a capture."""

    LINK_UP = "link up"
    LINK_DOWN = "link down"
    GREETED = "greeted"
    STOP = "stop"
    DONE = "done"


NEXT = {
    (State.APART, Step.LINK_UP): State.GREETING,
    (State.APART, Step.DONE): State.CLOSED,
    (State.GREETING, Step.GREETED): State.RECORDING,
    (State.GREETING, Step.LINK_DOWN): State.APART,
    (State.RECORDING, Step.LINK_DOWN): State.APART,
    (State.RECORDING, Step.STOP): State.DRAINING,
    (State.DRAINING, Step.LINK_DOWN): State.APART,
    (State.DRAINING, Step.DONE): State.CLOSED,
}


@dataclass(slots=True)
class Tally:
    """What a capture has counted so far, for the status line and the verdict."""

    blocks: int = 0
    samples: int = 0
    connects: int = 0
    fetched: int = 0
    not_in_flash: int = 0
    last_heard_ns: int = 0
    faults: list[str] = field(default_factory=list)
    battery_percent: int = 255


class Capture:
    """Records one person's wearable until told to stop."""

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
        self.state = State.APART
        self.tally = Tally()
        self.boots: list[int] = []
        self._writer = writer
        self._clock_ns = clock_ns
        self._random = random
        self._inventory = Inventory()
        self._safe: list[Range] = []
        self._session = 0
        self._seq = 0
        self._stop = asyncio.Event()
        self._greeted = asyncio.Event()
        self._answer = asyncio.Event()
        self._stopped = asyncio.Event()
        self._take: dict[int, Callable[[Any], None]] = {
            messages.Hello.KIND: self._take_hello,
            messages.Block.KIND: self._take_block,
            messages.Fetched.KIND: self._take_fetched,
            messages.Status.KIND: self._take_status,
            messages.Fault.KIND: self._take_fault,
            messages.Refusal.KIND: self._take_refusal,
        }

    async def run(self, session: int) -> None:
        """Record session number `session` until `stop` and the drain after it are done."""
        self._session = session
        pause_s = 0.25
        while self.state is not State.CLOSED:
            try:
                await self.link.open()
                self._move(Step.LINK_UP)
                await self._converse()
                pause_s = 0.25
            except LinkError as error:
                self._log("link lost", reason=str(error))
                if self.state is not State.APART:
                    self._move(Step.LINK_DOWN)
                    pause_s = 0.25
                await self.link.close()
                await asyncio.sleep(pause_s)
                pause_s = min(2 * pause_s, LONGEST_PAUSE_S)

    def stop(self) -> None:
        """Ask for the end: stop the wearable, fetch what is missing, disconnect."""
        self._stop.set()

    def mark_safe(self) -> Callable[[], None]:
        """Note what has arrived; call the result once that is on disk, to acknowledge it."""
        noted = list(self._inventory.complete())

        def confirm() -> None:
            self._safe = noted

        return confirm

    def missing(self) -> list[Range]:
        """Blocks known to be missing now."""
        return self._inventory.missing()

    async def _converse(self) -> None:
        self.tally.connects += 1
        self._log("connected", address=self.link.address)
        self._greeted.clear()
        async with _together(self._listen()):
            await self._greet()
            async with _together(self._probe(), self._acknowledge()):
                await self._until_stopped()
                self._move(Step.STOP)
                await self._finish()
        self._move(Step.DONE)
        await self.link.close()
        self._log("closed")

    async def _until_stopped(self) -> None:
        """Fetch holes as they show until the end is asked for."""
        while not self._stop.is_set():
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stop.wait(), LOOK_FOR_HOLES_EACH_S)
            await self._fetch_all(self._inventory.missing())

    async def _greet(self) -> None:
        await self._say(messages.Hello(MAJOR, MINOR, 0, 0, bytes(6), 0, bytes(4)))
        await self._in_time(self._greeted.wait(), GREETING_TIMEOUT_S, "did not say hello")
        await self._say(messages.Start(self._session, 0xFFFFFFFF))
        self._move(Step.GREETED)
        await self._fetch_all(self._inventory.tails(set(self.boots[:-1])))

    async def _finish(self) -> None:
        self._stopped.clear()
        await self._say(messages.Stop(self._session))
        await self._in_time(self._stopped.wait(), FETCH_TIMEOUT_S, "did not confirm the stop")
        await self._fetch_all(self._inventory.tails(set(self.boots)))
        await self._fetch_all(self._inventory.missing())

    async def _fetch_all(self, ranges: list[Range]) -> None:
        for wanted in ranges:
            self._answer.clear()
            await self._say(messages.Fetch(*wanted))
            await self._in_time(self._answer.wait(), FETCH_TIMEOUT_S, "did not answer a fetch")

    async def _in_time(self, event: Any, timeout_s: float, complaint: str) -> None:
        try:
            await asyncio.wait_for(event, timeout_s)
        except TimeoutError:
            raise LinkError(f"wearable {self.person} {complaint} within {timeout_s:g} s") from None

    async def _say(self, message: Any) -> None:
        framed = frames.frame(message.KIND, messages.pack(message))
        sent_ns = await self.link.write(framed)
        self._writer.append(f"{self.person}/said", sent_ns, framed)

    async def _probe(self) -> None:
        """Ask for the time: often after a connect, then about once a second, never in step."""
        for asked in _count():
            mean_s = 0.25 if asked < PROBES_AFTER_CONNECT else 1.0
            await asyncio.sleep(mean_s * self._random.uniform(0.6, 1.4))
            self._seq = (self._seq + 1) & 0xFFFF
            await self._say(messages.Probe(self._seq, self._clock_ns() // 1000))

    async def _acknowledge(self) -> None:
        said: dict[tuple[int, int], int] = {}
        while True:
            await asyncio.sleep(1.0)
            for safe in self._safe:
                if said.get((safe.boot, safe.stream)) != safe.stop:
                    said[safe.boot, safe.stream] = safe.stop
                    await self._say(messages.Ack(*safe))

    async def _listen(self) -> None:
        while True:
            host_ns, framed = await self.link.read()
            self._writer.append(f"{self.person}/heard", host_ns, framed)
            self.tally.last_heard_ns = host_ns
            take = self._take.get(frames.kind_of(framed))
            if take is not None:
                take(messages.unpack(frames.kind_of(framed), frames.payload_of(framed)))

    def _take_hello(self, hello: messages.Hello) -> None:
        if hello.major != MAJOR:
            raise RecordingError(
                f"wearable {self.person} speaks protocol {hello.major}.{hello.minor}, this dyadkit "
                f"{MAJOR}.{MINOR}: update the older one"
            )
        if not self.boots:
            self._inventory.begins_now(hello.boot)
        if hello.boot not in self.boots:
            self.boots.append(hello.boot)
        self._log("hello", boot=hello.boot, wearable=hello.wearable.hex(), build=hello.build.hex())
        self._greeted.set()

    def _take_block(self, block: messages.Block) -> None:
        self.tally.blocks += 1
        self.tally.samples += block.count
        self._inventory.add(block.boot, block.stream, block.sequence)

    def _take_fetched(self, fetched: messages.Fetched) -> None:
        wanted = Range(fetched.boot, fetched.stream, fetched.first, fetched.stop)
        self.tally.fetched += 1
        if fetched.missing:
            self.tally.not_in_flash += fetched.missing
            self._log("not in flash", blocks=fetched.missing, **wanted._asdict())
        self._inventory.give_up(wanted)
        self._answer.set()

    def _take_status(self, status: messages.Status) -> None:
        self.tally.battery_percent = status.battery_percent
        if status.state == IDLE:
            self._stopped.set()

    def _take_fault(self, fault: messages.Fault) -> None:
        text = fault.text.decode("utf-8", "replace")
        self.tally.faults.append(text)
        self._log("fault", code=fault.code, text=text)

    def _take_refusal(self, refusal: messages.Refusal) -> None:
        reason = dict(messages.REASONS).get(refusal.reason, "unknown reason")
        self._log("refused", kind=refusal.kind, reason=reason)
        raise LinkError(f"wearable {self.person} refused: {reason}")

    def _move(self, step: Step) -> None:
        self.state = NEXT[self.state, step]

    def _log(self, event: str, **details: Any) -> None:
        self._writer.log(self._clock_ns(), event, person=self.person, **details)


@contextlib.asynccontextmanager
async def _together(*coroutines: Any) -> Any:
    """Run coroutines beside the body; the first to fail cancels the body, leaving cancels them."""
    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(coroutine) for coroutine in coroutines]
            yield
            for task in tasks:
                task.cancel()
    except BaseExceptionGroup as errors:
        raise _first(errors) from None


def _first(errors: BaseExceptionGroup[Any]) -> BaseException:
    error: BaseException = errors
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error


def _count() -> Any:
    number = 0
    while True:
        yield number
        number += 1
