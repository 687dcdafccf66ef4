"""The analysis finds what was put in, and nothing where nothing was."""

import ast
import json
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import dyadkit
from dyadkit.analysis.decision import About
from dyadkit.dyad.traces import PersonTraces
from dyadkit.sim.people import bodies

HOST = Path(dyadkit.__file__).parent
SECONDS = 300.0


def dyad(coupling, seed, lag_s=1.5):
    encounter = bodies.Encounter(bodies.Follows(coupling, lag_s))
    return bodies.perfect_dyad(bodies.meet(encounter, SECONDS, seed))


@pytest.fixture(scope="module")
def coupled():
    return dyadkit.analyze(dyad(0.6, 3), seed=0)


@pytest.mark.parametrize("seed", [0, 1])
@pytest.mark.parametrize("lag_s", [1.5, -2.0])
def test_the_leader_and_lag_that_were_put_in_are_named(seed, lag_s):
    result = dyadkit.analyze(dyad(0.6, seed, lag_s), seed=0)
    assert "eda" in result.beyond_chance()
    leads = result.leads("eda")
    assert leads.estimate == pytest.approx(lag_s, abs=0.5)
    assert leads.person == ("a" if lag_s > 0 else "b")
    first, second = ("a", "b") if lag_s > 0 else ("b", "a")
    assert f"{first} leads, {second} follows" in result.sentences()[1]


@pytest.mark.parametrize(
    ("seeds", "max_alarms"),
    [(range(100, 108), 2), pytest.param(range(100, 140), 5, marks=pytest.mark.slow)],
    ids=["8 dyads", "40 dyads"],
)
def test_nothing_is_found_between_two_strangers(seeds, max_alarms):
    alarms = [s for s in seeds if dyadkit.analyze(dyad(0.0, 100 + s), seed=0).beyond_chance()]
    assert len(alarms) <= max_alarms, f"false alarms at seeds {alarms}"


def test_heart_rate_and_level_are_those_of_the_bodies(coupled):
    pair = bodies.meet(bodies.Encounter(bodies.Follows(0.6, 1.5)), SECONDS, 3)
    for truth, body in ((pair.a, coupled.physiology.a), (pair.b, coupled.physiology.b)):
        assert body.hrv.mean_bpm == pytest.approx(truth.heart_rate_bpm.mean(), abs=0.5)
        assert np.nanmedian(body.tonic_usiemens) == pytest.approx(
            np.median(truth.tonic_usiemens), abs=0.3
        )


def test_the_same_seed_gives_the_same_numbers(coupled):
    assert dyadkit.analyze(dyad(0.6, 3), seed=0).to_dict() == coupled.to_dict()


def test_the_report_is_one_small_page_that_says_what_is_simulated(coupled, tmp_path):
    coupled.save(tmp_path / "report.html")
    coupled.save(tmp_path / "report.json")
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert len(page) < 3_000_000
    assert "simulated people" in page
    assert "<svg" in page
    assert "http" not in re.sub(r"https://doi.org", "", page)
    assert "<script" not in page
    words = re.sub(r'href="data:[^"]*"', "", page)
    assert not re.search(r"\bnan\b", words, re.IGNORECASE)
    reported = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    assert reported["coupling"]["eda"]["leader"] == "a"


def test_a_dyad_without_one_pulse_is_analysed_as_far_as_it_goes():
    whole = dyad(0.6, 3)
    eda_only = PersonTraces({"eda": whole.b.traces["eda"]})
    result = dyadkit.analyze(replace(whole, b=eda_only), seed=0)
    assert "eda" in result.coupling
    assert "person b" in result.refusals["heart_rate"]


def test_a_report_needs_a_name_it_knows(coupled, tmp_path):
    with pytest.raises(ValueError, match=r"\.html or \.json"):
        coupled.save(tmp_path / "report.pdf")


def test_no_order_finer_than_three_bounds_is_told(coupled, tmp_path):
    """Half a second each is 0.71 s between them; a lag of 1.5 s is below three times that."""
    assert np.isnan(coupled.clock.finest_lag_s)
    blurred = dyadkit.analyze(coarsened(dyad(0.6, 3), 0.5), seed=0)
    assert blurred.clock.finest_lag_s == pytest.approx(2.12, abs=0.01)
    assert not any(one.positive for one in blurred.about(About.LEADER))
    reported = " ".join(blurred.sentences())
    assert "too small for the clocks" in reported
    assert "leads" not in reported
    blurred.save(tmp_path / "report.html")
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "too small for the clocks" in page
    assert "<b>not shown</b> in skin conductance" in page.replace("Not shown", "not shown")
    assert "first</b> in skin conductance" not in page


def test_the_largest_lag_is_an_option_up_to_thirty_seconds():
    result = dyadkit.analyze(dyad(0.6, 3, lag_s=8.0), seed=0, max_lag_s=12.0)
    assert result.coupling["heart_rate"].max_lag_s == 12.0
    assert result.leads("eda").estimate == pytest.approx(8.0, abs=0.6)
    with pytest.raises(ValueError, match="1 to 30 s"):
        dyadkit.analyze(dyad(0.6, 3), max_lag_s=31.0)


def coarsened(whole, bound_s):
    """The same dyad, with so large a bound stated for the times of every sample."""
    blurred = [
        replace(one, traces={
            name: replace(trace, bounds_s=np.full(len(trace), bound_s))
            for name, trace in one.traces.items()
        })
        for one in (whole.a, whole.b)
    ]  # fmt: skip
    return replace(whole, a=blurred[0], b=blurred[1])


def test_the_seed_reaches_everything_random_and_nothing_else():
    """No generator of random numbers stands in the analysis with a seed of its own."""
    found = [
        (file.relative_to(HOST).as_posix(), node.lineno)
        for room in ("signals", "synchrony", "analysis", "study")
        for file in sorted((HOST / room).rglob("*.py"))
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and ast.unparse(node.func).endswith(("default_rng", "Random", "seed"))
        and (not node.args or all(isinstance(one, ast.Constant) for one in node.args))
    ]
    assert found == []
