"""Multiverse of a session: its tests under every defensible choice, for a reviewer to see.

A specification curve (Simonsohn, Simmons & Nelson 2020, Nat. Hum. Behav. 4, 1208–1214) describes
how much hangs on the choices; it decides nothing, and none of its p values is corrected.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from dyadkit.analysis.findings import RATE_HZ, SIGNAL_WORDS, Findings, series_of
from dyadkit.dyad.arrays import Floats
from dyadkit.dyad.result import Result
from dyadkit.errors import SignalError
from dyadkit.signals import Physiology
from dyadkit.synchrony.coupling import BandScan, WindowMean, couple_with, strength
from dyadkit.synchrony.following import Search, Train, couple_events

LAGS_S = (5.0, 10.0, 20.0)
MIN_AMPLITUDES_USIEMENS = (0.0, 0.01, 0.05)
"""Responses of any size, the usual criterion, and the strict one (Boucsein et al. 2012)."""
PARTS = {"whole": (0.0, 1.0), "first half": (0.0, 0.5), "second half": (0.5, 1.0)}
"""Halves stand for stationarity: what holds in one only is not a property of the session."""
_NAN = float("nan")


@dataclass(frozen=True, slots=True, eq=False)
class Specification(Result):
    """One way to ask about coupling, and what it gives; NaN where it cannot answer.

    p : of that test alone; lag_s : at which it stands out most
    shared, interval : share of variance in common, with 95 %, of that part of the session
    """

    signal: str
    test: str
    part: str
    max_lag_s: float
    p: float
    lag_s: float
    shared: float
    interval: tuple[float, float]
    why: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Multiverse(Result):
    """All specifications of a session's coupling."""

    specifications: tuple[Specification, ...]

    def sentences(self) -> list[str]:
        """Share of the specifications below 0.05, by signal and part; a description, no claim."""
        found = []
        for signal, words in SIGNAL_WORDS.items():
            for part in PARTS:
                p = [
                    one.p
                    for one in self.specifications
                    if (one.signal, one.part) == (signal, part) and one.p == one.p
                ]
                if p:
                    below = sum(one <= 0.05 for one in p)
                    found.append(
                        f"{words.capitalize()}, {part}: {below} of {len(p)} "
                        f"specifications give p ≤ 0.05 (median {np.median(p):.3f}), uncorrected."
                    )
        return [*found, "A description of how much hangs on the choices; it decides nothing."]


def multiverse(findings: Findings) -> Multiverse:
    """Coupling under every choice of test, lag, amplitude criterion and part of the session."""
    bodies = (findings.physiology.a, findings.physiology.b)
    return Multiverse(
        tuple(
            one
            for part in PARTS
            for one in (*_of_waveforms(bodies, part, findings.seed), *_of_events(bodies, part))
        )
    )


def _of_waveforms(
    bodies: tuple[Physiology, Physiology], part: str, seed: int
) -> Iterator[Specification]:
    for signal in SIGNAL_WORDS:
        a, b = (_part(series_of(body, signal), part) for body in bodies)
        shared, interval = _shared(a, b)
        for lag_s in LAGS_S:
            for test in (BandScan(lag_s), WindowMean(lag_s)):
                plain = Specification(signal, test.name, part, lag_s, _NAN, _NAN, shared, interval)

                def ask(test: BandScan | WindowMean = test) -> tuple[float, float]:
                    found = couple_with(test, a, b, RATE_HZ, seed=seed)  # noqa: B023 (asked at once)
                    return found.p, found.lag_s

                yield _asked(plain, ask)


def _of_events(bodies: tuple[Physiology, Physiology], part: str) -> Iterator[Specification]:
    for lag_s in LAGS_S:
        for min_usiemens in MIN_AMPLITUDES_USIEMENS:
            test = f"responses of {min_usiemens:g} µS and more"
            plain = Specification("eda", test, part, lag_s, _NAN, _NAN, _NAN, (_NAN, _NAN))

            def ask(
                lag_s: float = lag_s, min_usiemens: float = min_usiemens
            ) -> tuple[float, float]:
                a, b = (_train(body, part, min_usiemens) for body in bodies)
                found = couple_events(a, b, Search(lag_s))
                return found.p, found.lag_s

            yield _asked(plain, ask)


def _asked(plain: Specification, ask: Callable[[], tuple[float, float]]) -> Specification:
    try:
        p, lag_s = ask()
    except SignalError as refusal:
        return replace(plain, why=str(refusal))
    return replace(plain, p=p, lag_s=lag_s)


def _shared(a: Floats, b: Floats) -> tuple[float, tuple[float, float]]:
    try:
        found = strength(a, b, RATE_HZ)
    except SignalError:
        return _NAN, (_NAN, _NAN)
    return found.value, found.interval


def _part(series: Floats, part: str) -> Floats:
    low, high = PARTS[part]
    return series[round(low * len(series)) : round(high * len(series))]


def _train(body: Physiology, part: str, min_usiemens: float) -> Train:
    present = np.isfinite(_part(body.phasic_usiemens, part))
    start_s = PARTS[part][0] * len(body.times_s) / RATE_HZ
    kept = [one for one in body.responses if one.amplitude_usiemens >= min_usiemens]
    kept = [one for one in kept if one.onset_s >= start_s]
    return Train.of(
        [one.onset_s - start_s for one in kept],
        len(present) / RATE_HZ,
        [one.amplitude_usiemens for one in kept],
        present,
    )
