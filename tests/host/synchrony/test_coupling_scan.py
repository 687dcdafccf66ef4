import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import ndimage, signal, stats

from dyadkit.dyad.traces import Mark
from dyadkit.synchrony.chance.autoregression import burg, expected
from dyadkit.synchrony.coupling import BandScan, Leader, WindowMean, couple, couple_with
from dyadkit.synchrony.coupling.scan import circular_products, normal_scores
from dyadkit.synchrony.coupling.whitening import detrended, whitened
from fakes.synchrony_pairs import RATE_HZ, autoregressive, coupled

SEEDS = st.integers(0, 2**32 - 1)
quick = settings(max_examples=12, deadline=None)


def gappy(series, rng, share):
    return np.where(rng.random(len(series)) < share, np.nan, series)


@quick
@given(seed=SEEDS, share=st.sampled_from([0.0, 0.2]))
def test_exchanging_the_people_reverses_the_lag_and_keeps_p(seed, share):
    rng = np.random.default_rng(seed)
    a, b = (gappy(x, rng, share) for x in coupled(rng, 0.4, n=1200))
    forth, back = couple(a, b, RATE_HZ), couple(b, a, RATE_HZ)
    assert back.p == pytest.approx(forth.p, rel=1e-6)
    assert back.lag_s == pytest.approx(-forth.lag_s, abs=1e-9)
    assert back.strength == pytest.approx(forth.strength, abs=1e-9)


@quick
@given(seed=SEEDS, scale=st.floats(1e-3, 1e3), offset=st.floats(-50, 50))
def test_unit_and_level_of_a_person_do_not_matter(seed, scale, offset):
    a, b = coupled(np.random.default_rng(seed), 0.3, n=1200)
    one, other = couple(a, b, RATE_HZ), couple(scale * a + offset, b, RATE_HZ)
    assert other.p == pytest.approx(one.p, rel=1e-3)
    assert other.lag_s == pytest.approx(one.lag_s, abs=1e-3)


@quick
@given(seed=SEEDS, late=st.integers(-8, 8))
def test_delaying_b_adds_to_the_lag(seed, late):
    source, own = (autoregressive(np.random.default_rng([seed, k]), 1220) for k in (0, 1))
    b = 0.7 * source + 0.7 * own
    found = couple(source[10:1210], b[10 - late : 1210 - late], RATE_HZ)
    assert found.lag_s == pytest.approx(late / RATE_HZ, abs=0.1)


def test_products_at_every_shift_equal_the_slow_twin():
    a, b = np.random.default_rng(1).standard_normal((2, 101))
    slow = [np.sum(a * np.roll(b, -shift)) for shift in range(101)]
    np.testing.assert_allclose(circular_products(a, b), slow, atol=1e-10)


def test_band_scan_with_gaps_equals_the_slow_twin():
    rng = np.random.default_rng(2)
    a, b = (gappy(x, rng, 0.3) for x in coupled(rng, 0.3, n=400))
    scan = BandScan()
    of_a, of_b = scan.prepared(a, RATE_HZ), scan.prepared(b, RATE_HZ)
    fast = scan.curves(of_a, of_b)
    for shift in (0, 3, 117, 399):
        x, y = of_a.values[2], np.roll(of_b.values[2], -shift)
        both = of_a.present[0] & np.roll(of_b.present[0], -shift)
        assert fast.strengths[2, shift] == pytest.approx(np.sum(x[both] * y[both]) / both.sum())


def test_window_mean_equals_the_slow_twin():
    rng = np.random.default_rng(3)
    a, b = (gappy(x, rng, 0.1) for x in coupled(rng, 0.3, n=500))
    statistic = WindowMean()
    fast = statistic.curves(statistic.prepared(a, RATE_HZ), statistic.prepared(b, RATE_HZ))
    for shift in (0, 5, 200, 499):
        moved = np.roll(b, -shift)
        z = []
        for start in range(0, 500 - 120 + 1, 60):
            x, y = a[start : start + 120], moved[start : start + 120]
            known = np.isfinite(x) & np.isfinite(y)
            z.append(np.arctanh(np.corrcoef(x[known], y[known])[0, 1]))
        assert fast.values[0, shift] == pytest.approx(np.mean(z))


