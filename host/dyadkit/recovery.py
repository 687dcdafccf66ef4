"""A damaged or unclosed session becomes a whole one elsewhere; the original stays as it is."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from dyadkit.arrays import Floats
from dyadkit.result import Result
from dyadkit.storage import TOPICS, Heard, SessionWriter, StoredSession, read_session, sha256_of

SILENCE_S = 1.5


@dataclass(frozen=True, slots=True, eq=False)
class Recovered(Result):
    """What could be saved: messages, bytes that could not be read, and when nothing is known.

    silences_s : shape (k, 2), session seconds between which no message of any wearable is left
    """

    folder: str
    messages: int
    lost_bytes: int
    silences_s: Floats
    was_complete: bool

    def sentences(self) -> list[str]:
        """Lines for a person."""
        if self.was_complete:
            return [f"the session was whole; {self.messages} messages were copied"]
        lines = [
            f"{self.messages} messages recovered to {self.folder}; {self.lost_bytes} bytes of the "
            "original are no messages (file structure included)"
        ]
        lines += [
            f"nothing is left from {start:.1f} to {stop:.1f} s" for start, stop in self.silences_s
        ]
        return lines


def recover(source: Path, folder: Path) -> Recovered:
    """Write every intact message of a session into a new, closed session.

    Raises
    ------
    RecordingError
        the source is no session, or the folder already holds one
    """
    stored = read_session(source)
    everything = sorted(
        (
            (message.host_ns, topic, message.data)
            for topic in TOPICS
            for message in stored.topics[topic]
        ),
        key=lambda entry: entry[0],
    )
    writer = SessionWriter(folder)
    for host_ns, topic, data in everything:
        writer.append(topic, host_ns, data)
    writer.close({**stored.about, "recovered_from_sha256": sha256_of(stored.path)})
    return Recovered(
        str(folder),
        len(everything),
        stored.lost_bytes,
        _silences_s(stored),
        stored.complete,
    )


def _silences_s(stored: StoredSession) -> Floats:
    heard: list[Heard] = [*stored.topics["a/heard"], *stored.topics["b/heard"]]
    if not heard:
        return np.empty((0, 2))
    times_s = np.sort([message.host_ns for message in heard]) * 1e-9
    times_s -= times_s[0]
    wide = np.flatnonzero(np.diff(times_s) > SILENCE_S)
    return np.stack([times_s[wide], times_s[wide + 1]], 1)
