"""Profile of one session, from its evidence."""

from dataclasses import dataclass

import numpy as np

from dyadkit.dyad.result import Result
from dyadkit.synchrony.profile.cautions import Caution, cautions_of
from dyadkit.synchrony.profile.evidence import ProfileEvidence, Usual
from dyadkit.synchrony.profile.statements import Statement, Topic, statements_of

NOT_A_DIAGNOSIS = (
    "This profile describes one recording of two bodies. It is not a diagnosis of a person or a "
    "relationship: the same pattern can help in one context and harm in another."
)
_NO_BASELINE = (
    "Cautionary patterns were not judged for lack of this dyad's own baseline: {}. Record a rest "
    "or earlier sessions."
)


@dataclass(frozen=True, slots=True, eq=False)
class CoregulationProfile(Result):
    """Coregulation profile: what a session shows.

    statements : one sentence a topic, decided or not
    cautions : patterns that passed a stated threshold; usually empty
    not_judged : which patterns could not be looked for, and why; empty when all could
    coverage : share of the session both people were measured in
    """

    statements: tuple[Statement, ...]
    cautions: tuple[Caution, ...]
    not_judged: str
    coverage: float
    disclaimer: str = NOT_A_DIAGNOSIS

    def about(self, topic: Topic) -> tuple[Statement, ...]:
        """The statements on one topic."""
        return tuple(statement for statement in self.statements if statement.topic is topic)


def coregulation_profile(evidence: ProfileEvidence) -> CoregulationProfile:
    """Profile of a session's estimates: strength, direction, phase, regime, response, context.

    Undecided is an answer. The three cautionary patterns (insufficient responsiveness, excessive
    synchrony, mutual amplification) are named only when they exceed both chance and this dyad's
    own baseline, so never without `ProfileEvidence.usual`.

    Examples
    --------
    >>> from dyadkit.sim.people import bodies
    >>> from dyadkit.synchrony.coupling import couple
    >>> met = bodies.meet(bodies.Encounter(), seconds=300.0, seed=1)
    >>> skin = couple(met.a.eda_usiemens[::4], met.b.eda_usiemens[::4], rate_hz=4.0)
    >>> found = coregulation_profile(ProfileEvidence(skin))
    >>> found.about(Topic.DIRECTION)[0].sentence
    'Person a moves first and b follows, by 1.5 s.'
    >>> found.cautions, bool(found.not_judged)              # no baseline, so no caution
    ((), True)

    References
    ----------
    Wass 2021, Dev. Rev. 61, 100971 (allostasis and metastasis); Butler and Randall 2013
    """
    return CoregulationProfile(
        statements=statements_of(evidence),
        cautions=cautions_of(evidence),
        not_judged=_not_judged(evidence.usual),
        coverage=evidence.coupling.coverage,
    )


def _not_judged(usual: Usual) -> str:
    needed = {
        "responsiveness of a": usual.answered_by_a,
        "responsiveness of b": usual.answered_by_b,
        "synchrony": usual.strength + usual.strength_deviation,
        "amplification": usual.amplification,
    }
    missing = [name for name, value in needed.items() if not np.isfinite(value)]
    return _NO_BASELINE.format(", ".join(missing)) if missing else ""
