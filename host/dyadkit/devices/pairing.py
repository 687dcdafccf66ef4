"""Pairing of wearables with people: the small TOML file a lab keeps beside its sessions.

    [family-07.a]
    wearable = "dyad-3f2a"
    participant = "C07-parent"
    age_years = 34

No names of people and no dates of birth: participant codes, and the facts of `Person`.
"""

import json
import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import tomli_w

from dyadkit.dyad.limits import MAX_DYADS_BYTES
from dyadkit.dyad.people import NOBODY_KNOWN, Person
from dyadkit.dyad.private_files import private_file
from dyadkit.dyad.traces import PERSONS, PersonName
from dyadkit.errors import SessionError

FILE_NAME = "dyads.toml"
_CODE = re.compile(r"[A-Za-z0-9._-]{1,40}")
_WEARABLE, _PARTICIPANT = "wearable", "participant"
_HALVES = re.compile(r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}")


@dataclass(frozen=True, slots=True)
class Wearer:
    """One person of a dyad: the wearable's name or address, the participant's code, and facts."""

    wearable: str
    participant: str
    about: Person = NOBODY_KNOWN

    def table(self) -> dict[str, Any]:
        """What stands in the file."""
        return {_WEARABLE: self.wearable, _PARTICIPANT: self.participant, **self.about.facts()}


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
        if file.stat().st_size > MAX_DYADS_BYTES:
            raise ValueError(f"it has more than {MAX_DYADS_BYTES >> 20} MiB")
        tables = tomllib.loads(_whole(file.read_text(encoding="utf-8")))
        return {name: _members(name, table) for name, table in tables.items()}
    except (ValueError, RecursionError) as error:
        raise SessionError(f"{file} is not a list of dyads: {error}") from None
    except OSError as error:
        raise SessionError(f"cannot read {file}: {error.strerror}") from None


def _members(name: str, table: object) -> Members:
    """Both people of a dyad out of its table; ValueError where it is none."""
    if not isinstance(table, dict):
        raise ValueError(f"{name} is no dyad")
    members: Members = {}
    for person in PERSONS:
        worn = table.get(person)
        if not isinstance(worn, dict) or not {_WEARABLE, _PARTICIPANT} <= set(worn):
            raise ValueError(f"{name} does not say wearable and participant of {person}")
        wearable, participant = worn.pop(_WEARABLE), worn.pop(_PARTICIPANT)
        if not (isinstance(wearable, str) and isinstance(participant, str)):
            raise ValueError(f"wearable and participant of {person} in {name} are no texts")
        members[person] = Wearer(wearable, participant, _about(worn, f"{person} in {name}"))
    return members


def _about(facts: Mapping[str, Any], whose: str) -> Person:
    try:
        return Person.of_facts(facts)
    except ValueError as error:
        raise ValueError(f"of {whose}, {error}") from None


def people_of(members: Members) -> dict[str, Any]:
    """What a session says of both people; nothing where nothing is known of either."""
    facts = {person: one.about.facts() for person, one in members.items() if one.about.facts()}
    return {"people": facts} if facts else {}


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
        both people would wear the same wearable, or one whose name cannot be written
    SessionError
        the file is not such a list, or cannot be written
    """
    codes = [name, *(one.participant for one in members.values() if one.participant)]
    for code in codes:
        if not _CODE.fullmatch(code):
            raise ValueError(f"{code!r}: use letters, digits, dot, dash, underscore (no names)")
    if members["a"].wearable == members["b"].wearable:
        raise ValueError(f"both people would wear {members['a'].wearable}: two are needed")
    known = {**read_dyads(file), name: members}
    tables = {name: {p: one.table() for p, one in each.items()} for name, each in known.items()}
    text = tomli_w.dumps(tables)
    if _members_of(text) != known:
        raise ValueError(f"a wearable's name cannot be written: {members}")
    _replace(file, text)


def _members_of(text: str) -> dict[str, Members] | None:
    """What a text reads as: it must be what was to be written, or all dyads would be lost."""
    try:
        text.encode("utf-8")
        return {name: _members(name, table) for name, table in tomllib.loads(text).items()}
    except ValueError:
        return None


def _replace(file: Path, text: str) -> None:
    """Write a file whole, or leave the one before."""
    partial = file.with_suffix(".partial")
    try:
        with private_file(partial).open("w", encoding="utf-8", newline="\n") as written:
            written.write(text)
            written.flush()
            os.fsync(written.fileno())
        partial.replace(file)
    except OSError as error:
        raise SessionError(f"cannot write {file}: {error.strerror}") from None


def _whole(text: str) -> str:
    """The text with characters that earlier versions wrote in two halves made whole.

    TOML knows no halves: a name with an emoji made the whole file unreadable.
    """
    return _HALVES.sub(lambda found: json.loads(f'"{found.group()}"'), text)
