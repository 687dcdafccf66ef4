"""Tables of text as people store them: whatever delimiter, decimal sign, header and encoding.

A table is read as it stands and nothing is made up: a cell that is no number is missing, rows out
of order are sorted, doubled ones dropped, and each of these is counted and said.
"""

import csv
import datetime
import io
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from dyadkit.dyad.arrays import Floats, Ints
from dyadkit.errors import SessionError
from dyadkit.formats.arrays import UNIX_S

DELIMITERS = "\t;,|"
MISSING = frozenset(
    {"", "na", "nan", "n/a", "null", "none", "-", "inf", "-inf", "+inf", "infinity"}
)
MAX_HEADER_LINES = 60
"""Lines above the numbers: the longest header met (AcqKnowledge text, 40 channels) has 45."""
_DECIMAL_COMMA = re.compile(r"\s*[-+]?\d+,\d+(e[-+]?\d+)?\s*", re.IGNORECASE)
_UNIX_SCALES = ((1e17, 1e-9), (1e14, 1e-6), (1e11, 1e-3), (UNIX_S, 1.0))
"""Smallest value and seconds a unit of Unix time in ns, us, ms and s: 1973 onwards."""


@dataclass(frozen=True, slots=True, eq=False)
class TextTable:
    r"""Columns of a text by name, as text, shape (rows,), with the lines that stood above them.

    lines : number of each row's line in the file, from 1

    Examples
    --------
    >>> table = parse_table("time;EDA\n0,0;2,5\n0,25;\n", "EDA.csv")
    >>> table.names, table.numbers("EDA").tolist()
    (['time', 'EDA'], [2.5, nan])
    """

    place: str
    columns: dict[str, list[str]]
    lines: list[int]
    above: list[str] = field(default_factory=list)
    units: dict[str, str] = field(default_factory=dict)

    @property
    def names(self) -> list[str]:
        """Names of the columns, in order."""
        return list(self.columns)

    def numbers(self, name: str) -> Floats:
        """A column as numbers, shape (rows,); NaN where a cell is missing or not finite.

        Raises
        ------
        SessionError
            a cell that is no number, with its line
        """
        cells = self.columns[name]
        try:
            values = np.array(cells, dtype=float)
        except ValueError:
            values = np.array([self._number(name, row) for row in range(len(cells))])
        return np.where(np.isfinite(values), values, np.nan)

    def _number(self, name: str, row: int) -> float:
        cell = self.columns[name][row].strip()
        if cell.lower() in MISSING:
            return float("nan")
        try:
            return float(cell.replace(",", ".") if _DECIMAL_COMMA.fullmatch(cell) else cell)
        except ValueError:
            raise SessionError(
                f"{self.place}, line {self.lines[row]}: {name} is {cell[:40]!r}, not a number"
            ) from None

    def is_numeric(self, name: str) -> bool:
        """Whether a column holds numbers, some of them not missing."""
        try:
            return bool(np.isfinite(self.numbers(name)).any())
        except SessionError:
            return False


def parse_table(text: str, place: str) -> TextTable:
    r"""A table of text with named columns; its header may stand below other lines.

    Raises
    ------
    SessionError
        no rows of numbers in it

    Examples
    --------
    >>> parse_table("# made by a logger\nt,bvp\n0,12\n1,13\n", "x.csv").above
    ['# made by a logger']
    """
    lines = [(at, line) for at, line in enumerate(text.splitlines(), 1) if line.strip()]
    first = _first_row([line for _, line in lines])
    if first is None:
        raise SessionError(f"{place} holds no rows of numbers: is it a table?")
    delimiter = delimiter_of([line for _, line in lines[first : first + 200]])
    rows = _cells([line for _, line in lines[first:]], delimiter)
    width = Counter(len(row) for row in rows[:1000]).most_common(1)[0][0]
    if (
        width > 1
        and all(not row[-1] for row in rows)
        and not any(len(_names(line, delimiter, width)) == width for _, line in lines[:first])
    ):  # a delimiter behind the last cell of every row ("1;2;3;"), and no name for what follows
        rows, width = [row[:-1] for row in rows], width - 1
    header, above = _header([line for _, line in lines[:first]], delimiter, width)
    whole = [
        (at, row) for (at, _), row in zip(lines[first:], rows, strict=True) if len(row) == width
    ]
    columns = {
        name: [row[place_] for _, row in whole] for place_, name in enumerate(header) if name
    }
    return TextTable(
        place, columns, [at for at, _ in whole], above, _units(above, header, delimiter)
    )


