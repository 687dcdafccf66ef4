"""NeuroKit export: one table a person, with its column names, that its analyses take as it is.

`pandas.read_csv("a.csv")` gives what `nk.ppg_process` and `nk.eda_process` would: pass it to
`nk.ppg_analyze`, `nk.hrv`, `nk.eda_analyze` with the `sampling_rate` of session.json. Two columns
are ours: `PPG_Mask` and `EDA_Mask` are 1 where nothing was measured or it cannot be trusted.
Some of NeuroKit's functions fail on a single NaN: session.json lists the stretches without any.
"""

from pathlib import Path

import numpy as np

from dyadkit.dyad.arrays import Floats
from dyadkit.dyad.private_files import private_file
from dyadkit.dyad.traces import PERSONS, Dyad, PersonTraces, Trace
from dyadkit.formats.writers.csv import write_about, write_marks
from dyadkit.sessions.extraction import extraction_of
from dyadkit.signals import Physiology, eda
from dyadkit.signals.contact import ANY_SENSOR, faults
from dyadkit.signals.physiology import SERIES_HZ
from dyadkit.signals.ppg.finding import MIN_S
from dyadkit.signals.ppg.waveform import WORKING_HZ, Polarity, condition

RATE_HZ = 100
MIN_SPAN_S = 10.0
_AT_ONCE = 1 << 12


def write(dyad: Dyad, out: Path) -> list[Path]:
    """Write `a.csv`, `b.csv`, `marks.csv` and `session.json` into an empty folder."""
    bodies, made = extraction_of(dyad), []
    notes, whole_s = {}, {}
    for person in PERSONS:
        body: Physiology = getattr(bodies, person)
        columns = table(dyad.person(person), body)
        made.append(out / f"{person}.csv")
        _write_table(columns, made[-1])
        notes[person] = list(body.notes)
        whole_s[person] = {name: _whole_s(columns[f"{name}_Mask"]) for name in ("PPG", "EDA")}
    about = {"sampling_rate": RATE_HZ, "notes": notes, "unmasked_s": whole_s}
    return [*made, write_marks(dyad, out), write_about(dyad, out, about)]


def table(recording: PersonTraces, body: Physiology) -> dict[str, Floats]:
    """Columns of equal length at 100 Hz, by NeuroKit's names; NaN where nothing was measured.

    `PPG_Peaks` are the trusted beats, each at the middle of its rise. A beat nobody saw is not
    among them: look at `PPG_Mask` before taking an interval from one peak to the next.
    """
    grid_s = np.arange(int(len(body.times_s) / SERIES_HZ * RATE_HZ)) / RATE_HZ
    return {"Time": grid_s} | _pulse(recording, body, grid_s) | _skin(recording, body, grid_s)


def _write_table(columns: dict[str, Floats], file: Path) -> None:
    """A table as text, some thousands of rows at once.

    Most columns are 0 nearly always: a zero is part of a row's form, and only the rest is numbers.
    """
    values = np.stack(list(columns.values()), axis=1)
    with private_file(file).open("w", encoding="utf-8", newline="\n") as text:
        text.write(",".join(columns) + "\n")
        for first in range(0, len(values), _AT_ONCE):
            rows = values[first : first + _AT_ONCE]
            is_zero = (rows == 0) & ~np.signbit(rows)
            kinds, kind = np.unique(np.packbits(is_zero, axis=1), axis=0, return_inverse=True)
            zeros = np.unpackbits(kinds, axis=1, count=rows.shape[1]).tolist()
            forms = [",".join("0" if zero else "%.9g" for zero in one) + "\n" for one in zeros]
            whole = "".join([forms[one] for one in kind.ravel().tolist()])
            text.write(whole % tuple(rows[~is_zero].tolist()))


def _whole_s(mask: Floats) -> list[list[float]]:
    """Start and end of each unmasked stretch of at least `MIN_SPAN_S`, longest first."""
    edges = np.flatnonzero(np.diff(np.r_[1.0, mask, 1.0])) / RATE_HZ
    spans = [[float(start), float(stop)] for start, stop in edges.reshape(-1, 2)]
    long = [span for span in spans if span[1] - span[0] >= MIN_SPAN_S]
    return sorted(long, key=lambda span: span[0] - span[1])


