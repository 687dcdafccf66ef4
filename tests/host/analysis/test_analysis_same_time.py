"""What a shared schedule does to two people is not taken for what they do to each other."""

import numpy as np
import pytest
from typer.testing import CliRunner

import dyadkit
from dyadkit.analysis.decision.couplings import SHARED_SCHEDULE
from dyadkit.sim.people import bodies
from dyadkit.sim.people.influence import Arousal
from fakes import recorded

SECONDS, OTHERS = 300.0, 10


class OneSchedule:
    """Bursts and level that every session has at the same moments, and as much of each person's."""

    def arousal(self, random, seconds):
        alone = bodies.Follows(0.0)
        common, own = (alone.arousal(r, seconds) for r in (np.random.default_rng(99), random))
        return Arousal(
            common.bursts[:, :1] + 0.5 * own.bursts, common.level[:, :1] + 0.7 * own.level
        )


def sessions(influence, seeds):
    return [
        bodies.perfect_dyad(bodies.meet(bodies.Encounter(influence), SECONDS, s)) for s in seeds
    ]


@pytest.fixture(scope="module")
def scheduled():
    one, *others = sessions(OneSchedule(), range(1 + OTHERS))
    return dyadkit.analyze(one, 0, others)


@pytest.fixture(scope="module")
def coupled():
    (one,) = sessions(bodies.Follows(0.7), [3])
    return dyadkit.analyze(one, 0, sessions(bodies.Follows(0.7), range(20, 20 + OTHERS)))


def test_without_other_sessions_coupling_is_told_with_what_else_could_explain_it():
    (one,) = sessions(bodies.Follows(0.7), [3])
    alone = dyadkit.analyze(one)
    assert alone.beyond_chance()
    assert alone.same_time == {}
    assert SHARED_SCHEDULE in alone.sentences()


def test_a_shared_schedule_exceeds_shifts_but_not_partners_at_the_same_time(scheduled):
    assert "heart_rate" in scheduled.beyond_chance()
    assert scheduled.coupling["heart_rate"].p < 0.01
    assert scheduled.same_time["heart_rate"].p > 0.05
    reported = " ".join(scheduled.sentences())
    assert "may explain it" in reported
    assert "does not explain it" not in reported
    assert SHARED_SCHEDULE not in reported


def test_true_partners_exceed_partners_at_the_same_time(coupled):
    assert coupled.same_time["eda"].draws == 2 * OTHERS
    assert coupled.same_time["eda"].p <= 0.05
    assert "does not explain it" in " ".join(coupled.sentences())


def test_too_few_sessions_say_how_low_p_could_fall(coupled):
    (one,) = sessions(bodies.Follows(0.7), [3])
    few = dyadkit.analyze(one, 0, sessions(bodies.Follows(0.0), [50, 51]))
    assert few.same_time["eda"].p == pytest.approx(0.2)
    assert "p could not fall below 0.20" in " ".join(few.sentences())


def test_nothing_found_needs_no_caution():
    (one,) = sessions(bodies.Follows(0.0), [104])
    reported = dyadkit.analyze(one)
    assert not reported.beyond_chance()
    assert SHARED_SCHEDULE not in reported.sentences()


def test_the_report_says_whether_same_time_partners_were_compared(coupled, scheduled, tmp_path):
    for result in (coupled, scheduled):
        result.save(tmp_path / "report.html")
        page = (tmp_path / "report.html").read_text(encoding="utf-8")
        assert f"{2 * OTHERS} pairs of people from different sessions" in page
    again = dyadkit.Analysis.from_dict(coupled.to_dict())
    assert again.same_time["eda"].p == coupled.same_time["eda"].p


def test_the_command_names_a_session_it_cannot_read(tmp_path, shared_folder):
    from dyadkit.cli import app

    session, _ = recorded.usual(shared_folder)
    for first, second, unread in (("none", "neither", "none"), (session, "neither", "neither")):
        words = ["analyze", str(tmp_path / first), "--others", str(tmp_path / second)]
        run = CliRunner().invoke(app, words)
        assert run.exit_code == 1
        assert f"{unread} does not exist" in str(run.exception)
