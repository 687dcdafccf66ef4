"""Relabelling of a session for others: codes for people, dates moved, wearables unnamed."""

import datetime
from dataclasses import dataclass, replace

from dyadkit.dyad.traces import Dyad, PersonTraces


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

    Examples
    --------
    >>> from dyadkit.dyad.traces import PersonTraces
    >>> dyad = Dyad(PersonTraces({}, "Ann"), PersonTraces({}, "Ben"), began="2026-03-02T10:00:00")
    >>> found = relabelled(dyad, Labels("S01", "S02", shift_days=-60))
    >>> found.a.participant, found.began
    ('S01', '2026-01-01T10:00:00')
    """
    return replace(
        dyad,
        a=_under(dyad.a, labels.a),
        b=_under(dyad.b, labels.b),
        began=_moved(dyad.began, labels.shift_days),
    )


def _under(person: PersonTraces, code: str) -> PersonTraces:
    return replace(person, participant=code, wearable="") if code else person


def _moved(began: str, days: int) -> str:
    try:
        return (datetime.datetime.fromisoformat(began) + datetime.timedelta(days=days)).isoformat()
    except ValueError:
        return ""
