"""Statements of a profile: a plain sentence for each thing a session shows, and its limits."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from dyadkit.dyad.result import Result
from dyadkit.synchrony.chance.correction import p_words
from dyadkit.synchrony.context import Contrast
from dyadkit.synchrony.coupling import Coupling, Leader
from dyadkit.synchrony.dynamics import OscillatorFit, Phase, Regime
from dyadkit.synchrony.profile.evidence import ProfileEvidence, RecoveryEvidence, Responsiveness
from dyadkit.synchrony.responses import Direction

SURE = 0.05
_NAN = float("nan")


class Topic(StrEnum):
    """Topic of a statement: what it is about."""

    STRENGTH = "strength"
    DIRECTION = "direction"
    PHASE = "phase"
    REGIME = "regime"
    RESPONSIVENESS_OF_A = "responsiveness of a"
    RESPONSIVENESS_OF_B = "responsiveness of b"
    RECOVERY_OF_A = "recovery of a"
    RECOVERY_OF_B = "recovery of b"
    CONTEXT = "context"


@dataclass(frozen=True, slots=True, eq=False)
class Statement(Result):
    """Statement of a profile: a sentence about one topic.

    decided : whether the data tell; an undecided statement says so and claims nothing
    value, interval, p : the number behind it, NaN where there is none
    limits : what the sentence does not mean
    """

    topic: Topic
    sentence: str
    decided: bool
    limits: str
    value: float = _NAN
    interval: tuple[float, float] = (_NAN, _NAN)
    p: float = _NAN


def statements_of(evidence: ProfileEvidence) -> tuple[Statement, ...]:
    """A statement for each topic there is evidence on, in a fixed order."""
    coupling, oscillator = evidence.coupling, evidence.oscillator
    found = [_strength(coupling), _direction(coupling, evidence.finest_lag_s)]
    if oscillator is not None:
        found += [_phase(oscillator), _regime(oscillator)]
    for responsiveness, topic, who, whom in (
        (evidence.by_a, Topic.RESPONSIVENESS_OF_A, "a", "b"),
        (evidence.by_b, Topic.RESPONSIVENESS_OF_B, "b", "a"),
    ):
        if responsiveness is not None:
            found.append(_responsiveness(responsiveness, topic, who, whom))
    for recovery, topic, who in (
        (evidence.recovery_a, Topic.RECOVERY_OF_A, "a"),
        (evidence.recovery_b, Topic.RECOVERY_OF_B, "b"),
    ):
        if recovery is not None:
            found.append(_recovery(recovery, topic, who))
    return (*found, *(_context(contrast) for contrast in evidence.contrasts))


def _strength(coupling: Coupling) -> Statement:
    beyond = coupling.p <= SURE
    sentence = (
        f"The two move together more than chance (correlation {coupling.strength:+.2f} at the "
        f"best lag, {p_words(coupling.p)})."
        if beyond
        else f"No more moving together than chance gives ({p_words(coupling.p)})."
    )
    limits = (
        "A shared schedule, task or room makes two people move together without contact; only "
        "same-time pairs of strangers rule that out. More is not better."
        if beyond
        else "Too short a session or too noisy a signal looks the same as no coupling."
    )
    return Statement(
        Topic.STRENGTH, sentence, beyond, limits, value=coupling.strength, p=coupling.p
    )


def _direction(coupling: Coupling, finest_lag_s: float) -> Statement:
    low, high = coupling.lag_interval_s
    leads = {
        Leader.A: "Person a moves first and b follows",
        Leader.B: "Person b moves first and a follows",
    }
    too_fine = abs(coupling.lag_s) < finest_lag_s
    decided = coupling.p <= SURE and coupling.leader in leads and not too_fine
    if too_fine:
        sentence = "Who moves first is not told: the lag is too small for the clocks."
    elif decided:
        sentence = f"{leads[coupling.leader]}, by {abs(coupling.lag_s):.1f} s."
    else:
        sentence = "Neither is shown to lead."
    limits = "Who moves first need not be who causes; a slower body lags without following."
    return Statement(
        Topic.DIRECTION, sentence, decided, limits, value=coupling.lag_s, interval=(low, high)
    )


def _phase(fit: OscillatorFit) -> Statement:
    words = {
        Phase.IN_PHASE: "Arousal of one pulls the other the same way (in-phase).",
        Phase.ANTI_PHASE: "Arousal of one pulls the other the opposite way (anti-phase).",
        Phase.UNDECIDED: "In-phase or anti-phase: these data do not tell.",
    }
    decided = fit.phase is not Phase.UNDECIDED and fit.p_coupled <= SURE
    sentence = words[fit.phase if decided else Phase.UNDECIDED]
    limits = "Both occur in warm and in strained moments; the sign alone is neither good nor bad."
    return Statement(Topic.PHASE, sentence, decided, limits, p=fit.p_coupled)


_REGIMES = {
    Regime.COREGULATION: "Coupled both ways, and together they vary less than they would alone.",
    Regime.CODYSREGULATION: "Coupled both ways, and together they vary more than they would alone.",
    Regime.ONE_WAY: "One person follows the other, not the reverse.",
    Regime.UNCOUPLED: "Each follows an own course.",
    Regime.UNDECIDED: "The regime is undecided.",
}


def _regime(fit: OscillatorFit) -> Statement:
    decided = fit.regime is not Regime.UNDECIDED
    sentence = f"{_REGIMES[fit.regime]}"
    if decided:
        sentence += f" ({fit.regime}, belief {fit.regime_probability:.2f})"
    elif fit.note:
        sentence += f" {fit.note[0].upper()}{fit.note[1:]}."
    limits = (
        "It holds for this session and for oscillating arousal only. Amplifying each other is part "
        "of play and joy as of quarrel; calming may be comfort or withdrawal."
    )
    return Statement(Topic.REGIME, sentence, decided, limits, value=fit.regime_probability)


def _responsiveness(found: Responsiveness, topic: Topic, who: str, whom: str) -> Statement:
    beyond = found.p <= SURE and found.share > found.chance
    shares = f"{found.share:.0%} of {found.peaks} peaks, {found.chance:.0%} by chance"
    way = {Direction.AMPLIFYING: " by rising too", Direction.COMPENSATING: " by falling"}
    how = way.get(found.direction, "")
    late = f", {found.latency_s:.1f} s later" if np.isfinite(found.latency_s) else ""
    sentence = (
        f"{who} answers {whom}'s arousal peaks{how}{late}, more often than chance ({shares})."
        if beyond
        else f"{who} is not shown to answer {whom}'s arousal peaks ({shares})."
    )
    limits = "An answer in arousal is not an answer in conduct: staying calm is a response too."
    return Statement(topic, sentence, beyond, limits, value=found.share, p=found.p)


def _recovery(found: RecoveryEvidence, topic: Topic, who: str) -> Statement:
    decided = found.p <= SURE
    times = f"{found.together_s:.1f} s with the partner, {found.alone_s:.1f} s alone"
    faster = "faster" if found.together_s < found.alone_s else "more slowly"
    sentence = (
        f"{who} recovers {faster} with the partner ({times})."
        if decided
        else f"{who} is not shown to recover otherwise with the partner than alone ({times})."
    )
    limits = "What happened before, and how strongly, was not the same in both situations."
    return Statement(topic, sentence, decided, limits, value=found.together_s, p=found.p)


def _context(found: Contrast) -> Statement:
    decided = found.p <= SURE
    size = f"difference {found.difference:+.2g}, {p_words(found.p)}"
    what = found.measure[:1].upper() + found.measure[1:] or "It"
    sentence = (
        f"{what} differs between “{found.first}” and “{found.second}” ({size})."
        if decided
        else f"{what}: no difference shown between “{found.first}” and “{found.second}” ({size})."
    )
    note = found.note[:1].upper() + found.note[1:] + "." if found.note else ""
    limits = note or "A difference between conditions is not a difference made by them."
    return Statement(Topic.CONTEXT, sentence, decided, limits, value=found.difference, p=found.p)
