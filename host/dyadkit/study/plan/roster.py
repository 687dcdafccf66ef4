"""Roster of a study: which session is of which dyad and persons, under which condition, when."""

import csv
import difflib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from dyadkit.errors import SessionError
from dyadkit.study.plan.choices import StudyPlan, StudyTest

COLUMNS = ("session", "a", "b", "dyad", "condition", "day")
REQUIRED = ("session", "a", "b")
MISSING = ("", "n/a", "NA", "nan")
"""What stands for no value; the first is BIDS's."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One session of a study.

    path : its folder or file
    name : as the table calls it; results name it so
    dyad, persons : ids; the same id is the same dyad, the same person, in the whole study
    condition : that holds for the whole session; empty where marks tell, or nothing
    day : since any day; NaN where nobody says
    covariates : by column of the table, as text
    """

    path: Path
    name: str
    dyad: str
    persons: tuple[str, str]
    condition: str = ""
    day: float = float("nan")
    covariates: dict[str, str] = field(default_factory=dict)


def roster(plan: StudyPlan) -> tuple[Entry, ...]:
    """Sessions of a study in order of dyad, day and name: the order of the table does not matter.

    Raises
    ------
    SessionError
        no sessions, an id twice where it may be once only, a column that is missing: all faults
    """
    entries = tuple(_of_table(plan) if plan.participants else _of_folders(plan))
    faults = [*_faults(plan, entries)]
    if faults:
        raise SessionError("; ".join(faults))
    return tuple(sorted(entries, key=lambda one: (one.dyad, one.day == one.day, one.day, one.name)))


def _of_table(plan: StudyPlan) -> Iterator[Entry]:
    path = plan.folder / plan.participants
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise SessionError(f"cannot read the table of sessions {path}: {error}") from None
    lines = text.splitlines()
    rows = csv.DictReader(lines, delimiter="\t" if "\t" in lines[0] else ",") if lines else None
    if rows is None or rows.fieldnames is None:
        raise SessionError(f"{path} is empty: it needs columns {', '.join(REQUIRED)}")
    head = [str(one).strip() for one in rows.fieldnames]
    _refuse_columns(path, head, plan)
    rows.fieldnames = head
    for number, row in enumerate(rows, start=2):
        yield _entry(path, number, row, plan)


def _refuse_columns(path: Path, head: Sequence[str], plan: StudyPlan) -> None:
    asked = [one.covariate for one in plan.hypotheses if one.test is StudyTest.COVARIATE]
    for name in (*REQUIRED, *plan.covariates, *asked):
        if name not in head:
            close = difflib.get_close_matches(name, head, n=1)
            meant = f"; is it “{close[0]}”?" if close else ""
            raise SessionError(f"{path}, line 1: there is no column {name}{meant}")
    twice = sorted({name for name in head if head.count(name) > 1})
    if twice:
        raise SessionError(f"{path}, line 1: the column {twice[0]} is there twice")


def _entry(path: Path, number: int, row: dict[str, str], plan: StudyPlan) -> Entry:
    if None in row or None in row.values():
        raise SessionError(f"{path}, line {number}: not as many cells as the first line has")
    known = {name: value.strip() for name, value in row.items()}
    empty = [name for name in REQUIRED if known[name] in MISSING]
    if empty:
        raise SessionError(f"{path}, line {number}: {empty[0]} is empty")
    if known["a"] == known["b"]:
        raise SessionError(f"{path}, line {number}: {known['a']} is both people; a dyad needs two")
    return Entry(
        path=plan.folder / known["session"],
        name=known["session"],
        dyad=_value(known, "dyad") or "+".join((known["a"], known["b"])),
        persons=(known["a"], known["b"]),
        condition=_value(known, "condition"),
        day=_day(path, number, _value(known, "day")),
        covariates={name: _value(known, name) for name in known if name not in COLUMNS},
    )


def _value(row: dict[str, str], name: str) -> str:
    value = row.get(name, "")
    return "" if value in MISSING else value


def _day(path: Path, number: int, text: str) -> float:
    try:
        return float(text) if text else float("nan")
    except ValueError:
        raise SessionError(f"{path}, line {number}: the day {text!r} is not a number") from None


def _of_folders(plan: StudyPlan) -> Iterator[Entry]:
    """Sessions by pattern: who they are of is what each says of itself, or its name."""
    from dyadkit.storage import FILE_NAME

    found = sorted(one for one in plan.folder.glob(plan.sessions) if (one / FILE_NAME).is_file())
    for path in found:
        name = path.relative_to(plan.folder).as_posix()
        codes = _codes(path)
        persons = codes if all(codes) and codes[0] != codes[1] else (f"{name}/a", f"{name}/b")
        yield Entry(path, name, "+".join(persons), persons)


def _codes(session: Path) -> tuple[str, str]:
    """Codes of both people as the session has them; empty where it says none."""
    from dyadkit.storage import ABOUT_NAME

    try:
        about = json.loads((session / ABOUT_NAME).read_text(encoding="utf-8"))
        people = about["participants"]
        return str(people.get("a", "")), str(people.get("b", ""))
    except (OSError, ValueError, KeyError, AttributeError, TypeError):
        return "", ""


def _faults(plan: StudyPlan, entries: Sequence[Entry]) -> Iterator[str]:
    where = plan.participants or plan.sessions
    if not entries:
        yield f"{plan.folder / where} gives no sessions"
    seen: dict[Path, str] = {}
    of_dyad: dict[str, frozenset[str]] = {}
    for one in entries:
        place = one.path.resolve()
        if place in seen:
            yield f"session {one.name} is there twice: name each session once"
        seen[place] = one.name
        people = of_dyad.setdefault(one.dyad, frozenset(one.persons))
        if people != frozenset(one.persons):
            yield (
                f"dyad {one.dyad} is of {' and '.join(sorted(people))}, in session {one.name} of "
                f"{' and '.join(sorted(one.persons))}: give each pair of people an id of its own"
            )
    yield from _unknown_conditions(plan, entries)


def _unknown_conditions(plan: StudyPlan, entries: Sequence[Entry]) -> Iterator[str]:
    known = {*plan.conditions, *(one.condition for one in entries)}
    for one in plan.hypotheses:
        for label in (one.condition, one.against):
            if label and label not in known:
                close = difflib.get_close_matches(label, sorted(known), n=1)
                meant = f"; did you mean “{close[0]}”?" if close and close[0] else ""
                yield f"hypothesis “{one.name}”: no session has a condition “{label}”{meant}"
