"""Relabelling of a session for others: codes for people, dates moved, wearables unnamed."""

import datetime
import re
import secrets
from dataclasses import dataclass, replace

from dyadkit.dyad.traces import PERSONS, Dyad, PersonName, PersonTraces

WEEK_DAYS = 7
MIN_WEEKS, MAX_WEEKS = 5400, 6400
"""By which a drawn shift moves back, 103 to 122 years: whole weeks, so that days of the week stay,
and before 1925 for what is recorded until 2028, as BIDS asks of dates that are not true."""
MOVED = (
    "dates are not the true ones: all of this dyad's are moved by one number of days that is not "
    "written here, so that intervals between its sessions are kept"
)


@dataclass(frozen=True, slots=True)
class Labels:
    """Labels of an export: codes of both people, and by how many days its dates are moved.

    Examples
    --------
    >>> Labels("S01", "S02", shift_days=-40).a
    'S01'
    """

    a: str = ""
    b: str = ""
    shift_days: int = 0


def relabelled(dyad: Dyad, labels: Labels) -> Dyad:
    """A session under other codes and dates; whose wearables they were is left out.

    Where dates are moved this is said among the notes, which exports write, and the name of the
    session's folder, which may hold a date, is left out.

    Examples
    --------
    >>> from dyadkit.dyad.traces import PersonTraces
    >>> dyad = Dyad(PersonTraces({}, "Ann"), PersonTraces({}, "Ben"), began="2026-03-02T10:00:00")
    >>> found = relabelled(dyad, Labels("S01", "S02", shift_days=-60))
    >>> found.a.participant, found.a.wearable, found.began
    ('S01', 'wearable-a', '2026-01-01T10:00:00')
    """
    moved = labels.shift_days != 0
    is_named = not (moved or labels.a or labels.b)
    return replace(
        dyad,
        a=_under(dyad, "a", labels.a),
        b=_under(dyad, "b", labels.b),
        began=_moved(dyad.began, labels.shift_days),
        notes=(*dyad.notes, MOVED) if moved else dyad.notes,
        source=dyad.source if is_named else "",
    )


def drawn_shift_days() -> int:
    """A shift that nobody can guess from what it moved: whole weeks, to before 1925."""
    weeks = MIN_WEEKS + secrets.randbelow(MAX_WEEKS - MIN_WEEKS + 1)
    return -WEEK_DAYS * weeks


def dyad_key(dyad: Dyad) -> str:
    """By what the sessions of one dyad are known as such: both codes; empty where one is unknown.

    Examples
    --------
    >>> from dyadkit.dyad.traces import PersonTraces
    >>> dyad_key(Dyad(PersonTraces({}, "C07"), PersonTraces({}, "C08")))
    'C07+C08'
    """
    codes = [re.sub(r"\s", "", dyad.person(person).participant) for person in PERSONS]
    return "+".join(codes) if all(codes) else ""


def _under(dyad: Dyad, name: PersonName, code: str) -> PersonTraces:
    person = dyad.person(name)
    return replace(person, participant=code or person.participant, wearable=f"wearable-{name}")


def _moved(began: str, days: int) -> str:
    try:
        return (datetime.datetime.fromisoformat(began) + datetime.timedelta(days=days)).isoformat()
    except (ValueError, OverflowError):
        return ""
