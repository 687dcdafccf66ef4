"""Measures of a study: what is read of a session, whole or in a condition, each with its doubt."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy import stats

from dyadkit.analysis.findings import RATE_HZ, Findings, series_of
from dyadkit.dyad.arrays import Bools, Floats
from dyadkit.dyad.result import Result
from dyadkit.dyad.traces import PersonName
from dyadkit.errors import SignalError
from dyadkit.study.weeks import MEASURES as OF_SESSIONS
from dyadkit.synchrony.coupling import BandScan, couple_with, strength

_NAN = float("nan")
COUPLINGS = {"coupling_eda": "eda", "coupling_heart_rate": "heart_rate"}
"""Measures of coupling, by the signal they are read from."""


@dataclass(frozen=True, slots=True, eq=False)
class Estimate(Result):
    """Estimate of one measure; NaN where the session does not give it.

    error, df : standard error and its degrees of freedom, where the session gives them
    p : of the session's own test
    samples, coverage : of the 4 Hz grid, known in all that the measure needs
    """

    value: float
    error: float = _NAN
    df: float = _NAN
    p: float = _NAN
    samples: int = 0
    coverage: float = 0.0

    @property
    def interval(self) -> tuple[float, float]:
        """95 % interval; NaN where there is no error."""
        half = self.error * float(stats.t.ppf(0.975, self.df)) if self.df > 0 else _NAN
        return self.value - half, self.value + half


@dataclass(frozen=True, slots=True, eq=False)
class SessionSpan:
    """Part of a session that a measure is read from.

    inside : shape (n,), on the 4 Hz grid
    whole : whether that is all of the session
    """

    findings: Findings
    inside: Bools
    whole: bool


Read = Callable[[SessionSpan], Estimate]


def coupled(a: Floats, b: Floats) -> Estimate:
    """Share of variance in common of two series at 4 Hz, without a p."""
    known = np.isfinite(a) & np.isfinite(b)
    samples, coverage = int(known.sum()), float(known.mean()) if len(known) else 0.0
    try:
        found = strength(a, b, RATE_HZ)
    except SignalError:
        return Estimate(_NAN, samples=samples, coverage=coverage)
    df = found.blocks - 1
    half = (found.interval[1] - found.interval[0]) / 2
    error = half / float(stats.t.ppf(0.975, df))
    return Estimate(found.value, error, df, _NAN, samples, coverage)


def _coupling(name: str) -> Read:
    def read(span: SessionSpan) -> Estimate:
        bodies = span.findings.physiology
        a, b = (
            np.where(span.inside, series_of(body, name), np.nan) for body in (bodies.a, bodies.b)
        )
        found = coupled(a, b)
        share = float(found.samples / max(span.inside.sum(), 1))
        p = _p_whole(span.findings, name) if span.whole else _p_inside(a, b, span)
        return Estimate(found.value, found.error, found.df, p, found.samples, share)

    return read


def _p_whole(findings: Findings, name: str) -> float:
    """The test that decides in the session: responses in the skin, else the waveform."""
    if name == "eda" and findings.events is not None:
        return float(findings.events.p)
    return float(findings.coupling[name].p) if name in findings.coupling else _NAN


def _p_inside(a: Floats, b: Floats, span: SessionSpan) -> float:
    first, last = np.flatnonzero(span.inside)[[0, -1]] if span.inside.any() else (0, 0)
    try:
        scan = BandScan()
        part = slice(first, last + 1)
        return float(couple_with(scan, a[part], b[part], RATE_HZ, seed=span.findings.seed).p)
    except SignalError:
        return _NAN


def _level(name: str, person: PersonName) -> Read:
    def read(span: SessionSpan) -> Estimate:
        body = getattr(span.findings.physiology, person)
        series = {
            "heart_rate": body.heart_rate_bpm,
            "scl": body.tonic_usiemens,
            "ns_scr": body.phasic_usiemens,
        }[name]
        known = np.isfinite(series) & span.inside
        samples = int(known.sum())
        share = samples / max(int(span.inside.sum()), 1)
        if samples < RATE_HZ * MIN_LEVEL_S:
            return Estimate(_NAN, samples=samples, coverage=share)
        if name != "ns_scr":
            return Estimate(float(series[known].mean()), samples=samples, coverage=share)
        places = [int(one.onset_s * RATE_HZ) for one in body.responses]
        count = sum(known[place] for place in places if place < len(known))
        return Estimate(60.0 * RATE_HZ * count / samples, samples=samples, coverage=share)

    return read


MIN_LEVEL_S = 30.0
"""A mean of less is one breath or response more or less."""


def _of_session(name: str) -> Read:
    _, value = OF_SESSIONS[name]

    def read(span: SessionSpan) -> Estimate:
        known = len(span.inside) if span.whole else 0
        return Estimate(value(span.findings) if span.whole else _NAN, samples=known, coverage=1.0)

    return read


PERSON_MEASURES = ("heart_rate", "scl", "ns_scr", "answers", "settling_rate", "damping")
"""Measures of a person, without the letter that says whose."""
_LEVELS = {
    "heart_rate": "heart rate of {}, beats per minute",
    "scl": "skin conductance level of {}, µS",
    "ns_scr": "skin conductance responses of {}, per minute",
}
MEASURES: dict[str, tuple[str, Read]] = {
    **{name: (OF_SESSIONS[name][0], _coupling(signal)) for name, signal in COUPLINGS.items()},
    **{
        name: (words, _of_session(name))
        for name, (words, _) in OF_SESSIONS.items()
        if name not in COUPLINGS
    },
    "heart_rate_a": (_LEVELS["heart_rate"].format("a"), _level("heart_rate", "a")),
    "heart_rate_b": (_LEVELS["heart_rate"].format("b"), _level("heart_rate", "b")),
    "scl_a": (_LEVELS["scl"].format("a"), _level("scl", "a")),
    "scl_b": (_LEVELS["scl"].format("b"), _level("scl", "b")),
    "ns_scr_a": (_LEVELS["ns_scr"].format("a"), _level("ns_scr", "a")),
    "ns_scr_b": (_LEVELS["ns_scr"].format("b"), _level("ns_scr", "b")),
}
"""Every measure by name: its words, and how it is read."""
