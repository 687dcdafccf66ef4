"""Epochs and conditions: the tables papers print, what is missing where, reactivity, recovery."""

import numpy as np
import pytest

import dyadkit
from dyadkit import Mark, Series
from dyadkit.analysis.decision import About
from dyadkit.analysis.tables import condition_table, reactions, sensor_marks
from dyadkit.analysis.tables.reactivity import MIN_HALF_TIME_S, half_time_s
from dyadkit.signals import extract
from dyadkit.sim.people import bodies

MARKS = (
    Mark(0.0, 240.0, "baseline", "condition"),
    Mark(240.0, 480.0, "stress", "condition"),
    Mark(480.0, 720.0, "recovery", "condition"),
)
SECONDS, SETTLES_S = 720.0, 40.0


def heart(seed, jump_bpm=20.0):
    """Intervals of a heart that rises by `jump_bpm` in the stressor and falls back slowly after."""
    random, beats_s = np.random.default_rng(seed), [0.3]
    while beats_s[-1] < SECONDS - 1:
        at_s = beats_s[-1]
        since_s = at_s - 480.0
        rise = 1.0 if 240 <= at_s < 480 else np.exp(-since_s / SETTLES_S) if since_s >= 0 else 0.0
        sway = 0.04 * (1 - 0.5 * rise) * np.sin(2 * np.pi * 0.25 * at_s)
        bpm = 68.0 + jump_bpm * rise
        beats_s.append(at_s + 60 / bpm * (1 + sway + 0.01 * random.standard_normal()))
    beats_s = np.array(beats_s)
    return Series(np.diff(beats_s), times_s=beats_s[1:], unit="s")


def skin(seed, level=4.0):
    met = bodies.meet(bodies.Encounter(), SECONDS, seed)
    return Series(met.a.eda_usiemens[::4][: int(4 * SECONDS)] + level, rate_hz=4.0, unit="µS")


def session(marks=MARKS, **people):
    a = {"ibi": heart(1), "eda": skin(1)} if "a" not in people else people["a"]
    b = {"ibi": heart(2, 0.0), "eda": skin(2)} if "b" not in people else people["b"]
    return dyadkit.from_arrays(
        a, b, marks, people=(dyadkit.Person(age_years=30), dyadkit.Person(age_years=40))
    )


def row(rows, person, measure, condition):
    [found] = [
        one
        for one in rows
        if (one.person, one.measure, one.condition) == (person, measure, condition)
    ]
    return found


@pytest.fixture(scope="module")
def stressed():
    return dyadkit.analyze(session())


def test_heart_rate_of_each_condition_is_in_the_table(stressed):
    rows = stressed.table("conditions")
    assert row(rows, "a", "heart_rate", "baseline").value == pytest.approx(68, abs=1)
    assert row(rows, "a", "heart_rate", "stress").value == pytest.approx(88, abs=1)
    assert row(rows, "b", "heart_rate", "stress").value == pytest.approx(68, abs=1)
    one = row(rows, "a", "ibi", "stress")
    assert one.value == pytest.approx(60_000 / 88, abs=8)
    assert (one.start_s, one.stop_s, one.coverage > 0.95) == (240.0, 480.0, True)


def test_every_measure_has_a_row_a_person_and_condition(stressed):
    found = {(one.person, one.condition, one.measure) for one in stressed.table("conditions")}
    measures = {"heart_rate", "ibi", "ln_rsa", "rmssd", "scl", "ns_scr", "respiration"}
    assert found == {(who, mark.label, one) for who in "ab" for mark in MARKS for one in measures}


def test_epochs_begin_with_each_condition(stressed):
    for epoch_s, count in ((30.0, 24), (60.0, 12)):
        rows = [
            one
            for one in stressed.table("epochs", epoch_s)
            if one.person == "a" and one.measure == "heart_rate"
        ]
        assert [one.epoch for one in rows] == list(range(1, count + 1))
        assert {one.start_s % epoch_s for one in rows} == {0.0}
        assert rows[-1].condition == "recovery"


def test_too_short_epochs_are_refused_in_words(stressed):
    with pytest.raises(ValueError, match="papers have 30 or 60"):
        stressed.table("epochs", 1.0)


def test_reactivity_is_task_minus_baseline_and_rsa_is_withdrawn(stressed):
    found = {(one.person, one.measure, one.condition): one for one in stressed.reactions}
    one = found["a", "heart_rate", "stress"]
    assert one.difference == pytest.approx(20, abs=1)
    assert one.interval[0] - 0.5 < 20 < one.interval[1] + 0.5
    assert found["a", "ln_rsa", "stress"].difference < -0.8
    assert abs(found["b", "heart_rate", "stress"].difference) < 1.5


def test_the_half_time_of_heart_rate_is_that_of_the_fall(stressed):
    found = {(one.person, one.measure, one.condition): one for one in stressed.reactions}
    assert found["a", "heart_rate", "stress"].half_time_s == pytest.approx(
        SETTLES_S * np.log(2), abs=4
    )
    assert np.isnan(found["b", "heart_rate", "stress"].half_time_s)


