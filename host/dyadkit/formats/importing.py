"""Importing: two recordings of other systems become a dyad, and a session that keeps them."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from dyadkit.dyad.fingerprint import is_same
from dyadkit.dyad.people import NOBODY_KNOWN, Person
from dyadkit.dyad.result import Result
from dyadkit.dyad.series import Series
from dyadkit.dyad.traces import PERSONS, Assay, Dyad, Mark, PersonName
from dyadkit.errors import SessionError
from dyadkit.formats.arrays import UNIX_S, is_convertible
from dyadkit.formats.ecg import intervals_of
from dyadkit.formats.foreign import ForeignRecording, TimeBase
from dyadkit.formats.joining import Joined, by_event, dyad_of, joined
from dyadkit.formats.mapping import TableMapping
from dyadkit.formats.readers import read
from dyadkit.formats.readers.intervals import on_own_beats
from dyadkit.sessions.imported import about_dyad
from dyadkit.storage.imported import ImportedSession, write_imported

RAW = "_raw"


@dataclass(frozen=True, slots=True)
class Joining:
    """How two recordings are to be read and joined; left out, the files decide.

    offset_s : seconds to add to b's times
    event : label of a mark that is once in each recording and was one moment
    bound_s : how well both clocks agree (95 % half-width)
    mapping : of a table's columns, for both people
    marks, assays : from other files, on a clock whose 0 is `marks_start_s` of a's recording
    people : who a and b are

    Examples
    --------
    >>> Joining(offset_s=-1.5).bound_s is None
    True
    """

    offset_s: float | None = None
    bound_s: float | None = None
    mapping: TableMapping | None = None
    marks: tuple[Mark, ...] = ()
    marks_start_s: float = 0.0
    assays: tuple[Assay, ...] = ()
    event: str = ""
    people: tuple[Person, Person] = (NOBODY_KNOWN, NOBODY_KNOWN)


@dataclass(frozen=True, slots=True, eq=False)
class Imported(Result):
    """Two foreign recordings joined: the dyad, how it was joined, and where it is from.

    sources : by person: reader, and name, size and SHA-256 of each file
    """

    dyad: Dyad
    joined: Joined
    sources: dict[PersonName, dict[str, Any]] = field(default_factory=dict)

    def sentences(self) -> list[str]:
        """What was read and how it was joined, in lines for a person."""
        lines = []
        for person in PERSONS:
            traces = self.dyad.person(person).traces
            lines.append(f"person {person}: {self.sources[person]['reader']}: {', '.join(traces)}")
        minutes = f"{self.dyad.duration_s / 60:.1f} minutes, {len(self.dyad.marks)} marks"
        return [*lines, minutes, *self.dyad.notes]

    def write(self, folder: Path) -> Path:
        """Write it as an imported session into a new folder; gives the file.

        Raises
        ------
        SessionError
            the folder holds a session already, or cannot be written
        """
        about = about_dyad(self.dyad, self.sources, self.joined.sentence)
        traces = {person: self.dyad.person(person).traces for person in PERSONS}
        return write_imported(folder, ImportedSession(traces, about))


def import_pair(a: Path, b: Path, how: Joining | None = None) -> Imported:
    r"""Two people's recordings by any of the readers, as one dyad.

    Parameters
    ----------
    a, b : a file, folder, zip, or "FILE#WORD" for one person of a file that holds several
    how : what the files do not say

    Raises
    ------
    SessionError
        a recording cannot be read, both are the same one, or nothing puts them on one clock
    MissingExtraError
        a form is read by a library that is not installed

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder) / "both.csv"
    ...     rows = "\n".join(f"{at / 4},{2 + at % 7 / 10},3.5" for at in range(400))
    ...     _ = file.write_text(f"time,EDA Ann (µS),EDA Ben (µS)\n{rows}\n")
    ...     found = import_pair(Path(f"{file}#Ann"), Path(f"{file}#Ben"))
    >>> found.joined.by.name, sorted(found.dyad.b.traces), found.dyad.duration_s
    ('ONE_FILE', ['eda'], 100.0)
    """
    how = how or Joining()
    given: dict[PersonName, ForeignRecording] = {
        "a": prepared(read(a, how.mapping)),
        "b": prepared(read(b, how.mapping)),
    }
    _refuse_same(given["a"], given["b"])
    by = _joined(given["a"], given["b"], how)
    zero_s = given["a"].span_s[0] + how.marks_start_s
    marks = [
        replace(mark, start_s=zero_s + mark.start_s, stop_s=zero_s + mark.stop_s)
        for mark in how.marks
    ]
    dyad = dyad_of(given["a"], given["b"], by, marks)
    notes = [f"Person {name}: {note}." for name in PERSONS for note in given[name].notes]
    origin_s = min(given["a"].span_s[0], given["b"].span_s[0] + by.offset_s)
    shift_s = zero_s - (origin_s if origin_s > UNIX_S else 0.0)
    dyad = replace(
        dyad,
        a=replace(dyad.a, about=how.people[0]),
        b=replace(dyad.b, about=how.people[1]),
        source=f"{a.name} and {b.name}",
        notes=(by.sentence, *notes),
        began=_began(given["a"].time_base, origin_s),
        assays=tuple(replace(one, at_s=one.at_s + shift_s) for one in how.assays),
    )
    return Imported(dyad, by, {name: _source(given[name]) for name in PERSONS})


def prepared(one: ForeignRecording) -> ForeignRecording:
    """A recording as `from_arrays` takes it: an ECG's beats found, unknown units set aside.

    A series in a unit that cannot be converted is kept as `NAME_raw` and not analysed.
    """
    series: dict[str, Series] = {}
    notes = []
    for name, found in one.series.items():
        if is_convertible(name, found.unit):
            series[name] = found
            continue
        series[name + RAW] = found
        unit = f"in {found.unit!r}" if found.unit else "without a unit"
        notes.append(
            f"{name} is {unit} and kept as {name}{RAW}, not analysed: give its unit in a mapping"
        )
    if "ecg" in series and not {"ibi", "heart_rate"} & series.keys() and not _has_pulse(series):
        intervals, said = intervals_of(series["ecg"])
        notes.append(said)
        if intervals is not None:
            series["ibi"] = intervals
    if "ibi" in series:
        series["ibi"], said = on_own_beats(series["ibi"])
        notes += [said] * bool(said)
    return replace(one, series=series).noting(*notes)


def _joined(a: ForeignRecording, b: ForeignRecording, how: Joining) -> Joined:
    if not how.event:
        return joined(a, b, how.offset_s, how.bound_s)
    found = by_event(a, b, how.event)
    return found if how.bound_s is None else replace(found, bound_s=how.bound_s)


def _began(base: TimeBase, origin_s: float) -> str:
    """When a session's second 0 was; without a zone where the file does not say one."""
    if base not in (TimeBase.UNIX, TimeBase.LOCAL) or origin_s < UNIX_S:
        return ""
    moment = datetime.datetime.fromtimestamp(origin_s, datetime.UTC)
    return (moment.replace(tzinfo=None) if base is TimeBase.LOCAL else moment).isoformat()


def _refuse_same(a: ForeignRecording, b: ForeignRecording) -> None:
    """Two people never give the same samples; one recording under two names does."""
    for name in a.series.keys() & b.series.keys():
        if is_same(a.series[name].values, b.series[name].values):
            raise SessionError(
                f"{name} of a and of b holds the same samples: both are one recording"
            )


def _has_pulse(series: Mapping[str, Series]) -> bool:
    return any(name.startswith("ppg") and not name.endswith(RAW) for name in series)


def _source(one: ForeignRecording) -> dict[str, Any]:
    files = [{"name": file.name, "size": file.size, "sha256": file.sha256} for file in one.files]
    return {"reader": one.reader, "clock": one.time_base.value, "files": files}
