"""BIDS physiological recordings: `_physio.tsv.gz` without a header and its JSON beside it."""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from dyadkit.dyad.series import Series
from dyadkit.dyad.traces import Mark
from dyadkit.errors import SessionError
from dyadkit.formats.foreign import ForeignRecording, TimeBase
from dyadkit.formats.readers.vocabulary import kept_name, series_name, usual_unit
from dyadkit.formats.sources import SourceFiles
from dyadkit.formats.tables import parse_table

NAME = "BIDS physio"
_PHYSIO = "_physio.tsv"


def recognises(source: SourceFiles) -> bool:
    """Whether a `_physio.tsv` or `_physio.tsv.gz` is there."""
    return bool(source.ending(_PHYSIO))


def read(source: SourceFiles) -> ForeignRecording:
    """Read one person's recordings of one run, their columns and the events beside them.

    Raises
    ------
    SessionError
        files of several people or runs, no JSON beside one, or a rate or columns missing in it
    """
    names = source.ending(_PHYSIO)
    runs = {_run(name) for name in names}
    if len(runs) > 1:
        raise SessionError(
            f"{source.path} holds {len(runs)} runs ({', '.join(sorted(runs)[:4])}): name one file"
        )
    series: dict[str, Series] = {}
    for name in names:
        series |= _columns(source, name, series)
    if not any(series_name(one) or one in ("eda", "ppg", "ibi") for one in series):
        raise SessionError(f"{source.path} has columns {', '.join(series)}, none of which is known")
    marks = _events(source, names[0])
    return ForeignRecording(NAME, series, TimeBase.OWN, marks, source.taken)


def _run(name: str) -> str:
    stem = name.rsplit("/", 1)[-1].removesuffix(_PHYSIO)
    return re.sub(r"_recording-[A-Za-z0-9]+", "", stem)


def _columns(source: SourceFiles, name: str, taken: Mapping[str, Series]) -> dict[str, Series]:
    about = _sidecar(source, name)
    rate_hz, start_s, columns = _facts(about, f"{name} of {source.path}")
    lines = source.text(name).splitlines()
    rows = [line.split("\t") for line in lines if line.strip()]
    if any(len(row) != len(columns) for row in rows) or not rows:
        raise SessionError(f"{name} of {source.path} has not {len(columns)} columns in every row")
    found: dict[str, Series] = {}
    for at, column in enumerate(columns):
        unit = _unit(about, column)
        known = series_name(column, unit)
        one = known if known and known not in taken and known not in found else kept_name(column)
        values = _numbers([row[at] for row in rows], name, column)
        found[one] = Series(values, rate_hz, unit=usual_unit(known, unit), start_s=start_s)
    return found


def _sidecar(source: SourceFiles, name: str) -> Mapping[str, Any]:
    """JSON of a file: beside it, or the one that it inherits from a folder above."""
    wanted = name.rsplit("/", 1)[-1].removesuffix(".tsv")
    parts = set(wanted.split("_"))
    merged: dict[str, Any] = {}
    inherited = [one for one in source.ending("physio.json") if _applies(one, name, parts)]
    for one in sorted(inherited, key=lambda path: (path.count("/"), len(path))):
        try:
            plain = json.loads(source.text(one))
        except ValueError as error:
            raise SessionError(f"{one} of {source.path} is no JSON ({error})") from None
        merged |= plain if isinstance(plain, dict) else {}
    if not merged:
        beside = source.path.with_name(re.sub(r"\.tsv(\.gz)?$", ".json", source.path.name))
        if source.is_single and beside.is_file():
            return _read_json(beside)
        raise SessionError(f"{name} of {source.path} has no JSON beside it: what are its columns?")
    return merged


def _read_json(path: Path) -> Mapping[str, Any]:
    try:
        plain = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise SessionError(f"{path} is no JSON ({error})") from None
    return plain if isinstance(plain, dict) else {}


def _applies(sidecar: str, name: str, parts: set[str]) -> bool:
    folder, _, file = sidecar.rpartition("/")
    return name.startswith(folder) and set(file.removesuffix(".json").split("_")) <= parts


def _facts(about: Mapping[str, Any], place: str) -> tuple[float, float, list[str]]:
    rate, start, columns = (about.get(key) for key in ("SamplingFrequency", "StartTime", "Columns"))
    if not (isinstance(rate, (int, float)) and 0 < rate < 1e6):
        raise SessionError(f"the JSON of {place} gives a SamplingFrequency of {rate}")
    if not (isinstance(columns, list) and columns and all(isinstance(one, str) for one in columns)):
        raise SessionError(f"the JSON of {place} gives no Columns")
    return float(rate), float(start) if isinstance(start, (int, float)) else 0.0, columns


def _unit(about: Mapping[str, Any], column: str) -> str:
    described = about.get(column)
    unit = described.get("Units", "") if isinstance(described, dict) else ""
    return str(unit).replace("uS", "µS")


def _numbers(cells: list[str], name: str, column: str) -> np.ndarray:
    try:
        values = np.array(
            [cell if cell.strip() not in ("n/a", "") else "nan" for cell in cells], float
        )
    except ValueError:
        raise SessionError(f"{name}: column {column} holds something that is no number") from None
    return np.where(np.isfinite(values), values, np.nan)


def _events(source: SourceFiles, name: str) -> tuple[Mark, ...]:
    """Events of the run: onset, duration and what they are called."""
    wanted = _run(name)
    for one in source.ending("_events.tsv"):
        if one.rsplit("/", 1)[-1].startswith(wanted):
            table = parse_table(source.text(one), one)
            onsets, lengths = table.numbers("onset"), table.numbers("duration")
            labels = table.columns.get("trial_type", ["event"] * len(onsets))
            return tuple(
                Mark(at, at + (n if n > 0 else 0.0), label, "condition" if n > 0 else "event")
                for at, n, label in zip(onsets.tolist(), lengths.tolist(), labels, strict=True)
                if np.isfinite(at)
            )
    return ()
