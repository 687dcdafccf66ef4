"""What may be said: one budget, and no two sentences that contradict each other."""

import itertools
from dataclasses import replace
from html import unescape

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import dyadkit
from dyadkit.analysis.decision import (
    ALPHA,
    About,
    Evidence,
    Family,
    Proposal,
    Resting,
    Statement,
    said_of,
)
from dyadkit.analysis.decision import family as names
from dyadkit.analysis.decision.procedure import Graph
from dyadkit.sim.people import bodies
from dyadkit.synchrony.chance.correction import holm
from dyadkit.synchrony.context import Contrast
from dyadkit.synchrony.coupling import Leader, Strength, couple
from dyadkit.synchrony.following import Train, couple_events
from dyadkit.synchrony.responses import PartnerResponse, partner_response
from dyadkit.synchrony.verdicts import PersonPair, PersonVerdict, Verdict

quick = settings(max_examples=60, deadline=None)
P = st.one_of(st.floats(0.0, 1.0), st.floats(0.0, 0.06))
EVERY = (*names.COUPLINGS, *names.RECOVERIES, "level: rest against talk", "rate: rest against talk")


@pytest.fixture(scope="module")
def pieces():
    """Real estimates, whose p values the tests exchange."""
    met = bodies.meet(bodies.Encounter(), seconds=300.0, seed=1)
    a, b = met.a.eda_usiemens[::4], met.b.eda_usiemens[::4]
    rng = np.random.default_rng(1)
    trains = [Train.of(np.sort(rng.uniform(0, 300, 40)), 300.0) for _ in range(2)]
    return couple(a, b, 4.0), couple_events(*trains), partner_response(a, b, 4.0)


def person(verdict, belief):
    return PersonVerdict(verdict, belief, belief, 0.1, 1.2, (1.0, 1.5))


def evidence_of(
    pieces, p, verdicts=(Verdict.NEITHER_SHOWN, Verdict.NEITHER_SHOWN), beliefs=(0.5, 0.5)
):
    coupling, events, responses = pieces
    ab, ba = replace(events.a_to_b, p=p[0]), replace(events.b_to_a, p=p[1])
    leader = Leader.A if p[0] <= 0.0253 and p[1] > 0.05 else Leader.NEITHER
    leader = Leader.B if p[1] <= 0.0253 and p[0] > 0.05 else leader
    return Evidence(
        coupling={"heart_rate": replace(coupling, p=p[2])},
        strength={"heart_rate": Strength(0.4, (0.3, 0.5), (0.03, 0.25), 30, 8)},
        events=replace(events, p=min(p[:2]), a_to_b=ab, b_to_a=ba, leader=leader),
        responses=replace(
            responses,
            recovery_a=replace(responses.recovery_a, p=p[3]),
            recovery_b=replace(responses.recovery_b, p=p[4]),
        ),
        person=PersonPair(
            *(person(v, b) for v, b in zip(verdicts, beliefs, strict=True)), 0.6, 600.0, 1.0
        ),
        contrasts=(
            Contrast("rest", "talk", 0.5, p[5], (9, 9), measure="coupling"),
            Contrast("rest", "talk", 0.5, p[6], (9, 9), measure="heart rate of a"),
        ),
        refusals={},
        resting=Resting({"heart_rate": Strength(0.1, (0.0, 0.2), (0.03, 0.25), 30, 8)}, events),
    )


def contradict(one, other):
    """Whether two statements cannot both be true, or one claims what the other denies."""
    same = one.signal == other.signal
    pair = (one.about, other.about)
    if pair == (About.COUPLING, About.COUPLING):
        return same and one.positive != other.positive
    if one.about is About.COUPLING and not one.positive and same:
        claims = (About.LEADER, About.ANSWERS, About.PERSON, About.PAIR, About.RECOVERY)
        return other.positive and other.about in claims
    if pair == (About.LEADER, About.ANSWERS) and one.positive and same:
        follower = "b" if one.person == "a" else "a"
        return other.positive != (other.person == follower)
    if pair == (About.CAUTION, About.COUPLING) and "Excessive" in one.sentence and same:
        return not other.positive
    if pair == (About.CAUTION, About.ANSWERS):
        return one.person == other.person and other.positive
    if pair == (About.PAIR, About.PERSON) and one.sentence.startswith("Codysregulation"):
        return not other.positive
    return False


@quick
@given(
    p=st.tuples(*[P] * 7),
    verdicts=st.tuples(*[st.sampled_from(list(Verdict))] * 2),
    beliefs=st.tuples(*[st.floats(0.7, 1.0)] * 2),
)
def test_no_two_sentences_contradict_each_other(pieces, p, verdicts, beliefs):
    said = said_of(evidence_of(pieces, p, verdicts, beliefs))
    for one, other in itertools.permutations(said, 2):
        assert not contradict(one, other), f"{one.sentence} / {other.sentence}"
    assert len({one.sentence for one in said}) == len(said)


@quick
@given(p=st.tuples(*[P] * 7))
def test_what_is_claimed_with_a_p_is_within_the_budget_and_nothing_else(pieces, p):
    for one in said_of(evidence_of(pieces, p)):
        if np.isfinite(one.p_corrected):
            assert one.positive == (one.p_corrected <= ALPHA), one.sentence
            assert one.p_corrected >= one.p


@pytest.mark.parametrize("left_out", [(), names.RECOVERIES, EVERY[-2:], (names.SKIN_WAVEFORM,)])
def test_under_no_effect_at_most_five_percent_of_sessions_claim_anything(left_out):
    rng = np.random.default_rng(3)
    kept = [name for name in EVERY if name not in left_out]
    claims = sum(
        any(Family.of(dict(zip(kept, p, strict=True))).shows(name) for name in kept)
        for p in rng.random((4000, len(kept)))
    )
    assert claims / 4000 <= 0.0605  # 5 % due, and three standard errors
    assert claims / 4000 >= 0.02


