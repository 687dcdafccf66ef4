"""Statements on recovery: does a person settle otherwise with the partner than alone."""

from dyadkit.analysis.decision import family as names
from dyadkit.analysis.decision.evidence import Evidence
from dyadkit.analysis.decision.family import Family
from dyadkit.analysis.decision.statement import About, Statement
from dyadkit.synchrony.responses import Recovery

_LIMITS = "What happened before, and how strongly, was not the same in both situations."


def recoveries_of(evidence: Evidence, family: Family) -> list[Statement]:
    """A statement a person; asked only once something in the skin is shown."""
    if evidence.responses is None:
        return []
    return [
        _recovery(evidence.responses.recovery_a, family, names.RECOVERY_A, "a"),
        _recovery(evidence.responses.recovery_b, family, names.RECOVERY_B, "b"),
    ]


def _recovery(found: Recovery, family: Family, test: str, who: str) -> Statement:
    shown = family.shows(test)
    times = f"{found.together_s:.1f} s with the partner, {found.alone_s:.1f} s alone"
    faster = "faster" if found.together_s < found.alone_s else "more slowly"
    sentence = (
        f"{who} recovers {faster} with the partner ({times})."
        if shown
        else f"{who} is not shown to recover otherwise with the partner than alone."
    )
    return Statement(
        sentence, About.RECOVERY, "eda", shown, found.p, family.corrected.get(test, float("nan")),
        found.together_s, limits=_LIMITS, person=who,
    )  # fmt: skip
