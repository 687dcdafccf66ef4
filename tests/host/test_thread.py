"""The whole way: simulated bodies, sensors, real firmware, radio, session file, one time line."""

import pytest

import dyadkit
from dyadkit.demo import simulated
from dyadkit.sessions.overview import describe
from dyadkit.sim.people import bodies
from fakes import recorded

SHORT_S = 15.0


@pytest.fixture(scope="module")
def performed(shared_folder):
    return recorded.usual(shared_folder)


def test_every_pulse_sample_of_the_sensors_reaches_the_file_unaltered(performed):
    _, performance = performed
    for kept in performance.fidelity.values():
        assert kept.given > 2 * 95 * recorded.USUAL_SECONDS
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


def test_equal_seeds_give_equal_frames_and_another_seed_others(tmp_path):
    def frames_hash(seed, name):
        pair = bodies.meet(bodies.Encounter(), SHORT_S + simulated.SETTLE_S, seed)
        circumstances = simulated.Circumstances(seed=seed)
        return simulated.record_pair(pair, circumstances, tmp_path / name).frames_hash

    assert frames_hash(1, "one") == frames_hash(1, "again") != frames_hash(2, "other")
