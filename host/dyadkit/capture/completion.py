"""Completion of a session: what a wearable that stayed away at its end still holds of it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from dyadkit.capture.blocks import Inventory
from dyadkit.capture.gaps import Coverage, Gap
from dyadkit.decoding.messages import message_of, split_frames
from dyadkit.devices.pairing import Members
from dyadkit.dyad.traces import PERSONS, PersonName
from dyadkit.errors import SessionError
from dyadkit.storage import SessionStream, StoredSession
from dyadwire import messages

Stored = StoredSession | SessionStream
MARGIN_US = 2_000_000
"""Margin after a session's end that still belongs to it: the stop goes to both in turn."""


def unfinished_members(session: Path, members: Members) -> Members:
    """Members of a dyad whose wearables did not give a session all they have.

    Raises
    ------
    SessionError
        both gave all, or there is no such session
    """
    persons = unfinished(SessionStream(session))
    if not persons:
        raise SessionError(f"both wearables gave {session} all they have: nothing to fetch")
    return {person: members[person] for person in persons}


def unfinished(stored: Stored) -> list[PersonName]:
    """Persons whose wearable did not give all it has: the last word of its link is not "closed"."""
    last: dict[str, str] = {}
    for entry in stored.host_log():
        if entry["event"] in ("connected", "link lost", "closed"):
            last[entry["person"]] = entry["event"]
    return [person for person in PERSONS if last.get(person) != "closed"]


class Missing:
    """Missing blocks: those in one wearable's flash that belong to a session and are not in it.

    A block is wanted unless

    1. it is of a boot before the first or after the last that the session met;
    2. it is of the first boot, and older than the first block the session got: the wearable
       recorded on its own before, perhaps somebody else;
    3. it is of the last boot, and younger than the session's end: it may have recorded somebody
       else since;
    4. it is here already.

    The session's end is known on the host's clock, and blocks bear the wearable's. How far that is
    ahead shows best in the block that was fastest on its way: the largest difference seen. A boot
    that gave no block is known by what it said when it sent.

    Raises
    ------
    SessionError
        the session never met the wearable, or is a field recording
    """

    def __init__(self, stored: Stored, person: PersonName) -> None:
        self.person = person
        self._session = stored.path.parent
        self._hellos: list[messages.Hello] = []
        self._inventory = Inventory()
        self._coverage = Coverage()
        self._begin_us: int | None = None
        ahead_us: dict[int, int] = {}
        sent_ahead_us: dict[int, int] = {}
        for host_ns, message in _messages(stored, person):
            if isinstance(message, messages.Hello):
                self._meet(message)
            elif isinstance(message, messages.Block):
                self.add(message)
                _note_ahead(ahead_us, message.boot, message.stamp_us, host_ns)
            elif isinstance(message, messages.Sent):
                _note_ahead(sent_ahead_us, message.boot, message.sent_us, host_ns)
        if stored.about.get("mode") == "field":
            raise SessionError(f"{self._session} was pulled itself: pull into a new folder")
        if not self._hellos:
            raise SessionError(
                f"{self._session} never met wearable {person}, so nothing can be put in its place; "
                "pull it as a session of its own"
            )
        last = self._hellos[-1].boot
        ahead = (sent_ahead_us | ahead_us).get(last)
        if ahead is None:
            raise SessionError(
                f"{self._session} does not know the time of wearable {person} after its last "
                "restart, so nothing can be put in its place; pull it as a session of its own"
            )
        self._end_us = ahead + ended_ns(stored) // 1000 + MARGIN_US

    def check(self, hello: messages.Hello) -> None:
        """Raise SessionError if this is another wearable, or one whose memory was wiped."""
        known = self._hellos[-1]
        if hello.wearable != known.wearable:
            raise SessionError(
                f"another wearable ({hello.wearable.hex()}) answers as {self.person}, who wore "
                f"{known.wearable.hex()} in {self._session}: pull from that one"
            )
        again = hello.boot == known.boot
        if hello.boot < known.boot or (again and hello.boot_random != known.boot_random):
            raise SessionError(
                f"wearable {self.person} was reset since {self._session}: what it holds cannot be "
                "put in its place; pull it as a session of its own"
            )

    def wants_boot(self, boot: int) -> bool:
        """Whether the session met this boot, or one before and one after it."""
        return bool(self._hellos[0].boot <= boot <= self._hellos[-1].boot)

    def wants(self, block: messages.Block) -> bool:
        """Whether a block belongs to the session and is not in it."""
        begins, ends = self._hellos[0].boot, self._hellos[-1].boot
        too_early = block.boot == begins and block.stamp_us < (self._begin_us or 0)
        too_late = block.boot == ends and block.stamp_us > self._end_us
        if too_early or too_late or not self.wants_boot(block.boot):
            return False
        return self._inventory.lacks(block.boot, block.stream, block.sequence)

    def add(self, block: messages.Block) -> None:
        """Note that a block is here."""
        if self._begin_us is None:
            self._begin_us = block.stamp_us
            self._begin(block.boot)
        self._inventory.add(block.boot, block.stream, block.sequence)
        self._coverage.add(block)

    def missing_blocks(self) -> int:
        """How many blocks before the last here are still missing."""
        return sum(one.stop - one.first for one in self._inventory.missing())

    def gaps(self) -> list[Gap]:
        """Samples that are still missing."""
        return self._coverage.gaps()

    def _begin(self, boot: int) -> None:
        """Leave out what this boot held before the session."""
        self._inventory.begins_now(boot)
        self._coverage.begins_now(boot)

    def _meet(self, hello: messages.Hello) -> None:
        if not self._hellos:
            self._begin(hello.boot)
        self._hellos.append(hello)


def ended_ns(stored: Stored) -> int:
    """Time at which the recording was stopped, host ns; of one that was not, its last message."""
    reported = (
        entry["at_ns"]
        for entry in stored.host_log()
        if entry["event"] == "phase" and entry["phase"] == "draining"
    )
    return int(next(reported, stored.last_ns))


def _note_ahead(ahead_us: dict[int, int], boot: int, device_us: int, host_ns: int) -> None:
    """Keep the largest difference: of what was fastest on its way."""
    now_us = device_us - host_ns // 1000
    ahead_us[boot] = max(now_us, ahead_us.get(boot, now_us))


def _messages(stored: Stored, person: PersonName) -> Iterator[tuple[int, Any]]:
    received = ((one.host_ns, one.data) for one in stored.messages(f"{person}/heard"))
    for host_ns, framed in split_frames(received):
        message = message_of(framed)
        if message is not None:
            yield host_ns, message
