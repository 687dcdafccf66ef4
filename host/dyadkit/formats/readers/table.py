"""Tables of text (CSV, TSV, ...) of any logger, by a mapping that is given or guessed.

A guess is made of names and units only and never of how values look, and everything it assumed is
said in the recording's notes. What it cannot know, such as a sensor's unit, it leaves out.
"""

import re

import numpy as np

from dyadkit.dyad.arrays import Floats, Ints
from dyadkit.dyad.series import Series
from dyadkit.dyad.traces import Mark
from dyadkit.errors import SessionError
from dyadkit.formats.foreign import ForeignRecording, TimeBase
from dyadkit.formats.mapping import Column, TableMapping
from dyadkit.formats.readers.intervals import seconds_of_intervals
from dyadkit.formats.readers.vocabulary import series_name, usual_unit
from dyadkit.formats.sources import SourceFiles
from dyadkit.formats.tables import TextTable, in_order, parse_table, seconds_of

NAME = "a table"
ENDINGS = (".csv", ".tsv", ".txt", ".dat")
LOOKED_AT = 1 << 18
"""Bytes of a file that say whether it is a table: the longest header and many rows."""
MAX_MARKS = 10_000
_TIME = re.compile(
    r"(^|[^a-z])(time|timestamps?|t|ts|sec|seconds|s|ms|datetime|unix|date_time|ms_time)($|[^a-z])",
    re.IGNORECASE,
)
_MARKS = re.compile(r"event|marker|trigger|annotation|label|condition", re.IGNORECASE)
_RATE = re.compile(
    r"(?:sampl\w*[ _-]*(?:rate|frequency|freq)|\bfs\b)[^\d]{0,20}(?P<rate>\d+(?:\.\d+)?)",
    re.IGNORECASE,
)
_PERIOD = re.compile(r"(?P<period>\d+(?:\.\d+)?)\s*m(?:illi)?sec\w*\s*/\s*sample", re.IGNORECASE)
_UNIX_IN_NAME = re.compile(r"(?<!\d)(?P<whole>1[0-9]{9})(?:[_.](?P<part>\d{6}))?(?!\d)")
_COUNTING = re.compile(r"(^|[^a-z])(n?seq|index|sample|packet)", re.IGNORECASE)


def recognises(source: SourceFiles) -> bool:
    """Whether it is one text file of a table's endings, and begins as a table."""
    names = source.ending(*ENDINGS)
    if len(names) != 1:
        return False
    try:
        parse_table(source.beginning(names[0], LOOKED_AT), names[0])
    except SessionError:
        return False
    return True


def read(source: SourceFiles, mapping: TableMapping | None = None) -> ForeignRecording:
    """Read one person's table by a mapping, or by what its header says.

    Raises
    ------
    SessionError
        the mapping names a column that is not there, a cell is no number, or nothing in the header
        is known
    """
    table = _table(source)
    used = drafted(table, source) if mapping is None else mapping
    if not used.series:
        raise SessionError(
            f"{source.path} has columns {', '.join(table.names[:12])}, none of which is known: "
            "write a mapping (dyadkit import --explain FILE drafts it)"
        )
    for wanted in (
        used.time_column,
        used.marks_column,
        *(one.column for one in used.series.values()),
    ):
        if wanted and wanted not in table.columns:
            raise SessionError(
                f"{source.path} has no column {wanted!r}; it has {', '.join(table.names[:12])}"
            )
    times_s, base = _times(table, used, _start(source, used))
    rows, notes = _rows(times_s, source.names[0], used)
    if not len(rows):
        raise SessionError(f"{source.path} has no row with a time")
    series = {
        name: _series(table, one, times_s[rows], rows, used) for name, one in used.series.items()
    }
    said = _assumed(used) if mapping is None else ()
    marks = _marks(table, used.marks_column, times_s, rows) if used.marks_column else ()
    return ForeignRecording(NAME, series, base, marks, source.taken, (*said, *notes))


