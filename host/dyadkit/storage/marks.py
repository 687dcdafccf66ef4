"""Marks set from another terminal, or by a key, while a session records.

`dyadkit mark` appends a line to `marks.jsonl` in the session folder, with the host's clock, and
forces it to disk; the recorder takes new lines over into the session file within a tenth of a
second. A line survives any crash, and marks that were never taken over count all the same.

Nothing is ever erased: the end of a condition is a line, and so is an undo, which names the line
that it undoes. What stands in the end is what `standing` leaves.
"""

import datetime
import json
import os
from collections.abc import Iterable, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, Literal, NamedTuple

from dyadkit.dyad.limits import MAX_LABEL_LETTERS
from dyadkit.dyad.private_files import private_file
from dyadkit.dyad.traces import PersonName
from dyadkit.errors import SessionError
from dyadkit.storage import ABOUT_NAME, FILE_NAME, SessionStream, StoredSession
from dyadkit.storage.mark_lines import (
    MARKS_NAME,
    Identity,
    MarkEntry,
    MarkReader,
    NoMark,
    Span,
    identity_of,
    set_ns,
)
from dyadkit.storage.metadata import parsed
from dyadkit.storage.reading import SAID_WITHIN
from dyadkit.storage.scanning import FoundMessage, Scan
from dyadkit.storage.shapes import is_entry, is_text

DEAD_NS = 86_400_000_000_000
"""After the last message of a recorder that died: who marks need not know, and the wearables go on
recording in their flash, for a day at most."""


def set_mark(
    folder: Path,
    at_ns: int,
    label: str,
    kind: Literal["event", "condition", "note"] = "event",
    person: PersonName | None = None,
) -> None:
    """Add a mark to a session that is being recorded; a condition lasts until the next, or its end.

    Raises
    ------
    SessionError
        no session is in the folder, it was closed already, or the folder cannot be written
    """
    _add(folder, at_ns, label, kind, _of(person))


def end_condition(folder: Path, at_ns: int, person: PersonName | None = None) -> str:
    """End the present condition, or that of one person; gives its label.

    Raises
    ------
    SessionError
        there is none; or as `set_mark`
    """
    ended = [one for one in present_conditions(_recording(folder)) if _overlap(one, _of(person))]
    if not ended:
        raise SessionError(
            f"no condition goes on in {folder}; one begins with: dyadkit mark {folder} LABEL "
            "--condition"
        )
    label = ", ".join(one["label"] for one in ended)
    _add(folder, at_ns, label, "end", _of(person))
    return label


def undo_mark(folder: Path, at_ns: int) -> str:
    """Undo the last mark, or end of a condition, that was not undone yet; gives its label.

    Raises
    ------
    SessionError
        there is none; or as `set_mark`
    """
    kept, _ = standing(_recording(folder))
    if not kept:
        raise SessionError(f"no mark in {folder} is left to undo")
    label = str(kept[-1]["label"])
    _add(folder, at_ns, label, "undo", {"undoes_ns": set_ns(kept[-1])})
    return label


def standing(entries: Iterable[MarkEntry]) -> tuple[list[MarkEntry], int]:
    """Entries that nothing undid, in order, and how many were undone.

    Examples
    --------
    >>> tea = {"at_ns": 5, "label": "tea", "kind": "event"}
    >>> oops = {"at_ns": 9, "label": "tea", "kind": "undo", "undoes_ns": 5}
    >>> standing([tea, oops, {"at_ns": 12, "label": "bell", "kind": "event"}])
    ([{'at_ns': 12, 'label': 'bell', 'kind': 'event'}], 1)
    """
    entries = list(entries)
    undone = {one.get("undoes_ns") for one in entries if one.get("kind") == "undo"}
    marks = [one for one in entries if one.get("kind") != "undo"]
    kept = [one for one in marks if set_ns(one) not in undone]
    return kept, len(marks) - len(kept)


def present_conditions(entries: Iterable[MarkEntry]) -> list[MarkEntry]:
    """Conditions that go on after these entries: one, or one for each person.

    Examples
    --------
    >>> rest = {"at_ns": 5, "label": "rest", "kind": "condition"}
    >>> talk = {"at_ns": 9, "label": "talk", "kind": "condition", "person": "a"}
    >>> [one["label"] for one in present_conditions([rest, talk])]
    ['talk']
    """
    return [one for one, ended_by in with_ends(standing(entries)[0]) if _goes_on(one, ended_by)]


def with_ends(kept: Sequence[MarkEntry]) -> list[tuple[MarkEntry, MarkEntry | None]]:
    """Marks that stand, each condition with the entry that ended it: a condition or an end.

    Only what concerns the same person ends a condition; what names nobody concerns both.
    """
    found: list[tuple[MarkEntry, MarkEntry | None]] = []
    next_border: dict[str | None, MarkEntry] = {}
    for mark in reversed(kept):
        kind, person = mark.get("kind"), mark.get("person")
        if kind != "end":
            found.append((mark, next_border.get(person) if kind == "condition" else None))
        if kind in ("condition", "end"):
            next_border |= dict.fromkeys(
                ("a", "b", None) if person is None else (person, None), mark
            )
    return found[::-1]


