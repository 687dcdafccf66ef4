"""Work of a study: what a worker does with one task, and nothing that depends on who does it."""

import hashlib
import json
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from dyadkit.analysis.findings import RATE_HZ, SIGNAL_WORDS, Findings, series_of
from dyadkit.analysis.whole import analyze
from dyadkit.dyad.arrays import Bools, Floats
from dyadkit.dyad.fingerprint import fingerprint
from dyadkit.dyad.traces import PERSONS, Dyad
from dyadkit.errors import DyadkitError, SessionError, SignalError
from dyadkit.sessions.extraction import CACHE_NAME
from dyadkit.study.measures import COUPLINGS, MEASURES, SessionSpan, coupled
from dyadkit.study.run.outcome import (
    PARTS,
    WHOLE,
    OutcomeCell,
    SessionOutcome,
    StrangerCell,
    StrangersOutcome,
)
from dyadkit.study.run.source import source_digest
from dyadkit.study.run.store import Store
from dyadkit.synchrony.coupling import BandScan, couple_with
from dyadkit.synchrony.following import Search, Train, couple_events

TESTED = 5
"""Partners of other dyads a session is tested with: five times the dyads give the law of p."""
MARKS_KEPT = 64
"""Hashes kept a signal: the smallest ones, so that two copies keep the same."""


@dataclass(frozen=True, slots=True)
class SessionTask:
    """A session to be analysed: everything that its result depends on.

    data : hash of its files
    """

    name: str
    path: str
    data: str
    seed: int
    max_lag_s: float
    measures: tuple[str, ...]
    conditions: tuple[str, ...]
    source: str

    @property
    def key(self) -> str:
        """Hash of what the result depends on; its name and place are none of it."""
        return _key_of("session", self, ("name", "path"))


@dataclass(frozen=True, slots=True)
class StrangersTask:
    """A session whose two people are compared with those of other dyads' sessions, by key."""

    name: str
    session: str
    others: tuple[str, ...]
    measures: tuple[str, ...]
    conditions: tuple[str, ...]
    source: str

    @property
    def key(self) -> str:
        """Hash of what the result depends on."""
        return _key_of("strangers", self, ("name",))


Task = SessionTask | StrangersTask


@dataclass(frozen=True, slots=True)
class TaskOutcome:
    """What became of a task: its sentence is empty where it succeeded.

    final : whether trying again at once is of no use, because the data are at fault
    cpu_s, peak_mb : that it took, and the highest its worker ever had
    """

    key: str
    name: str
    sentence: str = ""
    final: bool = True
    cpu_s: float = 0.0
    peak_mb: float = 0.0


def _key_of(kind: str, task: Any, apart: Sequence[str]) -> str:
    plain = {name: value for name, value in asdict(task).items() if name not in apart}
    return hashlib.sha256(json.dumps([kind, plain], sort_keys=True).encode()).hexdigest()


def perform(folder: str, tasks: Sequence[Task]) -> list[TaskOutcome]:
    """Do some tasks and keep their results; what fails does not keep the others from being done.

    Raises
    ------
    SessionError
        results cannot be kept: nothing else can go on either
    """
    store = Store(Path(folder))
    return [_performed(store, task) for task in tasks]


def _performed(store: Store, task: Task) -> TaskOutcome:
    began_s = time.process_time()
    sentence, final, result = "", True, None
    try:
        if task.source != source_digest():
            raise SessionError("the worker has another version of dyadkit, numpy or scipy")
        result = (
            session_outcome(task)
            if isinstance(task, SessionTask)
            else _strangers_outcome(store, task)
        )
    except DyadkitError as error:
        sentence = str(error)
    except MemoryError:
        sentence, final = "the memory of the worker does not suffice: use fewer jobs", False
    except Exception as error:  # noqa: BLE001 (one session's fault must not end the study)
        sentence, final = f"unexpected {type(error).__name__}: {error}", False
    if result is not None:
        store.keep(task.key, result)
        store.forget_failure(task.key)
    return TaskOutcome(
        task.key, task.name, sentence, final, time.process_time() - began_s, _peak_mb()
    )


