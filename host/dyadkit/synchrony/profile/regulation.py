"""Regulation of two people in one session: answers, recovery, verdicts and dynamics together."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from dyadkit.dyad.result import Result
from dyadkit.errors import SignalError
from dyadkit.synchrony.dynamics import OscillatorFit, fit_oscillator
from dyadkit.synchrony.following import Train
from dyadkit.synchrony.profile.occasion import Signal
from dyadkit.synchrony.responses import PartnerResponse, Peaks, partner_response
from dyadkit.synchrony.verdicts import PersonPair, VerdictCourse, follow_verdicts, judge_persons

_Found = TypeVar("_Found")


@dataclass(frozen=True, slots=True, eq=False)
class Regulation(Result):
    """Regulation in one session; None where the data cannot answer, with the reason in `refusals`.

    person : verdicts on both people, course : the same in windows of ten minutes
    dynamics : coupled oscillators over the whole session, where both swing
    responses : answers to each other's arousal rises, and recovery
    refusals : by field
    """

    person: PersonPair | None
    course: VerdictCourse | None
    dynamics: OscillatorFit | None
    responses: PartnerResponse | None
    refusals: dict[str, str]


def regulation_of(
    skin: Signal, pulse: Signal, trains: tuple[Train, Train] | None = None, seed: int = 0
) -> Regulation:
    """Regulation of two people: everything about it that two signals of both can tell.

    Parameters
    ----------
    skin : skin conductance, whose responses are matched in time
    pulse : slow heart rate without breathing (`dynamics.without_breathing`)
    trains : onsets of both people's skin conductance responses, where they were detected
    seed : of everything random in them

    Examples
    --------
    >>> from dyadkit.sim.people import bodies
    >>> met = bodies.meet(bodies.Encounter(), seconds=600.0, seed=1)
    >>> skin = Signal(met.a.eda_usiemens[::4], met.b.eda_usiemens[::4], 4.0)
    >>> pulse = Signal(met.a.heart_rate_bpm[::16], met.b.heart_rate_bpm[::16], 1.0)
    >>> found = regulation_of(skin, pulse)
    >>> found.responses.a_to_b.p < 0.01, found.refusals
    (True, {'course': '10 minutes are less than two windows of 10'})
    """
    refusals: dict[str, str] = {}

    def tried(name: str, attempt: Callable[[], _Found]) -> _Found | None:
        try:
            return attempt()
        except SignalError as refusal:
            refusals[name] = str(refusal).rstrip(".")
            return None

    slow = (pulse.a, pulse.b, pulse.rate_hz, seed)
    return Regulation(
        person=tried("person", lambda: judge_persons(*slow)),
        course=tried("course", lambda: follow_verdicts(*slow)),
        dynamics=tried("dynamics", lambda: fit_oscillator(*slow)),
        responses=tried(
            "responses",
            lambda: partner_response(skin.a, skin.b, skin.rate_hz, Peaks(floor=skin.floor), trains),
        ),
        refusals=refusals,
    )
