import numpy as np
import pytest

from dyadkit.errors import SignalError
from dyadkit.signals import eda
from fakes.skin_model import NOISY, QUIET, Person, f1, simulate

RATE_HZ = 16.0


@pytest.mark.parametrize(
    ("person", "min_f1", "min_r", "max_rmse"),
    [(QUIET, 0.975, 0.99, 0.03), (NOISY, 0.92, 0.985, 0.06)],
    ids=["quiet", "noisy"],
)
def test_responses_and_level_of_a_known_skin_are_found(person, min_f1, min_r, max_rmse):
    scores = []
    for seed in range(5):
        truth = simulate(seed, duration_s=600.0, person=person)
        found = eda.decompose(truth.values, RATE_HZ)
        correlation = np.corrcoef(found.phasic, truth.phasic)[0, 1]
        scores.append((f1(truth, found), correlation, np.std(found.tonic - truth.tonic)))
    mean_f1, mean_r, mean_rmse = np.mean(scores, axis=0)
    assert mean_f1 >= min_f1
    assert mean_r >= min_r
    assert mean_rmse <= max_rmse


def test_parts_are_never_negative_and_add_up_to_the_measurement():
    truth = simulate(11)
    found = eda.decompose(truth.values, RATE_HZ)
    assert min(found.tonic.min(), found.phasic.min(), found.driver.min()) >= 0.0
    assert np.std(truth.values - found.tonic - found.phasic) <= 0.01


def test_tonic_stays_positive_where_responses_start_from_dry_skin():
    truth = simulate(3, person=Person(level_usiemens=0.4, noise_usiemens=0.002))
    found = eda.decompose(truth.values, RATE_HZ)
    assert np.nanmin(found.tonic) >= 0.0


@pytest.mark.parametrize("decay_s", [1.75, 5.0])
def test_the_decay_is_fitted_to_the_person(decay_s):
    truth = simulate(7, person=Person(decay_s=(0.9 * decay_s, 1.1 * decay_s)))
    found = eda.decompose(truth.values, RATE_HZ)
    assert found.model.decay_s == pytest.approx(decay_s, rel=0.25)
    assert np.corrcoef(found.phasic, truth.phasic)[0, 1] > 0.98


def test_a_large_response_has_no_echoes():
    truth = simulate(5)
    found = eda.decompose(truth.values + 3 * truth.phasic, RATE_HZ)
    assert f1(truth, found) > 0.95


def test_a_single_response_is_measured_in_its_own_units():
    seconds = np.arange(0, 60, 1 / RATE_HZ)
    since = np.maximum(seconds - 20, 0)
    shape = np.exp(-since / 3.0) - np.exp(-since / 0.7)
    (only,) = eda.decompose(4 + 0.5 * shape / shape.max(), RATE_HZ).responses
    assert only.onset_s == pytest.approx(20.0, abs=0.15)
    assert only.peak_s == pytest.approx(seconds[np.argmax(shape)], abs=0.2)
    assert only.amplitude_usiemens == pytest.approx(0.5, abs=0.02)
    assert only.rise_s == pytest.approx(only.peak_s - only.onset_s)
    assert only.recovery_s == pytest.approx(2.9, abs=0.6)


@pytest.mark.parametrize("rate_hz", [4.0, 8.0, 10.0, 25.0, 50.0, 51.2, 64.0, 100.0, 500.0])
def test_any_rate_gives_the_same_responses(rate_hz):
    scores = []
    for seed in (21, 22, 23):
        truth = simulate(seed, rate_hz=rate_hz, duration_s=200.0)
        found = eda.decompose(truth.values, rate_hz)
        assert len(found.tonic) == len(found.mask) == len(truth.values)
        scores.append((f1(truth, found), np.corrcoef(found.phasic, truth.phasic)[0, 1]))
    mean_f1, mean_r = np.mean(scores, axis=0)
    assert mean_f1 > 0.93
    assert mean_r > 0.985


def test_the_driver_keeps_its_mass_at_any_rate():
    truth = simulate(2, rate_hz=48.0, duration_s=120.0)
    fast = eda.decompose(truth.values, 48.0, eda.HUMAN)
    slow = eda.decompose(truth.values.reshape(-1, 3).mean(axis=1), 16.0, eda.HUMAN)
    assert fast.driver.sum() == pytest.approx(slow.driver.sum(), rel=0.02)