def _rows(times_s: Floats, place: str, mapping: TableMapping) -> tuple[Ints, tuple[str, ...]]:
    """Rows in order of time; intervals that arrived in one message keep their order instead."""
    if _is_intervals(mapping) and len(times_s) > 1 and np.all(np.diff(times_s) >= 0):
        return np.arange(len(times_s)), ()
    return in_order(times_s, place)


def _is_intervals(mapping: TableMapping) -> bool:
    """Whether a table holds inter-beat intervals and nothing else."""
    return set(mapping.series) == {"ibi"}


def explained(source: SourceFiles) -> tuple[TextTable, TableMapping]:
    """The table of a source and the mapping that its header suggests."""
    table = _table(source)
    return table, drafted(table, source)


def drafted(table: TextTable, source: SourceFiles) -> TableMapping:
    """Mapping that a table's header suggests; without series where nothing in it is known."""
    numeric = [name for name in table.names if table.is_numeric(name)]
    time = _time_column(table, numeric)
    series: dict[str, Column] = {}
    for name in numeric:
        if name == time or _COUNTING.search(name) or not source.chooses(name):
            continue
        unit = table.units.get(name, "")
        known = series_name(source.without_choice(name), unit)
        if known and known not in series:
            series[known] = Column(name, usual_unit(known, unit))
    if not series and len(numeric) == 1:
        series = _labelled(table, numeric[0])
    marks = next((name for name in table.names if _MARKS.search(name) and name != time), "")
    rate_hz = None if time else _rate(table)
    unit = _time_unit(table, time) if time else ""
    in_name = _UNIX_IN_NAME.search(source.path.name) is not None
    return TableMapping(time, unit, rate_hz, None, series, marks, in_name)


def _table(source: SourceFiles) -> TextTable:
    names = source.ending(*ENDINGS)
    if len(names) != 1:
        raise SessionError(f"{source.path} holds {len(names)} tables: name the file of one person")
    return parse_table(source.text(names[0]), names[0])


def _time_column(table: TextTable, numeric: list[str]) -> str:
    """The column of times: its name says so and its values rise, or its cells are dates."""
    for name in table.names:
        if not _TIME.search(re.sub(r"([a-z])([A-Z])", r"\1 \2", name)):
            continue
        if name in numeric:
            values = table.numbers(name)
            known = values[np.isfinite(values)]
            if len(known) > 1 and np.mean(np.diff(known) >= 0) > 0.9 and known[-1] > known[0]:
                return name
        else:
            try:
                seconds_of(table, name)
            except SessionError:
                continue
            return name
    return ""


def _time_unit(table: TextTable, name: str) -> str:
    """Unit of the times, as the header says or as only one of them can be.

    A logger samples between 0.5 and 5000 times a second: of steps of 4, only ms fit.
    """
    unit = table.units.get(name, "").lower().replace("µ", "u")
    if unit in ("s", "ms", "us", "ns"):
        return unit
    word = re.search(r"(?:^|[^a-z])(ms|us|ns|milli|micro|nano)", name.lower())
    if word:
        return {"mi": word[1][:5] == "milli" and "ms" or "us"}.get(
            word[1][:2], word[1][:2].replace("na", "ns")
        )
    if not table.is_numeric(name):
        return ""
    values = table.numbers(name)
    values = values[np.isfinite(values)]
    step = float(np.median(np.diff(values))) if len(values) > 1 else 0.0
    return "ms" if step >= 2.5 and np.nanmedian(values) < 1e11 else ""


def _rate(table: TextTable) -> float | None:
    for line in table.above:
        found = _RATE.search(line)
        if found and float(found["rate"]) > 0:
            return float(found["rate"])
        period = _PERIOD.search(line)
        if period and float(period["period"]) > 0:
            return 1000 / float(period["period"])
    return None