def _pulse(recording: PersonTraces, body: Physiology, grid_s: Floats) -> dict[str, Floats]:
    raw, clean = np.full((2, len(grid_s)), np.nan)
    if body.colours and len(grid_s):
        usual = body.colours[int(np.bincount(body.colour).argmax())]
        raw, clean = _wave(recording.traces[usual], grid_s)
    rate = np.interp(grid_s, body.times_s, body.heart_rate_bpm)
    seen = np.isfinite(raw) & np.isfinite(rate)
    return {
        "PPG_Raw": raw,
        "PPG_Clean": clean,
        "PPG_Rate": np.where(seen, rate, np.nan),
        "PPG_Quality": body.quality.quality[grid_s.astype(int)],
        "PPG_Peaks": _flags(body.beats.times_s[body.beats.trusted], grid_s),
        "PPG_Mask": (~seen).astype(float),
    }


def _wave(trace: Trace, grid_s: Floats) -> tuple[Floats, Floats]:
    """Raw counts and the upright pulse wave without baseline, NaN where nothing was measured."""
    duration_s = len(grid_s) / RATE_HZ
    raw = trace.uniform(RATE_HZ, 0.0, duration_s)
    counts = trace.uniform(trace.rate_hz, 0.0, duration_s)
    usable = faults(counts, trace.rate_hz, ANY_SENSOR) == 0
    if usable.sum() < MIN_S * trace.rate_hz:
        return raw, np.full(len(grid_s), np.nan)
    wave = condition(counts, usable, trace.rate_hz, Polarity.FROM_WAVE)
    clean = np.interp(grid_s, np.arange(len(wave)) / WORKING_HZ, wave.pulse)
    return raw, np.where(np.isfinite(raw), clean, np.nan)


def _skin(recording: PersonTraces, body: Physiology, grid_s: Floats) -> dict[str, Floats]:
    raw, tonic, phasic = np.full((3, len(grid_s)), np.nan)
    if "eda" in body.streams and len(grid_s):
        trace = recording.traces["eda"]
        raw = trace.uniform(RATE_HZ, 0.0, len(grid_s) / RATE_HZ)
        found = eda.decompose(
            trace.uniform(trace.rate_hz, 0.0, len(grid_s) / RATE_HZ), trace.rate_hz
        )
        at_s = np.arange(len(found.tonic)) / found.rate_hz
        tonic, phasic = (np.interp(grid_s, at_s, part) for part in (found.tonic, found.phasic))
    columns = {
        "EDA_Raw": raw,
        "EDA_Clean": tonic + phasic,
        "EDA_Tonic": tonic,
        "EDA_Phasic": phasic,
        "EDA_Mask": (~np.isfinite(tonic) | ~np.isfinite(raw)).astype(float),
    }
    return columns | _responses(body.responses, grid_s, phasic)


def _responses(
    responses: tuple[eda.Response, ...], grid_s: Floats, phasic: Floats
) -> dict[str, Floats]:
    """NeuroKit's columns of responses: 1 or a measure at the sample it belongs to, else 0."""
    peaks_s = np.array([one.peak_s for one in responses])
    recovery_s = np.array([one.recovery_s for one in responses])
    peaks = _flags(peaks_s, grid_s)
    recovered = np.isfinite(recovery_s)
    return {
        "SCR_Onsets": _flags(np.array([one.onset_s for one in responses]), grid_s),
        "SCR_Peaks": peaks,
        "SCR_Height": np.where(peaks > 0, phasic, 0.0),
        "SCR_Amplitude": _marked(
            peaks_s, np.array([one.amplitude_usiemens for one in responses]), grid_s
        ),
        "SCR_RiseTime": _marked(peaks_s, np.array([one.rise_s for one in responses]), grid_s),
        "SCR_Recovery": _flags((peaks_s + recovery_s)[recovered], grid_s),
        "SCR_RecoveryTime": _marked(peaks_s[recovered], recovery_s[recovered], grid_s),
    }


def _flags(times_s: Floats, grid_s: Floats) -> Floats:
    return _marked(times_s, np.ones(len(times_s)), grid_s)


def _marked(times_s: Floats, values: Floats, grid_s: Floats) -> Floats:
    """`values` at the samples nearest to `times_s`, 0 elsewhere."""
    column = np.zeros(len(grid_s))
    at = np.rint(times_s * RATE_HZ).astype(int)
    inside = (at >= 0) & (at < len(grid_s))
    column[at[inside]] = values[inside]
    return column
