"""What `dyadkit info` tells of a session: content, losses, rates, alignment."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from dyadkit.arrays import Floats
from dyadkit.loading import Opened, merged, open_session
from dyadkit.result import Result
from dyadkit.trace import PERSONS, Dyad, PersonName
from dyadwire import streams

USABLE_BOUND_S = 0.050
LOSS_LIMIT = 0.01
SENSOR_RATE_LIMIT = 0.03


@dataclass(frozen=True, slots=True, eq=False)
class StreamSummary(Result):
    """One stream of one person; `missing` counts samples taken or due that are not here."""

    person: str
    stream: str
    samples: int
    missing: int
    duplicates: int
    rate_hz: float
    nominal_hz: float
    gaps: int


@dataclass(frozen=True, slots=True, eq=False)
class Alignment(Result):
    """How well both wearables are on one line: the stated 95 % bound of A against B.

    minutes : shape (m,), start of each minute; bound_ms : its median bound, NaN where unknown
    exchanges : two-way probes per person
    """

    minutes: Floats
    bound_ms: Floats
    median_bound_ms: float
    worst_bound_ms: float
    known_share: float
    exchanges: dict[str, int]
    error_ms_p95: float = float("nan")


@dataclass(frozen=True, slots=True, eq=False)
class Summary(Result):
    """A session at a glance; `verdict` is good, usable or not usable, with `reasons`."""

    path: str
    duration_s: float
    simulated: bool
    complete: bool
    lost_bytes: int
    streams: tuple[StreamSummary, ...]
    alignment: Alignment
    boots: dict[str, int]
    marks: int
    verdict: str
    reasons: tuple[str, ...]

    def sentences(self) -> list[str]:
        """Lines for a person."""
        title = f"{self.path}: {self.duration_s:.0f} s" + (", simulated" * self.simulated)
        lines = [title, f"verdict: {self.verdict}" + "".join(f"; {why}" for why in self.reasons)]
        lines += [
            f"  {one.person} {one.stream:12s} {one.samples:8d} samples at {one.rate_hz:8.3f} Hz"
            f" (nominal {one.nominal_hz:g}), {one.missing} missing, {one.gaps} gaps"
            for one in self.streams
        ]
        aligned = self.alignment
        lines.append(
            f"alignment a-b: 95 % bound {aligned.median_bound_ms:.2f} ms (worst minute "
            f"{aligned.worst_bound_ms:.2f}), known {aligned.known_share:.0%} of the time, "
            f"exchanges a {aligned.exchanges['a']}, b {aligned.exchanges['b']}"
        )
        if np.isfinite(aligned.error_ms_p95):
            lines.append(
                f"alignment error against simulated truth: p95 {aligned.error_ms_p95:.3f} ms"
            )
        if not self.complete:
            lines.append(f"the file was not closed or is damaged; {self.lost_bytes} bytes unread")
        return lines


def describe(path: Path) -> Summary:
    """Summary of a session folder or .mcap file; errors as `load`."""
    opened = open_session(path)
    return summary_of(opened, merged(opened))


def summary_of(opened: Opened, dyad: Dyad) -> Summary:
    """Summary of an opened session and its merged dyad."""
    rows = tuple(row for person in PERSONS for row in _stream_rows(person, opened, dyad))
    aligned = alignment_of(opened, dyad)
    verdict, reasons = _verdict(rows, aligned, opened)
    return Summary(
        path=str(opened.stored.path),
        duration_s=dyad.duration_s,
        simulated=dyad.simulated,
        complete=opened.stored.complete,
        lost_bytes=opened.stored.lost_bytes,
        streams=rows,
        alignment=aligned,
        boots={person: len(opened.decoded[person].boots()) for person in PERSONS},
        marks=len(dyad.marks),
        verdict=verdict,
        reasons=tuple(reasons),
    )


def alignment_of(opened: Opened, dyad: Dyad) -> Alignment:
    """The stated bound of A against B, minute by minute."""
    seconds = np.arange(0.5, max(dyad.duration_s, 1.0))
    bounds = [_bounds_at(seconds, dyad, person) for person in PERSONS]
    together_ms = np.hypot(*bounds) * 1e3
    minutes = np.unique(seconds // 60)
    per_minute = np.array([_median(together_ms[seconds // 60 == minute]) for minute in minutes])
    return Alignment(
        minutes=minutes * 60,
        bound_ms=per_minute,
        median_bound_ms=_median(together_ms),
        worst_bound_ms=float(np.nanmax(per_minute)) if np.isfinite(per_minute).any() else np.nan,
        known_share=float(np.isfinite(together_ms).mean()),
        exchanges={person: len(opened.decoded[person].exchanges) for person in PERSONS},
        error_ms_p95=_true_error_ms(opened),
    )


def _bounds_at(seconds: Floats, dyad: Dyad, person: PersonName) -> Floats:
    """Bound of the person's most-sampled trace at each second; NaN more than 1 s from a sample."""
    trace = max(dyad.person(person).traces.values(), key=len)
    if len(trace) < 2 or not len(trace.bounds_s):
        return np.full(len(seconds), np.nan)
    place = np.clip(np.searchsorted(trace.times_s, seconds), 1, len(trace) - 1)
    near = np.abs(trace.times_s[place] - seconds) < 1.0
    return np.asarray(np.where(near, trace.bounds_s[place], np.nan))


