"""Imported sessions: what other systems recorded, as a Dyad and as an overview."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from dyadkit.dyad.people import Person
from dyadkit.dyad.result import Result
from dyadkit.dyad.traces import PERSONS, Assay, Dyad, Mark, PersonName, PersonTraces
from dyadkit.errors import SessionError
from dyadkit.sessions.trust import refuse_withdrawn, why_missing
from dyadkit.storage.imported import ImportedSession, read_imported


@dataclass(frozen=True, slots=True, eq=False)
class ImportedOverview(Result):
    """What an imported session holds: where it is from and its series, as `dyadkit info` shows it.

    series : by person and name: samples, rate in Hz, unit and sensor
    sources : by person: the reader, and each file with its SHA-256
    joined : how both people were put on one clock, a sentence
    """

    source: str
    duration_s: float
    joined: str
    series: dict[str, dict[str, dict[str, Any]]]
    sources: dict[str, Any]
    marks: int
    notes: tuple[str, ...] = field(default=())

    def sentences(self) -> list[str]:
        """The overview in lines for a person."""
        lines = [f"imported session of {self.duration_s / 60:.1f} minutes, {self.marks} marks"]
        for person in PERSONS:
            about = self.sources.get(person, {})
            files = ", ".join(str(one["name"]) for one in about.get("files", ()))
            lines.append(f"person {person}: read as {about.get('reader', '?')} from {files}")
            lines += [
                f"  {name}: {one['samples']} samples at {one['rate_hz']:.4g} Hz"
                + (f" in {one['unit']}" if one["unit"] else ", no unit")
                + (f", {one['gaps']} gaps" if one["gaps"] else "")
                for name, one in self.series[person].items()
            ]
        return [*lines, *self.notes]


def about_dyad(dyad: Dyad, sources: Mapping[PersonName, Any], joined: str) -> dict[str, Any]:
    """What an imported session says of itself: where it is from, its marks, how it was joined."""
    return {
        "origin": "imported",
        "began": dyad.began,
        "duration_s": dyad.duration_s,
        "simulated": dyad.simulated,
        "participants": {name: dyad.person(name).participant for name in PERSONS},
        "people": {name: dyad.person(name).about.facts() for name in PERSONS},
        "sources": dict(sources),
        "joined": joined,
        "notes": list(dyad.notes),
        "marks": [asdict(mark) for mark in dyad.marks],
        "assays": [asdict(one) for one in dyad.assays],
    }


def load_imported(path: Path) -> Dyad:
    """The dyad of an imported session; SessionError where it is damaged or may not be used."""
    stored = read_imported(path)
    refuse_withdrawn(stored.about, str(path))
    for person in PERSONS:
        if person in stored.about.get("purged", {}):
            raise SessionError(f"{path} {why_missing(stored.about, person)}")
    return _checked_dyad(stored, path)


def _checked_dyad(stored: ImportedSession, path: Path) -> Dyad:
    try:
        return _dyad(stored, str(path))
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise SessionError(
            f"{path} does not say what it holds ({error}): import it again"
        ) from None


def describe_imported(path: Path) -> ImportedOverview:
    """Overview of an imported session; SessionError where it is damaged."""
    stored = read_imported(path)
    dyad, about = _checked_dyad(stored, path), stored.about
    series: dict[str, dict[str, dict[str, Any]]] = {
        person: {
            name: {
                "samples": len(one),
                "rate_hz": one.rate_hz,
                "unit": one.unit,
                "sensor": one.sensor,
                "gaps": len(one.gaps_s),
            }
            for name, one in dyad.person(person).traces.items()
        }
        for person in PERSONS
    }
    return ImportedOverview(
        str(path),
        dyad.duration_s,
        str(about["joined"]),
        series,
        dict(about["sources"]),
        len(dyad.marks),
        dyad.notes,
    )


def _dyad(stored: ImportedSession, source: str) -> Dyad:
    about = stored.about
    people = {
        person: PersonTraces(
            stored.traces[person],
            str(about["participants"].get(person, "")),
            about=Person.of_facts(about.get("people", {}).get(person, {})),
        )
        for person in PERSONS
    }
    return Dyad(
        people["a"],
        people["b"],
        tuple(Mark(**mark) for mark in about["marks"]),
        float(about["duration_s"]),
        source,
        simulated=bool(about.get("simulated", False)),
        notes=tuple(str(note) for note in about["notes"]),
        began=str(about.get("began", "")),
        assays=tuple(Assay(**one) for one in about.get("assays", ())),
    )
