"""Granger causality and transfer entropy: other tools' numbers, true directions, honest p."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import signal, special, stats

from dyadkit.errors import SignalError
from dyadkit.synchrony.directed import (
    ByBIC,
    Directed,
    Fixed,
    Gaussian,
    Neighbours,
    Shifts,
    granger,
    transfer_entropy,
)
from dyadkit.synchrony.directed.neighbours import neighbour_nats
from dyadkit.synchrony.directed.regression import Target, gain, lagged
from fakes.oracles import figures, pair

FEW = Shifts(count=39)


@pytest.mark.parametrize("name", ["in1", "in2"])
@pytest.mark.parametrize("lags", range(1, 6))
def test_granger_agrees_with_statsmodels(name, lags):
    expected = figures("granger")["result"]
    found = granger(*pair(name, every=4), 1.0, Fixed(lags, lags), FEW)
    for flow, label in ((found.a_to_b, "x_to_y"), (found.b_to_a, "y_to_x")):
        reference = expected[f"{name}_{label}"][str(lags)]
        assert flow.f == pytest.approx(reference["F"], abs=1e-6)
        assert flow.p_f == pytest.approx(reference["p"], rel=1e-6)


@pytest.mark.parametrize("name", ["in1", "in2", "in4"])
@pytest.mark.parametrize(
    ("label", "estimator", "history", "tolerance"),
    [
        ("gaussian_kH1_lH1_u1", Gaussian(), Fixed(1, 1, 1), 1e-6),
        ("gaussian_kH2_lH2_u1", Gaussian(), Fixed(2, 2, 1), 1e-6),
        ("gaussian_kH2_lH2_u2", Gaussian(), Fixed(2, 2, 2), 1e-6),
        ("kraskov_k4_kH1_lH1_u1", Neighbours(4), Fixed(1, 1, 1), 5e-3),
        ("kraskov_k4_kH2_lH1_u1", Neighbours(4), Fixed(2, 1, 1), 5e-3),
        ("kraskov_k4_kH2_lH1_u2", Neighbours(4), Fixed(2, 1, 2), 5e-3),
    ],
)
def test_transfer_entropy_agrees_with_jidt(name, label, estimator, history, tolerance):
    expected = figures("jidt_te")["result"]
    a, b = pair(name, every=1 if name == "in4" else 4)
    found = transfer_entropy(a, b, 1.0, estimator, history, FEW)
    for flow, arrow in ((found.a_to_b, "x_to_y"), (found.b_to_a, "y_to_x")):
        reference = expected[f"{name}_{label}_{arrow}"]["TE_nats"]
        assert flow.nats == pytest.approx(reference, abs=tolerance)


def autoregressive(samples, phi=0.9, seed=0):
    noise = np.random.default_rng(seed).standard_normal((2, samples + 300))
    return signal.lfilter([1.0], [1.0, -phi], noise)[:, 300:]


def test_nested_regressions_are_plain_least_squares():
    a, b = autoregressive(120)
    target, other = Target.of(b, 3, 5), lagged(a, 1, 4, 5)
    found = gain(target, other)
    for columns in range(5):
        design = np.column_stack([np.ones(115), target.past, other[:, :columns]])
        residual = b[5:] - design @ np.linalg.lstsq(design, b[5:], rcond=None)[0]
        assert found.remaining[columns] == pytest.approx(residual @ residual)


def test_lagged_columns_are_the_samples_so_far_back():
    columns = lagged(np.arange(10.0), first=2, count=3, start=5)
    assert columns[0].tolist() == [3.0, 2.0, 1.0]
    assert columns[-1].tolist() == [7.0, 6.0, 5.0]


def test_neighbour_counts_are_those_written_out():
    a, b = autoregressive(80)
    target, other = Target.of(b, 2, 2), lagged(a, 1, 1, 2)
    parts = [target.values[:, None], target.past, other]
    own, past, source = ((part - part.mean(axis=0)) / part.std(axis=0) for part in parts)

    def apart(*columns):
        points = np.hstack(columns)
        distances = np.abs(points[:, None] - points).max(axis=2)
        np.fill_diagonal(distances, np.inf)
        return distances

    radius = np.sort(apart(own, past, source), axis=1)[:, 3:4]
    digammas = [
        special.digamma((apart(*columns) < radius).sum(axis=1) + 1)
        for columns in ((own, past), (source, past), (past,))
    ]
    expected = special.digamma(4) + np.mean(digammas[2] - digammas[0] - digammas[1])
    assert neighbour_nats(target, other, 4) == pytest.approx(expected)


@given(seed=st.integers(0, 1000), lag=st.integers(1, 4))
@settings(max_examples=5, deadline=None)
def test_information_flows_from_a_when_b_follows_a(seed, lag):
    a, own = autoregressive(500, seed=seed)
    b = own.copy()
    b[lag:] += a[:-lag]
    found = granger(a, b, 1.0, null=FEW)
    mirrored = granger(b, a, 1.0, null=FEW)
    assert found.net_nats > 0.0
    assert found.a_to_b.p <= 0.05
    assert mirrored.net_nats == pytest.approx(-found.net_nats)
    assert mirrored.b_to_a.nats == found.a_to_b.nats


def test_nearest_neighbours_see_influence_without_correlation():
    a, own = autoregressive(500, 0.3)
    b = own.copy()
    b[1:] += np.square(a[:-1])
    found = transfer_entropy(a, b, 1.0, Neighbours(), null=FEW)
    assert found.a_to_b.p <= 0.05
    assert found.a_to_b.nats > 0.1
    assert found.b_to_a.nats < 0.05


@given(scale=st.floats(0.01, 1000.0), offset=st.floats(-100.0, 100.0))
@settings(max_examples=5, deadline=None)
def test_unit_and_offset_of_a_person_change_nothing(scale, offset):
    a, b = autoregressive(300)
    plain, scaled = (granger(series, b, 1.0, null=FEW) for series in (a, a * scale + offset))
    assert scaled.a_to_b.nats == pytest.approx(plain.a_to_b.nats, abs=1e-8)
    assert scaled.b_to_a.nats == pytest.approx(plain.b_to_a.nats, abs=1e-8)


def test_history_is_chosen_for_each_direction_and_never_one():
    random = np.random.default_rng(1)
    noise = random.standard_normal((2, 1200))
    fast = noise[0]
    slow = signal.lfilter([1.0], [1.0, 0.0, 0.0, -0.8], noise[1])
    found = granger(fast, slow, 1.0, null=FEW)
    assert found.b_to_a.own == 2
    assert found.a_to_b.own >= 3
    assert min(found.a_to_b.other, found.b_to_a.other) >= 2


def test_history_stays_within_its_limits():
    a, b = autoregressive(3000, 0.99)
    b[30:] += a[:-30]
    found = granger(a, b, 10.0, ByBIC(max_s=2.0), FEW)
    assert found.a_to_b.other <= 20


def test_strangers_are_called_leaders_about_as_often_as_promised():
    pairs = [autoregressive(400, 0.97, seed) for seed in range(60)]
    found = [granger(a, b, 1.0, null=Shifts(count=59)) for a, b in pairs]
    rejected = sum(flow.p <= 0.05 for one in found for flow in (one.a_to_b, one.b_to_a))
    assert rejected <= stats.binom.ppf(0.999, 120, 0.05)


def test_gaps_cost_samples_and_nothing_else():
    a, b = autoregressive(1500)
    b[2:] += 0.5 * a[:-2]
    whole = granger(a, b, 1.0, null=FEW)
    a[400:500] = np.nan
    b[np.random.default_rng(2).random(1500) < 0.05] = np.nan
    found = granger(a, b, 1.0, null=FEW)
    assert found.a_to_b.samples < 1300
    assert found.a_to_b.nats == pytest.approx(whole.a_to_b.nats, rel=0.3)
    assert found.a_to_b.p <= 0.05


def test_a_copy_carries_no_information_of_its_own():
    a, _ = autoregressive(300)
    found = granger(a, 2.0 * a + 1.0, 1.0, null=FEW)
    assert found.a_to_b.nats == pytest.approx(0.0, abs=1e-9)
    assert found.a_to_b.p > 0.05


def test_a_perfect_follower_has_a_finite_estimate():
    a, _ = autoregressive(300)
    found = granger(a, np.roll(a, 1), 1.0, null=FEW)
    assert np.isfinite(found.a_to_b.nats)
    assert found.net_nats > 1.0


def test_the_same_seed_gives_the_same_p():
    a, b = autoregressive(300)
    first, again = (granger(a, b, 1.0, null=Shifts(29, seed=5)) for _ in range(2))
    assert first.to_dict() == again.to_dict()
    assert granger(a, b, 1.0, null=Shifts(29, seed=6)).a_to_b.null_nats != first.a_to_b.null_nats


def test_results_travel_through_json():
    found = transfer_entropy(*autoregressive(200), 1.0, Neighbours(), null=FEW)
    assert Directed.from_dict(found.to_dict()).to_dict() == found.to_dict()
    assert np.isnan(Directed.from_dict(found.to_dict()).a_to_b.f)


GOOD = np.sin(np.arange(200.0)) + np.random.default_rng(3).standard_normal(200)
EVERY_OTHER = np.where(np.arange(200) % 2, GOOD, np.nan)


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ((np.ones(200), GOOD, 1.0), SignalError),
        ((np.full(200, np.nan), GOOD, 1.0), SignalError),
        ((EVERY_OTHER, GOOD, 1.0), SignalError),
        ((GOOD[:70], GOOD[:70], 1.0), SignalError),
        ((GOOD[:10], GOOD[:10], 1.0), SignalError),
        ((GOOD, GOOD, 1.0, Gaussian(), Fixed(40, 40)), SignalError),
        ((GOOD[:-1], GOOD, 1.0), ValueError),
        ((GOOD, GOOD, 0.0), ValueError),
    ],
)
def test_nonsense_is_refused_with_a_sentence(arguments, error):
    with pytest.raises(error, match=r"\w+ \w+ \w+"):
        transfer_entropy(*arguments)


def test_too_few_rows_for_neighbours_are_refused():
    with pytest.raises(SignalError, match="nearest neighbours"):
        neighbour_nats(Target.of(GOOD[:40], 2, 2), lagged(GOOD[:40], 1, 1, 2), 4)


@pytest.mark.parametrize("count", [0, 18])
def test_too_few_shifts_are_refused(count):
    with pytest.raises(ValueError, match="at least 19"):
        Shifts(count)


def test_a_history_of_nothing_is_refused():
    with pytest.raises(ValueError, match="at least 1"):
        Fixed(0, 1)
