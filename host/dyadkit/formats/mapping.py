"""Mapping of a table: which column is the time and which are pulse, skin conductance and so on.

A small TOML file that a person can write and `dyadkit import --explain FILE` drafts:

    [time]
    column = "arduino_ts"      # or rate_hz = 250
    unit = "ms"                # s, ms, us or ns; left out: seconds, or Unix time by its size
    start_s = 1675944284.7     # Unix time of the first row, where the file does not say it; or
    start_in_name = true       # it stands in the file's name, as ..._1675944284_729139.csv

    [series.ppg]
    column = "PPG Finger"
    unit = "counts"

    [series.eda]
    column = "GSR"
    unit = "µS"
    scale = 0.001              # value = scale * column + offset
    offset = 0.0

    [marks]
    column = "event_code"
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import tomli_w

from dyadkit.errors import SessionError

_KNOWN = {
    "": {"time", "series", "marks"},
    "time": {"column", "unit", "rate_hz", "start_s", "start_in_name"},
    "series": {"column", "unit", "scale", "offset", "sensor"},
    "marks": {"column"},
}


@dataclass(frozen=True, slots=True)
class Column:
    """Column of a table that gives a series: value = scale * column + offset, in `unit`.

    Examples
    --------
    >>> Column("GSR", "µS", scale=0.001).offset
    0.0
    """

    column: str
    unit: str = ""
    scale: float = 1.0
    offset: float = 0.0
    sensor: str = ""


@dataclass(frozen=True, slots=True)
class TableMapping:
    """What the columns of a table mean.

    time_column, time_unit : seconds where no unit is said, or Unix time by its size
    rate_hz : instead of a column
    start_s : Unix time of the first row where the file does not say it; None if nobody knows
    start_in_name : it stands in the file's name
    series : by the names of `dyadkit.from_arrays`
    marks_column : a mark wherever its text changes to something; empty where there is none

    Examples
    --------
    >>> TableMapping(rate_hz=4.0, series={"eda": Column("EDA", "µS")}).start_s is None
    True
    """

    time_column: str = ""
    time_unit: str = ""
    rate_hz: float | None = None
    start_s: float | None = None
    series: dict[str, Column] = field(default_factory=dict)
    marks_column: str = ""
    start_in_name: bool = False


def read_mapping(path: Path) -> TableMapping:
    """Mapping from a TOML file.

    Raises
    ------
    SessionError
        it cannot be read, says something unknown, or leaves out the time or every series
    """
    try:
        plain = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SessionError(f"{path} is no mapping: {error}") from None
    _refuse_unknown(path, "", plain)
    time, marks = _table(path, plain, "time"), _table(path, plain, "marks")
    series = _table(path, plain, "series", check="")
    mapping = TableMapping(
        time_column=_text(path, time, "column"),
        time_unit=_text(path, time, "unit"),
        rate_hz=_number(path, time, "rate_hz"),
        start_s=_number(path, time, "start_s"),
        series={name: _column(path, name, series) for name in series},
        marks_column=_text(path, marks, "column"),
        start_in_name=time.get("start_in_name") is True,
    )
    if not mapping.series:
        raise SessionError(f"{path} names no series: add [series.eda] or [series.ppg]")
    is_own_clock = set(mapping.series) == {"ibi"}  # each interval says when the next begins
    if not is_own_clock and bool(mapping.time_column) == (mapping.rate_hz is not None):
        raise SessionError(f"{path}, [time]: give either column or rate_hz")
    if mapping.rate_hz is not None and not 0 < mapping.rate_hz < 1e6:
        raise SessionError(f"{path}, [time]: rate_hz is {mapping.rate_hz}, samples per second")
    return mapping


def toml_of(mapping: TableMapping) -> str:
    """A mapping as the TOML that `read_mapping` reads.

    Examples
    --------
    >>> print(toml_of(TableMapping(rate_hz=4.0, series={"eda": Column("EDA", "µS")})).strip())
    [time]
    rate_hz = 4.0
    <BLANKLINE>
    [series.eda]
    column = "EDA"
    unit = "µS"
    """
    time = {
        "column": mapping.time_column, "unit": mapping.time_unit,
        "rate_hz": mapping.rate_hz, "start_s": mapping.start_s,
        "start_in_name": mapping.start_in_name or None,
    }  # fmt: skip
    series = {
        name: _said(
            {"column": one.column, "unit": one.unit, "sensor": one.sensor}
            | ({} if one.scale == 1.0 else {"scale": one.scale})
            | ({} if one.offset == 0.0 else {"offset": one.offset})
        )
        for name, one in mapping.series.items()
    }
    marks = {"marks": {"column": mapping.marks_column}} if mapping.marks_column else {}
    return tomli_w.dumps({"time": _said(time), "series": series, **marks})


def _said(table: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in table.items() if value not in ("", None)}


def _table(
    path: Path, plain: Mapping[str, Any], name: str, check: str | None = None
) -> Mapping[str, Any]:
    table = plain.get(name, {})
    if not isinstance(table, dict):
        raise SessionError(f"{path}: {name} is a table, [{name}]")
    if check is None:
        _refuse_unknown(path, name, table)
    return table


def _column(path: Path, name: str, series: Mapping[str, Any]) -> Column:
    table = _table(path, series, name, check="")
    _refuse_unknown(path, "series", table)
    if "column" not in table:
        raise SessionError(f"{path}, [series.{name}]: column is missing")
    scale, offset = _number(path, table, "scale"), _number(path, table, "offset")
    return Column(
        _text(path, table, "column"),
        _text(path, table, "unit"),
        1.0 if scale is None else scale,
        0.0 if offset is None else offset,
        _text(path, table, "sensor"),
    )


def _refuse_unknown(path: Path, where: str, table: Mapping[str, Any]) -> None:
    unknown = sorted(table.keys() - _KNOWN[where])
    if unknown:
        known = ", ".join(sorted(_KNOWN[where]))
        raise SessionError(
            f"{path}: {unknown[0]} is not known{where and f' in [{where}]'}; {known} are"
        )


def _text(path: Path, table: Mapping[str, Any], key: str) -> str:
    value = table.get(key, "")
    if not isinstance(value, str):
        raise SessionError(f"{path}: {key} is text, in quotes")
    return value


def _number(path: Path, table: Mapping[str, Any], key: str) -> float | None:
    value = table.get(key)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise SessionError(f"{path}: {key} is a number")
    return float(value)
