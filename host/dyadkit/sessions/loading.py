"""Loading of a session: frames are decoded, clocks solved, samples put on one line, as a Dyad."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np

from dyadkit import clock
from dyadkit.decoding.decode import Decoded
from dyadkit.dyad.limits import MAX_SESSION_S
from dyadkit.dyad.people import NOBODY_KNOWN, Person
from dyadkit.dyad.provenance import CALIBRATION_DAY_0
from dyadkit.dyad.traces import PERSONS, Dyad, Mark, PersonName, PersonTraces
from dyadkit.errors import SessionError
from dyadkit.sessions.corrections import reviewed
from dyadkit.sessions.imported import load_imported
from dyadkit.sessions.placing import traces_of
from dyadkit.sessions.sync_log import decoded_of, sync_log
from dyadkit.sessions.trust import (
    duration_s,
    is_simulated,
    refuse_withdrawn,
    replayed_from,
    time_bounds_s,
    why_missing,
)
from dyadkit.storage import WIRE_TOPICS, StoredSession, read_session
from dyadkit.storage.imported import is_imported
from dyadkit.storage.mark_lines import MarkEntry
from dyadkit.storage.marks import marks_beside, standing, with_ends
from dyadwire import messages


@dataclass(frozen=True, slots=True, eq=False)
class Opened:
    """A session as stored, decoded and timed: what `info` looks at and `load` merges."""

    stored: StoredSession
    decoded: dict[PersonName, Decoded]
    clocks: clock.ClockMap
    log: clock.SyncLog

    @property
    def source(self) -> str:
        """Where it was read from."""
        return str(self.stored.path)

    @property
    def simulated(self) -> bool:
        """Whether no real person was recorded."""
        return is_simulated(self.stored, self.decoded)


def load(path: str | Path) -> Dyad:
    """Both people's traces and marks on one time line, from a session folder or .mcap file.

    A session that was never closed, or is damaged, gives everything that is intact.

    Returns
    -------
    each stream as a `Trace`: session times in seconds with their 95 % half-widths, values in its
    unit. A sample whose time is not known within 50 ms is left out; skin conductance is NaN where
    a block says that no skin was measured. A mark for each that was set and not undone, conditions
    from their beginning to their end, and one for each press of a wearable's button.

    Raises
    ------
    SessionError
        not a session, or there are no samples at all of one person, or one of them withdrew

    Examples
    --------
    >>> len(load("session-12").b.traces["ppg_ir"]) > 1000
    True
    """
    session = Path(path)
    if is_imported(session):
        return reviewed(load_imported(session), session)
    opened = open_session(session)
    refuse_withdrawn(opened.stored.about, str(path))
    return reviewed(merged(decoded_only(opened)), session)


def decoded_only(opened: Opened) -> Opened:
    """The same without the bytes of its frames, which are decoded: a third of what it holds."""
    for topic in WIRE_TOPICS:
        opened.stored.topics[topic].forget_contents()
    return opened


def open_session(path: Path) -> Opened:
    """Read, decode and time a session without merging its samples; errors as `load`."""
    stored = read_session(path)
    decoded = decoded_of(stored)
    for person, one in decoded.items():
        if not one.runs:
            raise SessionError(f"{stored.path} {why_missing(stored.about, person)}")
    log = sync_log(stored, decoded)
    return Opened(stored, decoded, clock.solve(log), log)


def merged(opened: Opened) -> Dyad:
    """Put every stream of an opened session on the session's time line."""
    about, replayed = opened.stored.about, replayed_from(opened.stored)
    first_s = _first_s(about)
    people, notes = _people(about)
    recordings = {
        person: PersonTraces(
            {
                name: replace(trace, bounds_s=time_bounds_s(opened.stored, trace.bounds_s)).since(
                    first_s
                )
                for name, trace in traces_of(person, opened.decoded[person], opened.clocks).items()
            },
            participant=str(about.get("participants", {}).get(person, "")),
            wearable=_wearable(opened.decoded[person]),
            firmware=_firmware(opened.decoded[person]),
            calibrated=_calibrated(opened.decoded[person]),
            about=people[person],
        )
        for person in PERSONS
    }
    length_s = _duration_s(opened, recordings)
    return Dyad(
        recordings["a"],
        recordings["b"],
        marks=_marks(opened, length_s),
        duration_s=length_s,
        source=opened.source,
        simulated=opened.simulated,
        replayed=replayed,
        notes=notes,
        began=str(about.get("began_utc", "")),
        alignment=clock.alignment(opened.clocks, length_s)
        if length_s > 0 and not replayed
        else None,
        sha256=str(about.get("sha256", "")),
    )


