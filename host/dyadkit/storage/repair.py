"""Repair of a damaged or unclosed session: a whole one elsewhere; the original stays as it is."""

import contextlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from dyadkit.dyad.arrays import Floats
from dyadkit.dyad.result import Result
from dyadkit.storage import WIRE_TOPICS, SessionStream, SessionWriter, StoredSession, sha256_of
from dyadkit.storage.marks import marks_beside
from dyadkit.storage.reading import for_copy
from dyadkit.storage.scanning import FoundMessage

SILENCE_S = 1.5
SYNC_EACH_BYTES = 1 << 20
NOT_CLOSED = "the file was not closed: what came last may be missing"


@dataclass(frozen=True, slots=True, eq=False)
class Recovered(Result):
    """What could be saved: messages, bytes that could not be read, and when nothing is known.

    damaged_s : shape (d, 2), session seconds of the last message before and the first after each
        stretch of unreadable bytes; NaN where the file begins or ends with it
    silences_s : shape (k, 2), session seconds between which no message of any wearable is left
    """

    folder: str
    messages: int
    lost_bytes: int
    damaged_s: Floats
    silences_s: Floats
    was_complete: bool

    def sentences(self) -> list[str]:
        """Lines for a person."""
        copied = f"{self.messages} messages recovered to {self.folder}"
        if self.was_complete:
            return [f"the session was whole; {copied}"]
        lines = [f"{copied}; {self.lost_bytes} bytes of the original cannot be read"]
        lines += [f"unreadable {_span(start, stop)}" for start, stop in self.damaged_s]
        lines += [
            f"nothing is left from {start:.1f} to {stop:.1f} s" for start, stop in self.silences_s
        ]
        lines.append(
            "what the wearables still hold of it: dyadkit pull DYAD --completes "
            f"{self.folder} --out {self.folder}-whole"
        )
        return lines


def recover(source: Path, folder: Path) -> Recovered:
    """Write every intact message of a session into a new, closed session, at any length.

    What was against the original stays against the copy: its record says what it was made of.

    Raises
    ------
    SessionError
        the source is no session, the folder already holds one, or the disk is full; then nothing
        is left in the folder
    """
    stored = SessionStream(source)
    silences = _Silences()
    with writing_copy(folder) as writer:
        copied = copy_into(writer, silences.watched(stored.messages()), stored)
        facts, aside = for_copy(stored.about)
        facts["recovered_from_sha256"] = sha256_of(stored.path)
        facts["recovered"] = [*stored.about.get("recovered", []), *doubts_of(stored)]
        writer.close(facts, aside)
    damaged = [(damage.after_ns, damage.before_ns) for damage in stored.damages]
    start_ns = silences.start_ns
    return Recovered(
        str(folder),
        copied,
        stored.lost_bytes,
        np.array([[_since(start_ns, at_ns) for at_ns in pair] for pair in damaged]).reshape(-1, 2),
        silences.spans_s(),
        stored.complete,
    )


def doubts_of(stored: StoredSession | SessionStream) -> list[str]:
    """Sentences on what a file is not: closed, whole, unchanged."""
    doubts = [NOT_CLOSED] * (not stored.closed)
    if stored.damages:
        doubts.append(f"{stored.lost_bytes} bytes of the file could not be read")
    if not stored.unchanged:
        doubts.append("the file is not as it was when it was closed")
    return doubts


@contextlib.contextmanager
def writing_copy(folder: Path) -> Iterator[SessionWriter]:
    """A writer of a new session; what is not finished within is removed again."""
    is_new = not folder.exists()
    writer = SessionWriter(folder)
    try:
        yield writer
    except BaseException:
        writer.discard()
        if is_new:
            with contextlib.suppress(OSError):
                folder.rmdir()
        raise


def copy_into(
    writer: SessionWriter,
    messages: Iterable[FoundMessage],
    stored: StoredSession | SessionStream,
) -> int:
    """Write messages of a session, and marks that lie only beside it; how many messages."""
    copied = write_all(writer, messages)
    for mark in marks_beside(stored):
        at_ns = mark.pop("at_ns")
        writer.append("marks", at_ns, json.dumps({**mark, "event": "mark"}).encode())
    writer.sync()
    return copied


def write_all(writer: SessionWriter, messages: Iterable[FoundMessage]) -> int:
    """Write messages, some megabytes or days of them; how many there were.

    They go to the disk every megabyte, so that memory does not depend on their number.
    """
    written, waiting_bytes = 0, 0
    for topic, host_ns, data in messages:
        writer.append(topic, host_ns, data)
        written += 1
        waiting_bytes += len(data)
        if waiting_bytes > SYNC_EACH_BYTES:
            writer.sync()
            waiting_bytes = 0
    writer.sync()
    return written


class _Silences:
    """Watch over the times of a session's messages: when it begins, and when nothing is left."""

    def __init__(self) -> None:
        self.start_ns: int | None = None
        self._last_ns: int | None = None
        self._spans_ns: list[tuple[int, int]] = []

    def watched(self, messages: Iterable[FoundMessage]) -> Iterator[FoundMessage]:
        """The messages, as they pass."""
        for one in messages:
            self.start_ns = (
                one.host_ns if self.start_ns is None else min(self.start_ns, one.host_ns)
            )
            if one.topic in WIRE_TOPICS[:2]:
                self._note(one.host_ns)
            yield one

    def spans_s(self) -> Floats:
        """Spans without a message of any wearable, shape (k, 2), session seconds."""
        spans = [[_since(self.start_ns, at_ns) for at_ns in span] for span in self._spans_ns]
        return np.array(spans).reshape(-1, 2)

    def _note(self, at_ns: int) -> None:
        last_ns = at_ns if self._last_ns is None else self._last_ns
        if at_ns - last_ns > SILENCE_S * 1e9:
            self._spans_ns.append((last_ns, at_ns))
        self._last_ns = max(last_ns, at_ns)


def _span(start_s: float, stop_s: float) -> str:
    if np.isnan(start_s):
        return f"before {stop_s:.1f} s"
    return f"after {start_s:.1f} s" + ("" if np.isnan(stop_s) else f", until {stop_s:.1f} s")


def _since(start_ns: int | None, at_ns: int | None) -> float:
    return float("nan") if at_ns is None or start_ns is None else (at_ns - start_ns) * 1e-9
