"""Marks set from another terminal while a session records.

`dyadkit mark` appends a line to `marks.jsonl` in the session folder, with the host's clock, and
forces it to disk; the recorder takes new lines over into the session file within a tenth of a
second. A line survives any crash, and marks that were never taken over count all the same.
"""

import json
import os
from pathlib import Path
from typing import Any, Literal

from dyadkit.errors import SessionError
from dyadkit.storage import ABOUT_NAME, FILE_NAME, StoredSession

MARKS_NAME = "marks.jsonl"


def set_mark(
    folder: Path, at_ns: int, label: str, kind: Literal["event", "condition", "note"] = "event"
) -> None:
    """Add a mark to a session that is being recorded.

    Raises
    ------
    SessionError
        no session is in the folder, it was closed already, or the folder cannot be written
    """
    if not (folder / FILE_NAME).is_file():
        raise SessionError(f"{folder} holds no session; give the folder that record writes to")
    if (folder / ABOUT_NAME).is_file():
        raise SessionError(f"the session in {folder} is closed; marks can be set while it records")
    line = json.dumps({"at_ns": at_ns, "label": label, "kind": kind}) + "\n"
    try:
        with (folder / MARKS_NAME).open("a", encoding="utf-8") as file:
            file.write(line)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise SessionError(f"cannot write to {folder}: {error.strerror}") from error


class MarkReader:
    """Reader of `marks.jsonl` while it grows: each whole line once; what is no mark is skipped."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / MARKS_NAME
        self._read_bytes = 0

    def new(self) -> list[dict[str, Any]]:
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


def marks_beside(stored: StoredSession) -> list[dict[str, Any]]:
    """Marks of `marks.jsonl` that the session file does not hold: the recorder died before."""
    if stored.path.name != FILE_NAME:
        return []
    taken = {
        (entry.get("set_ns", entry["at_ns"]), entry["label"])
        for entry in stored.host_log()
        if entry["event"] == "mark"
    }
    beside = MarkReader(stored.path.parent).new()
    return [mark for mark in beside if (mark["at_ns"], mark["label"]) not in taken]


def _mark(line: bytes) -> dict[str, Any] | None:
    try:
        mark = json.loads(line)
        known = isinstance(mark["at_ns"], int) and isinstance(mark["label"], str)
    except (ValueError, KeyError, TypeError):
        return None
    return mark if known else None
