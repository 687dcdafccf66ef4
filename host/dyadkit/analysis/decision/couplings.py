"""Statements on coupling: do the two move together, who leads and answers, what else explains."""

from dyadkit.analysis.decision import family as names
from dyadkit.analysis.decision.evidence import Evidence
from dyadkit.analysis.decision.family import ALPHA, Family
from dyadkit.analysis.decision.statement import About, Statement
from dyadkit.dyad.traces import PERSONS
from dyadkit.synchrony.chance.correction import p_words
from dyadkit.synchrony.coupling import Coupling, Leader, Strength
from dyadkit.synchrony.following import EventCoupling, Following
from dyadkit.synchrony.verdicts import Verdict

SKIN_WORDS, HEART_WORDS = "skin conductance", "heart rate"
WORDS = {"eda": SKIN_WORDS, "heart_rate": HEART_WORDS}
SHARED_SCHEDULE = (
    "A schedule, task or stimulus that both shared could explain this, because each was compared "
    "with the other at other times only; partners from other sessions at the same time would tell."
)
_MARKED = (
    "What was marked is taken into account; a schedule, task or stimulus that was not marked could "
    "still explain this (of strangers active at the same unmarked times one pair in ten looks "
    "coupled); partners from other sessions at the same time would tell."
)
_NO_CAUSE = "Who moves first need not be who causes; a slower body lags without following."
_TOGETHER = "Moving together is not closeness, and more is not better."
_NOT_FOUND = "Too short a session or too noisy a signal looks the same as no coupling."
FASTEST_HZ = 0.3
"""Breathing and the rise of a skin response reach here (Task Force 1996; Boucsein 2012)."""
_CONDUCT = "An answer in arousal is not an answer in conduct: staying calm is a response too."


def skin_of(evidence: Evidence, family: Family) -> list[Statement]:
    """Statements on coupling in skin conductance, by responses or, where too few, by waveform."""
    if evidence.events is None:
        return _waveform(evidence, family, "eda", names.SKIN_WAVEFORM)
    found = evidence.events
    b_after_a, a_after_b = (
        family.shows(one) for one in (names.SKIN_B_AFTER_A, names.SKIN_A_AFTER_B)
    )
    p = min(family.corrected[one] for one in (names.SKIN_B_AFTER_A, names.SKIN_A_AFTER_B))
    shown = b_after_a or a_after_b
    sentence = (
        f"Skin conductance responses follow the partner's beyond chance ({p_words(p)}, corrected)."
        if shown
        else f"No coupling beyond chance was found in skin conductance ({p_words(p)}, corrected)."
    )
    strength = evidence.strength.get("eda")
    coupling = Statement(
        sentence, About.COUPLING, "eda", shown, found.p, p, *_size(strength),
        limits=_TOGETHER if shown else _NOT_FOUND,
    )  # fmt: skip
    return [
        coupling,
        *([_skin_leader(evidence, found, (b_after_a, a_after_b))] if shown else []),
        _answer(found.a_to_b, family, names.SKIN_B_AFTER_A, ("b", "a")),
        _answer(found.b_to_a, family, names.SKIN_A_AFTER_B, ("a", "b")),
    ]


def heart_rate_of(evidence: Evidence, family: Family) -> list[Statement]:
    """Statements on coupling in heart rate.

    Where the verdicts on persons name a pull, the fast test not finding one is no denial of it.
    """
    found = _waveform(evidence, family, "heart_rate", names.HEART_RATE)
    person = evidence.person
    decided = (Verdict.CALMED, Verdict.WOUND_UP)
    pulled = person is not None and (person.a.verdict in decided or person.b.verdict in decided)
    if pulled and found and not found[0].positive:
        assert person is not None
        sentence = (
            "Slow heart rate of the two is coupled, by the verdicts below (belief "
            f"{person.coupled:.0%}); faster changes are not shown to be."
        )
        return [
            Statement(
                sentence, About.COUPLING, "heart_rate", positive=True, estimate=person.coupled,
                limits=_TOGETHER,
            )
        ]  # fmt: skip
    return found


def schedule_of(evidence: Evidence, family: Family) -> list[Statement]:
    """What a shared schedule could have to do with the coupling that is shown."""
    shown = [
        ("eda", SKIN_WORDS) for one in names.SKIN if family.shows(one)
    ][:1] + [("heart_rate", HEART_WORDS)] * family.shows(names.HEART_RATE)  # fmt: skip
    found = [
        _against_same_time(evidence, signal, words)
        for signal, words in shown
        if signal in evidence.same_time
    ]
    if any(signal not in evidence.same_time for signal, _ in shown):
        sentence = _MARKED if evidence.marked else SHARED_SCHEDULE
        found.append(Statement(sentence, About.SCHEDULE, "", positive=False))
    return found


def smoothed_of(evidence: Evidence) -> list[Statement]:
    """That a series was smoothed so far that faster coupling could not have been seen."""
    found = []
    for signal, one in evidence.coupling.items():
        slow = [
            f"in {who}'s above {highest:.2g} Hz"
            for who, highest in zip(PERSONS, one.informative_hz, strict=True)
            if highest < FASTEST_HZ
        ]
        if slow:
            sentence = (
                f"{WORDS[signal].capitalize()} was smoothed, or sampled slowly: nothing of the "
                f"person is left {', '.join(slow)}; coupling up there could not be seen."
            )
            found.append(Statement(sentence, About.LIMIT, signal, positive=False))
    return found


