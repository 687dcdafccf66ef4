"""Overview of a session, as `dyadkit info` shows it: content, losses, rates, alignment."""

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from dyadkit.clock.alignment import Spell, alignment, spells
from dyadkit.clock.clockmap import USELESS_S
from dyadkit.devices.health import DeviceHealth, device_health
from dyadkit.dyad.provenance import provenance
from dyadkit.dyad.result import Result
from dyadkit.dyad.traces import PERSONS, Alignment, Dyad, PersonName
from dyadkit.sessions.loading import (
    Opened,
    decoded_only,
    mark_entries,
    merged,
    open_session,
)
from dyadkit.sessions.trust import notes_against
from dyadkit.sessions.usability import SessionEvidence, judge, usability_sentence
from dyadkit.signals.physiology import pulse_trusted
from dyadkit.storage.marks import no_marks, standing
from dyadwire import streams

NOT_OF_BODY = (streams.NAMES[streams.BATTERY],)
"""Streams that no usability depends on: some come once in ten seconds, or never."""


@dataclass(frozen=True, slots=True, eq=False)
class StreamSummary(Result):
    """One stream of one person.

    missing : samples taken or due that are not here; untimed : those here whose time is not known
    """

    person: PersonName
    stream: str
    samples: int
    missing: int
    duplicates: int
    rate_hz: float
    nominal_hz: float
    gaps: int
    untimed: int = 0

    def sentence(self) -> str:
        """A line for a person."""
        untimed = f", {self.untimed} without a time, left out" if self.untimed else ""
        return (
            f"  {self.person} {self.stream:12s} {self.samples:8d} samples at {self.rate_hz:8.3f} Hz"
            f" (nominal {self.nominal_hz:g}), {self.missing} missing, {self.gaps} gaps{untimed}"
        )


@dataclass(frozen=True, slots=True, eq=False)
class Summary(Result):
    """Overview of a session; `usability` by one rule (see `usability.judge`), with `reasons`.

    marked : labels of the marks that stand, by kind; `undone_marks` are not among them
    replayed : what a and b are a replay of; empty for what wearables recorded
    no_marks : why lines of `marks.jsonl` were no marks, one sentence a line
    roles, consent : what both are to each other and agreed to, where that was told
    withdrawn : when, by who withdrew
    true_error_ms_p95 : error of A against B where a simulator left its truth, else NaN
    """

    path: str
    duration_s: float
    simulated: bool
    complete: bool
    lost_bytes: int
    streams: tuple[StreamSummary, ...]
    alignment: Alignment
    true_error_ms_p95: float
    boots: dict[str, int]
    marks: int
    usability: str
    reasons: tuple[str, ...]
    wearables: tuple[DeviceHealth, ...] = ()
    marked: dict[str, tuple[str, ...]] = field(default_factory=dict)
    undone_marks: int = 0
    replayed: tuple[str, ...] = ()
    no_marks: tuple[str, ...] = ()
    roles: dict[str, str] = field(default_factory=dict)
    consent: str = ""
    withdrawn: dict[str, str] = field(default_factory=dict)

    def sentences(self) -> list[str]:
        """Lines for a person."""
        whence = provenance(self.simulated, self.replayed)
        title = f"{self.path}: {self.duration_s:.0f} s" + f", {whence}" * bool(whence)
        lines = [
            title,
            usability_sentence(self.usability, self.reasons),
        ]
        lines += [one.sentence() for one in self.streams]
        lines += [one.sentence() for one in self.wearables]
        lines += [f"{person} is {role}" for person, role in self.roles.items()]
        lines += [f"consent: {self.consent}"] * bool(self.consent)
        lines += [f"{one} withdrew on {on}" for one, on in self.withdrawn.items()]
        lines += _marked(self.marked, self.undone_marks)
        lines += _no_marks(self.no_marks)
        if self.replayed:
            lines.append("alignment a-b: nobody measured it; what is here aligns the replay alone")
            return [*lines, *self._unread()]
        lines += _aligned(self.alignment)
        if np.isfinite(self.true_error_ms_p95):
            lines.append(
                f"alignment error against simulated truth: p95 {self.true_error_ms_p95:.3f} ms"
            )
        return [*lines, *self._unread()]

    def _unread(self) -> list[str]:
        words = f"the file was not closed or is damaged; {self.lost_bytes} bytes unread"
        return [words] * (not self.complete)


