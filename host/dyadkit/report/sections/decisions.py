"""Every decision behind the page: the statements with their p or belief, and what was needed."""

from dataclasses import dataclass

from dyadkit.analysis.decision import ALPHA, About
from dyadkit.analysis.findings import Findings
from dyadkit.report.words import UNKNOWN, Said, said_about
from dyadkit.synchrony.chance.correction import p_words
from dyadkit.synchrony.verdicts import NAMED_AT

DECIDED = tuple(one for one in About if one is not About.LIMIT)


@dataclass(frozen=True, slots=True)
class Decision:
    """One row: a statement, whether it is claimed, its evidence, and what was needed."""

    said: Said
    decided: str
    evidence: str
    needed: str


@dataclass(frozen=True, slots=True)
class Decisions:
    """Rows of a page: the main ones, and aside the many comparisons that are not shown."""

    main: list[Decision]
    aside: list[Decision]


def decisions(findings: Findings) -> Decisions:
    """All statements of a session as they were decided, claims and all others."""
    main: list[Decision] = []
    aside: list[Decision] = []
    for one in said_about(findings, *DECIDED):
        is_aside = one.statement.about is About.CONTEXT and not one.positive
        (aside if is_aside else main).append(_decision(findings, one))
    return Decisions(main, aside)


def _decision(findings: Findings, said: Said) -> Decision:
    one = said.statement
    decided = "claimed" if one.positive else "not shown" if _was_asked(findings, said) else "note"
    if one.p_corrected == one.p_corrected:
        return Decision(said, decided, p_words(one.p_corrected), f"p ≤ {ALPHA:g}")
    if one.about is About.PERSON and findings.person is not None:
        belief = getattr(findings.person, one.person).belief
        if belief == belief:
            return Decision(said, decided, f"belief {belief:.2f}", f"{NAMED_AT:.2f}")
    return Decision(said, decided, UNKNOWN, "follows from others" if one.positive else UNKNOWN)


def _was_asked(findings: Findings, said: Said) -> bool:
    one = said.statement
    if one.about is About.PERSON:
        return findings.person is not None
    return one.p == one.p and one.about is not About.SCHEDULE


def not_judged(findings: Findings) -> list[Said]:
    """Statements on what was not judged, and why."""
    return said_about(findings, About.LIMIT)