def _against_same_time(evidence: Evidence, signal: str, words: str) -> Statement:
    found = evidence.same_time[signal]
    pairs = f"{found.draws} pairs of people from different sessions at the same time"
    if found.p <= ALPHA:
        sentence = (
            f"In {words} they agree more than {pairs} ({p_words(found.p)}): "
            "a schedule that all sessions shared does not explain it."
        )
    else:
        few = f" (so few that p could not fall below {1 / (found.draws + 1):.2f})"
        sentence = (
            f"In {words} they do not agree more than {pairs}"
            f"{few if (found.draws + 1) * ALPHA < 1 else ''} ({p_words(found.p)}): "
            "a shared schedule, task or stimulus may explain it."
        )
    return Statement(sentence, About.SCHEDULE, signal, positive=False, p=found.p)


def _waveform(evidence: Evidence, family: Family, signal: str, test: str) -> list[Statement]:
    words = WORDS[signal]
    if signal not in evidence.coupling:
        why = evidence.refusals.get(signal, "it was not measured")
        sentence = f"{words.capitalize()} could not be tested: {why}."
        return [Statement(sentence, About.COUPLING, signal, positive=False)]
    one, p = evidence.coupling[signal], family.corrected[test]
    shown = family.shows(test)
    way = "rises and falls together" if one.strength > 0 else "moves in opposite directions"
    sentence = (
        f"{words.capitalize()} {way} beyond chance (correlation {one.strength:+.2f}, {p_words(p)}, "
        "corrected)."
        if shown
        else f"No coupling beyond chance was found in {words} ({p_words(p)}, corrected)."
    )
    coupling = Statement(
        sentence, About.COUPLING, signal, shown, one.p, p, *_size(evidence.strength.get(signal)),
        limits=_TOGETHER if shown else _NOT_FOUND,
    )  # fmt: skip
    return [coupling, *([_order(evidence, one, signal)] if shown else [])]


def _order(evidence: Evidence, one: Coupling, signal: str) -> Statement:
    sentence, decided = _ordered(evidence.finest_lag_s, one, one.leader, WORDS[signal])
    return Statement(
        sentence, About.LEADER, signal, decided, one.p, estimate=one.lag_s,
        interval=one.lag_interval_s,
        limits=_NO_CAUSE,
        person=one.leader.value if decided else "",
    )  # fmt: skip


def _skin_leader(evidence: Evidence, found: EventCoupling, shown: tuple[bool, bool]) -> Statement:
    """One leads where its direction is shown, and the reverse is neither shown nor nearly so."""
    leader = found.leader if sum(shown) == 1 else Leader.NEITHER
    if all(shown):
        sentence, decided = "Each follows the other in skin conductance: no one leads.", False
    else:
        sentence, decided = _ordered(evidence.finest_lag_s, found, leader, SKIN_WORDS)
    return Statement(
        sentence, About.LEADER, "eda", decided, found.p, estimate=found.lag_s,
        interval=found.lag_interval_s,
        limits=_NO_CAUSE,
        person=leader.value if decided else "",
    )  # fmt: skip


def _ordered(
    finest_lag_s: float, one: Coupling | EventCoupling, leader: Leader, words: str
) -> tuple[str, bool]:
    low, high = one.lag_interval_s
    interval = f"95 % interval {low:+.1f} to {high:+.1f} s"
    if abs(one.lag_s) < finest_lag_s:
        return (
            f"Who moves first in {words} is not told: the lag is too small for the clocks of this "
            f"session (a lag below {finest_lag_s:.3g} s may be the clocks').",
            False,
        )
    if leader is Leader.NEITHER:
        edge = " at the end of the lags that were tried" if _at_edge(one) else ""
        return f"No one clearly leads in {words} (lag {one.lag_s:+.1f} s{edge}, {interval}).", False
    first, second = ("a", "b") if leader is Leader.A else ("b", "a")
    late = f"{second} follows {abs(one.lag_s):.1f} s later ({interval})"
    return f"In {words} {first} leads, {late}.", True


def _at_edge(one: Coupling | EventCoupling) -> bool:
    if isinstance(one, Coupling):
        return one.at_edge
    return (one.a_to_b if one.lag_s > 0 else one.b_to_a).at_edge


def _answer(found: Following, family: Family, test: str, people: tuple[str, str]) -> Statement:
    who, whom = people
    shown = family.shows(test)
    low, high = found.lag_interval_s
    share = min(max(found.share, 0.0), 1.0)
    sentence = (
        f"{who} answers {whom}'s skin conductance responses {found.latency_s:.1f} s later (95 % "
        f"{low:.1f} to {high:.1f} s), {share:.0%} of {found.leader_events} beyond "
        f"{who}'s own rate."
        if shown
        else f"{who} is not shown to answer {whom}'s skin conductance responses."
    )
    return Statement(
        sentence, About.ANSWERS, "eda", shown, found.p, family.corrected[test],
        found.share, found.share_interval, _CONDUCT, who,
    )  # fmt: skip


def _size(found: Strength | None) -> tuple[float, tuple[float, float]]:
    nan = float("nan")
    return (nan, (nan, nan)) if found is None else (found.value, found.interval)
