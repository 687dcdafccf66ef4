"""Statements on context: what differs between conditions, or around events."""

from collections.abc import Sequence

from dyadkit.analysis.decision.evidence import PRIMARY, Evidence
from dyadkit.analysis.decision.family import Family, context
from dyadkit.analysis.decision.statement import About, Statement
from dyadkit.synchrony.chance.correction import p_words
from dyadkit.synchrony.context import Contrast
from dyadkit.synchrony.profile import Untested

_NOT_EQUAL = "Not shown to differ is not the same: a small difference would not be seen."


def contexts_of(evidence: Evidence, family: Family) -> list[Statement]:
    """A statement a contrast, and one where the primary question could not be asked."""
    why = evidence.refusals.get(PRIMARY)
    sentence = f"The primary question could not be tested: {why}."
    unasked = [Statement(sentence, About.CONTEXT, "", positive=False)]
    made = [_context(one, family) for one in evidence.contrasts]
    return [*(unasked if why else ()), *made, *_none_shown(made), *_untested(evidence.untested)]


def _none_shown(made: list[Statement]) -> list[Statement]:
    """That no comparison shows anything, in one sentence for the summary."""
    if not made or any(one.positive for one in made):
        return []
    sentence = f"In {len(made)} comparisons of what was marked, no difference is shown."
    return [Statement(sentence, About.CONTEXT, "", positive=False, limits=_NOT_EQUAL)]


def _untested(found: Sequence[Untested]) -> list[Statement]:
    """A sentence for each pair of conditions, or kind of event, that could not be compared."""
    by_pair: dict[tuple[str, str, str], list[str]] = {}
    for one in found:
        by_pair.setdefault((one.first, one.second, one.why), []).append(one.measure)
    return [
        Statement(
            f"{_compared(first, second)} in {', '.join(measures)}: {why}.",
            About.CONTEXT, "", positive=False,
        )
        for (first, second, why), measures in by_pair.items()
    ]  # fmt: skip


def _compared(first: str, second: str) -> str:
    if not first:
        return "What was marked could not be compared"
    return (
        f"“{first}” and “{second}” could not be compared"
        if second
        else f"Before and after “{first}” could not be compared"
    )


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
