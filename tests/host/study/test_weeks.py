"""One dyad over weeks: what changes is shown, what does not is not, and strangers are refused."""

import dataclasses
import json

import numpy as np
import pytest
from typer.testing import CliRunner

import dyadkit
from dyadkit.cli import app
from dyadkit.sim.people import bodies
from dyadkit.study import weeks
from dyadkit.study.weeks import Visit, over_weeks
from dyadkit.synchrony.context import Shift
from fakes import recorded as recorded_once
from fakes.stored_sessions import closed_anew

SECONDS, SESSIONS = 300.0, 7


@pytest.fixture(scope="module")
def found_once():
    encounter = bodies.Encounter(bodies.Follows(0.6))
    return dyadkit.analyze(bodies.perfect_dyad(bodies.meet(encounter, SECONDS, 40)))


def visit(found, day, shared, settles_s):
    """A session in which so much is shared (95 %: a tenth either way) and both settle so slowly."""
    strength = {
        name: dataclasses.replace(one, value=shared, interval=(shared - 0.1, shared + 0.1))
        for name, one in found.strength.items()
    }
    responses = dataclasses.replace(
        found.responses,
        recovery_a=dataclasses.replace(found.responses.recovery_a, usual_s=settles_s),
        recovery_b=dataclasses.replace(found.responses.recovery_b, usual_s=settles_s + 0.5),
    )
    return Visit(day, dataclasses.replace(found, strength=strength, responses=responses))


@pytest.fixture(scope="module")
def parting(found_once):
    """Coupling fades while both come to settle faster."""
    plan = zip(np.linspace(0.8, 0.1, SESSIONS), np.geomspace(5.0, 1.2, SESSIONS), strict=True)
    return [visit(found_once, 7.0 * week, *each) for week, each in enumerate(plan)]


@pytest.fixture(scope="module")
def recorded(shared_folder, tmp_path_factory):
    """Two recorded sessions, begun a week apart."""
    place = tmp_path_factory.mktemp("weeks")
    days = ("2026-03-02", "2026-03-09")
    sessions = recorded_once.usual(shared_folder)[0], recorded_once.of_others(shared_folder)[0]
    return tuple(
        closed_anew(session, place / name, began_utc=f"{day}T10:00:00+00:00")
        for session, name, day in zip(sessions, ("one", "two"), days, strict=True)
    )


def asked(*words):
    return CliRunner().invoke(app, ["weeks", *map(str, words)])


def test_fading_coupling_with_faster_settling_is_a_move_to_self_regulation(parting):
    found = over_weeks(parting[::-1])
    np.testing.assert_array_equal(found.days, 7.0 * np.arange(SESSIONS))
    assert found.trends["coupling_eda"].slope_per_week < 0
    assert found.trends["settling_rate_a"].slope_per_week > 0
    assert found.shared_to_self.shift is Shift.FROM_SHARED_TO_SELF
    assert any("From shared to self-regulation" in one for one in found.sentences())


def test_sessions_alike_show_no_change(found_once):
    rng = np.random.default_rng(2)
    alike = [
        visit(found_once, 7.0 * week, 0.4 + 0.05 * rng.standard_normal(), 2.0 + rng.random())
        for week in range(6)
    ]
    found = over_weeks(alike)
    assert found.shared_to_self.shift is Shift.NOT_SHOWN
    assert min(found.p_corrected.values()) > 0.05
    assert "No measure changes" in found.sentences()[0]


def test_no_headline_rests_on_an_uncorrected_p(parting):
    """Five sessions in perfect order: each p is 0.017 alone, and nothing after correction."""
    found = over_weeks(parting[:5])
    assert found.trends["coupling_eda"].p < 0.05
    assert found.p_corrected["coupling_eda"] > 0.05
    assert found.shared_to_self.shift is Shift.NOT_SHOWN
    assert any("5 sessions cannot show a trend at all" in one for one in found.notes)


def test_two_sessions_get_a_contrast_and_no_trend(parting):
    found = over_weeks([parting[0], parting[-1]])
    assert {one.measure for one in found.contrasts} == {
        "shared variance of skin conductance", "shared variance of heart rate",
    }  # fmt: skip
    assert all(one.p_corrected < 0.05 for one in found.contrasts)
    assert any("is weaker" in one and "no trend" in one for one in found.sentences())
    alike = over_weeks([parting[0], dataclasses.replace(parting[0], day=9.0)])
    assert any("no difference shown" in one for one in alike.sentences())


