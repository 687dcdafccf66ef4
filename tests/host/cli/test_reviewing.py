"""What a reviewer asks on the command line: where a sentence comes from, what else was possible."""

import json

import pytest
from typer.testing import CliRunner

import dyadkit
from dyadkit.analysis.multiverse import multiverse
from dyadkit.analysis.plan import AnalysisPlan, read_plan
from dyadkit.cli import app
from dyadkit.errors import SessionError
from dyadkit.sim.people import bodies


@pytest.fixture(scope="module")
def result():
    met = bodies.meet(bodies.Encounter(bodies.Follows(0.7, 1.5)), 300.0, 3)
    return dyadkit.analyze(bodies.perfect_dyad(met))


def asked(*words):
    return CliRunner().invoke(app, list(map(str, words)))


def test_why_tells_where_a_sentence_comes_from(result, tmp_path):
    file = tmp_path / "result.json"
    result.save(file)
    listed = asked("why", file)
    assert all(one.sentence in listed.output for one in result.said)
    run = asked("why", file, 1)
    assert result.said[0].sentence in run.output
    assert "skin conductance responses of 5.0 minutes" in run.output
    assert "dyadkit analyze bodies --seed 0 --max-lag-s 5" in run.output
    assert "there is no number 99" in str(asked("why", file, 99).exception)
    (tmp_path / "other.json").write_text("{}")
    assert "not a result of analyze" in str(asked("why", tmp_path / "other.json").exception)


def test_the_schema_of_results_is_printed():
    found = json.loads(asked("schema").output)
    assert found == json.loads(asked("schema", "--json").output)
    assert "said" in found["$defs"]["Analysis"]["required"]


def test_a_multiverse_shows_every_choice_and_claims_nothing(result):
    found = multiverse(result)
    assert len(found.specifications) == 3 * (2 * 3 * 2 + 3 * 3)
    whole = [one for one in found.specifications if one.part == "whole" and one.signal == "eda"]
    assert sum(one.p <= 0.05 for one in whole) >= 0.6 * len(whole)
    assert all(one.p == one.p or one.why for one in found.specifications)
    assert "decides nothing" in found.sentences()[-1]
    assert type(found).from_dict(found.to_dict()).to_dict() == found.to_dict()


def test_a_frozen_plan_refuses_what_deviates(tmp_path):
    plan = AnalysisPlan(seed=3, max_lag_s=8.0)
    file = tmp_path / "plan.toml"
    file.write_text(f'[analysis]\nseed = 3\nmax_lag_s = 8\nhash = "{plan.digest}"\n')
    assert read_plan(file) == plan
    with pytest.raises(SessionError, match="max_lag_s 8, this analysis asks 5"):
        read_plan(file).agrees(AnalysisPlan(seed=3))
    file.write_text(file.read_text().replace("seed = 3", "seed = 4"))
    with pytest.raises(SessionError, match="changed since it was frozen"):
        read_plan(file)
    for text, words in (
        ("seed = 3", "no table"),
        ("[analysis]\nlag = 3", "plans lag"),
        ('[analysis]\nseed = "three"', "must be a number"),
        ("[analysis", "cannot read"),
    ):
        file.write_text(text)
        with pytest.raises(SessionError, match=words):
            read_plan(file)
    run = asked("analyze", tmp_path, "--plan", tmp_path / "none.toml")
    assert "cannot read the plan" in str(run.exception)


def test_a_design_is_judged_before_anyone_is_recorded():
    run = asked("plan-session", "--conditions", "rest,talk", "--minutes", 10, "--json")
    found = json.loads(run.output)
    assert found["order"] == ["rest", "talk"] * 3
    assert found["min_p"] < found["level"]
    short = asked("plan-session", "--conditions", "rest,talk", "--minutes", 2, "--repeats", 1)
    assert "No effect can be claimed" in short.output
    assert "drift" in short.output
    assert "two conditions" in str(asked("plan-session", "--conditions", "rest").exception)
