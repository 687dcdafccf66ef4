"""BDF export by edfio: channels as they were measured, marks and gaps as annotations.

BDF has 24 bits a sample: counts are whole numbers and come back exactly, other units in steps that
`session.json` gives. All channels of one file share its start and a record's length, so series that
begin apart or whose rates have no common length, as those of sensors with clocks of their own, get
a file each; its start time is the session's second of its first sample. A gap cannot be empty: it
holds the channel's lowest value, and an annotation "gap of ..." covers it.
"""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from dyadkit.dyad.arrays import Floats
from dyadkit.dyad.private_files import private_file
from dyadkit.dyad.traces import PERSONS, Dyad, PersonName, Trace
from dyadkit.errors import SignalError, extra
from dyadkit.formats.writers.csv import write_about
from dyadkit.formats.writers.grid import Regular, regular

if TYPE_CHECKING:
    import edfio

DIGITAL_MIN, DIGITAL_MAX = -(2**23), 2**23 - 1
RECORD_S = 10.0
"""Length of a record where the rate decides it; its eight characters then hold the rate to 1e-7."""


@dataclass(frozen=True, slots=True, eq=False)
class _Channel:
    """One series: its values with gaps filled, and the physical range it is written in."""

    name: str
    unit: str
    grid: Regular
    values: Floats
    span: tuple[float, float]


def write(dyad: Dyad, out: Path) -> list[Path]:
    """Write `a.bdf`, `b.bdf` (or `a_ppg_ir.bdf` ...) and `session.json` into an empty folder."""
    with extra("files"):
        import edfio  # noqa: F401 - so that what is missing is said before a file is begun

    made: list[Path] = []
    channels: dict[str, object] = {}
    for person in PERSONS:
        traces = dyad.person(person).traces
        found = [_channel(name, one) for name, one in sorted(traces.items()) if len(one) > 1]
        if not found:
            raise SignalError(f"person {person} has no samples to write")
        for stem, together, record_s in _files(person, found):
            made.append(out / f"{stem}.bdf")
            notes = _annotations(dyad, person, {one.name: traces[one.name] for one in together})
            _write(together, record_s, notes, made[-1])
            channels |= {f"{person}_{one.name}": _about(one, made[-1]) for one in together}
    return [*made, write_about(dyad, out, {"channels": channels})]


def _channel(name: str, trace: Trace) -> _Channel:
    grid = regular(trace)
    before = max(0, int(np.ceil(-grid.start_s * grid.rate_hz)))  # nothing is earlier than 0
    grid = replace(grid, start_s=grid.start_s + before / grid.rate_hz, values=grid.values[before:])
    low, high = _span(grid.values)
    values = np.where(np.isfinite(grid.values), grid.values, low)
    return _Channel(name, trace.unit, grid, values, (low, high))


def _span(values: Floats) -> tuple[float, float]:
    """Physical range: the digits' own for whole numbers, else rounded outwards to 8 characters."""
    known = values[np.isfinite(values)]
    whole = len(known) > 0 and np.all(known == np.rint(known))
    if not len(known) or (whole and np.abs(known).max() < DIGITAL_MAX):
        return float(DIGITAL_MIN), float(DIGITAL_MAX)
    low, high = float(known.min()), float(known.max())
    step = 10.0 ** (np.floor(np.log10(max(abs(low), abs(high), 1e-6))) - 4)
    return float(np.floor(low / step) * step), float(np.ceil(high / step) * step + step)


def _files(person: PersonName, found: list[_Channel]) -> list[tuple[str, list[_Channel], float]]:
    """Which channels share a file, its name, and its record's length in seconds."""
    alike: dict[tuple[float, float], list[_Channel]] = {}
    for one in found:
        rate_hz = one.grid.rate_hz
        whole = float(rate_hz).is_integer()
        record_s = 1.0 if whole else max(1, round(RECORD_S * rate_hz)) / rate_hz
        alike.setdefault((round(one.grid.start_s, 3), record_s), []).append(one)
    return [
        (person if len(alike) == 1 else f"{person}_{together[0].name}", together, record_s)
        for (_, record_s), together in alike.items()
    ]


def _write(
    together: list[_Channel], record_s: float, notes: "list[edfio.EdfAnnotation]", file: Path
) -> None:
    import edfio

    written_s = float(f"{record_s:.6f}"[:8])
    signals = []
    records = max(-(-len(one.values) // round(one.grid.rate_hz * record_s)) for one in together)
    for one in together:
        samples = round(one.grid.rate_hz * record_s)
        padded = np.pad(
            one.values, (0, records * samples - len(one.values)), constant_values=one.span[0]
        )
        signals.append(
            edfio.BdfSignal(
                padded,
                sampling_frequency=samples / written_s,
                label=one.name[:16],
                physical_dimension=_unit(one.unit),
                physical_range=one.span,
                digital_range=(DIGITAL_MIN, DIGITAL_MAX),
            )
        )
    begins_s = together[0].grid.start_s
    edfio.Bdf(
        signals,
        starttime=(datetime.datetime.min + datetime.timedelta(seconds=begins_s)).time(),
        data_record_duration=written_s,
        annotations=[
            edfio.EdfAnnotation(note.onset - begins_s, note.duration, note.text) for note in notes
        ],
    ).write(private_file(file))


def _unit(unit: str) -> str:
    return {"microsiemens": "uS", "beats per minute": "bpm"}.get(unit, unit.replace("µ", "u"))[:8]


def _about(one: _Channel, file: Path) -> dict[str, object]:
    low, high = one.span
    return {
        "file": file.name,
        "unit": one.unit,
        "rate_hz": one.grid.rate_hz,
        "first_sample_s": one.grid.start_s,
        "step": (high - low) / (DIGITAL_MAX - DIGITAL_MIN),
        "max_time_off_s": one.grid.max_off_s,
        "resampled": one.grid.resampled,
    }


def _annotations(
    dyad: Dyad, person: PersonName, traces: Mapping[str, Trace]
) -> "list[edfio.EdfAnnotation]":
    """Marks of this person or both, and each gap of these series."""
    import edfio

    notes = [
        edfio.EdfAnnotation(mark.start_s, _length(mark.stop_s - mark.start_s), mark.label)
        for mark in dyad.marks
        if mark.person in (None, person) and mark.start_s >= 0
    ]
    for name, trace in traces.items():
        notes += [
            edfio.EdfAnnotation(float(start_s), float(stop_s - start_s), f"gap of {name}")
            for start_s, stop_s in trace.gaps_s
        ]
    return sorted(notes, key=lambda note: note.onset)


def _length(seconds: float) -> float | None:
    return seconds if seconds > 0 else None