def test_a_gap_is_masked_and_leaves_the_rest_as_it_was():
    truth = simulate(9)
    holed = truth.values.copy()
    holed[2000:2400] = np.nan
    found, whole = eda.decompose(holed, RATE_HZ), eda.decompose(truth.values, RATE_HZ)
    assert found.mask[2000:2400].all()
    assert np.isnan(found.tonic[found.mask]).all()
    far = np.r_[0:1700, 2800 : len(holed)]
    assert np.corrcoef(found.phasic[far], whole.phasic[far])[0, 1] > 0.995
    inside = [r for r in found.responses if 125.5 < r.onset_s < 149.5]
    assert not inside


def test_single_missing_samples_hide_nothing():
    truth = simulate(9)
    holed = truth.values.copy()
    holed[::7] = np.nan
    assert f1(truth, eda.decompose(holed, RATE_HZ)) > 0.95


@pytest.mark.parametrize(
    "values",
    [
        np.full(2000, 5.0),
        np.full(2000, np.nan),
        np.full(2000, np.inf),
        np.zeros(2000),
        np.full(2000, 100.0),
        np.array([5.0, 5.1, 5.2]),
        np.array([]),
        np.random.default_rng(0).normal(5.0, 1.0, 2000),
    ],
    ids=[
        *("constant", "missing", "infinite", "zero", "saturated", "three-samples", "nothing"),
        "noise",
    ],
)
def test_what_is_no_skin_is_masked_altogether(values):
    found = eda.decompose(values, RATE_HZ)
    assert found.mask.all()
    assert np.isnan(found.tonic).all()
    assert found.responses == ()


def test_nanosiemens_are_refused_with_a_hint():
    with pytest.raises(SignalError, match="divide nanosiemens by 1000"):
        eda.decompose(1000 * simulate(1, duration_s=60.0).values, RATE_HZ)


@pytest.mark.parametrize("rate_hz", [0.0, -4.0, np.nan, np.inf, 1e6])
def test_a_rate_that_is_none_is_refused(rate_hz):
    with pytest.raises(ValueError, match="rate_hz"):
        eda.decompose(np.ones(100), rate_hz)


def test_two_series_at_once_are_refused():
    with pytest.raises(ValueError, match="one series"):
        eda.artefacts(np.ones((100, 2)), RATE_HZ)


def test_a_decomposition_travels_through_json():
    found = eda.decompose(simulate(1, duration_s=60.0).values, RATE_HZ)
    again = eda.Decomposition.from_dict(found.to_dict())
    np.testing.assert_array_equal(again.tonic, found.tonic)
    assert again.responses[0].onset_s == found.responses[0].onset_s
    assert again.model.decay_s == found.model.decay_s


def test_tonic_level_comes_at_four_hertz_with_gaps_kept():
    values = simulate(4).values
    values[800:1600] = np.nan
    level = eda.tonic_level(eda.decompose(values, RATE_HZ))
    assert len(level.usiemens) == 1200
    assert np.isnan(level.usiemens[205:395]).all()
    assert np.isfinite(level.usiemens[:195]).all()


def test_an_event_owns_the_response_within_the_latency_of_sweat():
    seconds = np.arange(0, 90, 1 / RATE_HZ)
    since = np.maximum(seconds - 32, 0)
    values = 5 + np.exp(-since / 3) - np.exp(-since / 0.7)
    values[1200:1300] = np.nan
    found = eda.decompose(values, RATE_HZ)
    own, early, late, unseen = eda.event_responses(found, [30.0, 31.7, 20.0, 74.0])
    assert own.latency_s == pytest.approx(2.0, abs=0.2)
    assert own.amplitude_usiemens == pytest.approx(0.487, abs=0.02)
    assert early.amplitude_usiemens == late.amplitude_usiemens == 0.0
    assert np.isnan(early.latency_s)
    assert np.isnan(unseen.amplitude_usiemens)
    assert np.isnan(unseen.driver_usiemens)


def test_a_latency_window_must_have_length():
    with pytest.raises(ValueError, match="no latency"):
        eda.Latency(4.0, 1.0)
