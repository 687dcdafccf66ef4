"""Dynamic time warping against another tool, a slow twin, and the rules of a path."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dyadkit.errors import SignalError
from dyadkit.synchrony.misalignment import Shifts
from dyadkit.synchrony.warping import Warping, distance
from fakes.oracles import figures, pair


def test_distance_and_path_agree_with_dtaidistance():
    expected = figures("dtw")["result"]
    found = distance(*pair("in4"))
    assert found.distance == pytest.approx(expected["dtaidistance_euclid_full"], abs=1e-8)
    assert len(found.path) == expected["path_len"]
    assert found.path[:20].tolist() == expected["path_first20"]
    assert found.mean_lag_s == pytest.approx(expected["path_mean_lag_j_minus_i"])


def test_banded_distance_agrees_with_dtaidistance():
    expected = figures("dtw")["result"]["dtaidistance_window10"]
    assert distance(*pair("in4"), band=10).distance == pytest.approx(expected, abs=1e-8)


def slow_twin(a, b, band):
    samples = len(a)
    costs = np.full((samples + 1, samples + 1), np.inf)
    costs[0, 0] = 0.0
    for i in range(samples):
        for j in range(samples):
            if abs(i - j) < band:
                cheapest = min(costs[i, j], costs[i, j + 1], costs[i + 1, j])
                costs[i + 1, j + 1] = (a[i] - b[j]) ** 2 + cheapest
    return np.sqrt(costs[-1, -1])


@given(samples=st.integers(10, 40), band=st.integers(1, 45), seed=st.integers(0, 10_000))
@settings(max_examples=40, deadline=None)
def test_agrees_with_a_slow_twin_and_walks_a_path_that_costs_as_much(samples, band, seed):
    a, b = np.random.default_rng(seed).standard_normal((2, samples))
    found = distance(a, b, band)
    steps = np.diff(found.path, axis=0)
    cost = np.sum((a[found.path[:, 0]] - b[found.path[:, 1]]) ** 2)
    assert found.distance == pytest.approx(slow_twin(a, b, band))
    assert np.sqrt(cost) == pytest.approx(found.distance)
    assert found.path[0].tolist() == [0, 0]
    assert found.path[-1].tolist() == [samples - 1, samples - 1]
    assert steps.min() >= 0
    assert steps.max() == 1
    assert np.abs(found.path[:, 1] - found.path[:, 0]).max() < band


def test_a_band_of_one_is_the_euclidean_distance():
    a, b = np.random.default_rng(1).standard_normal((2, 50))
    assert distance(a, b, 1).distance == pytest.approx(np.linalg.norm(a - b))


def test_mean_lag_is_positive_when_b_is_later():
    path = np.cumsum(np.random.default_rng(2).standard_normal(420))
    found = distance(path[10:410], path[:400], band=30, rate_hz=4.0)
    assert found.mean_lag_s == pytest.approx(2.5, abs=0.3)
    assert distance(path[:400], path[10:410], 30, 4.0).mean_lag_s == -found.mean_lag_s


def test_followers_come_closer_than_chance_and_strangers_do_not():
    random = np.random.default_rng(3)
    walk = np.convolve(random.standard_normal(500), np.ones(10), "valid")
    a, follower, stranger = walk[5:305], walk[:300], random.permutation(walk[:300])
    assert distance(a, follower, 20, 1.0, Shifts(99)).p <= 0.05
    assert distance(a, stranger, 20, 1.0, Shifts(99)).p > 0.05
    assert np.isnan(distance(a, follower, 20).p)


def test_results_travel_through_json():
    found = distance(*np.random.default_rng(4).standard_normal((2, 30)), band=5)
    assert Warping.from_dict(found.to_dict()).to_dict() == found.to_dict()


GOOD = np.sin(np.arange(100.0))
GAPPY = np.where(np.arange(100) == 50, np.nan, GOOD)


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ((np.ones(100), GOOD), SignalError),
        ((np.full(100, np.nan), GOOD), SignalError),
        ((GAPPY, GOOD), SignalError),
        ((GOOD[:5], GOOD[:5]), SignalError),
        ((GOOD[:60], GOOD[:60], 5, 1.0, Shifts()), SignalError),
        ((GOOD[:-1], GOOD), ValueError),
        ((GOOD, GOOD, 0), ValueError),
        ((GOOD, GOOD, 5, 0.0), ValueError),
    ],
)
def test_nonsense_is_refused_with_a_sentence(arguments, error):
    with pytest.raises(error, match=r"\w+ \w+ \w+"):
        distance(*arguments)
