"""Statements of a session, from its evidence: every sentence there is, positive or not."""

from collections.abc import Iterable

from dyadkit.analysis.decision import family as names
from dyadkit.analysis.decision.cautions import cautions_of
from dyadkit.analysis.decision.contexts import contexts_of
from dyadkit.analysis.decision.couplings import heart_rate_of, schedule_of, skin_of, smoothed_of
from dyadkit.analysis.decision.evidence import TWO_PEOPLE, Evidence
from dyadkit.analysis.decision.family import Family
from dyadkit.analysis.decision.persons import persons_of
from dyadkit.analysis.decision.proposal import proposed
from dyadkit.analysis.decision.recoveries import recoveries_of
from dyadkit.analysis.decision.statement import About, Statement


def said_of(evidence: Evidence) -> tuple[Statement, ...]:
    """Everything that is said of a session, the most important first."""
    same = evidence.refusals.get(TWO_PEOPLE)
    if same is not None:
        sentence = f"These are not two people: {same}."
        return (Statement(sentence, About.COUPLING, "", positive=False),)
    share = 1.0 if evidence.person is None else names.TESTS_SHARE
    gates = {one.test: one.opened_by for one in evidence.proposals if one.opened_by}
    family = Family.of(tests_of(evidence), share, gates, evidence.primary)
    parts: Iterable[list[Statement]] = (
        skin_of(evidence, family),
        heart_rate_of(evidence, family),
        schedule_of(evidence, family),
        smoothed_of(evidence),
        persons_of(evidence.person, evidence.refusals),
        recoveries_of(evidence, family),
        contexts_of(evidence, family),
        proposed(evidence.proposals, family),
        [one for one in evidence.remarks if not one.positive],
        cautions_of(evidence, family),
    )
    return tuple(statement for part in parts for statement in part)


def tests_of(evidence: Evidence) -> dict[str, float]:
    """P values of all default tests of a session, by name."""
    found: dict[str, float] = {}
    if evidence.events is not None:
        found[names.SKIN_B_AFTER_A] = evidence.events.a_to_b.p
        found[names.SKIN_A_AFTER_B] = evidence.events.b_to_a.p
    elif "eda" in evidence.coupling:
        found[names.SKIN_WAVEFORM] = evidence.coupling["eda"].p
    if "heart_rate" in evidence.coupling:
        found[names.HEART_RATE] = evidence.coupling["heart_rate"].p
    if evidence.responses is not None:
        found[names.RECOVERY_A] = evidence.responses.recovery_a.p
        found[names.RECOVERY_B] = evidence.responses.recovery_b.p
    for one in evidence.contrasts:
        found[names.context(one.measure, one.first, one.second)] = one.p
    for proposal in evidence.proposals:
        if proposal.test in found:
            raise ValueError(f"two tests of a session are called {proposal.test!r}")
        found[proposal.test] = proposal.p
    return found