def delimiter_of(lines: Sequence[str]) -> str:
    """What stands between the cells of these lines; a blank where nothing else does.

    A comma inside of numbers is a decimal sign where another delimiter divides the lines as well.

    Examples
    --------
    >>> delimiter_of(["1,5;2,5", "1,6;2,7"]), delimiter_of(["1.5,2.5"]), delimiter_of(["1 2"])
    (';', ',', ' ')
    """
    for delimiter in DELIMITERS:
        counts = Counter(line.count(delimiter) for line in lines)
        [(cuts, often)] = counts.most_common(1)
        if cuts > 0 and often >= 0.8 * len(lines):
            return delimiter
    return " "


def _cells(lines: list[str], delimiter: str) -> list[list[str]]:
    if delimiter == " ":
        return [line.split() for line in lines]
    trimmed = [line.rstrip("\r\n") for line in lines]
    rows = list(csv.reader(io.StringIO("\n".join(trimmed)), delimiter=delimiter))
    return (
        [[cell.strip() for cell in row] for row in rows]
        if len(rows) == len(lines)
        else [[cell.strip() for cell in line.split(delimiter)] for line in trimmed]
    )


def _first_row(lines: list[str]) -> int | None:
    """Which line is the first of the numbers: it and the next two are rows of them."""
    for at in range(min(len(lines), MAX_HEADER_LINES)):
        if all(_is_row(line) for line in lines[at : at + 3]):
            return at
    return None


def _is_row(line: str) -> bool:
    """Whether a line could be a row: a number or a time in it, and little that is neither."""
    if line.lstrip().startswith("#"):
        return False
    delimiter = delimiter_of([line])
    cells = [
        cell.strip().strip('"')
        for cell in (line.split() if delimiter == " " else line.split(delimiter))
    ]
    known = [cell for cell in cells if cell.lower() not in MISSING]
    valued = [cell for cell in known if _is_value(cell)]
    return len(valued) > 0 and len(valued) >= 0.5 * len(known)


def _is_value(cell: str) -> bool:
    try:
        float(cell.replace(",", "."))
    except ValueError:
        return _moment(cell) is not None
    return True


def _header(above: list[str], delimiter: str, width: int) -> tuple[list[str], list[str]]:
    """Names of the columns and the lines above them: the lowest line that has as many cells.

    Of two such lines, names stand above units.
    """
    fitting = [
        at
        for at, line in enumerate(above)
        if len(_names(line, delimiter, width)) == width and not line.lstrip().startswith("#")
    ]
    run = [at for at in fitting if at >= len(above) - 3]
    if not run:
        return [f"column {number}" for number in range(1, width + 1)], above
    names = _distinct(_names(above[run[0]], delimiter, width))
    return names, [line for at, line in enumerate(above) if at != run[0]]


def _names(line: str, delimiter: str, width: int) -> list[str]:
    """Cells of a line above the rows; of a single column it is one, blanks or not."""
    if width == 1:
        return [line.strip().strip('"')]
    [cells] = _cells([line], delimiter) or [[]]
    while len(cells) > 1 and not cells[-1]:
        cells = cells[:-1]
    return [cell.strip().strip('"') for cell in cells]


def _distinct(names: list[str]) -> list[str]:
    """Names, none of them empty or twice."""
    met: Counter[str] = Counter()
    given = []
    for number, name in enumerate(names, 1):
        name = name or f"column {number}"
        met[name] += 1
        given.append(name if met[name] == 1 else f"{name} ({met[name]})")
    return given


