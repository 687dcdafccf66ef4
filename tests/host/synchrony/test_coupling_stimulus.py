import numpy as np
import pytest

from dyadkit.errors import SignalError
from dyadkit.synchrony.coupling import couple, remove_stimulus
from fakes.synchrony_pairs import RATE_HZ, autoregressive, coupled


def under_one_stimulus(rng, n=2400):
    stimulus = autoregressive(rng, n, 0.9)
    shape = np.exp(-np.arange(40) / 10.0) - np.exp(-np.arange(40) / 3.0)
    response = np.convolve(stimulus, shape)[:n]
    people = [response / response.std() + autoregressive(rng, n) / 3.0 for _ in range(2)]
    return stimulus, people


def test_a_shared_stimulus_looks_like_coupling_until_it_is_removed():
    p_before, p_after = [], []
    for seed in range(20):
        stimulus, people = under_one_stimulus(np.random.default_rng(seed))
        p_before.append(couple(*people, RATE_HZ).p)
        cleaned = [remove_stimulus(person, stimulus, RATE_HZ) for person in people]
        p_after.append(couple(*cleaned, RATE_HZ).p)
    assert np.mean(np.array(p_before) < 0.05) > 0.9
    assert np.mean(np.array(p_after) < 0.05) <= 0.2


def test_removing_an_unrelated_stimulus_keeps_the_coupling():
    rng = np.random.default_rng(1)
    a, b = coupled(rng, 0.4)
    stimulus = autoregressive(rng)
    found = couple(*(remove_stimulus(x, stimulus, RATE_HZ) for x in (a, b)), RATE_HZ)
    assert found.p < 0.001
    assert found.lag_s == pytest.approx(1.5, abs=0.25)


def test_gaps_stay_gaps():
    stimulus, (person, _) = under_one_stimulus(np.random.default_rng(2))
    person[500:620] = np.nan
    cleaned = remove_stimulus(person, stimulus, RATE_HZ)
    np.testing.assert_array_equal(np.isnan(cleaned), np.isnan(person))
    assert np.nanstd(cleaned) < 0.85 * np.nanstd(person)


def test_bad_stimuli_are_refused_with_a_sentence():
    person = autoregressive(np.random.default_rng(3))
    with pytest.raises(ValueError, match="10 samples"):
        remove_stimulus(person, np.ones(10), RATE_HZ, span_s=1.0)
    with pytest.raises(ValueError, match="without gaps"):
        remove_stimulus(person, np.full(2400, np.nan), RATE_HZ)
    with pytest.raises(SignalError, match="record longer"):
        remove_stimulus(person, person, RATE_HZ, span_s=300.0)