def test_normal_scores_equal_the_quantiles_of_ranks():
    rng = np.random.default_rng(4)
    series = rng.exponential(size=50)
    present = rng.random(50) < 0.8
    truth = stats.norm.ppf((stats.rankdata(series[present]) - 0.5) / present.sum())
    scores = normal_scores(series[None, :], present[None, :])[0]
    np.testing.assert_allclose(scores[present], truth / np.sqrt(np.mean(truth**2)))
    assert np.all(scores[~present] == 0.0)


@quick
@given(seed=SEEDS, share=st.floats(0.05, 0.6))
def test_filled_gaps_are_the_conditional_mean_of_a_dense_model(seed, share):
    rng = np.random.default_rng(seed)
    series, missing = rng.standard_normal(60), rng.random(60) < share
    coefficients = np.array([1.0, -0.9, 0.3])
    errors = np.array([np.convolve(row, coefficients) for row in np.eye(60)]).T
    known = np.where(missing, 0.0, series)
    weight = np.linalg.lstsq(errors[:, missing], -errors @ known, rcond=None)[0]
    found = expected(series, missing, coefficients)
    np.testing.assert_allclose(found[missing], weight, atol=1e-8)
    np.testing.assert_array_equal(found[~missing], series[~missing])


def test_burg_finds_the_autoregression_that_made_a_series():
    series = autoregressive(np.random.default_rng(5), 20_000, 0.95)
    found = burg(np.stack([series, np.random.default_rng(6).standard_normal(20_000)]))
    np.testing.assert_allclose(found[0, :3], [1.0, -0.95, 0.0], atol=0.02)
    np.testing.assert_allclose(found[1, 1:], 0.0, atol=0.03)


def test_whitening_flattens_the_spectrum_and_moves_nothing():
    series = autoregressive(np.random.default_rng(7), 4000, 0.95)
    flat = whitened(series, RATE_HZ, (np.inf,))[0]
    assert abs(np.corrcoef(flat[1:], flat[:-1])[0, 1]) < 0.05
    impulse = np.zeros(4000)
    impulse[2000] = 50.0
    moved = whitened(series + impulse, RATE_HZ, (np.inf,))[0]
    assert np.argmax(np.abs(moved - flat)) == 2000


def test_a_slow_trend_of_both_is_no_coupling():
    p = []
    for seed in range(30):
        rng = np.random.default_rng(seed)
        slow = 1.5 * np.sin(2 * np.pi * (np.arange(2400) / 2400 + rng.random()))
        own = [autoregressive(rng) for _ in "ab"]
        p.append(couple(*(slow + x / x.std() for x in own), RATE_HZ).p)
    assert np.mean(np.array(p) <= 0.05) <= 0.14


def test_detrending_leaves_missing_samples_missing():
    series = autoregressive(np.random.default_rng(8), 800)
    series[100:200] = np.nan
    np.testing.assert_array_equal(np.isnan(detrended(series, RATE_HZ)), np.isnan(series))


@pytest.mark.parametrize("rate_hz", [1.0, 2.0, 4.0])
@pytest.mark.parametrize("share", [0.0, 0.2])
def test_lag_and_leader_hold_at_other_rates_and_with_gaps(rate_hz, share):
    rng = np.random.default_rng(9)
    every = round(RATE_HZ / rate_hz)
    a, b = (x.reshape(-1, every).mean(axis=1) for x in coupled(rng, 0.6, lag_s=3.0))
    found = couple(gappy(a, rng, share), gappy(b, rng, share), rate_hz)
    assert found.p < 0.01
    assert found.lag_s == pytest.approx(3.0, abs=0.4)
    assert found.leader.value == "a"


@pytest.mark.parametrize("lag_s", [1.5, -2.25, 3.7])
def test_lags_between_the_samples_of_a_slow_recording_are_found(lag_s):
    every = round(RATE_HZ)
    a, b = (
        x.reshape(-1, every).mean(axis=1) for x in coupled(np.random.default_rng(12), 0.7, lag_s)
    )
    found = couple(a, b, 1.0)
    assert found.p < 0.01
    assert found.lag_s == pytest.approx(round(lag_s * RATE_HZ) / RATE_HZ, abs=0.3)
    assert found.max_lag_s == 5.0


