"""Reading of a session, whole or damaged: every intact message, and what is known of the whole."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from dyadkit.errors import SessionError
from dyadkit.storage.about import mirror_of, sha256_of
from dyadkit.storage.layout import JSON_TOPICS, TOPICS
from dyadkit.storage.metadata import parsed
from dyadkit.storage.scanning import Damage, FoundMessage, Scan, session_file
from dyadkit.storage.shapes import FACTS, is_entry, shaped_facts

SAID_WITHIN = 8
"""Messages of the host in which the recorder has said what it records."""
ONLY_IN_MIRROR = ("sha256", "clock_truth")
"""In `session.json` alone: the file's own sum, and what a simulator's clocks truly were."""


class StoredMessage(NamedTuple):
    """One message of a topic: the host's clock in nanoseconds and the bytes.

    Examples
    --------
    >>> from dyadwire import frames, messages
    >>> first = read_session(Path("session-12")).topics["a/said"][0]
    >>> messages.BY_KIND[frames.kind_of(first.data)].__name__     # the host greets first
    'Hello'
    """

    host_ns: int
    data: bytes


@dataclass(frozen=True, slots=True)
class StoredSession:
    """Everything of a session file, by topic, with what is known about it.

    about : what its recorder knew of it and no frame says
    closed : the file ends as a finished one does
    damages : where bytes cannot be read
    unchanged : the file is still what its record and `session.json` vouch for, where they do
    disagreements : names of facts of which `session.json` says something else
    odd : names of facts that cannot be what they say, and were left out

    Examples
    --------
    >>> stored = read_session(Path("session-12"))
    >>> stored.complete, next(stored.host_log())["event"]
    (True, 'session')
    """

    path: Path
    topics: dict[str, list[StoredMessage]]
    about: dict[str, Any] = field(default_factory=dict)
    closed: bool = True
    damages: tuple[Damage, ...] = ()
    unchanged: bool = True
    disagreements: tuple[str, ...] = ()
    odd: tuple[str, ...] = ()

    @property
    def complete(self) -> bool:
        """Whether all that was written is here."""
        return self.closed and self.unchanged and not self.damages

    @property
    def lost_bytes(self) -> int:
        """Bytes that cannot be read."""
        return sum(damage.stop_byte - damage.first_byte for damage in self.damages)

    @property
    def last_ns(self) -> int:
        """The host's latest time."""
        return max(one.host_ns for messages in self.topics.values() for one in messages)

    def messages(self, *topics: str) -> Iterator[FoundMessage]:
        """Yield the messages of some topics, of all without a name, topic by topic."""
        for topic in topics or TOPICS:
            yield from (FoundMessage(topic, *one) for one in self.topics[topic])

    def host_log(self) -> Iterator[dict[str, Any]]:
        """Yield the entries of all JSON topics by time, each with `at_ns` and `event`."""
        entries = [message for topic in JSON_TOPICS for message in self.topics[topic]]
        return log_entries(sorted(entries, key=lambda entry: entry.host_ns))


class SessionStream:
    """A session read message by message, as often as asked, in the same memory at any length.

    `about`, `closed`, `damages`, `unchanged`, `disagreements` and `odd` are those of
    `StoredSession`; `last_ns` is the host's latest time.

    Raises
    ------
    SessionError
        as `read_session`

    Examples
    --------
    >>> stream = SessionStream(Path("session-12"))
    >>> sum(1 for _ in stream.messages("a/heard")) == len(
    ...     read_session(Path("session-12")).topics["a/heard"])
    True
    """

    def __init__(self, path: Path) -> None:
        self.path = session_file(path)
        scan = Scan(self.path)
        first: list[StoredMessage] = []
        for topic, host_ns, data in scan:
            if topic == "host" and len(first) < SAID_WITHIN:
                first.append(StoredMessage(host_ns, data))
        self.about, self.unchanged, self.disagreements, self.odd = known_of(scan, first)
        self.closed, self.damages, self.last_ns = scan.closed, tuple(scan.damages), scan.last_ns

    @property
    def complete(self) -> bool:
        """Whether all that was written is here."""
        return self.closed and self.unchanged and not self.damages

    @property
    def lost_bytes(self) -> int:
        """Bytes that cannot be read."""
        return sum(damage.stop_byte - damage.first_byte for damage in self.damages)

    def messages(self, *topics: str) -> Iterator[FoundMessage]:
        """Yield the messages of some topics, of all without a name, in the file's order."""
        return (one for one in Scan(self.path) if not topics or one.topic in topics)

    def host_log(self) -> Iterator[dict[str, Any]]:
        """Yield the entries of all JSON topics in the file's order; see `StoredSession`."""
        return log_entries(StoredMessage(*one[1:]) for one in self.messages(*JSON_TOPICS))


