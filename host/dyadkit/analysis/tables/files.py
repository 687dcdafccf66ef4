"""Tidy files of the tables: one measure of one person in one stretch a row."""

import csv
from collections.abc import Iterable, Sequence
from dataclasses import fields
from pathlib import Path

from dyadkit.analysis.tables.cells import TableCell
from dyadkit.analysis.tables.layout import condition_table, epoch_table
from dyadkit.analysis.tables.reactivity import Reaction, reactions
from dyadkit.dyad.private_files import private_file, private_folder
from dyadkit.dyad.traces import Dyad
from dyadkit.errors import SessionError
from dyadkit.formats.writers.csv import text_cell
from dyadkit.sessions.extraction import extraction_of

EPOCHS_S = (30.0, 60.0)
"""What papers have: RSA in 30 s, skin conductance in 60 s."""


def write_tables(dyad: Dyad, out: Path) -> list[Path]:
    """Write `conditions.csv`, `epochs_30s.csv`, `epochs_60s.csv` and `reactivity.csv`.

    Raises
    ------
    SessionError
        the folder holds something already, or cannot be written
    SignalError
        nothing of the session can be read
    """
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise SessionError(f"{out} holds something already: name a new folder for the export")
    bodies = extraction_of(dyad)
    conditions = condition_table(bodies, dyad.marks)
    tables: dict[str, tuple[type, Sequence[TableCell | Reaction]]] = {
        "conditions": (TableCell, conditions),
        "reactivity": (Reaction, reactions(bodies, dyad.marks, conditions)),
    }
    for epoch_s in EPOCHS_S:
        tables[f"epochs_{epoch_s:.0f}s"] = (TableCell, epoch_table(bodies, dyad.marks, epoch_s))
    try:
        private_folder(out)
        return [_written(out / f"{name}.csv", *table) for name, table in sorted(tables.items())]
    except OSError as error:
        raise SessionError(f"cannot write {error.filename or out}: {error.strerror}") from error


def _written(file: Path, kind: type, rows: Iterable[TableCell | Reaction]) -> Path:
    names = [one.name for one in fields(kind)]
    head = [part for name in names for part in _columns(name)]
    with private_file(file).open("w", newline="", encoding="utf-8") as text:
        table = csv.writer(text)
        table.writerow(head)
        for row in rows:
            table.writerow([cell for name in names for cell in _words(getattr(row, name))])
    return file


def _columns(name: str) -> list[str]:
    return ["low", "high"] if name == "interval" else [name]


def _words(value: object) -> list[str]:
    """A value as cells: an interval is two, what is not known is empty."""
    if isinstance(value, tuple):
        return [word for part in value for word in _words(part)]
    if isinstance(value, float):
        return [f"{value:.6g}" if value == value else ""]
    return [text_cell(str(value))]
