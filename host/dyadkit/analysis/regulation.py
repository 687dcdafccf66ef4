"""Regulation between two people, from a dyad's traces and marks: the evidence to decide on."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Self

import numpy as np

from dyadkit.analysis.decision import PRIMARY, Evidence, Proposal, Resting, Statement
from dyadkit.analysis.findings import RATE_HZ, SIGNAL_WORDS, series_of
from dyadkit.analysis.primary import Primary
from dyadkit.analysis.tables import missing_by_condition
from dyadkit.analysis.when import coupled_parts
from dyadkit.dyad.arrays import Floats
from dyadkit.dyad.traces import PERSONS, Dyad, Mark, Trace
from dyadkit.dyad.units import microsiemens
from dyadkit.errors import SignalError
from dyadkit.signals import Physiology, PhysiologyPair
from dyadkit.signals.eda.responses import MIN_USIEMENS
from dyadkit.synchrony.chance import NullResult
from dyadkit.synchrony.context import REST_LABELS, Contrast
from dyadkit.synchrony.coupling import Coupling, Strength, strength
from dyadkit.synchrony.dynamics import without_breathing
from dyadkit.synchrony.following import EventCoupling, Search, Train, couple_events
from dyadkit.synchrony.profile import (
    Levels,
    Regulation,
    Signal,
    comparisons,
    regulation_of,
    tried,
)
from dyadkit.synchrony.verdicts import judge_persons

EVENT_LAG_S = 10.0
"""Responses may come this late whatever lag is asked of the waveforms: it costs them no error."""
PER_MINUTE = 60.0 * RATE_HZ


@dataclass(frozen=True, slots=True)
class Regulated:
    """Regulation of a dyad, and the signals it is read from.

    whole : by signal, both people's series that are tested for coupling, at 4 Hz
    skin : both people's skin conductance as measured, less its tonic level (SCL), at 4 Hz
    pulse : both people's heart rate without breathing
    trains : both people's skin conductance responses
    """

    whole: Mapping[str, Signal]
    skin: Signal
    pulse: Signal
    trains: tuple[Train, Train]
    marks: tuple[Mark, ...]
    levels: Mapping[str, tuple[Floats, Floats]]
    search: Search
    events: EventCoupling | None
    strength: dict[str, Strength]
    regulation: Regulation
    remarks: tuple[Statement, ...] = ()
    proposals: tuple[Proposal, ...] = ()

    @classmethod
    def of(cls, dyad: Dyad, bodies: PhysiologyPair, max_lag_s: float, seed: int) -> Self:
        """Regulation of a dyad whose physiology was extracted."""
        skin, pulse, trains = _skin(dyad, bodies), _pulse(bodies), _trains(bodies)
        whole = {
            name: Signal(series_of(bodies.a, name), series_of(bodies.b, name), RATE_HZ)
            for name in SIGNAL_WORDS
        }
        conditions = tuple(one for one in dyad.marks if one.kind == "condition")
        search = Search(max(EVENT_LAG_S, max_lag_s), conditions)
        return cls(
            whole,
            skin,
            pulse,
            trains,
            dyad.marks,
            _levels(bodies, trains),
            search,
            tried(lambda: couple_events(*trains, search)),
            _strengths(whole),
            regulation_of(skin, pulse, trains if _many(trains) else None, seed),
            missing_by_condition(bodies, dyad.marks),
            coupled_parts(whole["heart_rate"], dyad.marks, max_lag_s, seed),
        )

    def evidence(
        self,
        coupling: dict[str, Coupling],
        refusals: dict[str, str],
        same_time: dict[str, NullResult],
        finest_lag_s: float,
        primary: Primary | None = None,
    ) -> Evidence:
        """Everything that statements on the session are made of."""
        lag_s = self.events.lag_s if self.events else 0.0
        pulse = coupling.get("heart_rate")
        seen = Levels(
            self.skin,
            lag_s,
            self.levels,
            self.whole["heart_rate"],
            pulse.lag_s if pulse is not None else 0.0,
        )
        compared = comparisons(seen, self.marks)
        first: tuple[Contrast, ...] = ()
        if primary is not None:
            try:
                first = primary.contrasts(seen, self.marks)
            except SignalError as refusal:
                refusals = {**refusals, PRIMARY: str(refusal)}
        return Evidence(
            coupling=coupling,
            strength=self.strength,
            events=self.events,
            responses=self.regulation.responses,
            person=self.regulation.person,
            contrasts=(*first, *compared.made),
            untested=compared.untested,
            refusals=refusals,
            same_time=same_time,
            resting=self._resting(),
            finest_lag_s=finest_lag_s,
            primary=primary.tests if primary else (),
            marked=len({one.label for one in self.search.marks}) > 1,
            remarks=self.remarks,
            proposals=self.proposals,
        )

    def _resting(self) -> Resting:
        """The same estimates at rest; nothing where no rest was marked, or nothing else was."""
        during = self.skin.during(self.marks, REST_LABELS)
        if not during.any() or during.all():
            return Resting()
        slow = self.pulse.within(self.pulse.during(self.marks, REST_LABELS))
        resting = {name: one.within(during) for name, one in self.whole.items()}
        a, b = (one.within(during) for one in self.trains)
        search = Search(self.search.max_lag_s)
        return Resting(
            strength=_strengths(resting),
            events=tried(lambda: couple_events(a, b, search)),
            person=tried(lambda: judge_persons(slow.a, slow.b, slow.rate_hz)),
        )


def _strengths(signals: Mapping[str, Signal]) -> dict[str, Strength]:
    found = {
        name: tried(partial(strength, one.a, one.b, one.rate_hz)) for name, one in signals.items()
    }
    return {name: one for name, one in found.items() if one is not None}


def _trains(bodies: PhysiologyPair) -> tuple[Train, Train]:
    """Skin conductance responses of both people."""
    first, second = (
        Train.of(
            [one.onset_s for one in body.responses],
            len(body.times_s) / RATE_HZ,
            [one.amplitude_usiemens for one in body.responses],
            np.isfinite(body.phasic_usiemens),
            body.driver_usiemens,
        )
        for body in (bodies.a, bodies.b)
    )
    return first, second


def _many(trains: tuple[Train, Train]) -> bool:
    """Whether both have responses of their own; components alone, as imported, hold none."""
    return all(one.events > 0 for one in trains)


def _levels(
    bodies: PhysiologyPair, trains: tuple[Train, Train]
) -> dict[str, tuple[Floats, Floats]]:
    """Levels that may differ between conditions, by measure."""
    rates = [np.where(one.present, one.counts * PER_MINUTE, np.nan) for one in trains]
    return {
        "heart rate": (bodies.a.heart_rate_bpm, bodies.b.heart_rate_bpm),
        "ln RSA": (bodies.a.rsa.series_ln_ms2, bodies.b.rsa.series_ln_ms2),
        "skin conductance level": (bodies.a.tonic_usiemens, bodies.b.tonic_usiemens),
        "skin response rate": (rates[0], rates[1]),
    }


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
    place = np.floor(trace.times_s[known] * RATE_HZ + 0.5).astype(np.int64)  # halves go up, all
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