class Known(NamedTuple):
    """What is known of a session beside its messages; see `StoredSession`."""

    facts: dict[str, Any]
    unchanged: bool
    disagreements: tuple[str, ...]
    odd: tuple[str, ...]


def log_entries(logged: Iterable[StoredMessage]) -> Iterator[dict[str, Any]]:
    """Yield the entries in JSON messages, each with `at_ns` and `event`; what is none is passed."""
    for host_ns, data in logged:
        entry = parsed(data)
        if entry is not None and is_entry(entry):
            yield {**entry, "at_ns": host_ns}


def read_session(path: Path) -> StoredSession:
    """Read a session folder or an .mcap file; a damaged one gives all its intact messages.

    All messages are held in memory: some 25 MB an hour of two wearables, and as much again.

    Raises
    ------
    SessionError
        the path is not a dyadkit session, or nothing in it can be read

    Examples
    --------
    >>> stored = read_session(Path("session-12"))
    >>> sorted(topic for topic in stored.topics if stored.topics[topic])[:4]
    ['a/heard', 'a/said', 'b/heard', 'b/said']
    """
    file = session_file(path)
    scan = Scan(file)
    topics: dict[str, list[StoredMessage]] = {topic: [] for topic in TOPICS}
    for topic, host_ns, data in scan:
        topics[topic].append(StoredMessage(host_ns, data))
    known = known_of(scan, topics["host"][:SAID_WITHIN])
    return StoredSession(
        file,
        topics,
        known.facts,
        closed=scan.closed,
        damages=tuple(scan.damages),
        unchanged=known.unchanged,
        disagreements=known.disagreements,
        odd=known.odd,
    )


def known_of(scan: Scan, first: list[StoredMessage]) -> Known:
    """What is known of a session whose file was scanned to its end.

    1. What the recorder said at the start stands in a message, and what it knew at the end in the
       metadata record: both carry checksums.
    2. `session.json` fills in only what neither says: sessions of the first versions have no
       record, and a crash may have taken it.
    3. Where it says something else, that is told. What the record does not know is not believed of
       `session.json` either, but for what only a simulator leaves there.

    Raises
    ------
    SessionError
        the file holds no message of a session
    """
    if not scan.messages:
        raise SessionError(
            f"{scan.file} holds no dyadkit session: it is not an MCAP file of dyadkit or is empty"
        )
    mirror, is_damaged = mirror_of(scan.file)
    recorded = {**_said_at_start(first), **(scan.metadata.facts if scan.metadata else {})}
    vouched = mirror.get("sha256")
    facts, odd = shaped_facts({**_only_mirrored(mirror, recorded, scan), **recorded})
    return Known(
        facts,
        unchanged=scan.vouched and (vouched is None or vouched == sha256_of(scan.file)),
        disagreements=("all of it",) if is_damaged else _differing(mirror, recorded, scan),
        odd=odd,
    )


def for_copy(about: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Facts that a copy of a session records, and those for its `session.json` alone."""
    recorded = {name: fact for name, fact in about.items() if name not in ONLY_IN_MIRROR}
    return recorded, {"clock_truth": about["clock_truth"]} if "clock_truth" in about else {}


def _only_mirrored(mirror: dict[str, Any], recorded: dict[str, Any], scan: Scan) -> dict[str, Any]:
    """Facts that `session.json` alone says, and may."""
    allowed = set(FACTS) if scan.metadata is None else set(ONLY_IN_MIRROR)
    return {name: said for name, said in mirror.items() if name in allowed - set(recorded)}


def _differing(mirror: dict[str, Any], recorded: dict[str, Any], scan: Scan) -> tuple[str, ...]:
    """Names of facts of which `session.json` says something else than the session itself."""
    differing = {name for name in set(mirror) & set(recorded) if mirror[name] != recorded[name]}
    if mirror and scan.metadata is not None:
        differing |= set(mirror) - set(recorded) - set(ONLY_IN_MIRROR)
        differing |= set(scan.metadata.facts) - set(mirror)
    return tuple(sorted(differing))


def _said_at_start(first: list[StoredMessage]) -> dict[str, Any]:
    """What the recorder put into the file about the session before anything else."""
    for message in first:
        entry = parsed(message.data) or {}
        if entry.get("event") == "session" and is_entry(entry):
            return dict(entry.get("about", {}))
    return {}
