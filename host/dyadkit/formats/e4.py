"""Empatica E4 recordings of one person, in the three forms met in the wild.

* the zip (or its unpacked folder) that E4 Connect gives: start time, rate, then values;
* folders of CSV with a header and a `time` column;
* compact files `<prefix>_EDA.csv.gz`, `<prefix>_BVP.csv.gz` with `# t0_unix=... fs=...`.
"""

import csv
import datetime
import io
import re
import zipfile
from array import array
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from dyadkit.dyad.arrays import Floats
from dyadkit.dyad.limits import MAX_RATE_HZ, MAX_UNIX_S
from dyadkit.errors import SessionError
from dyadkit.formats.archives import content_of, contents_of_zip

SIGNALS = ("EDA", "BVP", "HR", "TEMP")
E4_EDA_HZ = 4.0
MAX_LINE = 1000
_COMPACT = re.compile(r"#\s*t0_unix=(?P<start>[-\d.]+)\s+fs=(?P<rate>[\d.]+)")


@dataclass(frozen=True, slots=True, eq=False)
class E4Series:
    """Evenly sampled series: start in Unix seconds, rate, values of shape (n,)."""

    start_s: float
    rate_hz: float
    values: Floats

    @property
    def stop_s(self) -> float:
        """End of the last sample's period, Unix seconds."""
        return self.start_s + len(self.values) / self.rate_hz

    def between(self, start_s: float, stop_s: float) -> "E4Series":
        """The samples taken at start_s or later whose period ends by stop_s, Unix seconds."""
        first = max(0, int(np.ceil((start_s - self.start_s) * self.rate_hz - 1e-6)))
        last = max(first, int(np.floor((stop_s - self.start_s) * self.rate_hz + 1e-6)))
        return E4Series(self.start_s + first / self.rate_hz, self.rate_hz, self.values[first:last])


@dataclass(frozen=True, slots=True, eq=False)
class E4Recording:
    """Recording of one person; skin conductance is always there, the others may be None.

    bvp : blood volume pulse, in E4's own units; heart_rate_bpm : as E4 computed it
    """

    source: str
    eda_usiemens: E4Series
    bvp: E4Series | None
    heart_rate_bpm: E4Series | None


def read_e4(source: Path) -> E4Recording:
    """Read one person's E4 recording from a folder, a zip, or a `<prefix>` of compact files.

    Raises
    ------
    SessionError
        nothing there, several recordings where one is needed, no skin conductance, or files that
        are not such a recording's
    """
    contents = _contents(source)
    found = {name: _parse(name, content, source) for name, content in contents.items()}
    if "EDA" not in found:
        raise SessionError(
            f"{source} holds no skin conductance (EDA.csv); an E4 recording needs it"
        )
    return E4Recording(str(source), found["EDA"], found.get("BVP"), found.get("HR"))


def _contents(source: Path) -> dict[str, bytes]:
    """For each signal found at the source, its text."""
    if source.is_file() and zipfile.is_zipfile(source):
        files = contents_of_zip(source, [f"{name}.csv" for name in SIGNALS])
        return {Path(name).stem: content for name, content in files.items()}
    if source.is_dir():
        return _contents_of_folder(source)
    prefix = re.sub(rf"_({'|'.join(SIGNALS)})\.csv(\.gz)?$", "", source.name)
    named = {name: f"{prefix}_{name}" for name in SIGNALS}
    found_at = {name: _first_of(source.parent, stem) for name, stem in named.items()}
    found = _read(found_at)
    if not found:
        raise SessionError(f"{source} is not an E4 recording: no such folder, zip or file prefix")
    return found


def _contents_of_folder(source: Path) -> dict[str, bytes]:
    return _read({name: _first_of(source, name) for name in SIGNALS}) or _refuse_folder(source)


def _read(files: Mapping[str, Path | None]) -> dict[str, bytes]:
    return {name: content_of(file) for name, file in files.items() if file is not None}


def _first_of(folder: Path, stem: str) -> Path | None:
    """The file of a signal: plain, or packed."""
    candidates = (folder / f"{stem}.csv", folder / f"{stem}.csv.gz")
    return next((file for file in candidates if file.is_file()), None)


def _refuse_folder(source: Path) -> dict[str, bytes]:
    try:
        names = sorted(file.name for file in source.iterdir())
    except OSError as error:
        raise SessionError(f"cannot read {source}: {error.strerror}") from None
    ends = tuple(f"_{name}.csv{gz}" for name in SIGNALS for gz in ("", ".gz"))
    prefixes = sorted({name.rsplit("_", 1)[0] for name in names if name.endswith(ends)})
    if prefixes:
        raise SessionError(
            f"{source} holds {len(prefixes)} recordings; name one, for example "
            f"{source / prefixes[0]}"
        )
    raise SessionError(f"{source} holds no E4 recording: EDA.csv or BVP.csv are expected there")


def _parse(name: str, content: bytes, source: Path) -> E4Series:
    try:
        return _checked(_series(name, io.TextIOWrapper(io.BytesIO(content), "utf-8-sig")))
    except (ValueError, IndexError, KeyError, OverflowError, csv.Error) as error:
        raise SessionError(f"{name} of {source} is not an E4 file: {error}") from None


def _series(name: str, text: io.TextIOWrapper) -> E4Series:
    """One of the three forms, told apart by the first line."""
    first = text.readline(MAX_LINE)
    compact = _COMPACT.match(first)
    if compact:
        text.readline(MAX_LINE)  # the name of the column
        return E4Series(float(compact["start"]), float(compact["rate"]), _column(text))
    if name in first:
        text.seek(0)
        return _with_times(name, text)
    start, rate = (line.split(",")[0] for line in (first, text.readline(MAX_LINE)))
    return E4Series(float(start), float(rate), _column(text))


def _column(text: io.TextIOWrapper) -> Floats:
    """The first number of each line that has one; line by line, for a text can be large."""
    return np.array(array("d", (float(line.partition(",")[0]) for line in text if line.strip())))


def _with_times(name: str, text: io.TextIOWrapper) -> E4Series:
    rows = csv.reader(text)
    columns = next(rows)
    value_at, time_at = columns.index(name), columns.index("time")
    values, times = array("d"), ["", ""]
    for row in filter(None, rows):
        values.append(float(row[value_at]))
        times = [times[0] or row[time_at], row[time_at]]
    first_s, last_s = (_unix(time) for time in times)
    rate_hz = (len(values) - 1) / (last_s - first_s) if last_s > first_s else E4_EDA_HZ
    return E4Series(first_s, round(rate_hz, 3), np.asarray(values))


def _checked(series: E4Series) -> E4Series:
    """The series, if its numbers can be a recording's."""
    if not 0 <= series.start_s <= MAX_UNIX_S:
        raise ValueError(f"it begins at {series.start_s:g}, which is no Unix time")
    if not 0 < series.rate_hz <= MAX_RATE_HZ:
        raise ValueError(f"{series.rate_hz:g} is no rate in Hz")
    if not len(series.values):
        raise ValueError("it holds no samples")
    if not np.isfinite(series.values).all():
        raise ValueError("some of its samples are no numbers")
    return series


def _unix(text: str) -> float:
    moment = datetime.datetime.fromisoformat(text)
    return moment.replace(tzinfo=moment.tzinfo or datetime.UTC).timestamp()
