"""Kinds of dyads: as many as there are, and no more."""

import json

import numpy as np
import pytest

from dyadkit.errors import SignalError
from dyadkit.synchrony import dynamics
from dyadkit.synchrony.dynamics.mixture import best_mixture


def two_kinds(seed, apart=3.0):
    rng = np.random.default_rng(seed)
    return np.concatenate([rng.normal(0, 1, (30, 3)), rng.normal(apart, 1, (20, 3))]) * [1, 10, 0.1]


def test_two_kinds_of_dyads_are_found_with_their_means():
    found = dynamics.latent_profiles(two_kinds(1))
    assert len(found.shares) == 2
    np.testing.assert_allclose(found.shares, (0.6, 0.4), atol=0.05)
    np.testing.assert_allclose(found.means[0] / [1, 10, 0.1], 0, atol=0.6)
    np.testing.assert_allclose(found.means[1] / [1, 10, 0.1], 3, atol=0.6)
    assert np.mean(found.profile == np.repeat([0, 1], [30, 20])) > 0.95
    np.testing.assert_allclose(found.membership.sum(axis=1), 1)
    assert found.entropy > 0.8


def test_one_kind_of_dyads_stays_one():
    counts = [
        len(dynamics.latent_profiles(np.random.default_rng(k).standard_normal((60, 3))).shares)
        for k in range(6)
    ]
    assert counts.count(1) >= 5


def test_same_seed_gives_the_same_profiles():
    first, second = (dynamics.latent_profiles(two_kinds(2), seed=3) for _ in range(2))
    assert first.to_dict() == second.to_dict()


def test_bic_is_that_of_mclust_on_the_reference_couples(data):
    reference = json.loads((data / "oracles" / "rties.json").read_text())
    rows = [row for row in reference["clo_params"] if row["p_obs_0"] is not None]
    names = [f"{name}_{k}" for k in (0, 1) for name in ("obs", "d1", "p_obs", "p_d1")]
    table = np.array([[row[name] for name in names] for row in rows])
    with pytest.raises(SignalError, match="too few"):
        dynamics.latent_profiles(table, max_profiles=2)
    found = best_mixture(table, 2, np.random.default_rng(0))
    assert found.bic() == pytest.approx(-reference["mclust_G2"]["bic"], abs=0.5)
    sizes = sorted(found.membership.sum(axis=0).round())
    assert sizes == [1, 18]


def test_a_variable_that_goes_with_the_profiles_is_found():
    profiles = dynamics.latent_profiles(two_kinds(4))
    rng = np.random.default_rng(5)
    related = np.repeat([0.0, 1.5], [30, 20]) + rng.standard_normal(50)
    related[3] = np.nan
    found = dynamics.contrast_profiles(profiles, related)
    assert found.p < 0.01
    assert found.dyads == 49
    assert found.means[1] - found.means[0] == pytest.approx(1.5, abs=0.8)


def test_an_unrelated_variable_is_rarely_found():
    profiles = dynamics.latent_profiles(two_kinds(6))
    rng = np.random.default_rng(7)
    p = [dynamics.contrast_profiles(profiles, rng.standard_normal(50), 199, k).p for k in range(40)]
    assert np.mean(np.array(p) <= 0.05) <= 0.15


def test_questions_that_have_no_answer_are_refused():
    with pytest.raises(ValueError, match="shape"):
        dynamics.latent_profiles(np.zeros(30))
    with pytest.raises(SignalError, match="too few"):
        dynamics.latent_profiles(np.random.default_rng(0).standard_normal((8, 2)))
    with pytest.raises(SignalError, match="same for all"):
        dynamics.latent_profiles(np.ones((30, 2)))
    with pytest.raises(SignalError, match="no value"):
        dynamics.latent_profiles(np.full((30, 2), np.nan))
    profiles = dynamics.latent_profiles(two_kinds(1))
    with pytest.raises(ValueError, match="one value a dyad"):
        dynamics.contrast_profiles(profiles, np.zeros(3))
    with pytest.raises(SignalError, match="varies"):
        dynamics.contrast_profiles(profiles, np.zeros(50))
