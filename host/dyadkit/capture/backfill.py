"""Backfill: the blocks of one wearable that the radio missed, sent again from its flash.

A block is here, or missing, or given up (no one has it). What is on disk is acknowledged, and only
that.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from typing import Any, Protocol

from dyadkit.capture.blocks import OPEN_END, Inventory, Range
from dyadkit.capture.gaps import Coverage, Gap
from dyadkit.decoding.messages import Message
from dyadkit.dyad.traces import PersonName
from dyadkit.errors import LinkError
from dyadwire import messages

FETCH_SILENCE_S = 10.0
FETCH_TRIES = 3
TAIL_ROUNDS = 2  # nothing tells when the very last block came spoiled but asking again
LAST_ACK_TIMEOUT_S = 5.0
MAX_BOOTS_APART = 32

Say = Callable[[Message], Awaitable[int]]


class Log(Protocol):
    """The host's log."""

    def __call__(self, event: str, **details: Any) -> None:
        """Note that something happened."""


class Backfill:
    """The blocks of one person's wearable during a session, and the requests for those missing.

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
        """Note that the wearable is in this boot now."""
        if not self.boots:
            self._begin(boot)
        if boot not in self.boots:
            self.boots.append(boot)

    def expect(self, stream: int) -> None:
        """Note that the wearable has this stream."""
        self._streams.add(stream)

    def add(self, block: messages.Block) -> None:
        """Note that a block arrived, live or from flash; one may come before the first Hello."""
        if not self.boots:
            self._begin(block.boot)
        wanted = self._wanted
        if wanted is not None and wanted.holds(block.boot, block.stream, block.sequence):
            self.fetched += 1
        self._inventory.add(block.boot, block.stream, block.sequence)
        self._coverage.add(block)

    def _begin(self, boot: int) -> None:
        """Leave out what this boot held before the session."""
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
        """Fetch what boots that ended still hold, those never met between two that were, too.

        1. Boots met before the present one: what comes after the last block here, to the open end;
           holes before that are `fetch_holes`'.
        2. Boots between two that were met: the wearable restarted twice while out of reach. Streams
           with blocks here are asked for from there on, the others from block 0; streams the
           wearable never announced cannot be asked for.
        """
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
        """Take the end of a fetch: the wearable has sent what it has of a range."""
        if self._wanted == Range(fetched.boot, fetched.stream, fetched.first, fetched.stop):
            self._wanted = None
            self._missing_reported = fetched.missing
            self._answer.set()

    async def _fetch_all(self, ranges: list[Range]) -> None:
        for wanted in ranges:
            await self._fetch(wanted)

    # A fetch ends in one of four ways. `missing` in the answer is what the flash does not hold;
    # `absent` is what is not here, whatever the reason.
    # 1. absent <= missing: all that could be sent has arrived. What is still absent no one has, so
    #    it is given up: otherwise the next look for holes would ask for it again, for ever.
    # 2. absent > missing: frames were lost on the way. The whole range is asked for again, since
    #    blocks that come twice are dropped; after three times the link is taken for lost, and the
    #    next connection begins anew.
    # 3. Silence: a lost link, but only where no block of the range came in meanwhile; a long range
    #    may take many times FETCH_SILENCE_S.
    # 4. The link falls: what is missing shows again once the wearable is back.
    # An answer to another range is not this fetch's end: `take_fetched` compares. Of an open range,
    # `absent` cannot see the loss of the very last block: hence the two rounds of `fetch_tails`.
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
