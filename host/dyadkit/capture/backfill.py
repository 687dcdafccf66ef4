"""What has arrived of one wearable's blocks, and having the rest sent from its flash.

A block is here, or given up (no one has it), or missing; what is on disk is acknowledged, and only
that.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from typing import Any, Protocol

from dyadkit.capture.blocks import OPEN_END, Inventory, Range
from dyadkit.capture.gaps import Coverage, Gap
from dyadkit.dyad.traces import PersonName
from dyadkit.errors import LinkError
from dyadwire import messages

FETCH_SILENCE_S = 10.0
FETCH_TRIES = 3
TAIL_ROUNDS = 2  # nothing tells when the very last block came spoiled but asking again
LAST_ACK_TIMEOUT_S = 5.0
MAX_BOOTS_APART = 32

Say = Callable[[Any], Awaitable[Any]]


class Log(Protocol):
    """The host's log."""

    def __call__(self, event: str, **details: Any) -> None:
        """Note that something happened."""


class Backfill:
    """The blocks of one person's wearable during a session.

    say : sends a message to the wearable
    boots : met so far, in order
    fetched : blocks that came from flash; not_in_flash : that neither radio nor flash could give
    """

    def __init__(self, person: PersonName, say: Say, log: Log) -> None:
        self.boots: list[int] = []
        self.fetched = 0
        self.not_in_flash = 0
        self._person = person
        self._say = say
        self._log = log
        self._inventory = Inventory()
        self._coverage = Coverage()
        self._streams: set[int] = set()
        self._safe: list[Range] = []
        self._confirmed = asyncio.Event()
        self._wanted: Range | None = None
        self._missing_reported = 0
        self._answer = asyncio.Event()

    # what is here

    def meet(self, boot: int) -> None:
        """The wearable is in this boot now."""
        if not self.boots:
            self._begin(boot)
        if boot not in self.boots:
            self.boots.append(boot)

    def expect(self, stream: int) -> None:
        """The wearable has this stream."""
        self._streams.add(stream)

    def add(self, block: messages.Block) -> None:
        """A block arrived, live or from flash; one may come before the wearable says hello."""
        if not self.boots:
            self._begin(block.boot)
        wanted = self._wanted
        if wanted is not None and wanted.holds(block.boot, block.stream, block.sequence):
            self.fetched += 1
        self._inventory.add(block.boot, block.stream, block.sequence)
        self._coverage.add(block)

    def _begin(self, boot: int) -> None:
        """What this boot held before the session is not the session's."""
        self._inventory.begins_now(boot)
        self._coverage.begins_now(boot)

    def missing(self) -> list[Range]:
        """Blocks known to be missing now."""
        return self._inventory.missing()

    def gaps(self) -> list[Gap]:
        """Samples known to be missing now."""
        return self._coverage.gaps()

    # what is on disk

    def mark_safe(self) -> Callable[[], None]:
        """Note what has arrived; call the result once that is on disk, to acknowledge it."""
        noted = list(self._inventory.complete())

        def confirm() -> None:
            self._safe = noted
            self._confirmed.set()

        return confirm

    async def acknowledge(self) -> None:
        """Acknowledge what is on disk, once a second, for ever."""
        said: dict[tuple[int, int], int] = {}
        while True:
            await asyncio.sleep(1.0)
            for safe in self._safe:
                if said.get((safe.boot, safe.stream)) != safe.stop:
                    said[safe.boot, safe.stream] = safe.stop
                    await self._say(messages.Ack(*safe))

    async def acknowledge_all(self) -> None:
        """Let the wearable know once all is on disk; a stuck disk is not waited for."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(LAST_ACK_TIMEOUT_S):
                while self._safe != list(self._inventory.complete()):
                    self._confirmed.clear()
                    await self._confirmed.wait()
        for safe in self._safe:
            await self._say(messages.Ack(*safe))

    # what is fetched

    async def fetch_ended_boots(self) -> None:
        """Fetch what boots that ended still hold, those never met between two that were, too."""
        await self._fetch_all(self._inventory.tails(set(self.boots[:-1])))
        for before, after in zip(self.boots, self.boots[1:], strict=False):
            for boot in range(before + 1, after)[-MAX_BOOTS_APART:]:
                known = self._inventory.tails({boot})
                streams = self._streams - {one.stream for one in known}
                unknown = [Range(boot, one, 0, OPEN_END) for one in sorted(streams)]
                await self._fetch_all(known + unknown)

    async def fetch_holes(self) -> None:
        """Fetch what is missing before blocks that are here."""
        await self._fetch_all(self._inventory.missing())

    async def fetch_tails(self) -> None:
        """Fetch what comes after the last blocks here, once the wearable has stopped."""
        for _ in range(TAIL_ROUNDS):
            await self._fetch_all(self._inventory.tails(set(self.boots)))

    def take_fetched(self, fetched: messages.Fetched) -> None:
        """The wearable has sent what it has of a range."""
        if self._wanted == Range(fetched.boot, fetched.stream, fetched.first, fetched.stop):
            self._wanted = None
            self._missing_reported = fetched.missing
            self._answer.set()

    async def _fetch_all(self, ranges: list[Range]) -> None:
        for wanted in ranges:
            await self._fetch(wanted)

    async def _fetch(self, wanted: Range) -> None:
        """Have a range sent from flash, for as long as blocks of it keep coming."""
        for _ in range(FETCH_TRIES):
            self._answer.clear()
            self._wanted = wanted
            await self._say(messages.Fetch(*wanted))
            await self._answered()
            absent = self._inventory.absent(wanted)
            if absent <= self._missing_reported:
                self._give_up(wanted, absent)
                return
        raise LinkError(f"wearable {self._person} sent fewer blocks than it said, over and over")

    async def _answered(self) -> None:
        """Wait for the end of a fetch; silence without progress is a lost link."""
        while not self._answer.is_set():
            before = self.fetched
            try:
                await asyncio.wait_for(self._answer.wait(), FETCH_SILENCE_S)
            except TimeoutError:
                if self.fetched == before:
                    raise LinkError(
                        f"wearable {self._person} sent nothing of a fetch for {FETCH_SILENCE_S:g} s"
                    ) from None

    def _give_up(self, wanted: Range, absent: int) -> None:
        """No one has what is still absent: it will not be asked for again."""
        if absent:
            self.not_in_flash += absent
            self._log("not in flash", blocks=absent, **wanted._asdict())
        self._inventory.give_up(wanted)
