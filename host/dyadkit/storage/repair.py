"""Repair of a damaged or unclosed session: a whole one elsewhere; the original stays as it is."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from dyadkit.dyad.arrays import Floats
from dyadkit.dyad.result import Result
from dyadkit.storage import (
    TOPICS,
    SessionWriter,
    StoredMessage,
    StoredSession,
    read_session,
    sha256_of,
)
from dyadkit.storage.marks import marks_beside

SILENCE_S = 1.5


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
    """Write every intact message of a session into a new, closed session.

    Raises
    ------
    SessionError
        the source is no session, or the folder already holds one
    """
    stored = read_session(source)
    writer = SessionWriter(folder)
    copied = copy_into(writer, stored)
    writer.close({**stored.about, "recovered_from_sha256": sha256_of(stored.path)})
    start_ns = _start_ns(stored)
    damaged = [(damage.after_ns, damage.before_ns) for damage in stored.damages]
    return Recovered(
        str(folder),
        copied,
        stored.lost_bytes,
        np.array([[_since(start_ns, at_ns) for at_ns in pair] for pair in damaged]).reshape(-1, 2),
        _silences_s(stored, start_ns),
        stored.complete,
    )


def copy_into(writer: SessionWriter, stored: StoredSession, without: Sequence[str] = ()) -> int:
    """Write every intact message of a session but those of some topics; how many there are."""
    everything = sorted(
        (
            (message.host_ns, topic, message.data)
            for topic in TOPICS
            if topic not in without
            for message in stored.topics[topic]
        ),
        key=lambda entry: entry[0],
    )
    for host_ns, topic, data in everything:
        writer.append(topic, host_ns, data)
    for mark in marks_beside(stored):
        writer.log(mark.pop("at_ns"), "mark", topic="marks", **mark)
    return len(everything)


def _span(start_s: float, stop_s: float) -> str:
    if np.isnan(start_s):
        return f"before {stop_s:.1f} s"
    return f"after {start_s:.1f} s" + ("" if np.isnan(stop_s) else f", until {stop_s:.1f} s")


def _since(start_ns: int, at_ns: int | None) -> float:
    return float("nan") if at_ns is None else (at_ns - start_ns) * 1e-9


def _start_ns(stored: StoredSession) -> int:
    return min(messages[0].host_ns for messages in stored.topics.values() if messages)


def _silences_s(stored: StoredSession, start_ns: int) -> Floats:
    received: list[StoredMessage] = [*stored.topics["a/heard"], *stored.topics["b/heard"]]
    if not received:
        return np.empty((0, 2))
    times_s = (np.sort([message.host_ns for message in received]) - start_ns) * 1e-9
    wide = np.flatnonzero(np.diff(times_s) > SILENCE_S)
    return np.stack([times_s[wide], times_s[wide + 1]], 1)
