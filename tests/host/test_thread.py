"""The whole way: simulated bodies, sensors, real firmware, radio, session file, one time line."""

import pytest

import dyadkit
from dyadkit.demo import simulated
from dyadkit.sessions.overview import describe
from dyadkit.sim.people import bodies

SECONDS = 60.0


def perform(folder, seed=1):
    pair = bodies.meet(bodies.Encounter(), SECONDS + simulated.SETTLE_S, seed)
    return simulated.record_pair(pair, simulated.Circumstances(seed=seed), folder)


@pytest.fixture(scope="module")
def performed(tmp_path_factory):
    folder = tmp_path_factory.mktemp("thread") / "session"
    return folder, perform(folder)


def test_every_pulse_sample_of_the_sensors_reaches_the_file_unaltered(performed):
    _, performance = performed
    for kept in performance.fidelity.values():
        assert kept.given > 2 * 95 * SECONDS
        assert (kept.missing, kept.altered) == (0, 0)
    assert performance.outcome.missing_blocks == 0


def test_no_skin_conductance_is_missing_although_flash_is_written(performed):
    folder, _ = performed
    summary = describe(folder)
    eda = [one for one in summary.streams if one.stream == "eda"]
    assert [one.missing for one in eda] == [0, 0]
    assert summary.usability == "good"


def test_both_wearables_are_on_one_line_within_the_stated_bound(performed):
    folder, _ = performed
    summary = describe(folder)
    bound_ms = summary.alignment.median_bound_s * 1e3
    assert summary.true_error_ms_p95 <= 0.35
    assert summary.true_error_ms_p95 <= 1.5 * bound_ms <= 1.0


def test_the_effective_rate_is_that_of_the_sensors_own_oscillator(performed):
    folder, _ = performed
    dyad = dyadkit.load(folder)
    for person, off_percent in simulated.Circumstances().sensor_off_percent.items():
        trace = dyad.person(person).traces["ppg_ir"]
        assert trace.rate_hz == pytest.approx(100 * (1 + off_percent / 100), rel=3e-4)


def test_equal_seeds_give_equal_frames(performed, tmp_path):
    _, performance = performed
    assert perform(tmp_path / "again").frames_hash == performance.frames_hash