def _peak_mb() -> float:
    """Highest memory of this process so far; macOS counts bytes, Linux kilobytes, Windows none."""
    try:
        import resource
    except ImportError:
        return float("nan")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1 << 20 if sys.platform == "darwin" else 1 << 10)


def data_digest(path: str) -> str:
    """Hash of all files of a session but what was derived from them.

    Raises
    ------
    SessionError
        there is no such session, or it cannot be read
    """
    place = Path(path)
    digest = hashlib.sha256()
    try:
        files = [place] if place.is_file() else sorted(one for one in place.iterdir())
        for file in files:
            if file.is_file() and not _is_derived(file):
                with file.open("rb") as content:
                    digest.update(file.name.encode() + b"\n")
                    digest.update(hashlib.file_digest(content, "sha256").digest())
    except OSError as error:
        raise SessionError(f"cannot read {place}: {error.strerror}") from None
    return digest.hexdigest()


def _is_derived(file: Path) -> bool:
    return file.name == CACHE_NAME or file.suffix in (".html", ".partial", ".npz")


def session_outcome(task: SessionTask) -> SessionOutcome:
    """What the study keeps of a session, analysed as by `analyze`; errors as there."""
    from dyadkit.formats.loading import load

    return outcome_of(load(task.path), task)


def outcome_of(dyad: Dyad, task: SessionTask) -> SessionOutcome:
    """The same of a session that is loaded."""
    found = analyze(dyad, task.seed, (), task.max_lag_s)
    times_s = np.arange(len(found.physiology.a.times_s)) / RATE_HZ
    spans = _spans(dyad, task.conditions)
    cells = [
        OutcomeCell(label, name, part, MEASURES[name][1](span))
        for label, part, span in _parts(found, times_s, spans)
        for name in task.measures
        if part == WHOLE or name in COUPLINGS
    ]
    return SessionOutcome(
        duration_s=found.duration_s,
        clock_bound_s=found.clock.median_bound_s,
        trusted=(
            found.quality.a.skin_trusted,
            found.quality.b.skin_trusted,
            found.quality.a.pulse_trusted,
            found.quality.b.pulse_trusted,
        ),
        simulated=found.simulated,
        replayed=found.replayed,
        participants=found.participants,
        verdicts=_verdicts(found),
        notes=found.notes,
        refusals=found.refusals,
        cells=tuple(cells),
        spans_s=spans,
        series=_series(found),
        marks_of_data=_marks_of_data(dyad),
    )


def _verdicts(found: Findings) -> tuple[str, str]:
    if found.person is None:
        return "cannot be progressed", "cannot be progressed"
    return str(found.person.a.verdict), str(found.person.b.verdict)


def _series(found: Findings) -> dict[str, Floats]:
    """What partners of other dyads are compared with; half precision of a sensor is less."""
    kept: dict[str, Floats] = {}
    for person in PERSONS:
        body = getattr(found.physiology, person)
        for name in SIGNAL_WORDS:
            kept[f"{name}_{person}"] = series_of(body, name).astype(np.float32)
        kept[f"onsets_{person}"] = np.array([one.onset_s for one in body.responses])
        kept[f"sizes_{person}"] = np.array([one.amplitude_usiemens for one in body.responses])
    return kept


def _marks_of_data(dyad: Dyad) -> dict[str, Any]:
    prints = fingerprint(dyad)
    return {
        f"{name}_{person}": found[:MARKS_KEPT].view(np.int64)
        for (person, name), found in prints.items()
    }


def _spans(dyad: Dyad, conditions: Sequence[str]) -> dict[str, Floats]:
    found = {}
    for label in conditions:
        marks = [one for one in dyad.marks if one.kind == "condition" and one.label == label]
        spans = sorted((mark.start_s, mark.stop_s) for mark in marks)
        found[label] = np.array(spans, dtype=float).reshape(-1, 2)
    return found


def _parts(
    found: Findings, times_s: Floats, spans: dict[str, Floats]
) -> list[tuple[str, str, SessionSpan]]:
    """The whole session, its halves, and each condition that was marked in it."""
    length_s = len(times_s) / RATE_HZ
    parts = []
    for part, (low, high) in PARTS.items():
        inside = (times_s >= low * length_s) & (times_s < high * length_s)
        parts.append(("", part, SessionSpan(found, inside, part == WHOLE)))
    for label, each in spans.items():
        if len(each):
            parts.append((label, WHOLE, SessionSpan(found, _within(times_s, each), whole=False)))
    return parts


