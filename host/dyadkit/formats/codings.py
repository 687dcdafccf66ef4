"""Codings of behaviour and tables of events as marks: BORIS, ELAN, and onset-duration-label tables.

All of them count seconds from the beginning of a video or a recording; whoever imports them says
when that was on the session's time line.
"""

import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from dyadkit.dyad.traces import Mark, PersonName
from dyadkit.errors import SessionError
from dyadkit.formats.sources import SourceFiles

MAX_MARKS = 100_000
_ONSET = (
    "onset",
    "start (s)",
    "start",
    "start_s",
    "time",
    "begin time - ss.msec",
    "begin",
    "onset_s",
)
_STOP = ("stop (s)", "stop", "end", "stop_s", "offset", "end time - ss.msec", "end (s)")
_LENGTH = ("duration", "duration (s)", "duration_s", "duration - ss.msec", "length")
_LABEL = (
    "label",
    "trial_type",
    "behavior",
    "behaviour",
    "code",
    "event",
    "annotation",
    "description",
)
_PERSON = ("person", "subject", "participant", "who", "tier")
_ENTITY = re.compile(r"<!(DOCTYPE|ENTITY)", re.IGNORECASE)


def read_codings(path: Path, people: Mapping[str, PersonName] | None = None) -> tuple[Mark, ...]:
    r"""Marks of a coding file, in seconds of its own beginning, in order of time.

    A behaviour with a beginning and an end is a condition, one without length an event.

    Parameters
    ----------
    people : who is a and who b, by the names that the file gives them; others are no one's

    Raises
    ------
    SessionError
        not a coding file, damaged, or a state that has a beginning and no end

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder) / "codes.tsv"
    ...     _ = file.write_text("onset\tduration\tlabel\tperson\n2.5\t4\tcry\tchild\n")
    ...     [cry] = read_codings(file, {"child": "a"})
    >>> cry.start_s, cry.stop_s, cry.label, cry.kind, cry.person
    (2.5, 6.5, 'cry', 'condition', 'a')
    """
    source = SourceFiles(path)
    [name] = source.names if source.is_single else ("",)
    if not name:
        raise SessionError(f"{path} is a folder: name the coding file")
    text = source.text(name)
    rows = _of_elan(text, path) if "<ANNOTATION_DOCUMENT" in text[:4000] else _of_table(text, path)
    if len(rows) > MAX_MARKS:
        raise SessionError(f"{path} holds {len(rows)} codes: no coder makes so many")
    known = {one.lower(): person for one, person in (people or {"a": "a", "b": "b"}).items()}
    marks = [
        Mark(
            start_s,
            max(start_s, stop_s),
            label,
            "condition" if stop_s > start_s else "event",
            known.get(who.strip().lower()),
        )
        for start_s, stop_s, label, who in rows
    ]
    return tuple(sorted(marks, key=lambda mark: mark.start_s))


_Row = tuple[float, float, str, str]
"""Start and stop in seconds, label, whose."""


def _of_table(text: str, path: Path) -> list[_Row]:
    lines = text.splitlines()
    at, cells = _header(lines, path)
    columns = {cell.strip().strip('"').lower(): place for place, cell in enumerate(cells)}
    delimiter = _delimiter(lines[at])
    rows = [line.split(delimiter) for line in lines[at + 1 :] if line.strip()]
    if "status" in columns and "time" in columns:
        return _paired(rows, columns, path)
    found = []
    for number, row in enumerate(rows, at + 2):
        start_s = _number(row, columns, _ONSET, path, number)
        stop_s = _number(row, columns, _STOP, path, number, missing=np.nan)
        length_s = _number(row, columns, _LENGTH, path, number, missing=0.0)
        ends_s = start_s + length_s if np.isnan(stop_s) else stop_s
        found.append(
            (start_s, ends_s, _cell(row, columns, _LABEL) or "event", _cell(row, columns, _PERSON))
        )
    return found


def _header(lines: list[str], path: Path) -> tuple[int, list[str]]:
    """The line of the columns' names: a time and a label in it."""
    for at, line in enumerate(lines[:60]):
        cells = line.split(_delimiter(line))
        words = {cell.strip().strip('"').lower() for cell in cells}
        if words & set(_ONSET) and words & set(_LABEL):
            return at, cells
    raise SessionError(
        f"{path} is no table of events: columns onset and label (or BORIS's, or ELAN's) are needed"
    )


def _delimiter(line: str) -> str:
    return max("\t;,", key=line.count)


def _paired(rows: list[list[str]], columns: Mapping[str, int], path: Path) -> list[_Row]:
    """BORIS's list of events, where a state has a row for its START and one for its STOP."""
    found: list[_Row] = []
    begun: dict[tuple[str, str], float] = {}
    for number, row in enumerate(rows, 1):
        at_s = _number(row, columns, ("time",), path, number)
        label, who = _cell(row, columns, _LABEL), _cell(row, columns, _PERSON)
        status = _cell(row, columns, ("status",)).upper()
        if status == "START":
            begun[label, who] = at_s
        elif status == "STOP":
            if (label, who) not in begun:
                raise SessionError(f"{path}: {label} of {who} stops at {at_s} s and never began")
            found.append((begun.pop((label, who)), at_s, label, who))
        else:
            found.append((at_s, at_s, label, who))
    if begun:
        (label, who), at_s = next(iter(begun.items()))
        raise SessionError(f"{path}: {label} of {who} begins at {at_s} s and never stops")
    return found


def _cell(row: list[str], columns: Mapping[str, int], names: tuple[str, ...]) -> str:
    for name in names:
        place = columns.get(name)
        if place is not None and place < len(row):
            return row[place].strip().strip('"')
    return ""


def _number(
    row: list[str],
    columns: Mapping[str, int],
    names: tuple[str, ...],
    path: Path,
    line: int,
    missing: float | None = None,
) -> float:
    cell = _cell(row, columns, names)
    if cell.lower() in ("", "na", "n/a", "nan") and missing is not None:
        return missing
    try:
        value = float(cell.replace(",", "."))
    except ValueError:
        value = np.nan
    if not np.isfinite(value):
        raise SessionError(f"{path}, line {line}: {names[0]} is {cell[:40]!r}, not a number")
    return float(value)


def _of_elan(text: str, path: Path) -> list[_Row]:
    """Time-aligned annotations of every tier, of its participant or else under its own name."""
    if _ENTITY.search(text):
        raise SessionError(f"{path} declares entities, as no ELAN file does: it is not read")
    try:
        root = ElementTree.fromstring(text)
    except (ElementTree.ParseError, ValueError) as error:
        raise SessionError(f"{path} is a damaged ELAN file ({error})") from None
    slots = {
        slot.get("TIME_SLOT_ID", ""): float(slot.get("TIME_VALUE", "nan")) * 1e-3
        for slot in root.iter("TIME_SLOT")
    }
    return [
        (
            slots[start],
            slots[stop],
            (one.findtext("ANNOTATION_VALUE") or "").strip() or "event",
            who,
        )
        for tier in root.iter("TIER")
        for who in [tier.get("PARTICIPANT") or tier.get("TIER_ID") or ""]
        for one in tier.iter("ALIGNABLE_ANNOTATION")
        for start, stop in [(one.get("TIME_SLOT_REF1", ""), one.get("TIME_SLOT_REF2", ""))]
        if np.isfinite(slots.get(start, np.nan)) and np.isfinite(slots.get(stop, np.nan))
    ]
