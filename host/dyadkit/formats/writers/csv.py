"""CSV export: every stream as it was measured, marks beside them, units in session.json."""

import csv
import json
from pathlib import Path

import numpy as np

from dyadkit.dyad.arrays import Floats
from dyadkit.dyad.private_files import private_file
from dyadkit.dyad.traces import PERSONS, Dyad, Trace

HEADER = ("time_s", "value", "measured", "bound_s")
_ROWS = ("%.6f,,0,\r\n", "%.6f,,0,%.9g\r\n", "%.6f,%.9g,1,\r\n", "%.6f,%.9g,1,%.9g\r\n")
"""A row without value and bound, without value, without bound, and whole."""
_AT_ONCE = 1 << 13
_LONG_GAP_S = 3600.0


def write(dyad: Dyad, out: Path) -> list[Path]:
    """Write `a_ppg_ir.csv` …, `marks.csv` and `session.json` into an empty folder."""
    made = []
    for person in PERSONS:
        for name, trace in sorted(dyad.person(person).traces.items()):
            made.append(out / f"{person}_{name}.csv")
            _write_trace(trace, made[-1])
    return [*made, write_marks(dyad, out), write_about(dyad, out, _streams(dyad))]


def write_marks(dyad: Dyad, out: Path) -> Path:
    """Write `marks.csv`: what happened, when, and to whom (empty: to both)."""
    file = out / "marks.csv"
    with private_file(file).open("w", newline="", encoding="utf-8") as text:
        rows = csv.writer(text)
        rows.writerow(("start_s", "stop_s", "label", "kind", "person"))
        for mark in dyad.marks:
            times = (f"{mark.start_s:.6f}", f"{mark.stop_s:.6f}")
            rows.writerow((*times, text_cell(mark.label), mark.kind, mark.person or ""))
    return file


def text_cell(words: str) -> str:
    """Words as a cell that no spreadsheet takes for a formula: those get a quote before them.

    Examples
    --------
    >>> text_cell("=HYPERLINK(A1)"), text_cell("tea"), text_cell("-")
    ("'=HYPERLINK(A1)", 'tea', "'-")
    """
    is_formula = words.lstrip().startswith(("=", "+", "-", "@")) or words[:1] in ("\t", "\r")
    return f"'{words}" if is_formula else words


def write_about(dyad: Dyad, out: Path, more: dict[str, object]) -> Path:
    """Write `session.json`: who, how long, and what the columns mean."""
    file = out / "session.json"
    about = {
        "duration_s": dyad.duration_s if np.isfinite(dyad.duration_s) else None,
        "simulated": dyad.simulated,
        "began": dyad.began or None,
        "replayed": list(dyad.replayed),
        "participants": {person: dyad.person(person).participant for person in PERSONS},
        "session_notes": list(dyad.notes),
        **more,
    }
    private_file(file).write_text(
        json.dumps(about, indent=1, allow_nan=False) + "\n", encoding="utf-8"
    )
    return file


def _streams(dyad: Dyad) -> dict[str, object]:
    return {
        "columns": {
            "time_s": "seconds of the session",
            "value": "in the unit of the stream; empty where nothing was measured",
            "measured": "1, or 0 within a gap; in gaps of more than an hour there is one a second",
            "bound_s": "95 % half-width of time_s; empty where not known",
        },
        "streams": {
            f"{person}_{name}": {
                "unit": trace.unit,
                "rate_hz": trace.rate_hz if np.isfinite(trace.rate_hz) else None,
                "gaps": len(trace.gaps_s),
            }
            for person in PERSONS
            for name, trace in sorted(dyad.person(person).traces.items())
        },
    }


def _write_trace(trace: Trace, file: Path) -> None:
    columns = _with_gaps(trace)
    with private_file(file).open("w", newline="", encoding="utf-8") as text:
        csv.writer(text).writerow(HEADER)
        for first in range(0, len(columns[0]), _AT_ONCE):
            text.write(_rows(*(column[first : first + _AT_ONCE] for column in columns)))


def _rows(times_s: Floats, values: Floats, bounds_s: Floats) -> str:
    """Rows of a file, some thousands at once: what is not known is empty, and so not formatted."""
    known = np.stack([np.ones(len(times_s), dtype=bool), *map(np.isfinite, (values, bounds_s))], 1)
    forms = "".join([_ROWS[row] for row in (known[:, 1] * 2 + known[:, 2]).tolist()])
    return forms % tuple(np.stack([times_s, values, bounds_s], 1)[known].tolist())


def _with_gaps(trace: Trace) -> tuple[Floats, Floats, Floats]:
    """Times, values and bounds with an empty sample wherever one is missing, in order of time."""
    known = np.isfinite(trace.times_s)
    times_s, values = trace.times_s[known], trace.values[known]
    bounds_s = trace.bounds_s if len(trace.bounds_s) else np.full(len(known), np.nan)
    holes_s = [_hole(start_s, stop_s, trace.rate_hz) for start_s, stop_s in trace.gaps_s]
    empty_s = np.concatenate([np.empty(0), *holes_s])
    empty = np.full(len(empty_s), np.nan)
    order = np.argsort(np.r_[times_s, empty_s], kind="stable")
    columns = (np.r_[times_s, empty_s], np.r_[values, empty], np.r_[bounds_s[known], empty])
    every_s, value, bound_s = (column[order] for column in columns)
    return every_s, value, bound_s


def _hole(start_s: float, stop_s: float, rate_hz: float) -> Floats:
    """When samples would have been, between the last before a gap and the first after it.

    One at least; in a gap of hours one a second, or a wearable that was away fills the disk.
    """
    rate_hz = min(rate_hz, 1.0) if stop_s - start_s > _LONG_GAP_S else rate_hz
    missing = max(1, round((stop_s - start_s) * rate_hz) - 1) if np.isfinite(rate_hz) else 1
    return np.asarray(np.linspace(start_s, stop_s, missing + 2)[1:-1])
