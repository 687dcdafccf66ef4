"""Date shifts of a lab: for each dyad the days by which its exports are moved, drawn once.

A file of its owner alone beside the lab's list of dyads; who has it can undo every shift, so it is
never part of an export.
"""

import json
from pathlib import Path

from dyadkit.dyad.private_files import private_file
from dyadkit.dyad.traces import Dyad
from dyadkit.errors import SessionError
from dyadkit.formats.writers.relabelling import drawn_shift_days, dyad_key

FILE_NAME = "date-shifts.json"


def shift_days_of(dyad: Dyad, file: Path) -> int:
    """Days by which all sessions of this dyad are moved: as before, or drawn now and kept.

    Raises
    ------
    SessionError
        the session does not say both codes, so that another of the same dyad could not be told; or
        the file cannot be read or written
    """
    key = dyad_key(dyad)
    if not key:
        raise SessionError(
            "the session has no codes of both people, so that the next one of the same dyad could "
            "not be moved alike: give --shift-dates a number of days"
        )
    known = _known(file)
    if key not in known:
        known[key] = drawn_shift_days()
        _write(file, known)
    return known[key]


def _known(file: Path) -> dict[str, int]:
    if not file.is_file():
        return {}
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
        if not isinstance(found, dict) or any(type(days) is not int for days in found.values()):
            raise ValueError("it gives no days by dyad")
    except (OSError, ValueError) as error:
        raise SessionError(f"{file} is no list of date shifts: {error}") from None
    return found


def _write(file: Path, known: dict[str, int]) -> None:
    partial = file.with_name(file.name + ".partial")
    try:
        private_file(partial).write_text(json.dumps(known, indent=1) + "\n", encoding="utf-8")
        partial.replace(file)
    except OSError as error:
        raise SessionError(f"cannot write {file}: {error.strerror}") from None
