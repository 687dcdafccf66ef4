"""The demo plays a regime that is asked for, and the session keeps what was put into it."""

import json

from typer.testing import CliRunner

from dyadkit.cli import app
from dyadkit.demo.simulated import truth_of
from dyadkit.sim.people import bodies, influence, regimes


def test_a_regime_that_is_none_is_refused_with_those_there_are(tmp_path):
    asked = ["demo", "--regime", "love", "--out", str(tmp_path / "demo")]
    done = CliRunner().invoke(app, asked)
    assert done.exit_code == 2
    assert "codysregulation, coregulation, one-way, uncoupled" in " ".join(done.output.split())
    assert not (tmp_path / "demo").exists()


def test_the_truth_of_a_simulated_pair_is_kept_whatever_binds_it():
    following = truth_of(bodies.meet(bodies.Encounter(influence.Follows(0.4, 2.0)), 30.0, 3))
    assert following == {"bond": "Follows", "seed": 3, "coupling": 0.4, "lag_s": 2.0}
    scenario = regimes.scenario(regimes.SimulatedRegime.CALMING, 3)
    swinging = json.loads(json.dumps(truth_of(bodies.meet(scenario.encounter, 30.0, 3))))
    assert swinging["bond"] == "Oscillates"
    assert swinging["damping"] == list(scenario.encounter.influence.damping)
    assert swinging["answers"][1]["lag_s"] == scenario.answer_lag_s
