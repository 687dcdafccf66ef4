"""Sparse assays of a session: tables of what a laboratory found in saliva, blood or hair."""

import csv
import math
from pathlib import Path

from dyadkit.dyad.traces import Assay, PersonName
from dyadkit.errors import SessionError
from dyadkit.formats.sources import SourceFiles
from dyadkit.formats.tables import delimiter_of

COLUMNS = ("time", "person", "analyte", "value", "unit")
PEOPLE: dict[str, PersonName] = {"a": "a", "b": "b"}


def read_assays(path: Path) -> tuple[Assay, ...]:
    r"""Assays of a table with the columns time (s), person (a or b), analyte, value and unit.

    Times count from the beginning of a's recording; before it they are negative.

    Raises
    ------
    SessionError
        a column is missing, or a row has another person, no number or no analyte

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder) / "saliva.csv"
    ...     rows = "-600,a,cortisol,6.2,nmol/l\n900,a,cortisol,9.1,nmol/l"
    ...     _ = file.write_text(f"time,person,analyte,value,unit\n{rows}\n")
    ...     [before, after] = read_assays(file)
    >>> before.value, after.value, after.at_s
    (6.2, 9.1, 900.0)
    """
    source = SourceFiles(path)
    lines = [line for line in source.text(source.names[0]).splitlines() if line.strip()]
    rows = csv.DictReader(lines, delimiter=delimiter_of(lines[:20]))
    head = {str(name).strip().lower(): name for name in rows.fieldnames or ()}
    missing = [name for name in COLUMNS if name not in head]
    if missing:
        raise SessionError(
            f"{path} has no column {missing[0]}: a table of assays has {', '.join(COLUMNS)}"
        )
    found = [
        _assay({name: (row[head[name]] or "").strip() for name in COLUMNS}, f"{path}, line {line}")
        for line, row in enumerate(rows, 2)
    ]
    return tuple(sorted(found, key=lambda one: (one.at_s, one.person)))


def _assay(cells: dict[str, str], place: str) -> Assay:
    person = PEOPLE.get(cells["person"].lower())
    try:
        at_s, value = (float(cells[name].replace(",", ".")) for name in ("time", "value"))
    except ValueError:
        at_s = value = math.nan
    if person is None or not cells["analyte"] or not (math.isfinite(at_s) and math.isfinite(value)):
        raise SessionError(
            f"{place}: time and value are numbers, person is a or b, and the analyte is named"
        )
    return Assay(person, at_s, cells["analyte"], value, cells["unit"])