def describe(path: Path) -> Summary:
    """Overview of a session folder or .mcap file; errors as `load`."""
    opened = decoded_only(open_session(path))
    return summary_of(opened, merged(opened))


def summary_of(opened: Opened, dyad: Dyad) -> Summary:
    """Overview of an opened session and its merged dyad."""
    rows = tuple(row for person in PERSONS for row in _stream_rows(person, opened, dyad))
    aligned = alignment(opened.clocks, max(dyad.duration_s, 1.0))
    usability, reasons = judge(evidence_of(opened, dyad, rows))
    return Summary(
        path=str(opened.stored.path),
        duration_s=dyad.duration_s,
        simulated=dyad.simulated,
        complete=opened.stored.complete,
        lost_bytes=opened.stored.lost_bytes,
        streams=rows,
        alignment=aligned,
        true_error_ms_p95=_true_error_ms(opened),
        boots={person: len(opened.decoded[person].boots()) for person in PERSONS},
        marks=len(dyad.marks),
        usability=usability,
        reasons=tuple(reasons),
        wearables=tuple(device_health(person, opened.decoded[person]) for person in PERSONS),
        marked={
            kind: tuple(mark.label for mark in dyad.marks if mark.kind == kind)
            for kind in dict.fromkeys(mark.kind for mark in dyad.marks)
        },
        undone_marks=standing(mark_entries(opened))[1],
        replayed=dyad.replayed,
        no_marks=tuple(other.why for other in no_marks(opened.stored)),
        roles=opened.stored.about.get("roles", {}),
        consent=opened.stored.about.get("consent", ""),
        withdrawn={
            one: said["on"] for one, said in opened.stored.about.get("withdrawn", {}).items()
        },
    )


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
        samples = sum(len(run.samples) for run in runs)
        rows.append(
            StreamSummary(
                person,
                name,
                samples,
                sum(run.missing_samples() for run in runs),
                decoded.duplicates,
                trace.rate_hz,
                info.rate_millihz / 1000 if info else float("nan"),
                len(trace.gaps_s),
                max(samples - len(trace), 0),
            )
        )
    return rows


def _number(name: str) -> int:
    if name == "eda":
        return streams.EDA_CURRENT
    return next((number for number, known in streams.NAMES.items() if known == name), 0)


def evidence_of(opened: Opened, dyad: Dyad, rows: tuple[StreamSummary, ...]) -> SessionEvidence:
    """Evidence on a session's usability, as measured."""
    aligned = alignment(opened.clocks, max(dyad.duration_s, 1.0))
    body = {f"{row.person} {row.stream}": row for row in rows if row.stream not in NOT_OF_BODY}
    return SessionEvidence(
        lost={name: _lost(row, dyad) for name, row in body.items()},
        rates_hz={name: (row.rate_hz, row.nominal_hz) for name, row in body.items()},
        board_ppm={person: _board_ppm(opened, person) for person in PERSONS},
        trusted={person: pulse_trusted(dyad.person(person), dyad.duration_s) for person in PERSONS},
        bound_s=aligned.median_bound_s,
        known_share=aligned.known_share,
        unplaced=tuple(
            _why_unplaced(opened, person)
            for person in PERSONS
            if not any(len(trace) for trace in dyad.person(person).traces.values())
        ),
        complete=opened.stored.complete,
        notes=tuple(notes_against(opened.stored)),
    )


