"""Statements on context: what differs between conditions, or around events."""

from dyadkit.analysis.decision.evidence import PRIMARY, Evidence
from dyadkit.analysis.decision.family import Family, context
from dyadkit.analysis.decision.statement import About, Statement
from dyadkit.synchrony.chance.correction import p_words
from dyadkit.synchrony.context import Contrast


def contexts_of(evidence: Evidence, family: Family) -> list[Statement]:
    """A statement a contrast, and one where the primary question could not be asked."""
    why = evidence.refusals.get(PRIMARY)
    sentence = f"The primary question could not be tested: {why}."
    unasked = [Statement(sentence, About.CONTEXT, "", positive=False)]
    return [*(unasked if why else ()), *(_context(one, family) for one in evidence.contrasts)]


def _context(found: Contrast, family: Family) -> Statement:
    test = context(found.measure, found.first, found.second)
    shown, p = family.shows(test), family.corrected.get(test, float("nan"))
    size = f"difference {found.difference:+.2g}, {p_words(p)}, corrected"
    what = found.measure[:1].upper() + found.measure[1:]
    sentence = (
        f"{what} differs between “{found.first}” and “{found.second}” ({size})."
        if shown
        else f"{what}: no difference shown between “{found.first}” and “{found.second}” ({size})."
    )
    note = found.note[:1].upper() + found.note[1:] + "." if found.note else ""
    limits = note or "A difference between conditions is not a difference made by them."
    return Statement(
        sentence, About.CONTEXT, "", shown, found.p, p, found.difference, found.interval, limits
    )
