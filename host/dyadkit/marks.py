"""Marks set from another terminal while a session records.

`dyadkit mark` appends a line to `marks.jsonl` in the session folder, with the host's clock; the
recorder takes new lines over into the session file each second. A line survives any crash.
"""

import json
import os
from pathlib import Path
from typing import Any, Literal

from dyadkit.errors import RecordingError
from dyadkit.storage import FILE_NAME

MARKS_NAME = "marks.jsonl"


def set_mark(
    folder: Path, at_ns: int, label: str, kind: Literal["event", "condition", "note"] = "event"
) -> None:
    """Add a mark to a session that is being recorded.

    Raises
    ------
    RecordingError
        no session is in the folder, it was closed already, or the folder cannot be written
    """
    if not (folder / FILE_NAME).is_file():
        raise RecordingError(f"{folder} holds no session; give the folder that record writes to")
    if (folder / "session.json").is_file():
        raise RecordingError(
            f"the session in {folder} is closed; marks can be set while it records"
        )
    line = json.dumps({"at_ns": at_ns, "label": label, "kind": kind}) + "\n"
    try:
        with (folder / MARKS_NAME).open("a", encoding="utf-8") as file:
            file.write(line)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise RecordingError(f"cannot write to {folder}: {error.strerror}") from error


class MarkReader:
    """Gives each whole line of `marks.jsonl` once."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / MARKS_NAME
        self._read_bytes = 0

    def new(self) -> list[dict[str, Any]]:
        """Marks set since the last call."""
        if not self._path.is_file():
            return []
        with self._path.open("rb") as file:
            file.seek(self._read_bytes)
            data = file.read()
        whole = data[: data.rfind(b"\n") + 1]
        self._read_bytes += len(whole)
        return [json.loads(line) for line in whole.splitlines()]
