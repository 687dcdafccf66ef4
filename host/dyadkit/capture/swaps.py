"""Swaps of wearables between people, noticed by who wore what in the sessions beside this one."""

import contextlib
from collections.abc import Mapping
from itertools import islice
from pathlib import Path

from dyadkit.dyad.limits import MAX_NEIGHBOURS
from dyadkit.dyad.traces import PERSONS, PersonName
from dyadkit.storage import ABOUT_NAME, read_about
from dyadkit.storage.shapes import shaped_facts


def swapped(
    folder: Path, participants: Mapping[PersonName, str], wearables: Mapping[PersonName, str]
) -> list[str]:
    """Sentences on participants who wear another wearable than in the latest session beside."""
    notes = []
    for person in PERSONS:
        code, worn = participants.get(person, ""), wearables.get(person, "")
        earlier = _latest(folder, code) if code and worn else None
        if earlier is not None and earlier[1] != worn:
            place, before = earlier
            partner = wearables.get("b" if person == "a" else "a")
            how = "the wearables are swapped" if before == partner else "it was replaced"
            notes.append(
                f"{code} ({person}) wears {worn} but wore {before} in {place}: {how}, or the "
                "people are; check who wears which"
            )
    return notes


def _latest(folder: Path, code: str) -> tuple[str, str] | None:
    """Name of the latest session beside `folder` with this participant, and what they wore.

    Of what lies there only what says so in the shape that a recorder writes counts; whatever else
    others keep beside sessions is passed over.
    """
    found: list[tuple[str, str, str]] = []
    beside = folder.absolute().parent.glob(f"*/{ABOUT_NAME}")
    with contextlib.suppress(OSError):
        for file in islice(beside, MAX_NEIGHBOURS):
            about, _ = shaped_facts(read_about(file.parent))
            participants, worn = about.get("participants", {}), about.get("wearables", {})
            found += [
                (about.get("began_utc", ""), file.parent.name, worn[person])
                for person in PERSONS
                if participants.get(person) == code and worn.get(person)
            ]
    return max(found)[1:] if found else None