def _true_error_ms(opened: Opened) -> float:
    """95th percentile of the A-against-B error where the simulator left its truth, else NaN."""
    truth = opened.stored.about.get("clock_truth")
    boots = [opened.decoded[person].boots() for person in PERSONS]
    if not truth or any(len(one) != 1 for one in boots):
        return float("nan")
    placed = [
        opened.clocks.to_session(person, boot, np.array(truth[f"{person}_us"], dtype=np.int64))[0]
        for person, (boot,) in zip(PERSONS, boots, strict=True)
    ]
    error_ms = np.abs(placed[0] - placed[1]) * 1e3
    known = np.isfinite(error_ms)
    return float(np.percentile(error_ms[known], 95)) if known.any() else float("nan")


def _stream_rows(person: PersonName, opened: Opened, dyad: Dyad) -> list[StreamSummary]:
    decoded = opened.decoded[person]
    rows = []
    for name, trace in dyad.person(person).traces.items():
        number = _number(name)
        runs = [run for (_, stream), run in decoded.runs.items() if stream == number]
        info = decoded.infos.get(number)
        rows.append(
            StreamSummary(
                person,
                name,
                sum(len(run.samples) for run in runs),
                sum(run.missing_samples() for run in runs),
                decoded.duplicates,
                trace.rate_hz,
                info.rate_millihz / 1000 if info else float("nan"),
                len(trace.gaps_s),
            )
        )
    return rows


def _number(name: str) -> int:
    if name == "eda":
        return streams.EDA_CURRENT
    return next((one.number for one in streams.STREAMS if one.name == name), 0)


def _verdict(
    rows: tuple[StreamSummary, ...], aligned: Alignment, opened: Opened
) -> tuple[str, list[str]]:
    reasons = [
        f"{row.person} {row.stream} lost {row.missing / max(row.samples + row.missing, 1):.1%}"
        for row in rows
        if row.missing > LOSS_LIMIT * (row.samples + row.missing)
    ]
    if not aligned.known_share > 0:
        return "not usable", [*reasons, "the two wearables could not be put on one clock"]
    if aligned.median_bound_ms > USABLE_BOUND_S * 1e3:
        reasons.append(f"alignment only within {aligned.median_bound_ms:.0f} ms")
    if aligned.known_share < 0.9:
        reasons.append(f"alignment known only {aligned.known_share:.0%} of the time")
    reasons += [
        f"{row.person} {row.stream} runs at {row.rate_hz:.2f} Hz, {row.nominal_hz:g} expected"
        for row in rows
        if abs(row.rate_hz / row.nominal_hz - 1) > SENSOR_RATE_LIMIT
    ]
    if not opened.stored.complete:
        reasons.append("the file was not closed or is damaged")
    return ("usable" if reasons else "good"), reasons


def _median(values: Floats) -> float:
    known = values[np.isfinite(values)]
    return float(np.median(known)) if len(known) else float("nan")
