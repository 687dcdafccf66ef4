"""Reported numbers of a session: what a paper's tables hold, beside what may be said.

Nothing here is in a sentence, so nothing here costs error: each number has its interval and what
to beware of, and whether two people are coupled is decided elsewhere.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from dyadkit.dyad.arrays import Floats
from dyadkit.dyad.result import Result
from dyadkit.dyad.traces import Mark
from dyadkit.errors import SignalError
from dyadkit.signals import Physiology, PhysiologyPair
from dyadkit.synchrony.dynamics import without_breathing
from dyadkit.synchrony.index import single_session_index
from dyadkit.synchrony.reported import (
    CrossCorrelation,
    EpochSynchrony,
    cross_correlation,
    epoch_synchrony,
    event_locked,
    state_space_grid,
)
from dyadkit.synchrony.reported.behaviour import MIN_EVENTS
from dyadkit.synchrony.reported.epochs import in_epochs
from dyadkit.synchrony.responses import partner_response

RATE_HZ = 4.0
EPOCH_S = 30.0
BEATS_MS = 60_000.0
_NAN = float("nan")
_UNKNOWN = (_NAN, _NAN)
_NO_TEST = "one lag by itself; the largest of many is no test"
_EPOCHS = "30 s epochs, centred within the person, without trend"
_MARCI = "strangers reach ± 0.5 in ten minutes: read p"
_EVENTS = "p alone, outside of the session's error budget"


@dataclass(frozen=True, slots=True, eq=False)
class ReportedNumber(Result):
    """One number as papers report it.

    measure, signal : its usual name, and of what; person : whose, empty where it is of both
    value, interval : with 95 %; NaN where there is none
    lag_s : positive when b follows a; NaN where it has none
    p : alone, uncorrected; NaN where it has none
    beware : what it does not show
    """

    measure: str
    signal: str
    value: float
    interval: tuple[float, float] = _UNKNOWN
    lag_s: float = _NAN
    p: float = _NAN
    person: str = ""
    beware: str = ""


def reported_numbers(
    bodies: PhysiologyPair, marks: Sequence[Mark], max_lag_s: float
) -> tuple[ReportedNumber, ...]:
    """All reported numbers of a session that its data can give, in the order of a paper's table."""
    asked: list[Callable[[], Iterator[ReportedNumber]]] = [
        partial(_lagged, signal, *series, max_lag_s) for signal, series in _series(bodies).items()
    ]
    asked += [
        partial(_in_epochs, "ln RSA", _rsa_epochs_of(bodies)),
        partial(_in_epochs, "mean heart rate", _epochs_of(bodies)),
        partial(_marci, bodies),
        partial(_grid, bodies),
        partial(_heart_rate_events, bodies),
        *(partial(_around, bodies, label, onsets) for label, onsets in _behaviours(marks)),
    ]
    return tuple(one for ask in asked for one in _answered(ask))


def _answered(ask: Callable[[], Iterator[ReportedNumber]]) -> list[ReportedNumber]:
    try:
        return list(ask())
    except (SignalError, ValueError):
        return []


def _series(bodies: PhysiologyPair) -> dict[str, tuple[Floats, Floats]]:
    a, b = bodies.a, bodies.b
    return {
        "inter-beat interval": (BEATS_MS / a.heart_rate_bpm, BEATS_MS / b.heart_rate_bpm),
        "heart rate": (a.heart_rate_bpm, b.heart_rate_bpm),
        "skin conductance level": (a.tonic_usiemens, b.tonic_usiemens),
        "skin conductance, phasic": (a.phasic_usiemens, b.phasic_usiemens),
    }


def _lagged(signal: str, a: Floats, b: Floats, max_lag_s: float) -> Iterator[ReportedNumber]:
    found: CrossCorrelation = cross_correlation(a, b, RATE_HZ, max_lag_s)
    name = "cross-correlation"
    yield ReportedNumber(
        f"{name}, concurrent", signal, found.concurrent, found.concurrent_interval, 0.0,
        beware="the interval counts independent samples",
    )  # fmt: skip
    for lag_s in dict.fromkeys((-max_lag_s, -1.0, 1.0, max_lag_s, found.peak_lag_s)):
        r, interval = found.at(lag_s)
        at_peak = lag_s == found.peak_lag_s
        words = f"{name}, largest" if at_peak else f"{name}, lagged"
        yield ReportedNumber(words, signal, r, interval, lag_s, beware=_NO_TEST)


def _epochs_of(bodies: PhysiologyPair) -> tuple[Floats, Floats]:
    a, b = (in_epochs(one.heart_rate_bpm, RATE_HZ, EPOCH_S) for one in (bodies.a, bodies.b))
    return a, b


