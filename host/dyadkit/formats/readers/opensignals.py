"""OpenSignals (BITalino, biosignalsplux) text: JSON in the second line, ADC counts below.

Counts become units by the sensors' transfer functions as PLUX publishes them; a sensor that is not
known here stays in counts.
"""

import datetime
import json
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from dyadkit.dyad.arrays import Floats
from dyadkit.dyad.series import Series
from dyadkit.errors import SessionError
from dyadkit.formats.foreign import ForeignRecording, TimeBase
from dyadkit.formats.readers.vocabulary import kept_name
from dyadkit.formats.sources import SourceFiles

NAME = "OpenSignals"
HEADER = "# OpenSignals Text File Format"
BITALINO_V = 3.3
_NAMES = {
    "EDA": "eda",
    "PPG": "ppg",
    "BVP": "ppg",
    "ECG": "ecg",
    "RESP": "respiration",
    "PZT": "respiration",
}


def recognises(source: SourceFiles) -> bool:
    """Whether a text begins as OpenSignals writes it."""
    names = source.ending(".txt")
    return len(names) == 1 and source.beginning(names[0], 64).startswith(HEADER)


def read(source: SourceFiles) -> ForeignRecording:
    """Read one device's sensors.

    Raises
    ------
    SessionError
        several devices where one is needed, a damaged header, or rows of other lengths
    """
    name = source.ending(".txt")[0]
    lines = source.text(name).splitlines()
    about = _about(lines, source)
    rows = [line.split("\t") for line in lines[3:] if line.strip()]
    width = len(about["column"])
    try:
        counts = np.array([row[:width] for row in rows], dtype=float)
    except ValueError:
        counts = np.empty(0)
    if counts.ndim != 2 or counts.shape[1] != width:
        raise SessionError(f"{source.path} holds rows that are no {width} numbers, or none")
    start_s = _start(about)
    rate_hz, first = float(about["sampling rate"]), start_s or 0.0
    series: dict[str, Series] = {}
    for label, sensor, bits in _sensors(about):
        known = _NAMES.get(sensor, "")
        values, unit = _converted(sensor, counts[:, about["column"].index(label)], bits)
        one = known if known and known not in series else kept_name(f"{sensor} {label}")
        series[one] = Series(
            values, rate_hz, unit=unit, sensor=f"bitalino {sensor.lower()}", start_s=first
        )
    base = TimeBase.OWN if start_s is None else TimeBase.LOCAL
    return ForeignRecording(NAME, series, base, (), source.taken)


def _about(lines: list[str], source: SourceFiles) -> Mapping[str, Any]:
    try:
        devices = json.loads(lines[1].lstrip("# "))
        [(_, about)] = devices.items()
        if not (about["column"] and float(about["sampling rate"]) > 0 and about["label"]):
            raise ValueError("no columns")
    except (ValueError, KeyError, IndexError, AttributeError, TypeError) as error:
        raise SessionError(
            f"{source.path} has a header of several devices, or a damaged one ({error})"
        ) from None
    found: Mapping[str, Any] = about
    return found


def _start(about: Mapping[str, Any]) -> float | None:
    """Start as if its local time were UTC, from "2016-6-11" and "7:3:47.29"."""
    try:
        day = [int(part) for part in str(about["date"]).split("-")]
        hour, minute, second = (float(part) for part in str(about["time"]).split(":"))
        midnight = datetime.datetime(day[0], day[1], day[2], tzinfo=datetime.UTC)
    except (KeyError, ValueError, IndexError):
        return None
    return midnight.timestamp() + 3600 * hour + 60 * minute + second


def _sensors(about: Mapping[str, Any]) -> list[tuple[str, str, int]]:
    """Column, sensor and resolution of each analog channel."""
    sensors = [str(one).upper() for one in about.get("sensor", ())]
    bits = list(about.get("resolution", ()))[-len(sensors) :]
    return list(zip(about["label"], sensors, bits, strict=False))


def _converted(sensor: str, counts: Floats, bits: int) -> tuple[Floats, str]:
    convert = _TRANSFER.get(sensor)
    if convert is None:
        return counts, "counts"
    return convert(counts / 2.0**bits)


_TRANSFER: dict[str, Callable[[Floats], tuple[Floats, str]]] = {
    "EDA": lambda part: (part * BITALINO_V / 0.132, "µS"),
    "ECG": lambda part: ((part - 0.5) * BITALINO_V / 1100 * 1e3, "mV"),
}
"""Of a share of the converter's range: BITalino's EDA and ECG data sheets (PLUX, 2020)."""
