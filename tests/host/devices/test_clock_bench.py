"""The clock bench: map minus wire is what the simulator knows the map to be off."""

import json

import numpy as np
import pytest
from typer.testing import CliRunner

from dyadkit.cli import app
from dyadkit.devices.bench.clock_bench import WireBench, measure
from dyadkit.errors import SessionError
from dyadkit.sessions.loading import open_session
from dyadkit.sessions.overview import describe


@pytest.fixture(scope="module")
def benched(tmp_path_factory):
    """Two minutes of two virtual boards joined by a virtual wire, through the command line."""
    folder = tmp_path_factory.mktemp("bench")
    command = ["bench-sync", str(folder / "session"), "--simulated", "--minutes", "2"]
    reported = CliRunner().invoke(app, [*command, "--out", str(folder / "bench.json")])
    assert reported.exit_code == 0, reported.output
    return folder, reported.output


def test_map_minus_wire_equals_the_simulated_truth(benched):
    folder, _ = benched
    found = measure(open_session(folder / "session"))
    assert len(found.times_s) >= 110
    truth_ms = describe(folder / "session").true_error_ms_p95
    assert found.p95_ms == pytest.approx(truth_ms, abs=0.01)
    assert found.p95_ms <= 0.1
    assert found.p50_ms <= found.p95_ms <= found.max_ms <= found.edge_p95_ms + 0.1
    assert found.covered >= 0.9


def test_the_figures_are_printed_and_kept(benched):
    folder, printed = benched
    assert "map minus wire over" in printed
    assert "simulated boards and wire" in printed
    kept = WireBench.from_dict(json.loads((folder / "bench.json").read_text(encoding="utf-8")))
    np.testing.assert_allclose(kept.map_ms, measure(open_session(folder / "session")).map_ms)


def test_a_session_without_a_wire_is_refused_with_what_to_check(tmp_path):
    from fakes.stored_sessions import write_session
    from fakes.sync_simulator import Condition, simulate

    folder = write_session(tmp_path / "session", *simulate(Condition(duration_s=200.0), seed=71))
    with pytest.raises(SessionError, match="a noted 0 falls.*check wire, grounds"):
        measure(open_session(folder))
