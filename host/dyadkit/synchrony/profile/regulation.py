"""Regulation of two people in one session: every estimate a profile is read from."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from dyadkit.dyad.result import Result
from dyadkit.errors import SignalError
from dyadkit.synchrony.dynamics import (
    DynamicsCourse,
    OscillatorFit,
    fit_oscillator,
    follow_oscillator,
)
from dyadkit.synchrony.profile.evidence import RecoveryEvidence, Responsiveness
from dyadkit.synchrony.profile.occasion import Signal
from dyadkit.synchrony.responses import Answer, PartnerResponse, Peaks, partner_response
from dyadkit.synchrony.responses import Recovery as Settling

WINDOW_S, STEP_S = 300.0, 60.0
MAX_WINDOWS = 60

_Found = TypeVar("_Found")


@dataclass(frozen=True, slots=True, eq=False)
class Regulation(Result):
    """Regulation in one session; None where the data cannot answer, with the reason in `refusals`.

    dynamics : coupled oscillators over the whole session
    course : the same in windows of five minutes, so that escalation and repair can be seen
    responses : answers to each other's arousal peaks, and recovery
    refusals : by field
    """

    dynamics: OscillatorFit | None
    course: DynamicsCourse | None
    responses: PartnerResponse | None
    refusals: dict[str, str]


def regulation_of(skin: Signal, pulse: Signal, seed: int = 0) -> Regulation:
    """Regulation of two people: everything about it that two signals of both can tell.

    Parameters
    ----------
    skin : skin conductance, whose responses are matched in time
    pulse : slow heart rate without breathing (`dynamics.without_breathing`)
    seed : of everything random in them

    Examples
    --------
    >>> from dyadkit.sim.people import bodies
    >>> met = bodies.meet(bodies.Encounter(), seconds=300.0, seed=1)
    >>> skin = Signal(met.a.eda_usiemens[::4], met.b.eda_usiemens[::4], 4.0)
    >>> pulse = Signal(met.a.heart_rate_bpm[::16], met.b.heart_rate_bpm[::16], 1.0)
    >>> found = regulation_of(skin, pulse)
    >>> found.responses.a_to_b.direction.value, found.refusals
    ('amplifying', {'course': '5 minutes are less than two windows of 5'})
    """
    refusals: dict[str, str] = {}

    def tried(name: str, attempt: Callable[[], _Found]) -> _Found | None:
        try:
            return attempt()
        except SignalError as refusal:
            refusals[name] = str(refusal).rstrip(".")
            return None

    return Regulation(
        dynamics=tried("dynamics", lambda: fit_oscillator(pulse.a, pulse.b, pulse.rate_hz, seed)),
        course=tried("course", lambda: _course(pulse, seed)),
        responses=tried(
            "responses",
            lambda: partner_response(skin.a, skin.b, skin.rate_hz, Peaks(floor=skin.floor), seed),
        ),
        refusals=refusals,
    )


def responsiveness_of(found: Answer) -> Responsiveness:
    """Responsiveness in the profile's words: how often, how soon and which way one answers.

    Examples
    --------
    >>> from dyadkit.sim.people import bodies
    >>> met = bodies.meet(bodies.Encounter(), seconds=300.0, seed=1)
    >>> a, b = met.a.eda_usiemens[::4], met.b.eda_usiemens[::4]
    >>> found = responsiveness_of(partner_response(a, b, 4.0).a_to_b)
    >>> found.peaks, round(found.latency_s, 1), found.share > found.chance
    (16, 1.5, True)
    """
    return Responsiveness(
        peaks=found.events,
        share=found.probability,
        chance=found.chance_probability,
        p=found.p,
        latency_s=found.latency_s,
        direction=found.direction,
    )


def recovery_of(found: Settling) -> RecoveryEvidence:
    """Recovery in the profile's words: how fast one person settles alone and with the partner.

    Examples
    --------
    >>> from dyadkit.sim.people import bodies
    >>> met = bodies.meet(bodies.Encounter(), seconds=300.0, seed=1)
    >>> a, b = met.a.eda_usiemens[::4], met.b.eda_usiemens[::4]
    >>> recovery_of(partner_response(a, b, 4.0).recovery_a).p > 0.05
    True
    """
    return RecoveryEvidence(found.alone_s, found.together_s, found.p)


def _course(pulse: Signal, seed: int) -> DynamicsCourse:
    duration_s = len(pulse.a) / pulse.rate_hz
    if duration_s < 2 * WINDOW_S:
        raise SignalError(
            f"{duration_s / 60:.0f} minutes are less than two windows of {WINDOW_S / 60:.0f}"
        )
    step_s = max(STEP_S, duration_s / MAX_WINDOWS)
    return follow_oscillator(pulse.a, pulse.b, pulse.rate_hz, WINDOW_S, step_s, seed)
