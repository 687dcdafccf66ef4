import numpy as np
import pytest

from dyadkit.errors import SignalError
from dyadkit.synchrony.coupling import boker, bsync, rmea, susy
from fakes.oracles import REAL, figures, pair

INPUTS = ["in1", "in2", "in3"]


@pytest.mark.parametrize("name", INPUTS)
def test_susy_mode_gives_susys_numbers(name):
    found, truth = susy(*pair(name), 4.0), figures("susy", name)["results"][name]
    for field, key in (
        ("z_absolute", "Z_abs"),
        ("z_signed", "Z_signed"),
        ("pseudo_absolute", "Zpseudo_abs"),
        ("pseudo_signed", "Zpseudo_signed"),
    ):
        np.testing.assert_allclose(getattr(found, field)[::-1], truth[key], atol=1e-10)
    assert found.effect == pytest.approx(truth["ES"], abs=1e-9)
    assert found.effect_signed == pytest.approx(truth["ES_signed"], abs=1e-9)
    assert found.segments == truth["params"]["numberEpochen"]


@pytest.mark.parametrize("name", INPUTS)
def test_rmea_mode_gives_rmeas_numbers(name):
    found, truth = rmea(*pair(name), 4.0), figures("rmea", name)["results"][name]
    for field, key in (
        ("lags_s", "lags_s"),
        ("z_absolute", "ccf_absZ"),
        ("all_lags", "all_lags"),
        ("a_leads", "s1_lead"),
        ("b_leads", "s2_lead"),
        ("lag_zero", "lag_zero"),
        ("best_lag_s", "bestLag"),
    ):
        np.testing.assert_allclose(getattr(found, field), truth[key], atol=1e-10)
    assert found.grand_average == pytest.approx(truth["grandAver"], abs=1e-10)


@pytest.mark.parametrize("name", INPUTS)
def test_bsync_mode_gives_bsyncs_numbers(name):
    found, truth = bsync(*pair(name), 4.0), figures("bsync_wcc", name)["results"][name]
    r = np.array([row["wcc"] for row in truth["results"]]).reshape(41, -1).T
    np.testing.assert_allclose(found.r, r, atol=1e-9)
    assert found.fisher_z == pytest.approx(truth["fisher_z"], abs=1e-9)


@pytest.mark.parametrize("name", ["in1", "in3"])
def test_boker_mode_gives_the_windows_and_peaks_of_wcc(name):
    found = boker(*pair(name), 4.0)
    truth = figures("boker_wcc", name)["results"][REAL.get(name, name)]
    np.testing.assert_allclose(found.r[:, ::-1], np.array(truth["wcc"], dtype=float), atol=1e-9)
    index = np.array(truth["peak"]["maxIndex"], dtype=float)
    height = np.array(truth["peak"]["maxValue"], dtype=float)
    np.testing.assert_array_equal(found.peak_lag_s * 4.0 * -2.0, index)
    np.testing.assert_allclose(found.peak_r, height, atol=1e-6)


@pytest.mark.parametrize("mode", [susy, rmea, bsync, boker])
def test_published_modes_refuse_gaps_instead_of_inventing_data(mode):
    a = np.random.default_rng(1).standard_normal(1200)
    b = a.copy()
    b[100] = np.nan
    with pytest.raises(SignalError, match="gaps"):
        mode(a, b, 4.0)


@pytest.mark.parametrize("mode", [rmea, bsync, boker])
def test_published_modes_agree_that_a_positive_lag_means_b_follows(mode):
    rng = np.random.default_rng(2)
    a = np.convolve(rng.standard_normal(1300), np.ones(8) / 8, mode="valid")
    found = mode(a[8:1208], a[:1200], 4.0)
    surface = found.z_absolute if mode is rmea else found.r
    assert found.lags_s[np.nanmean(surface, axis=0).argmax()] == 2.0