def test_true_effects_open_no_error_for_the_others():
    rng = np.random.default_rng(4)
    wrong = 0
    for p in rng.random((3000, len(EVERY))):
        found = Family.of({**dict(zip(EVERY, p, strict=True)), names.SKIN_B_AFTER_A: 1e-6})
        wrong += any(found.shows(name) for name in EVERY if name != names.SKIN_B_AFTER_A)
    assert wrong / 3000 <= 0.062


def test_recovery_is_asked_only_once_something_in_the_skin_is_shown():
    p = dict.fromkeys(names.COUPLINGS, 0.5) | {names.RECOVERY_A: 1e-9, names.RECOVERY_B: 0.5}
    assert not Family.of(p).shows(names.RECOVERY_A)
    assert Family.of({**p, names.SKIN_B_AFTER_A: 1e-9}).shows(names.RECOVERY_A)


@pytest.mark.parametrize(
    ("hz", "words"),
    [
        ((0.1, 0.2), "left in a's above 0.1 Hz, in b's above 0.2 Hz;"),
        ((1.5, 0.2), "left in b's above 0.2 Hz;"),
        ((0.5, 1.9), None),
        ((float("nan"), 1.0), None),
    ],
)
def test_a_series_that_was_smoothed_is_said_to_hide_faster_coupling(pieces, hz, words):
    evidence = evidence_of(pieces, [0.5] * 7)
    slow = {"heart_rate": replace(evidence.coupling["heart_rate"], informative_hz=hz)}
    said = said_of(replace(evidence, coupling=slow))
    found = [one.sentence for one in said if "was smoothed" in one.sentence]
    assert found == [] if words is None else words in found[0]


def proposal(p, *gates, test="soothing"):
    """A question from elsewhere: does a's heart slow when b touches a."""
    shown, not_shown = (
        Statement(f"{test}: {words}.", About.CONTEXT, "heart_rate", positive=False)
        for words in ("a's heart slows", "it is not shown that a's heart slows")
    )
    return Proposal(test, p, shown, not_shown, gates)


@quick
@given(p=st.tuples(*[P] * 7), own=P, gated=P)
def test_a_proposal_is_decided_by_the_budget_and_heard_only_once_its_gate_is_open(
    pieces, p, own, gated
):
    evidence = replace(
        evidence_of(pieces, p),
        proposals=(proposal(own), proposal(gated, *names.SKIN, test="mirroring")),
    )
    said = said_of(evidence)
    [alone] = [one for one in said if one.sentence.startswith("soothing")]
    assert alone.positive == (alone.p_corrected <= ALPHA) == ("not shown" not in alone.sentence)
    assert (alone.p, alone.p_corrected >= own) == (own, True)
    opened = any(one.about is About.COUPLING and one.positive and one.signal == "eda"
                 for one in said)  # fmt: skip
    assert opened == any(one.sentence.startswith("mirroring") for one in said)
    for one, other in itertools.permutations(said, 2):
        assert not contradict(one, other)


def test_proposals_add_no_error_on_strangers():
    rng = np.random.default_rng(5)
    tests = (*EVERY, "soothing", "mirroring", "echoing")
    gates = {"mirroring": names.SKIN, "echoing": (names.HEART_RATE, "mirroring")}
    claims = 0
    for p in rng.random((4000, len(tests))):
        found = Family.of(dict(zip(tests, p, strict=True)), 1.0, gates)
        claims += any(found.shows(name) for name in tests)
    assert 0.02 <= claims / 4000 <= 0.0605


def test_a_proposal_that_could_not_be_decided_is_refused(pieces):
    with pytest.raises(ValueError, match="must be 0 to 1"):
        proposal(1.2)
    same = Statement("Yes.", About.CONTEXT, "", positive=True)
    with pytest.raises(ValueError, match="says the same"):
        Proposal("twice", 0.1, same, same)
    taken = replace(evidence_of(pieces, [0.5] * 7), proposals=(proposal(0.1, test="heart rate"),))
    with pytest.raises(ValueError, match="two tests of a session are called 'heart rate'"):
        said_of(taken)


@quick
@given(p=st.dictionaries(st.sampled_from("abcdef"), st.floats(0.0, 1.0), min_size=2))
def test_equal_weights_that_pass_on_evenly_are_holms_method(p):
    others = {one: {o: 1 / (len(p) - 1) for o in p if o != one} for one in p}
    found = Graph(dict.fromkeys(p, 1 / len(p)), others).corrected(p)
    assert found == pytest.approx(holm(p))


def test_missing_tests_leave_their_share_to_the_others():
    alone = Family.of({names.HEART_RATE: 0.03, names.RECOVERY_A: float("nan")})
    assert alone.shows(names.HEART_RATE)
    assert not Family.of({}).shows(names.HEART_RATE)


def test_the_report_says_the_statements_and_nothing_else_that_claims(tmp_path):
    met = bodies.meet(bodies.Encounter(bodies.Follows(0.6, 1.5)), 300.0, 3)
    result = dyadkit.analyze(bodies.perfect_dyad(met))
    result.save(tmp_path / "page.html")
    page = (tmp_path / "page.html").read_text(encoding="utf-8")
    text = unescape(page)
    assert all(one.sentence in text for one in result.said)
    again = dyadkit.Analysis.from_dict(result.to_dict())
    assert [one.to_dict() for one in again.said] == [one.to_dict() for one in result.said]
    assert isinstance(result.responses, PartnerResponse)
