import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dyadkit.errors import SignalError
from dyadkit.synchrony.chance.extreme import (
    JOINT,
    LagWindows,
    chance_above,
    combined,
    excess,
    tail_p,
)
from dyadkit.synchrony.chance.statistic import ShiftCurves


def curves(rng, members=3, n=900):
    values = rng.standard_normal((members, n))
    even = np.full(members, 1.0 / members)
    return ShiftCurves(values, values / np.sqrt(n), np.ones(n, dtype=bool), even)


def slow_heights(values, reach):
    """The obvious twin: look at every lag window in turn."""
    n = values.shape[-1]
    around = np.arange(-reach, reach + 1)
    return np.stack(
        [np.abs(values[:, (shift + around) % n]).max(axis=1) for shift in range(n)], axis=1
    )


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), reach=st.integers(1, 30))
def test_windowed_maxima_equal_the_slow_twin(seed, reach):
    values = np.random.default_rng(seed).standard_normal((2, 211))
    np.testing.assert_array_equal(
        LagWindows(reach, 60).heights(values), slow_heights(values, reach)
    )


def test_excess_without_loan_equals_the_slow_twin():
    found, reach, min_shift = curves(np.random.default_rng(1)), 10, 100
    heights = slow_heights(found.values, reach)
    shifts = np.arange(min_shift, 900 - min_shift + 1)
    counted = np.concatenate([heights[:, shifts], np.repeat(heights[:, :1], 21, axis=1)], axis=1)
    mean, sd = counted.mean(axis=1, keepdims=True), counted.std(axis=1, keepdims=True)
    fast = excess(found, LagWindows(reach, min_shift))
    np.testing.assert_allclose(fast.members, ((heights[:, :1] - mean) / sd)[:, 0])
    likelihoods = np.exp((heights[:, shifts] - mean) / sd)
    np.testing.assert_allclose(fast.null, np.log(likelihoods.mean(axis=0)))


def test_small_p_of_pure_noise_come_as_often_as_they_should():
    rng = np.random.default_rng(2)
    p = [tail_p(excess(curves(rng), LagWindows(10, 100), rng)) for _ in range(400)]
    assert 0.02 < np.mean(np.array(p) <= 0.05) < 0.085
    assert 0.14 < np.mean(np.array(p) <= 0.2) < 0.26


def test_one_member_alone_is_its_own_excess():
    alone = np.random.default_rng(5).standard_normal((1, 50))
    np.testing.assert_allclose(combined(alone, np.ones(1)), alone[0])


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_members_together_lie_between_their_weighted_mean_and_their_largest(seed):
    rng = np.random.default_rng(seed)
    members, weights = 10 * rng.standard_normal((4, 30)), rng.dirichlet(np.ones(4))
    found = combined(members, weights)
    assert np.all(found <= members.max(axis=0) + 1e-9)
    assert np.all(found >= weights @ members - 1e-9)


def test_the_extreme_value_law_goes_on_without_a_step_and_never_promises_certainty():
    deviations = np.linspace(-3.0, 60.0, 4000)
    p = np.array([chance_above(x) for x in deviations])
    assert np.all(np.diff(p) <= 0.0)
    assert np.all(p > 0.0)
    assert p[deviations > 0].max() < 0.5
    below, above = (chance_above(JOINT + step) for step in (-1e-9, 1e-9))
    assert above == pytest.approx(below, rel=1e-6)


def test_unusable_shifts_are_left_out():
    found = curves(np.random.default_rng(3))
    found.values[:, 400:500] = 1e9
    usable = np.ones(900, dtype=bool)
    usable[400:500] = False
    fast = excess(
        ShiftCurves(found.values, found.strengths, usable, found.weights), LagWindows(10, 100)
    )
    assert np.abs(fast.null).max() < 1e3


def test_a_session_too_short_for_its_lag_is_refused():
    with pytest.raises(SignalError, match="too little was recorded"):
        excess(curves(np.random.default_rng(4)), LagWindows(100, 300))
