"""Findings of a session: every estimate together, and the sentences that say it plainly."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from dyadkit.dyad.arrays import Floats
from dyadkit.dyad.provenance import provenance
from dyadkit.dyad.result import Result
from dyadkit.dyad.traces import Alignment
from dyadkit.signals import Physiology, PhysiologyPair
from dyadkit.synchrony.chance import NullResult
from dyadkit.synchrony.chance.correction import holm, p_words
from dyadkit.synchrony.coupling import Coupling, Leader
from dyadkit.synchrony.dynamics import DynamicsCourse, OscillatorFit
from dyadkit.synchrony.profile import CoregulationProfile
from dyadkit.synchrony.responses import PartnerResponse

ALPHA = 0.05
RATE_HZ = 4.0
BOUNDS_PER_CLAIM = 3.0
TWO_PEOPLE = "two people"
"""Among the refusals: a and b hold the same samples, and agree as anything does with itself."""
SIGNAL_WORDS = {"eda": "skin conductance", "heart_rate": "heart rate"}
"""Every signal that is tested for coupling, in this order; its series in `_SERIES`."""
_SERIES: dict[str, Callable[[Physiology], Floats]] = {
    "eda": lambda body: np.asarray(body.tonic_usiemens + body.phasic_usiemens),
    "heart_rate": lambda body: body.heart_rate_bpm,
}
SHARED_SCHEDULE = (
    "A schedule, task or stimulus that both shared could explain this, because each was compared "
    "with the other at other times only; partners from other sessions at the same time would tell."
)


@dataclass(frozen=True, slots=True, eq=False)
class PersonQuality(Result):
    """Data quality of one person: shares of the session, 0 to 1, that can be trusted.

    pulse_trusted, skin_trusted : of heart rate, and of the skin conductance level (SCL)
    notes : on what spoiled the rest
    """

    pulse_trusted: float
    skin_trusted: float
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Quality(Result):
    """Data quality of both people."""

    a: PersonQuality
    b: PersonQuality


@dataclass(frozen=True, slots=True, eq=False)
class ClockQuality(Result):
    """Quality of the time line both are on: 95 % bounds in seconds; NaN where not stated.

    median_bound_s, worst_bound_s : of the samples' times, a against b
    alignment : of the two clocks, minute by minute; None where nobody measured it
    """

    median_bound_s: float
    worst_bound_s: float
    alignment: Alignment | None = None

    @property
    def finest_lag_s(self) -> float:
        """Finest lead or lag that may be said; NaN where no bound is stated."""
        return BOUNDS_PER_CLAIM * self.median_bound_s


@dataclass(frozen=True, slots=True, eq=False)
class Findings(Result):
    """All estimates of one session.

    physiology : of both people, on one 4 Hz grid
    coupling : concurrent or lagged synchrony against chance (circular shifts as surrogates), by
        signal, `eda` and `heart_rate`; a signal that could not be tested is missing
    refusals : by signal, why it could not be tested
    dynamics, course : of heart rate, whole and in windows; None where it could not be fitted (see
        `refusals`)
    responses : to each other's arousal peaks in skin conductance; None likewise
    seed, version : that reproduce every number
    same_time : by signal, the pair against partners from other sessions at the same time, which is
        what a shared schedule cannot explain; empty where no other sessions were given
    replayed : what a and b are a replay of; empty for what wearables recorded
    notes : what a reader must know of how the data came about, a sentence each
    """

    source: str
    simulated: bool
    duration_s: float
    participants: tuple[str, str]
    physiology: PhysiologyPair
    quality: Quality
    clock: ClockQuality
    coupling: dict[str, Coupling]
    refusals: dict[str, str]
    dynamics: OscillatorFit | None
    course: DynamicsCourse | None
    responses: PartnerResponse | None
    profile: CoregulationProfile | None
    seed: int
    version: str
    same_time: dict[str, NullResult] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    replayed: tuple[str, ...] = ()

    @property
    def whence(self) -> str:
        """Where the session comes from, in words; empty for people who were recorded."""
        return provenance(self.simulated, self.replayed)

    def beyond_chance(self) -> list[str]:
        """Signals whose coupling exceeds chance, with Holm's correction for testing several."""
        corrected = holm({name: one.p for name, one in self.coupling.items()})
        return [name for name, p in corrected.items() if p <= ALPHA]

    def sentences(self) -> list[str]:
        """The findings in plain words, the most important first."""
        kept = self.beyond_chance()
        same = self.refusals.get(TWO_PEOPLE)
        found = [] if same is None else [f"These are not two people: {same}."]
        found += [self._coupled(name) for name in kept]
        if not kept and self.coupling:
            words = " and ".join(SIGNAL_WORDS[name] for name in self.coupling)
            found.append(f"No coupling beyond chance was found in {words}.")
        found += [self._against_same_time(name) for name in kept if name in self.same_time]
        if any(name not in self.same_time for name in kept):
            found.append(SHARED_SCHEDULE)
        found += [
            f"{SIGNAL_WORDS[name].capitalize()} could not be tested: {why}."
            for name, why in self.refusals.items()
            if name in SIGNAL_WORDS
        ]
        return found

    def can_order(self, name: str) -> bool:
        """Whether the clocks are good enough to tell who is first; True where no bound is stated.

        Three bounds, because a lag finer than that may be the clocks' and not the people's.
        """
        return not abs(self.coupling[name].lag_s) < self.clock.finest_lag_s

    def _coupled(self, name: str) -> str:
        one = self.coupling[name]
        way = "rises and falls together" if one.strength > 0 else "moves in opposite directions"
        return (
            f"{SIGNAL_WORDS[name].capitalize()} {way} beyond chance "
            f"(correlation {one.strength:+.2f}, {p_words(one.p)}): {self._order(name)}"
        )

    def _against_same_time(self, name: str) -> str:
        found = self.same_time[name]
        pairs = f"{found.draws} pairs of people from different sessions at the same time"
        if found.p <= ALPHA:
            return (
                f"In {SIGNAL_WORDS[name]} they agree more than {pairs} ({p_words(found.p)}): "
                "a schedule that all sessions shared does not explain it."
            )
        few = f" (so few that p could not fall below {1 / (found.draws + 1):.2f})"
        return (
            f"In {SIGNAL_WORDS[name]} they do not agree more than {pairs}"
            f"{few if (found.draws + 1) * ALPHA < 1 else ''} ({p_words(found.p)}): "
            "a shared schedule, task or stimulus may explain it."
        )

    def _order(self, name: str) -> str:
        one = self.coupling[name]
        low, high = one.lag_interval_s
        interval = f"95 % interval {low:+.1f} to {high:+.1f} s"
        if not self.can_order(name):
            return (
                "the lag is too small for the clocks of this session to order the two "
                f"(a lag below {self.clock.finest_lag_s:.3g} s may be the clocks')."
            )
        if one.leader is Leader.NEITHER:
            return f"no one clearly leads (lag {one.lag_s:+.1f} s, {interval})."
        first, second = ("a", "b") if one.leader is Leader.A else ("b", "a")
        return f"{first} leads, {second} follows {abs(one.lag_s):.1f} s later ({interval})."


def series_of(body: Physiology, name: str) -> Floats:
    """One person's series that is tested for coupling, by signal, on the 4 Hz grid."""
    return _SERIES[name](body)
