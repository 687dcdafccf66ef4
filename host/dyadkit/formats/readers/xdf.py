"""XDF of LabRecorder: streams of a network, on one clock by their measured offsets (pyxdf)."""

import io
import logging
from collections.abc import Mapping
from typing import Any

import numpy as np

from dyadkit.dyad.series import Series
from dyadkit.dyad.traces import Mark
from dyadkit.errors import SessionError, extra
from dyadkit.formats.foreign import ForeignRecording, TimeBase
from dyadkit.formats.readers.vocabulary import kept_name, series_name, usual_unit
from dyadkit.formats.sources import SourceFiles, unpacked
from dyadkit.formats.tables import in_order

NAME = "XDF"
GZIP = b"\x1f\x8b"
OURS = b"<manufacturer>dyadkit</manufacturer>"
"""Of a file we wrote: its times are solved ones, not to be smoothed again."""


def recognises(source: SourceFiles) -> bool:
    """Whether it is one XDF file."""
    names = source.ending(".xdf", ".xdfz")
    return len(names) == 1 and source.data(names[0])[:2] in (b"XD", GZIP)


def read(source: SourceFiles) -> ForeignRecording:
    """Read the channels of all streams that are known by name, type or label; and all markers.

    Raises
    ------
    SessionError
        damaged, or no channel in it is known
    """
    name = source.ending(".xdf", ".xdfz")[0]
    streams = _streams(source, name)
    wanted = [one for one in streams if source.chooses(_path(one))]
    series: dict[str, Series] = {}
    notes: list[str] = []
    marks: list[Mark] = []
    for stream in wanted:
        if not len(stream["time_stamps"]):
            notes.append(f"stream {_path(stream)} is empty")
        elif isinstance(stream["time_series"], list):
            marks += _marks(stream)
        else:
            notes += _take(stream, source, series)
    if not series:
        held = "; ".join(f"{_path(one)}: {', '.join(_labels(one))}" for one in streams)
        raise SessionError(f"{source.path} holds no stream that is known, but {held[:600]}")
    return ForeignRecording(
        NAME, series, TimeBase.NETWORK, tuple(marks), source.taken, tuple(notes)
    )


def _streams(source: SourceFiles, name: str) -> list[Mapping[str, Any]]:
    with extra("files"):
        import pyxdf
    logging.getLogger("pyxdf.pyxdf").setLevel(logging.ERROR)
    data = _unpacked(source.data(name))
    try:
        streams, _ = pyxdf.load_xdf(io.BytesIO(data), dejitter_timestamps=OURS not in data)
    except SessionError:
        raise
    except Exception as error:  # noqa: BLE001 - pyxdf raises whatever damaged bytes lead to
        raise SessionError(f"{source.path} is a damaged XDF ({error})") from None
    return list(streams)


def _unpacked(data: bytes) -> bytes:
    return unpacked(data, "the XDF") if data.startswith(GZIP) else data


def _path(stream: Mapping[str, Any]) -> str:
    info = stream["info"]
    return " ".join(str((info.get(key) or [""])[0]) for key in ("name", "type"))


def _labels(stream: Mapping[str, Any]) -> list[str]:
    channels = _described(stream)
    count = int((stream["info"].get("channel_count") or ["1"])[0])
    labels = [str((one.get("label") or [""])[0]) for one in channels][:count]
    return labels + [f"channel {n}" for n in range(len(labels) + 1, count + 1)]


def _units(stream: Mapping[str, Any]) -> list[str]:
    channels = _described(stream)
    count = int((stream["info"].get("channel_count") or ["1"])[0])
    units = [str((one.get("unit") or [""])[0] or "") for one in channels][:count]
    return units + [""] * (count - len(units))


def _described(stream: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Descriptions of the channels, as far as the stream has any."""
    try:
        channels = stream["info"]["desc"][0]["channels"][0]["channel"]
    except (KeyError, IndexError, TypeError):
        return []
    return [one for one in channels if isinstance(one, dict)]


def _take(stream: Mapping[str, Any], source: SourceFiles, series: dict[str, Series]) -> list[str]:
    """Put the known channels of a stream into `series`; gives what there is to say of them."""
    times_s = np.asarray(stream["time_stamps"], dtype=float)
    rows, notes = in_order(times_s, _path(stream))
    values = np.asarray(stream["time_series"], dtype=float)[rows]
    for at, (label, unit) in enumerate(zip(_labels(stream), _units(stream), strict=True)):
        known = series_name(label, unit) or series_name(source.without_choice(_path(stream)))
        name = known if known and known not in series else ""
        if not name:
            name = f"{kept_name(_path(stream))}_{kept_name(label)}"
        series[name] = Series(values[:, at], times_s=times_s[rows], unit=usual_unit(known, unit))
    return list(notes)


def _marks(stream: Mapping[str, Any]) -> list[Mark]:
    return [
        Mark(float(at_s), float(at_s), " ".join(str(word) for word in words))
        for at_s, words in zip(stream["time_stamps"], stream["time_series"], strict=True)
        if any(str(word).strip() for word in words)
    ]
