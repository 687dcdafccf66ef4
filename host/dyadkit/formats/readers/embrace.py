"""Empatica EmbracePlus: Avro files of raw data, a quarter or half of an hour each.

Every stream has its own start, in microseconds of Unix time, and its own rate, which is measured
and therefore fractional. Files of one recording are joined; what lies between them is a gap.
"""

import io
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from dyadkit.dyad.arrays import Floats
from dyadkit.dyad.series import Series
from dyadkit.dyad.traces import Mark
from dyadkit.errors import SessionError, extra
from dyadkit.formats.foreign import ForeignRecording, TimeBase
from dyadkit.formats.sources import SourceFiles

NAME = "Empatica EmbracePlus"
SENSOR = "empatica embraceplus"
STREAMS = {"bvp": ("ppg", "a.u."), "eda": ("eda", "µS"), "temperature": ("temperature", "°C")}
AXES = ("x", "y", "z")


def recognises(source: SourceFiles) -> bool:
    """Whether there are Avro files."""
    return bool(source.ending(".avro"))


def read(source: SourceFiles) -> ForeignRecording:
    """Read one person's recording of one or many files.

    Raises
    ------
    SessionError
        a file is no EmbracePlus recording, or several devices where one is needed
    """
    records = [_record(source, name) for name in source.ending(".avro")]
    devices = {str(record.get("deviceSn", "")) for record in records}
    if len(devices) > 1:
        raise SessionError(
            f"{source.path} holds files of {len(devices)} devices ({', '.join(sorted(devices))}): "
            "name the folder of one"
        )
    raws = [record["rawData"] for record in records]
    series = {
        name: found
        for stream, (name, unit) in STREAMS.items()
        if (found := _joined([_part(raw, stream) for raw in raws], unit)) is not None
    }
    series |= _motion(raws)
    if not series:
        raise SessionError(f"{source.path} holds no samples")
    tags = sorted({at for raw in raws for at in _tags(raw)})
    marks = tuple(Mark(at * 1e-6, at * 1e-6, f"tag {n}") for n, at in enumerate(tags, 1))
    return ForeignRecording(NAME, series, TimeBase.UNIX, marks, source.taken)


def _record(source: SourceFiles, name: str) -> Mapping[str, Any]:
    with extra("files"):
        import fastavro
    try:
        records = list(fastavro.reader(io.BytesIO(source.data(name))))
        [record] = records
        if not isinstance(record, dict) or not isinstance(record["rawData"], dict):
            raise ValueError("no rawData")
    except SessionError:
        raise
    except Exception as error:  # noqa: BLE001 - fastavro raises whatever damaged bytes lead to
        raise SessionError(
            f"{name} of {source.path} is no EmbracePlus recording, or damaged ({error})"
        ) from None
    return record


_Part = tuple[float, float, Floats]
"""Start in Unix seconds, rate, values."""


def _part(raw: Mapping[str, Any], stream: str, axis: str = "values") -> _Part | None:
    """Samples of one file; None where the stream was off, as a start or rate of 0 says."""
    one = raw.get(stream) or {}
    start_us, rate_hz = one.get("timestampStart", 0), one.get("samplingFrequency", 0.0)
    values = np.asarray(one.get(axis, ()), dtype=float)
    if not (start_us > 0 and rate_hz > 0 and np.isfinite(rate_hz) and len(values)):
        return None
    return start_us * 1e-6, float(rate_hz), values


def _joined(parts: Iterable[_Part | None], unit: str, factor: float = 1.0) -> Series | None:
    """Parts end to end; where files overlap, the earlier one counts."""
    known = sorted((part for part in parts if part is not None), key=lambda part: part[0])
    if not known:
        return None
    times_s = np.concatenate([start + np.arange(len(v)) / rate for start, rate, v in known])
    values = np.concatenate([v for _, _, v in known]) * factor
    if len(known) == 1:
        start_s, rate_hz, _ = known[0]
        return Series(values, rate_hz=rate_hz, unit=unit, sensor=SENSOR, start_s=start_s)
    fresh = np.concatenate(([True], times_s[1:] > np.maximum.accumulate(times_s)[:-1]))
    return Series(values[fresh], times_s=times_s[fresh], unit=unit, sensor=SENSOR)


def _motion(raws: list[Mapping[str, Any]]) -> dict[str, Series]:
    """Acceleration in g, by the file's own conversion."""
    found = {}
    for axis in AXES:
        parts = []
        for raw in raws:
            part = _part(raw, "accelerometer", axis)
            if part is not None:
                scale = (raw["accelerometer"].get("imuParams") or {}).get("conversionFactor") or 1.0
                parts.append((part[0], part[1], part[2] * scale))
        series = _joined(parts, "g")
        if series is not None:
            found[f"acc_{axis}"] = series
    return found


def _tags(raw: Mapping[str, Any]) -> list[int]:
    return [int(at) for at in (raw.get("tags") or {}).get("tagsTimeMicros", ()) if at > 0]
