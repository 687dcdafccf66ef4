"""Marks set from another terminal, or by a key, while a session records.

`dyadkit mark` appends a line to `marks.jsonl` in the session folder, with the host's clock, and
forces it to disk; the recorder takes new lines over into the session file within a tenth of a
second. A line survives any crash, and marks that were never taken over count all the same.

Nothing is ever erased: the end of a condition is a line, and so is an undo, which names the line
that it undoes. What stands in the end is what `standing` leaves.
"""

import json
import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Literal, TypeAlias

from dyadkit.dyad.traces import PersonName
from dyadkit.errors import SessionError
from dyadkit.storage import ABOUT_NAME, FILE_NAME, StoredSession

MARKS_NAME = "marks.jsonl"

MarkEntry: TypeAlias = dict[str, Any]
"""A line of `marks.jsonl`, or the entry the recorder made of it; `set_ns` is the line's `at_ns`."""


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
    return [
        (mark, next((one for one in kept[place + 1 :] if _ends(one, mark)), None))
        for place, mark in enumerate(kept)
        if mark.get("kind") != "end"
    ]


def set_ns(entry: MarkEntry) -> int:
    """When the line was written, on the clock of who wrote it; a line is known by it."""
    return int(entry["set_ns"] if "set_ns" in entry else entry["at_ns"])


class MarkReader:
    """Reader of `marks.jsonl` while it grows: each whole line once; what is no mark is skipped."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / MARKS_NAME
        self._read_bytes = 0

    def new(self) -> list[MarkEntry]:
        """Marks set since the last call."""
        try:
            if self._path.stat().st_size == self._read_bytes:
                return []
            with self._path.open("rb") as file:
                file.seek(self._read_bytes)
                data = file.read()
        except OSError:
            return []
        whole = data[: data.rfind(b"\n") + 1]
        self._read_bytes += len(whole)
        return [mark for line in whole.splitlines() if (mark := _mark(line))]


def marks_beside(stored: StoredSession) -> list[MarkEntry]:
    """Marks of `marks.jsonl` that the session file does not hold: the recorder died before."""
    if stored.path.name != FILE_NAME:
        return []
    taken = {
        (set_ns(entry), entry["label"])
        for entry in stored.host_log("marks")
        if entry["event"] == "mark"
    }
    beside = MarkReader(stored.path.parent).new()
    return [mark for mark in beside if (mark["at_ns"], mark["label"]) not in taken]


def _recording(folder: Path) -> list[MarkEntry]:
    """All lines so far of a session that is being recorded."""
    if not (folder / FILE_NAME).is_file():
        raise SessionError(f"{folder} holds no session; give the folder that record writes to")
    if (folder / ABOUT_NAME).is_file():
        raise SessionError(f"the session in {folder} is closed; marks can be set while it records")
    return MarkReader(folder).new()


def _add(folder: Path, at_ns: int, label: str, kind: str, more: dict[str, Any]) -> None:
    _recording(folder)
    line = json.dumps({"at_ns": at_ns, "label": label, "kind": kind, **more}) + "\n"
    try:
        with (folder / MARKS_NAME).open("a", encoding="utf-8") as file:
            file.write(line)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise SessionError(f"cannot write to {folder}: {error.strerror}") from error


def _of(person: PersonName | None) -> dict[str, Any]:
    return {} if person is None else {"person": person}


def _goes_on(mark: MarkEntry, ended_by: MarkEntry | None) -> bool:
    return mark.get("kind") == "condition" and ended_by is None


def _ends(later: MarkEntry, mark: MarkEntry) -> bool:
    is_border = mark.get("kind") == "condition" and later.get("kind") in ("condition", "end")
    return is_border and _overlap(mark, later)


def _overlap(one: MarkEntry, other: MarkEntry) -> bool:
    """Whether two entries concern the same person; one that names nobody concerns both."""
    persons = {one.get("person"), other.get("person")}
    return None in persons or len(persons) == 1


def _mark(line: bytes) -> MarkEntry | None:
    try:
        mark = json.loads(line)
        known = isinstance(mark["at_ns"], int) and isinstance(mark["label"], str)
    except (ValueError, KeyError, TypeError):
        return None
    return mark if known else None