def _within(times_s: Floats, spans_s: Floats) -> Bools:
    inside = np.zeros(len(times_s), dtype=bool)
    for start_s, stop_s in spans_s:
        inside |= (times_s >= start_s) & (times_s < stop_s)
    return inside


def _strangers_outcome(store: Store, task: StrangersTask) -> StrangersOutcome:
    """Both people with those of other dyads; reads one other session after the other."""
    own = _kept(store, task.session, task.name)
    names = [name for name in task.measures if name in COUPLINGS]
    places = [(label, name) for label in ("", *task.conditions) for name in names]
    found: dict[tuple[str, str], list[tuple[float, float]]] = {place: [] for place in places}
    p: dict[str, list[float]] = {name: [] for name in names}
    for number, key in enumerate(task.others):
        other = _kept(store, key, task.name)
        for name in names if number < TESTED else ():
            p[name].append(stranger_p(own, other, name))
        for label, name in places:
            (a, b), (other_a, other_b) = (_pieces(one, label, name) for one in (own, other))
            found[label, name].append((_alike(a, other_b), _alike(other_a, b)))
    cells = []
    for (label, name), pairs in found.items():
        a_with, b_with = np.reshape(np.array(pairs, dtype=float), (-1, 2)).T
        tested = np.array(p[name] if not label else [], dtype=float)
        real = _alike(*_pieces(own, label, name))
        cells.append(StrangerCell(label, name, real, a_with, b_with, tested))
    return StrangersOutcome(tuple(cells))


def stranger_p(one: SessionOutcome, other: SessionOutcome, name: str) -> float:
    """P of the test that decides in a session, of person a and another session's b; else NaN."""
    length = min(len(one.series["eda_a"]), len(other.series["eda_b"]))
    try:
        if COUPLINGS[name] == "eda":
            trains = (_train(one, "a", length), _train(other, "b", length))
            return float(couple_events(*trains, Search()).p)
        a, b = (one.series["heart_rate_a"][:length], other.series["heart_rate_b"][:length])
        return float(couple_with(BandScan(), a, b, RATE_HZ).p)
    except SignalError:
        return float("nan")


def _train(one: SessionOutcome, person: str, length: int) -> Train:
    present = np.isfinite(one.series[f"eda_{person}"][:length])
    onsets_s, sizes = one.series[f"onsets_{person}"], one.series[f"sizes_{person}"]
    return Train.of(onsets_s, length / RATE_HZ, sizes, present)


def _kept(store: Store, key: str, name: str) -> SessionOutcome:
    found = store.read(key, SessionOutcome)
    if found is None:
        raise SessionError(f"a session that {name} is compared with has no result: run again")
    return found


def _pieces(one: SessionOutcome, label: str, name: str) -> tuple[list[Floats], list[Floats]]:
    """Series of a and of b in each span of a condition; of all the session, one piece."""
    whole = (one.series[f"{COUPLINGS[name]}_{person}"] for person in PERSONS)
    spans_s = one.spans_s.get(label, np.empty((0, 2))) if label else np.array([[0.0, np.inf]])
    cuts = [slice(round(start * RATE_HZ), _place(stop)) for start, stop in spans_s]
    a, b = ([series[cut] for cut in cuts] for series in whole)
    return a, b


def _place(stop_s: float) -> int | None:
    return round(stop_s * RATE_HZ) if np.isfinite(stop_s) else None


def _alike(a: list[Floats], b: list[Floats]) -> float:
    """Strength of two people's series, whether they met or not, over the time that both have.

    The first span of one goes with the first of the other, as long as the shorter one lasts.
    """
    lengths = [min(len(x), len(y)) for x, y in zip(a, b, strict=False)]
    if not sum(lengths):
        return float("nan")
    joined = [
        np.concatenate([piece[:length] for piece, length in zip(one, lengths, strict=False)])
        for one in (a, b)
    ]
    return coupled(*joined).value