def _labelled(table: TextTable, column: str) -> dict[str, Column]:
    """A single column that lines above it name ("# Labels:= PPG")."""
    for line in table.above:
        found = re.search(r"label\w*\W+(?P<label>\w[\w ]*)", line, re.IGNORECASE)
        name = series_name(found["label"]) if found else ""
        if name:
            return {name: Column(column)}
    return {}


def _start(source: SourceFiles, mapping: TableMapping) -> float | None:
    """Unix time of the first row, as the mapping or the file's name has it; None if neither."""
    if not mapping.start_in_name:
        return mapping.start_s
    found = _UNIX_IN_NAME.search(source.path.name)
    if found is None:
        raise SessionError(f"{source.path}: no Unix time stands in the name, as start_in_name says")
    return float(f"{found['whole']}.{found['part'] or 0}")


def _times(
    table: TextTable, mapping: TableMapping, start_s: float | None
) -> tuple[Floats, TimeBase]:
    """Time of each row, and what it counts from."""
    if mapping.rate_hz is None and not mapping.time_column:
        if _is_intervals(mapping):
            one = mapping.series["ibi"]
            lengths_s = seconds_of_intervals(table.numbers(one.column), one.unit)
            ends_s = (start_s or 0.0) + np.nancumsum(lengths_s)
            return ends_s, TimeBase.OWN if start_s is None else TimeBase.UNIX
        raise SessionError(
            f"{table.place} says neither times nor a rate: give [time] in a mapping, a "
            "column or rate_hz"
        )
    if mapping.rate_hz is not None:
        first = 0.0 if start_s is None else start_s
        times_s = first + np.arange(len(table.lines)) / mapping.rate_hz
        return times_s, TimeBase.OWN if start_s is None else TimeBase.UNIX
    times_s, is_unix = seconds_of(table, mapping.time_column, mapping.time_unit)
    if is_unix:
        return times_s, TimeBase.UNIX
    if start_s is None:
        return times_s, TimeBase.OWN
    known = times_s[np.isfinite(times_s)]
    return times_s - known[0] + start_s, TimeBase.UNIX


def _series(
    table: TextTable, one: Column, times_s: Floats, rows: np.ndarray, mapping: TableMapping
) -> Series:
    values = one.scale * table.numbers(one.column)[rows] + one.offset
    if _is_intervals(mapping):
        at_s = times_s + 1e-6 * np.arange(len(times_s))  # a message brings several at one time
        lengths_s = seconds_of_intervals(values, one.unit)
        return Series(lengths_s, times_s=at_s, unit="s", sensor=one.sensor)
    if mapping.rate_hz is not None and len(rows) == len(table.lines):
        return Series(values, mapping.rate_hz, None, one.unit, one.sensor, float(times_s[0]))
    return Series(values, times_s=times_s, unit=one.unit, sensor=one.sensor)


def _marks(table: TextTable, column: str, times_s: Floats, rows: np.ndarray) -> tuple[Mark, ...]:
    """A mark wherever the column's text changes to something that is not empty or 0."""
    cells = table.columns[column]
    marks: list[Mark] = []
    last = ""
    for row in rows:
        cell = cells[int(row)].strip()
        if cell != last and cell not in ("", "0", "0.0") and len(marks) < MAX_MARKS:
            at_s = float(times_s[row])
            marks.append(Mark(at_s, at_s, cell))
        last = cell
    return tuple(marks)


def _assumed(mapping: TableMapping) -> tuple[str, ...]:
    """What a guess took for granted, in a sentence."""
    taken = [
        f"{one.column!r} as {name}{f' in {one.unit}' if one.unit else ''}"
        for name, one in mapping.series.items()
    ]
    if mapping.time_column:
        unit = f" in {mapping.time_unit}" if mapping.time_unit else ""
        taken.insert(0, f"{mapping.time_column!r} as the time{unit}")
    if mapping.start_in_name:
        taken.append("the start from the file's name")
    return (f"by the names of its columns, taken {', '.join(taken)}",)
