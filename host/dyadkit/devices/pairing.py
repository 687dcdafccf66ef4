"""Pairing of wearables with people: the small TOML file a lab keeps beside its sessions.

    [family-07.a]
    wearable = "dyad-3f2a"
    participant = "C07-parent"

No names of people: participant codes only.
"""

import json
import re
import tomllib
from dataclasses import asdict, dataclass
from pathlib import Path

import tomli_w

from dyadkit.dyad.traces import PERSONS, PersonName
from dyadkit.errors import SessionError

FILE_NAME = "dyads.toml"
_CODE = re.compile(r"[A-Za-z0-9._-]{1,40}")
_HALVES = re.compile(r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}")


@dataclass(frozen=True, slots=True)
class Wearer:
    """One person of a dyad: the name or address of the wearable, and the participant's code."""

    wearable: str
    participant: str


Members = dict[PersonName, Wearer]


def read_dyads(file: Path) -> dict[str, Members]:
    """All dyads of a file by name; none when there is no file.

    Raises
    ------
    SessionError
        the file is not such a TOML file
    """
    if not file.is_file():
        return {}
    try:
        tables = tomllib.loads(_whole(file.read_text(encoding="utf-8")))
        return {
            name: {person: Wearer(**table[person]) for person in PERSONS}
            for name, table in tables.items()
        }
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise SessionError(f"{file} is not a list of dyads: {error}") from error


def read_dyad(file: Path, name: str) -> Members:
    """One dyad by name.

    Raises
    ------
    SessionError
        there is no dyad of this name
    """
    known = read_dyads(file)
    if name not in known:
        raise SessionError(
            f"{file} knows no dyad {name} (it knows {', '.join(known) or 'none'}); "
            "make it with: dyadkit pair"
        )
    return known[name]


def write_dyad(file: Path, name: str, members: Members) -> None:
    """Add or replace one dyad; the other dyads of the file stay.

    Raises
    ------
    ValueError
        a name or code has other characters than letters, digits, dot, dash and underscore, or
        both people would wear the same wearable
    """
    codes = [name, *(one.participant for one in members.values() if one.participant)]
    for code in codes:
        if not _CODE.fullmatch(code):
            raise ValueError(f"{code!r}: use letters, digits, dot, dash, underscore (no names)")
    if members["a"].wearable == members["b"].wearable:
        raise ValueError(f"both people would wear {members['a'].wearable}: two are needed")
    known = {**read_dyads(file), name: members}
    partial = file.with_suffix(".partial")
    tables = {name: {p: asdict(one) for p, one in each.items()} for name, each in known.items()}
    partial.write_text(tomli_w.dumps(tables), encoding="utf-8")
    partial.replace(file)


def _whole(text: str) -> str:
    """The text with characters that earlier versions wrote in two halves made whole.

    TOML knows no halves: a name with an emoji made the whole file unreadable.
    """
    return _HALVES.sub(lambda found: json.loads(f'"{found.group()}"'), text)