def _why_unplaced(opened: Opened, person: PersonName) -> str:
    """Why no sample of a person has a session time."""
    exchanges = sum(len(one.exchanges) for one in opened.log.links if one.peripheral == person)
    if not exchanges:
        return f"{person} never answered when asked for the time"
    if any(one.repeated for one in opened.clocks.stretches if one.person == person):
        return f"the times that {person} answered contradict each other"
    within = f"within {USELESS_S * 1e3:.0f} ms"
    return f"{person} answered too seldom or too slowly to know its clock {within}"


def _lost(row: StreamSummary, dyad: Dyad) -> float:
    """Share missing, of samples or of time, or without a time, whichever is more."""
    gaps_s = np.clip(dyad.person(row.person).traces[row.stream].gaps_s, 0.0, dyad.duration_s)
    away = float(np.diff(gaps_s).sum()) / max(dyad.duration_s, 1.0)
    untimed = row.untimed / max(row.samples, 1)
    return max(row.missing / max(row.samples + row.missing, 1), away, untimed)


def _board_ppm(opened: Opened, person: PersonName) -> float:
    """How far a board's clock runs from the session's, over the whole session."""
    rates = [one.rate for one in opened.clocks.stretches if one.person == person]
    return float((1 / np.median(np.concatenate(rates)) - 1) * 1e6) if rates else float("nan")


def _marked(marked: dict[str, tuple[str, ...]], undone: int) -> list[str]:
    """What was marked, each label once with how often."""
    kinds = [
        f"{kind} {', '.join(_times(label, labels.count(label)) for label in dict.fromkeys(labels))}"
        for kind, labels in marked.items()
    ]
    kinds += [f"{undone} undone"] * bool(undone)
    return [f"marks: {'; '.join(kinds)}"] * bool(kinds)


def _no_marks(whys: tuple[str, ...]) -> list[str]:
    """How many lines were no marks, and each reason with how often."""
    reasons = ", ".join(_times(why, whys.count(why)) for why in list(dict.fromkeys(whys))[:5])
    return [f"lines of marks.jsonl that are no marks: {len(whys)} ({reasons})"] * bool(whys)


def _times(label: str, count: int) -> str:
    return label if count == 1 else f"{label} ({count} times)"


def _aligned(found: Alignment) -> list[str]:
    """Alignment of the whole session, and of each run of minutes that are alike."""
    shares = [found.in_sync.mean(), found.extrapolated.mean(), max(0.0, found.unknown.mean())]
    reported = (
        f"alignment a-b: 95 % bound {_ms(found.median_bound_s)} (worst minute "
        f"{_ms(found.worst_bound_s)}); in sync {shares[0]:.0%} of the time, extrapolated "
        f"{shares[1]:.0%}, unknown {shares[2]:.0%}"
    )
    return [reported, *(_spell(one) for one in spells(found))]


def _spell(one: Spell) -> str:
    minutes = f"minute {one.first}" if one.first == one.last else f"minutes {one.first}-{one.last}"
    known = "" if one.state == "unknown" else f" within {_ms(one.bound_s)}"
    each = [
        f"{person} {_contact(*of)}"
        for person, of in zip(
            PERSONS,
            zip(one.exchanges, one.interval_s, one.since_contact_s, strict=True),
            strict=True,
        )
    ]
    return f"  {minutes}: {one.state}{known}; {'; '.join(each)}"


def _contact(exchanges: float, interval_s: float, since_s: float) -> str:
    """Exchanges, connection interval and last contact of one person."""
    if not exchanges:
        return f"no exchange for {since_s:.0f} s" if np.isfinite(since_s) else "no exchange yet"
    interval = f" at {interval_s * 1e3:g} ms interval" if np.isfinite(interval_s) else ""
    return f"{exchanges:.0f} exchanges/min{interval}"


def _ms(seconds: float) -> str:
    return f"{seconds * 1e3:.2f} ms" if np.isfinite(seconds) else "unknown"