def _people(about: dict[str, Any]) -> tuple[dict[PersonName, Person], tuple[str, ...]]:
    """Who both are, and a sentence on each of whom something else is said than can be."""
    people, notes = dict.fromkeys(PERSONS, NOBODY_KNOWN), []
    for person in PERSONS:
        try:
            people[person] = Person.of_facts(about.get("people", {}).get(person, {}))
        except ValueError as error:
            notes.append(f"What the session says of person {person} is left out: {error}.")
    return people, tuple(notes)


def _first_s(about: dict[str, Any]) -> float:
    """When what was recorded begins: a replay has a still lead-in, which nobody's body made."""
    first_s = about.get("analyze_from_s")
    return float(first_s) if isinstance(first_s, int | float) else float("-inf")


def mark_entries(opened: Opened) -> list[MarkEntry]:
    """What was marked at the host while it recorded, in order of time, undone or not."""
    if opened.log.mode is clock.Mode.FIELD:  # in the field the host's clock is another
        return []
    taken = [entry for entry in opened.stored.host_log("marks") if entry["event"] == "mark"]
    beside = marks_beside(opened.stored)
    return sorted([*taken, *beside], key=lambda entry: int(entry["at_ns"]))


def _marks(opened: Opened, duration_s: float) -> tuple[Mark, ...]:
    """Marks that stand; a condition lasts until what ended it, or to the end of the session."""
    start_ns = opened.log.start_ns or 0
    marks: list[Mark] = []
    for entry, ended_by in with_ends(standing(mark_entries(opened))[0]):
        kind, person = entry.get("kind", "event"), entry.get("person")
        start_s = (entry["at_ns"] - start_ns) * 1e-9
        stop_s = start_s + entry.get("seconds", 0.0)
        if kind == "condition" and "seconds" not in entry:
            end_s = duration_s if ended_by is None else (ended_by["at_ns"] - start_ns) * 1e-9
            stop_s = max(start_s, end_s)
        marks.append(Mark(start_s, stop_s, entry["label"], kind, person))
    marks += _pressed(opened)
    return tuple(sorted(marks, key=lambda mark: mark.start_s))


def _pressed(opened: Opened) -> list[Mark]:
    """A mark for each press of a wearable's button, where it was pressed on its own clock."""
    marks: list[Mark] = []
    for person, decoded in opened.decoded.items():
        if opened.log.mode is clock.Mode.FIELD and len({boot for boot, _ in decoded.runs}) > 1:
            continue  # flash does not tell in which boot the button was pressed
        reported = {
            (boot, message.at_us)
            for boot, message in _by_boot(decoded)
            if isinstance(message, messages.Event) and message.code == messages.BUTTON
        }
        for boot, at_us in sorted(reported):
            [at_s], _ = opened.clocks.to_session(person, boot, np.array([at_us]))
            if np.isfinite(at_s):
                marks.append(Mark(float(at_s), float(at_s), f"button of {person}"))
    return marks


def _by_boot(decoded: Decoded) -> Iterator[tuple[int, Any]]:
    """What a wearable said beside its samples, with the boot it said it in.

    An Event does not name its boot: it is that of the last Hello before it, 0 before the first.
    """
    hellos = iter([*decoded.hellos, (np.inf, None)])
    boot, (next_ns, hello) = 0, next(hellos)
    for host_ns, message in decoded.others:
        while next_ns <= host_ns and hello is not None:
            boot = hello.boot
            next_ns, hello = next(hellos)
        yield boot, message


def _duration_s(opened: Opened, recordings: dict[PersonName, PersonTraces]) -> float:
    ends = [
        trace.times_s[-1]
        for recording in recordings.values()
        for trace in recording.traces.values()
        if len(trace)
    ]
    length_s = duration_s(opened.stored, opened.log.start_ns, max(ends, default=0.0))
    return min(length_s, MAX_SESSION_S)


def _firmware(decoded: Decoded) -> str:
    if not decoded.hellos:
        return ""
    return str(decoded.hellos[-1][1].build.decode("ascii", "replace").rstrip("\0 "))


def _calibrated(decoded: Decoded) -> str:
    if decoded.calibration is None:
        return ""
    day = decoded.calibration.day
    return (CALIBRATION_DAY_0 + timedelta(days=day)).isoformat() if day else "never"


def _wearable(decoded: Decoded) -> str:
    return str(decoded.hellos[-1][1].wearable.hex()) if decoded.hellos else ""
