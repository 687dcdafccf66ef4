"""Corrections of a stored session: what a reviewer changed by hand, a file a person beside it.

`corrections-a.jsonl` and `corrections-b.jsonl` hold a line a correction and are only ever added to,
so they are a log of the review and give the same result whenever the session is read again. Each
person has a file of their own: whoever corrects one need not see the other.

    {"n": 1, "kind": "no beat", "start_s": 12.25, "stop_s": 12.25, "reviewer": "AB",
     "saw_partner": false, "why": "double count", "at_utc": "2026-03-01T10:00:00+00:00"}
    {"n": 2, "undo": 1, "reviewer": "AB", "at_utc": "2026-03-01T10:05:00+00:00"}
"""

import json
import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, get_args, get_type_hints

from dyadkit.dyad.private_files import private_file
from dyadkit.dyad.result import Result
from dyadkit.dyad.traces import PERSONS, Correction, Dyad, PersonName
from dyadkit.errors import SessionError
from dyadkit.storage import FILE_NAME

KINDS: tuple[str, ...] = get_args(get_type_hints(Correction)["kind"])
INSTANTS = ("beat", "no beat")


@dataclass(frozen=True, slots=True, eq=False)
class ReviewEntry(Result):
    """One line of a review: a correction with its number, and whether it was taken back.

    at_utc : when it was made, ISO 8601
    """

    n: int
    correction: Correction
    why: str
    at_utc: str
    undone: bool


def check_session(session: Path) -> None:
    """Refuse what is no session, before a log is begun beside it; SessionError says so."""
    file = session / FILE_NAME if session.is_dir() else session
    if not file.is_file():
        raise SessionError(f"{session} holds no session: give a session folder or its {FILE_NAME}")


def corrections_file(session: Path, person: PersonName) -> Path:
    """Where corrections of one person stand, beside the session's file."""
    folder = session if session.is_dir() else session.parent
    return folder / f"corrections-{person}.jsonl"


def review_of(session: Path, person: PersonName) -> tuple[ReviewEntry, ...]:
    """Everything that was corrected of one person, in the order it was, taken back or not.

    Raises
    ------
    SessionError
        a line is no correction; a review that cannot be read whole is not applied in part
    """
    file = corrections_file(session, person)
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return ()
    except (OSError, UnicodeDecodeError) as error:
        raise SessionError(f"{file} cannot be read: {error}") from None
    plain = [_line(file, number, line) for number, line in enumerate(lines, start=1)]
    undone = {one["undo"] for one in plain if "undo" in one}
    return tuple(
        ReviewEntry(
            one["n"], _correction(one), str(one.get("why", "")), str(one.get("at_utc", "")),
            one["n"] in undone,
        )
        for one in plain
        if "undo" not in one
    )  # fmt: skip


def reviewed(dyad: Dyad, session: Path) -> Dyad:
    """A dyad with what reviewers corrected of either person; the same where nobody did."""
    a, b = (replace(dyad.person(one), corrections=_standing(session, one)) for one in PERSONS)
    return replace(dyad, a=a, b=b)


def _standing(session: Path, person: PersonName) -> tuple[Correction, ...]:
    return tuple(one.correction for one in review_of(session, person) if not one.undone)


def correct(session: Path, person: PersonName, correction: Correction, why: str = "") -> int:
    """Add a correction to a person's review; gives its number.

    Raises
    ------
    ValueError
        a span that ends before it begins, no reviewer, or an instant that lasts
    SessionError
        the review cannot be read or written
    """
    _check(correction)
    return _append(session, person, lambda n: {"n": n, **correction.to_dict(), "why": why})


def take_back(session: Path, person: PersonName, number: int, reviewer: str) -> int:
    """Undo a correction by its number; the line stays, another says so.

    Raises
    ------
    SessionError
        there is no such correction that stands
    """
    standing = [one.n for one in review_of(session, person) if not one.undone]
    if number not in standing:
        raise SessionError(
            f"there is no correction {number} of {person} to take back; "
            f"those that stand are {', '.join(map(str, standing)) or 'none'}"
        )
    return _append(session, person, lambda n: {"n": n, "undo": number, "reviewer": reviewer})


def _check(one: Correction) -> None:
    if not 0.0 <= one.start_s <= one.stop_s < float("inf"):
        raise ValueError(
            f"a correction from {one.start_s:g} to {one.stop_s:g} s is no span of a session"
        )
    if (one.kind in INSTANTS) != (one.start_s == one.stop_s):
        raise ValueError(f"a {one.kind} needs {'one time' if one.kind in INSTANTS else 'a span'}")
    if not one.reviewer.strip():
        raise ValueError("a correction needs the name or initials of its reviewer")


def _append(session: Path, person: PersonName, entry: Callable[[int], dict[str, Any]]) -> int:
    """Write a line to the review, forced to disk."""
    file = corrections_file(session, person)
    number = 1
    if file.exists():
        review_of(session, person)
        number += len(file.read_text(encoding="utf-8").splitlines())
    line = entry(number) | {"at_utc": datetime.now(UTC).isoformat(timespec="seconds")}
    try:
        with private_file(file).open("a", encoding="utf-8") as stream:
            stream.write(json.dumps(line, ensure_ascii=False) + "\n")
            stream.flush()
            os.fsync(stream.fileno())
    except OSError as error:
        raise SessionError(f"{file} cannot be written: {error.strerror}") from None
    return number


def _line(file: Path, number: int, line: str) -> dict[str, Any]:
    """One line, checked; lines are numbered, so that one taken out by hand is noticed."""
    try:
        plain: dict[str, Any] = json.loads(line)
        if plain["n"] != number:
            raise ValueError(f"it is numbered {plain['n']}, lines are missing or moved")
        if "undo" in plain:
            if not 0 < int(plain["undo"]) < number:
                raise ValueError(f"it takes back {plain['undo']}, which is not before it")
        else:
            _check(_correction(plain))
    except (ValueError, KeyError, TypeError) as error:
        words = f"it has no {error}" if isinstance(error, KeyError) else str(error)
        raise SessionError(f"line {number} of {file} is no correction: {words}") from None
    return plain


def _correction(plain: dict[str, Any]) -> Correction:
    kind = plain["kind"]
    if kind not in KINDS:
        raise ValueError(f"kind must be one of {', '.join(KINDS)}, not {kind}")
    return Correction(
        kind,
        float(plain["start_s"]),
        float(plain["stop_s"]),
        str(plain["reviewer"]),
        bool(plain.get("saw_partner", False)),
    )