def _rsa_epochs_of(bodies: PhysiologyPair) -> tuple[Floats, Floats]:
    """Ln RSA of both in each epoch, in the bands of their ages; NaN where half was not seen."""
    a, b = (_rsa_epochs(one) for one in (bodies.a, bodies.b))
    return a, b


def _rsa_epochs(body: Physiology) -> Floats:
    length = round(EPOCH_S * RATE_HZ)
    whole = len(body.rsa.wave_ms) // length
    epochs_ms = body.rsa.wave_ms[: whole * length].reshape(whole, length)
    seen = np.isfinite(epochs_ms).mean(axis=1) >= 0.5
    found = [body.rsa.ln_of(one_ms) for one_ms in epochs_ms]
    return np.where(seen, np.array(found), np.nan)


def _in_epochs(signal: str, pair: tuple[Floats, Floats]) -> Iterator[ReportedNumber]:
    found: EpochSynchrony = epoch_synchrony(*pair)
    of = partial(ReportedNumber, signal=signal, beware=_EPOCHS)
    yield of("synchrony", value=found.concurrent, interval=found.concurrent_interval, lag_s=0.0)
    yield of("synchrony, b an epoch after a", value=found.b_after_a,
             interval=found.b_after_a_interval, lag_s=EPOCH_S)  # fmt: skip
    yield of("synchrony, a an epoch after b", value=found.a_after_b,
             interval=found.a_after_b_interval, lag_s=-EPOCH_S)  # fmt: skip
    for k, person in enumerate(("a", "b")):
        yield of("inertia", value=found.inertia[k], interval=found.inertia_interval[k],
                 person=person)  # fmt: skip
        yield of("coordination", value=found.coordination[k],
                 interval=found.coordination_interval[k], person=person)  # fmt: skip


def _marci(bodies: PhysiologyPair) -> Iterator[ReportedNumber]:
    a, b = (one.tonic_usiemens + one.phasic_usiemens for one in (bodies.a, bodies.b))
    found = single_session_index(a, b, RATE_HZ)
    yield ReportedNumber(
        "single session index (Marci)", "skin conductance", found.index, p=found.p, beware=_MARCI
    )


def _grid(bodies: PhysiologyPair) -> Iterator[ReportedNumber]:
    a, b = (in_epochs(one.heart_rate_bpm, RATE_HZ, 1.0) for one in (bodies.a, bodies.b))
    found = state_space_grid(a, b, 1.0)
    of = partial(ReportedNumber, signal="heart rate in quarters of each person")
    cells = ", ".join(f"a {row + 1} b {column + 1}" for row, column in found.attractors)
    yield of("state space grid, dispersion", value=found.dispersion, p=found.p_dispersion,
             beware=f"attractors by winnowing: {cells}")  # fmt: skip
    yield of("state space grid, transitions a minute", value=found.transitions_per_minute,
             beware="counts every change of cell")  # fmt: skip


def _heart_rate_events(bodies: PhysiologyPair) -> Iterator[ReportedNumber]:
    """Answers to the partner's rises of heart rate: for those whose skin gives no responses."""
    (a, rate_hz), (b, _) = (
        without_breathing(one.heart_rate_bpm, RATE_HZ) for one in (bodies.a, bodies.b)
    )
    found = partner_response(a, b, rate_hz)
    for person, way, sign in (("b", found.a_to_b, 1.0), ("a", found.b_to_a, -1.0)):
        yield ReportedNumber(
            "answers to the partner's rises", "heart rate", way.share, way.share_interval,
            sign * way.latency_s, way.p, person, _EVENTS,
        )  # fmt: skip


def _behaviours(marks: Sequence[Mark]) -> list[tuple[str, list[float]]]:
    """Begins of every label that came often enough, of each person apart."""
    onsets: dict[str, list[float]] = {}
    for mark in marks:
        if mark.kind != "note":
            whose = f" of {mark.person}" if mark.person else ""
            onsets.setdefault(f"{mark.label}{whose}", []).append(mark.start_s)
    return [(label, begins) for label, begins in onsets.items() if len(begins) >= MIN_EVENTS]


def _around(bodies: PhysiologyPair, label: str, onsets: list[float]) -> Iterator[ReportedNumber]:
    for person, body in (("a", bodies.a), ("b", bodies.b)):
        if not np.isfinite(body.heart_rate_bpm).any():
            continue
        found = event_locked(body.heart_rate_bpm, onsets, RATE_HZ)
        of = partial(ReportedNumber, signal=f"heart rate after “{label}”", person=person)
        for words, value, interval, p in (
            ("change at 0 to 5 s", found.early, found.early_interval, found.p_early),
            ("change at 5 to 15 s", found.late, found.late_interval, found.p_late),
        ):
            way = "acceleration" if value > 0 else "deceleration"
            yield of(words, value=value, interval=interval, p=p, beware=f"{way}; {_EVENTS}")
