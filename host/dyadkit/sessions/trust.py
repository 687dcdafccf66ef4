"""Trust in what a session says of itself: how long it was, where it comes from, what is against it.

Frames go before words. What frames cannot give is taken from the metadata record of the file.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from dyadkit.decoding.decode import Decoded
from dyadkit.dyad.arrays import Floats
from dyadkit.dyad.provenance import is_virtual
from dyadkit.dyad.traces import PERSONS, PersonName
from dyadkit.errors import SessionError
from dyadkit.storage import StoredSession

AFTER_S = 60.0
"""A session is longer than the last message in its file by less: its end is the last."""
MAX_SILENT_S = 86_400.0
"""A session goes on behind its last sample for no longer: in a day a wearable's flash is full."""
STAMPS_S = 1.0
"""Bound of the time between two people whose files say only to the second when they began."""


def duration_s(stored: StoredSession, start_ns: int | None, last_sample_s: float) -> float:
    """Length of a session: as its record says, no further than its file goes; else of its samples.

    last_sample_s : session time of the last sample of anybody
    """
    reported = stored.about.get("duration_s")
    if reported is None:
        return last_sample_s
    shown_s = (stored.last_ns - (start_ns or 0)) * 1e-9 + AFTER_S
    shown_s = min(max(last_sample_s + AFTER_S, shown_s), last_sample_s + MAX_SILENT_S)
    return float(min(max(reported, 0.0), shown_s))


def replayed_from(stored: StoredSession) -> tuple[str, ...]:
    """Names of what a and b are a replay of; empty for what wearables recorded of anybody."""
    sources = stored.about.get("replayed", {})
    return tuple(sources[person] for person in PERSONS if person in sources)


def is_simulated(stored: StoredSession, decoded: Mapping[PersonName, Decoded]) -> bool:
    """Whether nobody was recorded: the session says so, or virtual wearables speak in it."""
    if replayed_from(stored):
        return False
    hellos = [hello for one in decoded.values() for _, hello in one.hellos]
    return bool(stored.about.get("simulated")) or any(is_virtual(one.wearable) for one in hellos)


def time_bounds_s(stored: StoredSession, bounds_s: Floats) -> Floats:
    """95 % half-widths of samples' times: in a replay, of the files' own clocks.

    How well virtual wearables were aligned says nothing of the devices whose recordings they play.
    """
    if not replayed_from(stored):
        return bounds_s
    return np.full(len(bounds_s), STAMPS_S / np.sqrt(2))


def notes_against(stored: StoredSession) -> list[str]:
    """Sentences of the recorder, and of the file on itself, that speak against calling it good."""
    about = stored.about
    notes = [*about.get("unfinished", []), *about.get("notes", []), *about.get("recovered", [])]
    if stored.disagreements:
        names = ", ".join(stored.disagreements[:5])
        notes.append(f"session.json differs from the recording ({names}): the recording counts")
    if stored.odd:
        names = ", ".join(stored.odd[:5])
        notes.append(f"facts that cannot be what they say were left out: {names}")
    if replayed_from(stored):
        notes.append(
            "a replay: the two are aligned only by the times their files begin with, "
            f"{STAMPS_S:g} s at best"
        )
    return notes


def refuse_withdrawn(about: Mapping[str, Any], source: str) -> None:
    """Raise SessionError where somebody withdrew: what was recorded of them is used no more."""
    for person, said in about.get("withdrawn", {}).items():
        raise SessionError(
            f"{source} is not used: {person} withdrew on {said['on']}; delete their half with "
            "dyadkit purge --person"
        )


def why_missing(about: Mapping[str, Any], person: PersonName) -> str:
    """Why a session holds no samples of a person, in the words of a sentence."""
    purged = about.get("purged", {}).get(person)
    if purged is None:
        return f"holds no samples of person {person}: a dyad needs both"
    return f"holds one half: what was recorded of {person} was deleted on {purged['on']}"
