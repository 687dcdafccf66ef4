"""Statements on persons: is each calmed or wound up by the partner, and what the pair then is."""

from collections.abc import Mapping

from dyadkit.analysis.decision.statement import About, Statement
from dyadkit.synchrony.verdicts import PairRegime, PersonPair, PersonVerdict, Verdict

_COMPARED = (
    "Compared with a partner who stays constant, not with being alone: a recording of each alone "
    "decides more. Calming may be comfort or withdrawal; winding up is part of play and of quarrel."
)
_REGIMES = {
    PairRegime.COREGULATION: "Coregulation: at least one of the two is calmed by the other.",
    PairRegime.CODYSREGULATION: "Codysregulation: each winds the other up.",
    PairRegime.ONE_WAY: "One-way: one is wound up by the other, the reverse is not shown.",
}


def persons_of(found: PersonPair | None, refusals: Mapping[str, str]) -> list[Statement]:
    """A statement a person, and one on the pair where a verdict was given."""
    if found is None:
        why = refusals.get("person", "heart rate was not measured in both")
        sentence = f"Whether the partner calms or winds up cannot be told: {why}."
        return [Statement(sentence, About.PERSON, "heart_rate", positive=False, limits=_COMPARED)]
    pair = found.regime
    regime = [
        Statement(_REGIMES[pair], About.PAIR, "heart_rate", positive=True, limits=_COMPARED)
        for _ in range(pair is not PairRegime.NOT_SHOWN)
    ]
    return [_person(found.a, ("a", "b")), _person(found.b, ("b", "a")), *regime]


def _person(one: PersonVerdict, people: tuple[str, str]) -> Statement:
    who, partner = people
    low, high = one.variance_ratio_interval
    decided = one.verdict in (Verdict.CALMED, Verdict.WOUND_UP)
    if one.verdict is Verdict.NO_ANSWER:
        sentence = f"Whether {partner} calms or winds up {who} cannot be told: {one.why}."
    elif decided:
        sentence = (
            f"{who} is {one.verdict} by {partner}: slow heart rate varies {one.variance_ratio:.2f} "
            f"times (95 % {low:.2f} to {high:.2f}) as much as with a partner who stays constant "
            f"(belief {one.belief:.0%})."
        )
    else:
        sentence = (
            f"{who}: neither calmed nor wound up by {partner} is shown (belief in either at most "
            f"{one.belief:.0%}); {_needed(one.minutes_needed)}"
        )
    return Statement(
        sentence, About.PERSON, "heart_rate", decided, estimate=one.variance_ratio,
        interval=one.variance_ratio_interval, limits=_COMPARED, person=who,
    )  # fmt: skip


def _needed(minutes: float) -> str:
    if minutes == minutes:
        return f"about {minutes:.0f} minutes like these would tell."
    return "no length of recording is in sight that would tell."
