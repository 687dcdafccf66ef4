"""Cautions: three patterns that deserve a second look, named only above the dyad's own rest.

Each is said only of what is shown already, or of a rest in which more was shown: a caution opens no
error of its own.
"""

from dyadkit.analysis.decision import family as names
from dyadkit.analysis.decision.couplings import WORDS
from dyadkit.analysis.decision.evidence import Evidence
from dyadkit.analysis.decision.family import Family
from dyadkit.analysis.decision.statement import About, Statement
from dyadkit.synchrony.following import Following
from dyadkit.synchrony.verdicts import PersonPair, Verdict

STRICT = 0.01
STRONG_BELIEF = 0.9
MIN_PEAKS = 20
_NO_REST = (
    "Cautionary patterns (insufficient responsiveness, excessive synchrony, mutual amplification) "
    "were not judged for lack of this dyad's own rest: mark a condition as rest."
)


def cautions_of(evidence: Evidence, family: Family) -> list[Statement]:
    """The cautions of a session; that none was judged, where there is no rest to compare with."""
    if not evidence.resting.known:
        return [Statement(_NO_REST, About.LIMIT, "", positive=False)]
    shown = {"heart_rate": family.shows(names.HEART_RATE)}
    shown["eda"] = any(family.shows(one) for one in names.SKIN)
    found = [_excessive(evidence, signal) for signal in WORDS if shown[signal]]
    for test, way, people in (
        (names.SKIN_B_AFTER_A, "a_to_b", ("b", "a")),
        (names.SKIN_A_AFTER_B, "b_to_a", ("a", "b")),
    ):
        if not family.shows(test):
            found.append(_unanswered(evidence, way, people))
    found.append(_amplifying(evidence.person, evidence.resting.person))
    return [one for one in found if one is not None]


def _excessive(evidence: Evidence, signal: str) -> Statement | None:
    """Coupling above that of rest in the same signal, intervals apart."""
    now, rest = evidence.strength.get(signal), evidence.resting.strength.get(signal)
    if now is None or rest is None or not now.interval[0] > rest.interval[1]:
        return None
    return Statement(
        f"Excessive synchrony: {WORDS[signal]} shares {now.value:.0%} of its variance, at rest "
        f"{rest.value:.0%} (95 % intervals do not meet).",
        About.CAUTION, signal, positive=True, estimate=now.value, interval=now.interval,
        limits="It does not mean that the two are too close: joint tasks, talk and shared movement "
        "raise synchrony, and the same height can be delight in one setting and vigilance in "
        "another.",
    )  # fmt: skip


def _unanswered(evidence: Evidence, way: str, people: tuple[str, str]) -> Statement | None:
    """Fewer answers than at a rest in which answers were shown, intervals apart."""
    if evidence.events is None or evidence.resting.events is None:
        return None
    now: Following = getattr(evidence.events, way)
    rest: Following = getattr(evidence.resting.events, way)
    fewer = now.share_interval[1] < rest.share_interval[0]
    if not (rest.p <= STRICT and now.leader_events >= MIN_PEAKS and fewer):
        return None
    who, whom = people
    return Statement(
        f"Insufficient responsiveness: {who} answers at most {max(now.share_interval[1], 0.0):.0%} "
        f"of {whom}'s {now.leader_events} responses, at rest {rest.share:.0%}.",
        About.CAUTION, "eda", positive=True, p=now.p, estimate=now.share,
        interval=now.share_interval,
        limits=f"It does not mean that {who} does not care or notice: calm presence, a resting "
        "body or a loose electrode look the same. Not answering can be what steadies a partner.",
        person=who,
    )  # fmt: skip


def _amplifying(now: PersonPair | None, rest: PersonPair | None) -> Statement | None:
    """Both wound up with strong belief, and not so at rest."""
    if now is None or rest is None or _both_wound_up(rest, 0.0):
        return None
    if not _both_wound_up(now, STRONG_BELIEF):
        return None
    belief = min(now.a.belief, now.b.belief)
    return Statement(
        f"Mutual amplification: each winds the other up (belief {belief:.0%}), not so at rest.",
        About.CAUTION, "heart_rate", positive=True, estimate=belief,
        limits="It does not mean that the two harm each other: shared excitement, play and "
        "laughter amplify too. What was going on decides, and that is not in these signals.",
    )  # fmt: skip


def _both_wound_up(pair: PersonPair, belief: float) -> bool:
    return all(one.verdict is Verdict.WOUND_UP and one.belief >= belief for one in (pair.a, pair.b))