def test_a_recovery_faster_than_any_body_is_none():
    heart_bpm = np.where(np.arange(1200) < 600, 90.0, 70.0)
    found = half_time_s(heart_bpm, 70.0, (150.0, 300.0))
    assert np.isnan(found) or found >= MIN_HALF_TIME_S


def test_a_mark_for_one_person_is_a_row_of_that_person_only():
    marks = (*MARKS, Mark(240.0, 300.0, "held", "condition", person="b"))
    rows = condition_table(extract(session(marks)), marks)
    assert {one.person for one in rows if one.condition == "held"} == {"b"}


def test_a_hole_that_coincides_with_a_condition_is_said_in_the_summary():
    level = skin(1).values.copy()
    level[4 * 260 : 4 * 470] = np.nan
    torn = {"ibi": heart(1), "eda": Series(level, rate_hz=4.0, unit="µS")}
    result = dyadkit.analyze(session(a=torn))
    [said] = result.about(About.COVERAGE)
    assert (said.person, said.signal, said.positive) == ("a", "eda", False)
    assert "“stress”" in said.sentence
    assert "missing by condition" in said.sentence
    assert said.sentence in result.sentences()
    assert np.isnan(row(result.table("conditions"), "a", "scl", "stress").value)


def test_a_hole_across_all_conditions_is_not_missing_by_condition(stressed):
    assert not stressed.about(About.COVERAGE)


def test_components_without_single_responses_have_no_response_rate():
    grid_s = np.arange(int(4 * SECONDS)) / 4
    parts = {
        "eda_tonic": Series(np.full(len(grid_s), 5.0) + 0.01 * np.sin(grid_s), rate_hz=4.0,
                            unit="µS"),
        "eda_phasic": Series(np.maximum(np.sin(grid_s / 5), 0.0), rate_hz=4.0, unit="µS"),
    }  # fmt: skip
    rows = condition_table(extract(session(a=parts)), MARKS)
    assert np.isnan(row(rows, "a", "ns_scr", "stress").value)
    assert row(rows, "a", "scl", "stress").value == pytest.approx(5.0, abs=0.1)


def test_a_sensor_pulled_off_is_marked_off_and_on():
    met = bodies.perfect_dyad(bodies.meet(bodies.Encounter(), 120.0, seed=1))
    trace = met.a.traces["eda"]
    values = trace.values.copy()
    values[(trace.times_s >= 40) & (trace.times_s < 70)] = 0.0
    off = dyadkit.from_arrays(
        {"eda": Series(values, times_s=trace.times_s, unit="µS")},
        {"eda": Series(met.b.traces["eda"].values, times_s=met.b.traces["eda"].times_s, unit="µS")},
    )
    found = [(one.label, one.start_s) for one in sensor_marks(extract(off))]
    assert [label for label, _ in found] == ["skin sensor of a off", "skin sensor of a on"]
    assert [at for _, at in found] == pytest.approx([40, 70], abs=2)


def test_without_two_conditions_there_is_no_reactivity():
    bodies = extract(session(MARKS[:1]))
    assert reactions(bodies, MARKS[:1], condition_table(bodies, MARKS[:1])) == ()


def test_tables_come_back_from_json(stressed, tmp_path):
    from dyadkit.dyad.saving import read_saved

    stressed.save(tmp_path / "result.json")
    again = read_saved(dyadkit.Analysis, tmp_path / "result.json")
    assert [one.to_dict() for one in again.conditions] == [
        one.to_dict() for one in stressed.conditions
    ]
    assert len(again.table("epochs", 60.0)) == len(stressed.table("epochs", 60.0))


def still_face():
    """An infant without skin conductance and a mother, three conditions of two minutes."""
    marks = [
        Mark(120.0 * k, 120.0 * k + 120.0, label, "condition")
        for k, label in enumerate(("play", "still face", "reunion"))
    ]
    infant = {"ibi": heart(1), "eda": Series(np.full(2880, np.nan), rate_hz=4.0, unit="µS")}
    both = dyadkit.from_arrays(infant, {"ibi": heart(2, 0.0), "eda": skin(2)}, marks)
    return dyadkit.analyze(both)


def test_one_person_without_skin_conductance_leaves_the_other_contrasts_and_a_sentence():
    result = still_face()
    tested = [one.sentence for one in result.about(About.CONTEXT) if one.p == one.p]
    for measure in ("Heart rate of a", "Ln RSA of a", "Skin conductance level of b",
                    "Skin response rate of b", "Heart rate coupling"):  # fmt: skip
        assert any(one.startswith(measure) for one in tested), measure
    refused = [one for one in result.sentences() if "could not be compared" in one]
    assert any(
        "skin conductance level of a" in one and "nothing of it was recorded" in one
        for one in refused
    )


def test_conditions_that_show_nothing_leave_a_sentence_too():
    marks = tuple(Mark(240.0 * k, 240.0 * k + 240.0, f"part {k}", "condition") for k in range(3))
    calm = {"ibi": heart(3, 0.0), "eda": skin(3)}
    result = dyadkit.analyze(session(marks, a=calm))
    if not any(one.positive for one in result.about(About.CONTEXT)):
        assert any("no difference is shown" in one for one in result.sentences())
