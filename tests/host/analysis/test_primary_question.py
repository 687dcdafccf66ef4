"""What was declared before the data were seen is asked first, with the whole error budget."""

import numpy as np
import pytest

import dyadkit
from dyadkit.analysis.decision.family import SKIN, Family, context
from dyadkit.analysis.plan import AnalysisPlan, read_plan
from dyadkit.analysis.primary import OTHERS, Primary
from dyadkit.dyad.traces import Mark
from dyadkit.errors import SessionError

STILL_FACE = "heart rate of a: still face"
TEST = context("heart rate of a", "still face", OTHERS)


def test_the_primary_question_has_the_whole_budget_and_others_get_what_it_hands_on():
    tests = {"heart rate": 0.02, "skin: b follows a": 0.4, TEST: 0.03}
    assert not Family.of(tests).shows(TEST)
    assert Family.of(tests, primary=(TEST,)).corrected[TEST] == pytest.approx(0.03)
    assert not Family.of({**tests, TEST: 0.2}, primary=(TEST,)).shows("heart rate")
    lost = Family.of({**tests, "heart rate": 1e-9, TEST: 0.2}, primary=(TEST,))
    assert not lost.shows("heart rate"), "nothing is asked behind a question that failed"


def test_strangers_are_shown_anything_in_five_of_a_hundred_with_a_primary_question_too():
    rng = np.random.default_rng(5)
    names = [*SKIN[:2], "heart rate", TEST, "recovery of a", "other: x against y"]
    shown = 0
    for p in rng.random((4000, len(names))):
        family = Family.of(dict(zip(names, p, strict=True)), primary=(TEST,))
        shown += any(family.shows(name) for name in names)
    assert shown / 4000 == pytest.approx(0.05, abs=0.011)


def test_words_that_ask_nothing_are_refused_with_what_can_be_asked():
    with pytest.raises(ValueError, match="give skin or heart rate"):
        Primary.of("arousal")
    assert Primary.of(" ") is None


def still_face(effect_bpm, seed, marks=("play", "still face", "reunion")):
    rng = np.random.default_rng(seed)
    at_s = np.arange(1440) / 4
    slow = [np.convolve(rng.standard_normal(1440 + 40), np.ones(41) / 6.4, "valid") for _ in "ab"]
    within = (at_s >= 120) & (at_s < 240)
    infant = 140.0 + 3.0 * slow[0] + effect_bpm * within
    people = (
        {"heart_rate": dyadkit.Series(one, rate_hz=4.0, unit="bpm")}
        for one in (infant, 75.0 + 3.0 * slow[1])
    )
    spans = [Mark(120.0 * k, 120.0 * (k + 1), one, "condition") for k, one in enumerate(marks)]
    return dyadkit.from_arrays(*people, spans)


def positive(found):
    return [one.sentence for one in found.said if one.positive]


def test_a_still_face_of_six_minutes_ends_in_a_sentence_once_it_was_declared():
    found = dyadkit.analyze(still_face(10.0, seed=1), primary=STILL_FACE)
    assert any("“still face” and “the other conditions”" in one for one in positive(found))


def test_a_question_whose_condition_is_not_marked_is_said_not_to_be_tested():
    found = dyadkit.analyze(still_face(10.0, 1, ("play", "play", "play")), primary=STILL_FACE)
    assert any("primary question could not be tested" in one.sentence for one in found.said)
    assert "“still face” is not marked among other conditions" in " ".join(
        one.sentence for one in found.said
    )


def test_a_plan_holds_the_primary_question_and_older_plans_keep_their_hash(tmp_path):
    assert AnalysisPlan(primary=STILL_FACE).digest != AnalysisPlan().digest
    file = tmp_path / "plan.toml"
    digest = AnalysisPlan(primary=STILL_FACE).digest
    file.write_text(f'[analysis]\nprimary = "{STILL_FACE}"\nhash = "{digest}"\n')
    assert read_plan(file).primary == STILL_FACE
    file.write_text("[analysis]\nprimary = 3\n")
    with pytest.raises(SessionError, match="primary must be words"):
        read_plan(file)
    file.write_text('[analysis]\nseed = "3"\n')
    with pytest.raises(SessionError, match="seed must be a number"):
        read_plan(file)
