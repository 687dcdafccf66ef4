"""Regulation between two people, from a dyad's traces and marks, and the session's profile."""

from dataclasses import dataclass, replace
from typing import Self

import numpy as np

from dyadkit.analysis.findings import RATE_HZ, series_of
from dyadkit.dyad.arrays import Floats
from dyadkit.dyad.traces import PERSONS, Dyad, Mark, Trace
from dyadkit.dyad.units import microsiemens
from dyadkit.signals import Physiology, PhysiologyPair
from dyadkit.signals.eda.responses import MIN_USIEMENS
from dyadkit.synchrony.coupling import Coupling
from dyadkit.synchrony.dynamics import without_breathing
from dyadkit.synchrony.profile import (
    CoregulationProfile,
    ProfileEvidence,
    Regulation,
    Signal,
    contrasts_of,
    coregulation_profile,
    recovery_of,
    regulation_of,
    responsiveness_of,
    usual_at_rest,
)


@dataclass(frozen=True, slots=True)
class Regulated:
    """Regulation of a dyad, and the two signals it is read from.

    skin : both people's skin conductance as measured, less its tonic level (SCL), at 4 Hz
    pulse : both people's heart rate without breathing
    """

    skin: Signal
    pulse: Signal
    marks: tuple[Mark, ...]
    regulation: Regulation

    @classmethod
    def of(cls, dyad: Dyad, bodies: PhysiologyPair, seed: int) -> Self:
        """Regulation of a dyad whose physiology was extracted."""
        skin, pulse = _skin(dyad, bodies), _pulse(bodies)
        return cls(skin, pulse, dyad.marks, regulation_of(skin, pulse, seed))

    def profile(
        self, coupling: dict[str, Coupling], finest_lag_s: float, seed: int
    ) -> CoregulationProfile | None:
        """The session's profile; None where no signal could be tested for coupling."""
        if not coupling:
            return None
        strongest = min(coupling.values(), key=lambda one: one.p)
        lag_s = coupling["eda"].lag_s if "eda" in coupling else 0.0
        found = self.regulation.responses
        return coregulation_profile(
            ProfileEvidence(
                strongest,
                self.regulation.dynamics,
                by_a=responsiveness_of(found.b_to_a) if found else None,
                by_b=responsiveness_of(found.a_to_b) if found else None,
                recovery_a=recovery_of(found.recovery_a) if found else None,
                recovery_b=recovery_of(found.recovery_b) if found else None,
                contrasts=contrasts_of(self.skin, self.marks, lag_s),
                usual=usual_at_rest(self.skin, self.pulse, self.marks, seed),
                finest_lag_s=finest_lag_s,
            )
        )


def _skin(dyad: Dyad, bodies: PhysiologyPair) -> Signal:
    a, b = (
        _less_tonic(dyad.person(person).traces.get("eda"), body)
        for person, body in zip(PERSONS, (bodies.a, bodies.b), strict=True)
    )
    return Signal(a, b, RATE_HZ, MIN_USIEMENS)


def _less_tonic(measured: Trace | None, body: Physiology) -> Floats:
    """What was measured less the tonic level; where only components were given, the phasic one."""
    if measured is None or not np.isfinite(body.tonic_usiemens).any():
        return body.phasic_usiemens
    usiemens = replace(measured, values=microsiemens(measured.values, measured.unit))
    return _averaged(usiemens, len(body.times_s)) - body.tonic_usiemens


def _averaged(trace: Trace, samples: int) -> Floats:
    """A trace on the 4 Hz grid from session time 0, the mean of what falls into each step."""
    known = np.isfinite(trace.times_s) & np.isfinite(trace.values)
    place = np.rint(trace.times_s[known] * RATE_HZ).astype(np.int64)
    inside = (place >= 0) & (place < samples)
    place, values = place[inside], trace.values[known][inside]
    counts = np.bincount(place, minlength=samples)
    sums = np.bincount(place, weights=values, minlength=samples)
    return np.where(counts > 0, sums / np.maximum(counts, 1), np.nan)


def _pulse(bodies: PhysiologyPair) -> Signal:
    (a, rate_hz), (b, _) = (
        without_breathing(series_of(one, "heart_rate"), RATE_HZ) for one in (bodies.a, bodies.b)
    )
    return Signal(a, b, rate_hz)
