"""The whole chain on a few simulated dyads: from sensor counts to regime, answers, recovery.

The full thing, thirty dyads of five regimes, is `tests/benchmarks/bench_chain.py`.
"""

import numpy as np
import pytest

import dyadkit
from dyadkit.sim.people import bodies, regimes
from dyadkit.sim.people.regimes import SimulatedRegime


@pytest.fixture(scope="module")
def sessions():
    found = []
    for seed, regime in enumerate(
        (
            SimulatedRegime.UNCOUPLED,
            SimulatedRegime.CALMING,
            SimulatedRegime.WINDING_UP,
            SimulatedRegime.OPPOSED,
        )
    ):
        scenario = regimes.scenario(regime, 500 + seed)
        dyad = bodies.perfect_dyad(bodies.meet(scenario.encounter, 600.0, 500 + seed))
        found.append((scenario, dyadkit.analyze(dyad, seed=0)))
    return found


def test_regimes_are_told_or_left_undecided_hardly_ever_wrongly(sessions):
    verdicts = [
        (scenario.regime.regime, str(result.dynamics.regime)) for scenario, result in sessions
    ]
    wrong = [pair for pair in verdicts if pair[1] not in ("undecided", pair[0])]
    right = [pair for pair in verdicts if pair[1] == pair[0]]
    assert len(wrong) <= 1, verdicts
    assert len(right) >= 2, verdicts


def test_who_answers_whom_and_how_soon(sessions):
    late = [
        result.responses.a_to_b.latency_s - scenario.answer_lag_s for scenario, result in sessions
    ]
    assert np.sum(np.abs(late) <= 0.5) >= 3
    assert sum(result.responses.b_to_a.p <= 0.05 for _, result in sessions) <= 1


def test_recovery_takes_as_long_as_the_bodies_take(sessions):
    errors = [
        found.usual_s / truth - 1
        for scenario, result in sessions
        for found, truth in zip(
            (result.responses.recovery_a, result.responses.recovery_b),
            scenario.settles_s,
            strict=True,
        )
    ]
    assert np.median(np.abs(errors)) <= 0.15


def test_the_report_shows_answers_recovery_and_profile(sessions, tmp_path):
    _, result = sessions[1]
    result.save(tmp_path / "report.html")
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    for words in ("b answers a", "settles in", "In one minute", "what it does not mean"):
        assert words in page
    assert "Nothing here is a diagnosis" in page