def test_sessions_of_one_day_are_not_weeks(parting):
    found = over_weeks([dataclasses.replace(one, day=0.01 * k) for k, one in enumerate(parting)])
    assert found.trends == {}
    assert found.contrasts == ()
    assert any("of one day" in one for one in found.sentences())


def test_the_page_and_its_twin_hold_every_session(parting, tmp_path):
    found = over_weeks(parting)
    found.save(tmp_path / "weeks.html")
    found.save(tmp_path / "weeks.json")
    page = (tmp_path / "weeks.html").read_text(encoding="utf-8")
    assert all(sentence.split(":")[0] in page for sentence in found.sentences())
    assert [page.count(f'<svg class="{width}"') for width in ("wide", "narrow")] == [1, 1]
    again = weeks.Weeks.from_dict(json.loads((tmp_path / "weeks.json").read_text()))
    assert again.to_dict() == found.to_dict()
    with pytest.raises(ValueError, match="end the name in"):
        found.save(tmp_path / "weeks.pdf")


def test_two_sessions_are_shown_without_a_trend(parting):
    found = over_weeks(parting[:2])
    assert found.trends == {}
    assert found.shared_to_self is None
    assert any("a trend needs 5" in sentence for sentence in found.sentences())


def test_sessions_of_unlike_length_or_other_people_are_told_or_refused(parting):
    def changed(**fields):
        findings = dataclasses.replace(parting[1].findings, **fields)
        return [parting[0], Visit(7.0, findings)]

    assert "like length" in over_weeks(changed(duration_s=60.0)).notes[0]
    with pytest.raises(ValueError, match="of one dyad"):
        over_weeks(changed(participants=("C07-child", "C07-parent")))
    with pytest.raises(ValueError, match="at least 2"):
        over_weeks(parting[:1])


def test_one_session_under_two_names_is_no_second_visit(recorded, tmp_path):
    first, _ = recorded
    copied = closed_anew(first, tmp_path / "copied", began_utc="2026-03-16T10:00:00+00:00")
    refusal = str(asked(first, copied).exception)
    assert "hold the same samples" in refusal
    assert "is one visit" in refusal


def test_five_sessions_of_one_half_hour_are_not_weeks(parting):
    within = [Visit(0.005 * place, one.findings) for place, one in enumerate(parting)]
    found = over_weeks(within)
    assert found.trends == {}
    assert any("on 1 days; a trend needs 5 on different days" in why for why in found.sentences())


def test_the_command_orders_sessions_by_when_they_began(recorded, tmp_path):
    first, second = recorded
    run = asked(second, first, "--report", tmp_path / "w.html", "--report", tmp_path / "w.json")
    assert run.exit_code == 0, run.output
    found = json.loads((tmp_path / "w.json").read_text())
    assert found["days"] == [0.0, 7.0]
    assert found["sources"][0].startswith(first.name)
    assert (tmp_path / "w.html").read_text(encoding="utf-8").startswith("<!DOCTYPE html>")


def test_the_command_says_what_is_wrong_with_what_it_is_given(recorded, tmp_path):
    first, second = recorded
    assert "given twice" in str(asked(first, first).exception)
    assert "one day a session" in str(asked(first, second, "--days", "0").exception)
    assert asked(first, second, "--days", "soon").exit_code == 2
    assert "none" in str(asked(tmp_path / "none", first).exception)
    assert "end the name in" in str(asked(first, second, "--report", "w.pdf").exception)
    undated = closed_anew(second, tmp_path / "undated", began_utc="once")
    assert "--days" in str(asked(first, undated).exception)


def test_a_declared_measure_is_not_corrected_and_the_others_wait_behind_it():
    from dyadkit.study.weeks import _corrected

    p = {"coupling_heart_rate": 0.03, "coupling_eda": 0.001, "damping_a": 0.5}
    assert _corrected(p, "coupling_heart_rate") == pytest.approx(
        {"coupling_heart_rate": 0.03, "coupling_eda": 0.03, "damping_a": 0.5}
    )
    assert _corrected(p, "")["coupling_heart_rate"] == pytest.approx(0.06)
    missing = _corrected({"coupling_eda": 0.001}, "coupling_heart_rate")
    assert missing == {"coupling_eda": 1.0}, "what was declared could not be asked"


def test_a_measure_that_there_is_not_cannot_be_declared():
    with pytest.raises(ValueError, match="there is no measure warmth: declare one of coupling_eda"):
        over_weeks([], primary="warmth")
