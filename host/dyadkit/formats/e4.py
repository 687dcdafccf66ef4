"""Empatica E4 recordings of one person, in the three forms met in the wild.

* the zip (or its unpacked folder) that E4 Connect gives: start time, rate, then values;
* folders of CSV with a header and a `time` column;
* compact files `<prefix>_EDA.csv.gz`, `<prefix>_BVP.csv.gz` with `# t0_unix=... fs=...`.
"""

import csv
import datetime
import gzip
import io
import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from dyadkit.dyad.arrays import Floats
from dyadkit.errors import SessionError

SIGNALS = ("EDA", "BVP", "HR", "TEMP")
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
        nothing there, several recordings where one is needed, or no skin conductance
    """
    opened = _openers(source)
    found = {name: _parse(name, opened[name](), source) for name in SIGNALS if name in opened}
    if "EDA" not in found:
        raise SessionError(
            f"{source} holds no skin conductance (EDA.csv); an E4 recording needs it"
        )
    return E4Recording(str(source), found["EDA"], found.get("BVP"), found.get("HR"))


def _openers(source: Path) -> dict[str, Callable[[], str]]:
    """For each signal found at the source, a function that gives its text."""
    if source.is_file() and zipfile.is_zipfile(source):
        with zipfile.ZipFile(source) as archive:
            texts = {Path(name).stem: archive.read(name) for name in archive.namelist()}
        return {name: _decoder(texts[name]) for name in SIGNALS if name in texts}
    if source.is_dir():
        files = {file.name: file for file in sorted(source.iterdir())}
        plain = {
            name: _reader(files[candidate])
            for name in SIGNALS
            for candidate in (f"{name}.csv", f"{name}.csv.gz")
            if candidate in files
        }
        return plain or _refuse_folder(source, list(files))
    return _prefixed(source)


def _prefixed(source: Path) -> dict[str, Callable[[], str]]:
    prefix = re.sub(rf"_({'|'.join(SIGNALS)})\.csv(\.gz)?$", "", source.name)
    found = {
        name: _reader(file)
        for name in SIGNALS
        for file in sorted(source.parent.glob(f"{prefix}_{name}.csv*"))
    }
    if not found:
        raise SessionError(f"{source} is not an E4 recording: no such folder, zip or file prefix")
    return found


def _refuse_folder(source: Path, names: list[str]) -> dict[str, Callable[[], str]]:
    ends = tuple(f"_{name}.csv{gz}" for name in SIGNALS for gz in ("", ".gz"))
    prefixes = sorted({name.rsplit("_", 1)[0] for name in names if name.endswith(ends)})
    if prefixes:
        raise SessionError(
            f"{source} holds {len(prefixes)} recordings; name one, for example "
            f"{source / prefixes[0]}"
        )
    raise SessionError(f"{source} holds no E4 recording: EDA.csv or BVP.csv are expected there")


def _reader(file: Path) -> Callable[[], str]:
    def read() -> str:
        data = file.read_bytes()
        return _decoder(gzip.decompress(data) if file.suffix == ".gz" else data)()

    return read


def _decoder(data: bytes) -> Callable[[], str]:
    return lambda: data.decode("utf-8-sig")


def _parse(name: str, text: str, source: Path) -> E4Series:
    lines = text.splitlines()
    try:
        compact = _COMPACT.match(lines[0])
        if compact:
            values = np.array([float(line) for line in lines[2:] if line.strip()])
            return E4Series(float(compact["start"]), float(compact["rate"]), values)
        if name in lines[0]:
            return _with_times(name, text)
        first, rate, *rest = (line.split(",")[0] for line in lines if line.strip())
        return E4Series(float(first), float(rate), np.array([float(value) for value in rest]))
    except (ValueError, IndexError, KeyError) as error:
        raise SessionError(f"{name} of {source} is not an E4 file: {error}") from error


def _with_times(name: str, text: str) -> E4Series:
    rows = list(csv.DictReader(io.StringIO(text)))
    values = np.array([float(row[name]) for row in rows])
    times_s = [_unix(row["time"]) for row in (rows[0], rows[-1])]
    rate_hz = (len(rows) - 1) / (times_s[1] - times_s[0]) if len(rows) > 1 else 4.0
    return E4Series(times_s[0], round(rate_hz, 3), values)


def _unix(text: str) -> float:
    moment = datetime.datetime.fromisoformat(text)
    return moment.replace(tzinfo=moment.tzinfo or datetime.UTC).timestamp()