def _units(above: list[str], header: list[str], delimiter: str) -> dict[str, str]:
    """Units by column: from a line of units below the names, or from "name (unit)"."""
    units = {}
    for name in header:
        inside = re.search(r"[\[(]\s*([^\])]{1,20}?)\s*[\])]\s*$", name)
        if inside:
            units[name] = inside[1]
    if above:
        cells = _names(above[-1], delimiter, len(header))
        if 1 < len(cells) == len(header) and not above[-1].lstrip().startswith("#"):
            units |= {name: cell for name, cell in zip(header, cells, strict=True) if cell}
    return units


def seconds_of(table: TextTable, name: str, unit: str = "") -> tuple[Floats, bool]:
    """A column of times in seconds, shape (rows,), and whether they are Unix times.

    Numbers are seconds, ms, us or ns: as `unit` says, else by their size where they are Unix
    times. Dates are ISO 8601; without a zone they are taken as UTC.

    Raises
    ------
    SessionError
        a cell that is no time, with its line
    """
    if table.is_numeric(name):
        numbers = table.numbers(name)
        if not np.isfinite(numbers).any():
            raise SessionError(f"{table.place}: {name} holds no times")
        return _seconds(numbers, unit)
    moments = [_moment(cell.strip()) for cell in table.columns[name]]
    bad = [row for row, moment in enumerate(moments) if moment is None]
    if len(bad) == len(moments):
        raise SessionError(f"{table.place}: {name} holds no times")
    times_s = np.array([np.nan if moment is None else moment for moment in moments])
    return times_s, bool(np.nanmin(times_s) > UNIX_S)


def _seconds(numbers: Floats, unit: str) -> tuple[Floats, bool]:
    factors = {"s": 1.0, "ms": 1e-3, "us": 1e-6, "µs": 1e-6, "ns": 1e-9}
    usual = float(np.nanmedian(numbers))
    if unit.lower() in factors:
        scaled = numbers * factors[unit.lower()]
        return scaled, bool(np.nanmin(scaled) > UNIX_S)
    for start, factor in _UNIX_SCALES:
        if usual >= start:
            return numbers * factor, True
    return numbers, False


def _moment(cell: str) -> float | None:
    """Unix seconds of an ISO date and time, seconds of a day for a time alone."""
    text = cell.strip().strip('"').replace("_", "T", 1) if cell[:4].isdigit() else cell.strip('"')
    if re.fullmatch(r"\d{1,2}:\d{2}(:\d{2}([.,]\d+)?)?", text):
        parts = [float(part.replace(",", ".")) for part in text.split(":")]
        return sum(part * scale for part, scale in zip(parts, (3600.0, 60.0, 1.0), strict=False))
    try:
        moment = datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        return None
    return moment.replace(tzinfo=moment.tzinfo or datetime.UTC).timestamp()


def in_order(times_s: Floats, place: str) -> tuple[Ints, tuple[str, ...]]:
    """Which rows to take and in what order, so that times increase; with a sentence for the rest.

    Rows without a time are left out, rows out of order sorted, and of rows with one time the
    first is taken.

    Examples
    --------
    >>> rows, notes = in_order(np.array([0.0, 2.0, 1.0, 1.0]), "x")
    >>> rows.tolist(), notes
    ([0, 2, 1], ('x: rows out of order sorted', 'x: 1 row with the time of another dropped'))
    """
    known = np.flatnonzero(np.isfinite(times_s))
    notes = []
    if len(known) < len(times_s):
        notes.append(f"{place}: {_counted(len(times_s) - len(known))} without a time left out")
    order = known[np.argsort(times_s[known], kind="stable")]
    if not np.array_equal(order, known):
        notes.append(f"{place}: rows out of order sorted")
    fresh = np.concatenate(([True], np.diff(times_s[order]) > 0))[: len(order)]
    if not fresh.all():
        dropped = _counted(int((~fresh).sum()))
        notes.append(f"{place}: {dropped} with the time of another dropped")
    return order[fresh], tuple(notes)


def _counted(count: int) -> str:
    return f"{count} row" if count == 1 else f"{count} rows"
