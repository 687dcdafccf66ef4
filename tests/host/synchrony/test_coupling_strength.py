"""Strength of coupling: the same number for the same truth, and an interval that holds it."""

import numpy as np
import pytest

from dyadkit.errors import SignalError
from dyadkit.synchrony.coupling import strength
from dyadkit.synchrony.coupling.strength import _pairs
from fakes.synchrony_pairs import RATE_HZ, coupled


def found(coupling, samples, count, seed):
    return [
        strength(*coupled(np.random.default_rng([seed, k]), coupling, n=samples), RATE_HZ)
        for k in range(count)
    ]


def test_strangers_have_nothing_in_common_on_average():
    values = [one.value for one in found(0.0, 2400, 60, 1)]
    assert abs(np.mean(values)) < 3 * np.std(values) / np.sqrt(60)


def test_the_same_truth_gives_the_same_number_at_any_length():
    short, middle, long = (
        np.mean([one.value for one in found(0.4, samples, 40, 2)]) for samples in (1200, 2400, 7200)
    )
    assert short == pytest.approx(long, rel=0.15)
    assert middle == pytest.approx(long, rel=0.08)


def test_intervals_hold_the_truth_about_as_often_as_they_say():
    truth = np.mean([one.value for one in found(0.4, 28_800, 5, 3)])
    held = [one.interval[0] <= truth <= one.interval[1] for one in found(0.4, 2400, 60, 4)]
    assert np.mean(held) >= 0.87


def test_products_of_segments_that_overlap_do_not_count():
    rng = np.random.default_rng(5)
    x, y = rng.standard_normal((2, 6, 3)) + 1j * rng.standard_normal((2, 6, 3))
    products, powers = _pairs(x, y)
    cross = x * np.conj(y)
    slow = np.sum(cross[1] * np.conj(cross[4])).real
    assert products[1, 4] == pytest.approx(slow)
    assert products[2, 3] == powers[2, 2] == 0.0


def test_lag_and_unit_do_not_matter_and_gaps_little():
    a, b = coupled(np.random.default_rng(6), 0.6, lag_s=2.0)
    plain = strength(a, b, RATE_HZ)
    assert strength(3.0 * a + 5.0, b, RATE_HZ).value == pytest.approx(plain.value)
    assert strength(b, a, RATE_HZ).value == pytest.approx(plain.value)
    a[600:900] = np.nan
    assert strength(a, b, RATE_HZ).value == pytest.approx(plain.value, abs=0.15)


def test_what_cannot_be_told_is_said():
    a, b = np.random.default_rng(7).standard_normal((2, 600))
    with pytest.raises(SignalError, match="too few"):
        strength(a, b, RATE_HZ)
    with pytest.raises(ValueError, match="cannot hold"):
        strength(a, b, 0.3)
