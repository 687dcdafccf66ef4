"""One-minute box: an answer a question, each drawn against chance, each word from a statement.

An answer is one word for one statement: yes where it claims, not shown or cannot tell where it does
not. Beside it stands the statement itself; nothing is concluded here.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from dyadkit.analysis.decision import About
from dyadkit.analysis.findings import SIGNAL_WORDS, Findings
from dyadkit.plot.scale import against_chance, places, trust
from dyadkit.report.drawing import Alt, glyph
from dyadkit.report.sections.data_quality import trusted
from dyadkit.report.words import Said, limits_of, numbers_of, said_about
from dyadkit.synchrony.verdicts import Verdict

NOT_SHOWN, CANNOT_TELL = "not shown", "cannot tell"
_INSIDE = "Marks in the grey are not counted, marks outside are."


@dataclass(frozen=True, slots=True)
class AnswerWord:
    """One bold word of an answer, of what it is, and the number of its statement (0: of none)."""

    bold: str
    of: str
    number: int
    positive: bool


@dataclass(frozen=True, slots=True)
class Asked:
    """One question with its answer, the statements it rests on, and where the evidence is.

    plain : what else is said of it; numbers : of all statements on what is asked
    """

    question: str
    words: Sequence[AnswerWord]
    said: Sequence[Said]
    picture: Markup
    evidence: str
    limits: Sequence[str]
    plain: str = ""
    numbers: str = ""


def rows(findings: Findings) -> list[Asked]:
    """The box, in the page's order; second looks only where there are any."""
    every = [
        _trust(findings),
        _together(findings),
        _first(findings),
        _calm(findings),
        _conditions(findings),
        _second_look(findings),
    ]
    return [one for one in every if one is not None]


def _trust(findings: Findings) -> Asked:
    found = trusted(findings)
    alt = Alt(
        "Share of the session in which the worse signal of each person could be trusted",
        ", ".join(f"{name} {share:.0%}" for name, share in found.worst.items()),
    )
    picture = glyph(lambda axes: trust(findings, axes=axes), alt, rows=2)
    word = AnswerWord(found.answer, "", 0, positive=False)
    limits = ("Readable signals do not mean calm or honest people.",)
    return Asked("Can I trust the data?", [word], [], picture, "quality", limits, found.sentence)


def _together(findings: Findings) -> Asked:
    found = said_about(findings, About.COUPLING)
    words = [
        AnswerWord(
            _word(one, "yes"), f"in {_signal(one)}" * bool(_signal(one)), one.number, one.positive
        )
        for one in found
    ]
    mind = [one.text for one in said_about(findings, About.SCHEDULE)]
    return Asked(
        "Do they move together?", words, _telling(found), _marks(findings, About.COUPLING, found),
        "together", [*mind, *limits_of(found)], _strengths(findings), numbers_of(found),
    )  # fmt: skip


def _strengths(findings: Findings) -> str:
    """How strong, beside whether: the effect size has its home here."""
    found = [
        f"{SIGNAL_WORDS[name]} {one.value:.2f} (95 % {low:.2f} to {high:.2f})"
        for name, one in findings.strength.items()
        for low, high in [one.interval]
    ]
    return f"How strong, as the share of variance in common: {'; '.join(found)}." if found else ""


def _telling(found: Sequence[Said]) -> list[Said]:
    """Statements that say more than the words not shown: claims, and why it cannot be told."""
    return [one for one in found if one.positive or _word(one, "") == CANNOT_TELL]


def _first(findings: Findings) -> Asked:
    led = said_about(findings, About.LEADER)
    found = led + said_about(findings, About.ANSWERS)
    words = [
        AnswerWord(_word(one, f"{one.statement.person} first"), f"in {_signal(one)}", one.number,
             one.positive)
        for one in led
    ]  # fmt: skip
    why = "" if led else "Nothing is shown to move together, so that nobody can be first."
    words = words or [AnswerWord(NOT_SHOWN, "", 0, positive=False)]
    picture = _marks(findings, About.LEADER, found)
    shown = [one for one in found if one.positive]
    anchor = "first" if findings.profiles else "together"
    return Asked(
        "Who moves first?",
        words,
        shown,
        picture,
        anchor,
        limits_of(shown)[:1],
        why,
        numbers_of(found),
    )


def _calm(findings: Findings) -> Asked:
    found = said_about(findings, About.PERSON)
    words = [
        AnswerWord(_verdict(findings, one), f"for {who}" if (who := one.statement.person) else "",
             one.number, one.positive)
        for one in found
    ]  # fmt: skip
    shown = found + [
        one for one in said_about(findings, About.PAIR, About.RECOVERY) if one.positive
    ]
    picture = _marks(findings, About.PERSON, found)
    words = words or [AnswerWord(CANNOT_TELL, "", 0, positive=False)]
    return Asked(
        "Does each calm or wind up the other?", words, shown, picture, "regulation",
        limits_of(shown)[:1], "", numbers_of(found),
    )  # fmt: skip


def _verdict(findings: Findings, one: Said) -> str:
    pair, who = findings.person, one.statement.person
    verdict = getattr(pair, who).verdict if pair is not None and who else Verdict.NO_ANSWER
    if verdict is Verdict.NO_ANSWER:
        return CANNOT_TELL
    return str(verdict) if one.positive else NOT_SHOWN


def _not_asked(findings: Findings) -> str:
    marked = {one.label for one in findings.marks if one.kind == "condition"}
    if len(marked) > 1:
        return "Conditions were marked, but too little was measured in them to compare."
    return "No two conditions were marked in this session."


def _conditions(findings: Findings) -> Asked:
    found = said_about(findings, About.CONTEXT)
    if not found:
        why = _not_asked(findings)
        none = AnswerWord("not asked", "", 0, positive=False)
        return Asked("Did the conditions matter?", [none], [], Markup(""), "decisions", (), why)
    shown = [one for one in found if one.positive]
    words = [AnswerWord("yes", "", one.number, positive=True) for one in shown[:1]]
    words = words or [AnswerWord(NOT_SHOWN, "", found[0].number, positive=False)]
    counted = f"{len(shown)} of {len(found)} comparisons shown." if shown else (
        f"None of {len(found)} comparisons shows a difference."
    )  # fmt: skip
    picture = _marks(findings, About.CONTEXT, shown)
    return Asked(
        "Did the conditions matter?", words, shown, picture, "conditions", limits_of(found)[:1],
        counted, numbers_of(found),
    )  # fmt: skip


def _second_look(findings: Findings) -> Asked | None:
    found = said_about(findings, About.CAUTION)
    if not found:
        return None
    words = [AnswerWord("yes", "", one.number, positive=True) for one in found[:1]]
    return Asked(
        "Is anything worth a second look?", words, found, Markup(""), "decisions", limits_of(found)
    )


def _word(one: Said, claimed: str) -> str:
    if one.positive:
        return claimed
    return NOT_SHOWN if one.statement.p == one.statement.p else CANNOT_TELL


def _signal(one: Said) -> str:
    return SIGNAL_WORDS.get(one.statement.signal, "")


def _marks(findings: Findings, about: About, found: Sequence[Said]) -> Markup:
    """Marks against chance; nothing where nothing could be asked."""
    marks = places(findings, about)
    if not marks or not found:
        return Markup("")
    counted = ", ".join(one.words for one in marks if abs(one.at) > 1.0 and one.words) or "nothing"
    alt = Alt(f"{found[0].statement.about} against chance", f"{_INSIDE} Outside: {counted}.")
    return glyph(
        lambda axes: against_chance(findings, about.value, axes=axes), alt, rows=len(marks)
    )