def test_a_finer_grid_keeps_the_samples_it_had():
    rng = np.random.default_rng(13)
    scan, series = BandScan(), gappy(autoregressive(rng, 300), rng, 0.1)
    fine = scan.prepared(series, 1.0)
    shown = np.isfinite(series)
    shown[:2] = shown[-2:] = False  # two seconds at each end do not count
    plain = normal_scores(whitened(series, 1.0, (0.15, 0.3, np.inf)), shown[None, :])
    np.testing.assert_allclose(fine.values[:, ::4], plain, atol=1e-9)
    assert scan.grid_hz(1.0) == scan.grid_hz(4.0) == 4.0
    assert scan.grid_hz(64.0) == 64.0


@pytest.mark.parametrize("statistic", [BandScan(), WindowMean()], ids=lambda s: s.name)
def test_a_fifth_of_missing_samples_hardly_changes_the_strength(statistic):
    changes = []
    for seed in range(12):
        rng = np.random.default_rng([14, seed])
        a, b = coupled(rng, 0.4)
        whole = couple_with(statistic, a, b, RATE_HZ)
        holed = couple_with(statistic, *(gappy(x, rng, 0.2) for x in (a, b)), RATE_HZ)
        changes.append(abs(holed.strength - whole.strength))
    assert np.median(changes) <= 0.05


def test_false_positives_of_the_default_test_are_near_five_percent():
    p = [couple(*coupled(np.random.default_rng(k)), RATE_HZ).p for k in range(300)]
    assert 0.02 <= np.mean(np.array(p) <= 0.05) <= 0.085


def test_statistic_c_is_a_statistic_by_name():
    found = couple_with(WindowMean(), *coupled(np.random.default_rng(10), 0.5), RATE_HZ)
    assert found.statistic == "window mean"
    assert found.strength == pytest.approx(0.5, abs=0.2)


def smooth(series, edge_hz):
    """Filtered as published series are: nothing is left above the edge."""
    return signal.sosfiltfilt(signal.butter(4, edge_hz, fs=RATE_HZ, output="sos"), series)


@pytest.mark.parametrize("edge_hz", [0.5, 0.1, 0.05])
def test_smooth_independent_series_do_not_look_coupled(edge_hz):
    rng = np.random.default_rng(21)
    found = [
        couple(*(smooth(autoregressive(rng, 2400), edge_hz) for _ in range(2)), RATE_HZ).p
        for _ in range(60)
    ]
    assert np.mean(np.array(found) <= 0.05) <= 0.15  # without the floor 0.3 to 0.75


def test_a_smoothed_series_says_how_fast_it_still_is():
    a, b = coupled(np.random.default_rng(3), 0.4)
    slow = ndimage.gaussian_filter1d(b, 4.0)
    raw, smoothed = couple(a, slow, RATE_HZ).informative_hz
    assert raw == RATE_HZ / 2
    assert smoothed < 1.0


def test_no_one_leads_at_the_last_lag_that_was_tried():
    source, own = (autoregressive(np.random.default_rng([5, k]), 2460) for k in (0, 1))
    b = 0.6 * source + 0.5 * own
    found = couple(source[28:2428], b[:2400], RATE_HZ, max_lag_s=5.0)  # the true lag is 7 s
    beyond = couple(source[28:2428], b[:2400], RATE_HZ, max_lag_s=10.0)
    assert found.leader is not Leader.A or not found.at_edge
    assert beyond.leader is Leader.A
    assert beyond.lag_s == pytest.approx(7.0, abs=0.3)


def test_scores_are_as_large_in_every_marked_condition():
    marks = tuple(
        Mark(60.0 * k, 60.0 * (k + 1), "busy" if k % 2 else "calm", "condition") for k in range(10)
    )
    busy = np.repeat(np.arange(10) % 2, 240)
    series = autoregressive(np.random.default_rng(8), 2400) * (1 + 3 * busy)
    blind, knowing = (
        BandScan(marks=given).prepared(series, RATE_HZ).values for given in ((), marks)
    )
    assert blind[-1, busy == 1].std() > 1.5 * blind[-1, busy == 0].std()
    spreads = [knowing[:, busy == k].std(axis=-1) for k in (0, 1)]
    np.testing.assert_allclose(spreads[0], spreads[1], rtol=0.02)