class Beside(NamedTuple):
    """Lines of `marks.jsonl` that a session file does not hold: marks of it, and all else."""

    marks: list[MarkEntry]
    others: list[NoMark]


def beside(stored: StoredSession | SessionStream) -> Beside:
    """Marks that the recorder died before it could take over, and lines that are no marks of it.

    A session that was closed has taken over all: what a line says there was added later, and counts
    as no mark.
    """
    if stored.path.name != FILE_NAME:
        return Beside([], [])
    began = _began(stored.messages("host"))
    lines = MarkReader(stored.path.parent, began.from_byte).all()
    if not lines:
        return Beside([], [])
    taken, kept = _taken(stored)
    span = Span(began.at_ns, stored.last_ns + DEAD_NS, began.unix_ahead_ns)
    marks: list[MarkEntry] = []
    others: list[NoMark] = []
    for line in lines:
        placed = line if isinstance(line, NoMark) else span.placed(line)
        if isinstance(placed, NoMark):
            others += [placed] * ((placed.line not in kept) and not stored.closed)
        elif identity_of(placed) in taken:
            continue
        elif stored.closed:
            others.append(NoMark(str(line), "it was added after the recording was closed"))
        else:
            marks.append(placed)
    return Beside(marks, others)


def marks_beside(stored: StoredSession | SessionStream) -> list[MarkEntry]:
    """Marks of `marks.jsonl` that the session file does not hold: the recorder died before."""
    return beside(stored).marks


def no_marks(stored: StoredSession | SessionStream) -> list[NoMark]:
    """Lines of `marks.jsonl` that were no marks of a session, as they came, and why."""
    kept = [
        NoMark(str(entry.get("line", "")), str(entry.get("why", "")))
        for entry in stored.host_log()
        if entry["event"] == "no mark"
    ]
    return [*kept, *beside(stored).others]


def _taken(stored: StoredSession | SessionStream) -> tuple[set[Identity], set[str]]:
    """What the recorder took over: marks by their lines' times and labels, and what was none."""
    marks: set[Identity] = set()
    others: set[str] = set()
    for entry in stored.host_log():
        if entry["event"] == "mark":
            marks.add(identity_of(entry))
        elif entry["event"] == "no mark":
            others.add(str(entry.get("line", "")))
    return marks, others


class _Began(NamedTuple):
    """How a recording began: when, where its marks begin, and how far Unix time was ahead."""

    at_ns: int
    from_byte: int = 0
    unix_ahead_ns: int | None = None


def _began(messages: Iterable[FoundMessage]) -> _Began:
    """Beginning of a recording, from the host's first messages."""
    for _, host_ns, data in islice((one for one in messages if one.topic == "host"), SAID_WITHIN):
        entry = parsed(data)
        if entry and entry.get("event") == "session" and is_entry(entry):
            unix_ns = _unix_ns(entry.get("utc"))
            ahead_ns = None if unix_ns is None else unix_ns - host_ns
            return _Began(host_ns, entry.get("marks_from_byte", 0), ahead_ns)
    return _Began(0)


def _unix_ns(utc: object) -> int | None:
    try:
        return int(datetime.datetime.fromisoformat(str(utc)).timestamp() * 1e9)
    except (ValueError, OverflowError, OSError):
        return None


def _recording(folder: Path) -> list[MarkEntry]:
    """All marks so far of a session that is being recorded."""
    _check_open(folder)
    began = _began(iter(Scan(folder / FILE_NAME)))
    lines = MarkReader(folder, began.from_byte).all()
    return [mark for mark in lines if not isinstance(mark, NoMark)]


def _check_open(folder: Path) -> None:
    """Raise SessionError unless a session is open in the folder."""
    if not (folder / FILE_NAME).is_file():
        raise SessionError(f"{folder} holds no session; give the folder that record writes to")
    if (folder / ABOUT_NAME).is_file():
        raise SessionError(f"the session in {folder} is closed; marks can be set while it records")


def _add(folder: Path, at_ns: int, label: str, kind: str, more: dict[str, Any]) -> None:
    _check_open(folder)
    words = os.fsencode(label).decode("utf-8", "replace")  # half letters, as a shell gives them
    if not is_text(words):
        raise SessionError(f"a label has {MAX_LABEL_LETTERS} letters at most, not {len(words)}")
    line = json.dumps({"at_ns": at_ns, "label": words, "kind": kind, **more}) + "\n"
    try:
        with private_file(folder / MARKS_NAME).open("a", encoding="utf-8") as file:
            file.write(line)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise SessionError(f"cannot write to {folder}: {error.strerror}") from error


def _of(person: PersonName | None) -> dict[str, Any]:
    return {} if person is None else {"person": person}


def _goes_on(mark: MarkEntry, ended_by: MarkEntry | None) -> bool:
    return mark.get("kind") == "condition" and ended_by is None


def _overlap(one: MarkEntry, other: MarkEntry) -> bool:
    """Whether two entries concern the same person; one that names nobody concerns both."""
    persons = {one.get("person"), other.get("person")}
    return None in persons or len(persons) == 1
