"""Page for participants: the same statements in plain words, on one sheet of paper.

Every line that says something happened is the plain form of one statement and carries its number.
"""

import re
from dataclasses import dataclass
from typing import Any

from dyadkit import plot
from dyadkit.analysis.decision import ALPHA, About
from dyadkit.analysis.findings import Findings
from dyadkit.dyad.provenance import Whence
from dyadkit.report.drawing import Alt, Space, figure
from dyadkit.report.header import Head, head_of
from dyadkit.report.sections.data_quality import trusted
from dyadkit.report.words import Said, listed, said_about
from dyadkit.synchrony.verdicts import Verdict

PEOPLE = {"a": "Person A", "b": "Person B"}
_COLUMN = 680
"""Pixels of this page's column."""
SENSES = {"eda": "the sweating of your skin", "heart_rate": "your heartbeats", "": "your bodies"}
_CONTRAST = re.compile(r"(?P<what>.+?) differs between “(?P<first>.+)” and “(?P<second>.+)”")
_TRUST = {
    "yes": "The sensors could be read nearly all of the time.",
    "yes, with caution": "Part of the time a sensor could not be read; that time is left out.",
    "in part": "A sensor was not worn or could hardly be read, so that some questions stay open.",
    "no": "The sensors could hardly be read: take nothing from this session.",
}


@dataclass(frozen=True, slots=True)
class Plain:
    """One line in plain words, the number of its statement, and what its dots show."""

    text: str
    number: int
    who: str = ""
    tenths: int = 0


def participant_content(findings: Findings) -> dict[str, Any]:
    """Everything on the page for participants, by its name in the template."""
    head = head_of(findings)
    decided = said_about(findings, *_CLAIMED)
    shown = [_plain(findings, one) for one in decided if one.positive]
    untold = dict.fromkeys(text for one in decided if not one.positive if (text := _open(one)))
    return {
        "title": _title(head),
        "head": Head(head.whence, head.people, "", _kicker(head), ()),
        "plainly": True,
        "lead": _lead(findings),
        "hearts": _hearts(findings),
        "answered": _answered(findings),
        "shown": [one for one in shown if one is not None],
        "untold": [Plain(text, 0) for text in untold],
        "sure": _sure(findings),
    }


def _title(head: Head) -> str:
    day = dict(head.facts)["When"].split(",")[0]
    return f"Your session, {day}" if day[:1].isdigit() else "Your session"


def _kicker(head: Head) -> str:
    names = f"Person A is {head.people[0]}, Person B is {head.people[1]}. " * bool(head.people[0])
    invented = Whence.SIMULATED in head.whence
    return names + "This example shows invented people. No one was recorded." * invented


def _lead(findings: Findings) -> str:
    bodies = (findings.physiology.a, findings.physiology.b)
    sensed = ["counted heartbeats"] * any(len(one.beats) for one in bodies)
    if any("eda" in one.streams for one in bodies):
        sensed.append("noticed tiny changes in how much the skin sweats")
    return (
        f"For {max(1, round(findings.duration_s / 60))} minutes, small sensors on each of you "
        f"{listed(sensed) or 'were on'}. This changes when the body becomes more alert, with joy "
        "as with anger."
    )


def _hearts(findings: Findings) -> Any:
    alt = Alt(
        "Heartbeats per minute of both of you over the session",
        "Two lines, Person A in blue and Person B in orange, with the parts of the session named.",
    )
    space = Space(190, 40, 26, 8, 40, _COLUMN)
    return figure(lambda axes: plot.heart_rates(findings, axes=axes), alt, space)


def _answered(findings: Findings) -> list[Plain]:
    """Answers that are claimed, as tenths of the times."""
    return [
        Plain(
            f"When the skin of {PEOPLE['a' if who == 'b' else 'b']} reacted, that of "
            f"{PEOPLE[who]} often followed",
            one.number, who, int(min(max(round(10 * one.statement.estimate), 1), 10)),
        )
        for one in said_about(findings, About.ANSWERS)
        if one.positive and (who := one.statement.person)
    ]  # fmt: skip


_CLAIMED = (
    About.COUPLING,
    About.LEADER,
    About.ANSWERS,
    About.PERSON,
    About.RECOVERY,
    About.CONTEXT,
)


def _plain(findings: Findings, said: Said) -> Plain | None:
    """A claim in plain words; None where a picture of the page says it."""
    one = said.statement
    sense = SENSES.get(one.signal, SENSES[""])
    if one.about is About.COUPLING:
        ways = findings.coupling.get(one.signal)
        opposite = one.signal == "heart_rate" and ways is not None and ways.strength < 0
        way = "moved in opposite ways" if opposite else "moved together"
        text = f"{sense[:1].upper()}{sense[1:]} {way} more than luck would bring."
    elif one.about is About.LEADER:
        late = "b" if one.person == "a" else "a"
        text = (
            f"In {sense}, changes of {PEOPLE[one.person]} came first, those of {PEOPLE[late]} "
            f"{_seconds(abs(one.estimate))} later."
        )
    elif one.about is About.PERSON:
        text = _stirred(findings, one.person)
    elif one.about is About.RECOVERY:
        speed = "faster" if " faster " in one.sentence else "more slowly"
        text = f"{PEOPLE[one.person]} settled {speed} with the other than alone."
    elif one.about is About.CONTEXT:
        text = _differed(one.sentence)
    else:
        return None
    return Plain(text, said.number)


def _seconds(seconds: float) -> str:
    whole = round(seconds)
    return "less than a second" if whole < 1 else f"about {whole} second{'s' * (whole > 1)}"


def _stirred(findings: Findings, who: str) -> str:
    partner = PEOPLE["b" if who == "a" else "a"]
    calmed = getattr(findings.person, who).verdict is Verdict.CALMED
    way = "was steadier" if calmed else "was stirred up more"
    return f"The body of {PEOPLE[who]} {way} with {partner} than it would be beside someone even."


def _differed(sentence: str) -> str:
    found = _CONTRAST.match(sentence)
    if found is None:
        return "Something that was measured differed between parts of the session."
    what = found["what"][:1].upper() + found["what"][1:]
    for name, words in (("of a", PEOPLE["a"]), ("of b", PEOPLE["b"])):
        what = re.sub(rf"\b{name}\b", f"of {words}", what)
    return f"{what} differed between “{found['first']}” and “{found['second']}”."


def _open(said: Said) -> str:
    """What a statement that claims nothing leaves open, in plain words."""
    one = said.statement
    sense = SENSES.get(one.signal, SENSES[""])
    if one.about is About.COUPLING:
        return f"Whether {sense} moved together more than by luck."
    if one.about is About.LEADER:
        return f"Which of you was first in {sense}."
    if one.about is About.ANSWERS:
        other = "a" if one.person == "b" else "b"
        return f"Whether the skin of {PEOPLE[one.person]} reacts when that of {PEOPLE[other]} did."
    if one.about is About.PERSON:
        who = f"{PEOPLE[one.person]} is" if one.person else "either of you is"
        return f"Whether {who} calmed or stirred up by the other."
    if one.about is About.CONTEXT:
        return "Whether most of what was measured differs between the parts of the session."
    return ""


def _sure(findings: Findings) -> list[str]:
    return [
        _TRUST[trusted(findings).answer],
        "“More than luck” means: of sessions of two strangers, about 1 in "
        f"{round(1 / ALPHA)} would say any such thing by accident.",
    ]
