"""What two coupled oscillators say about two people, on dyads whose equations are known."""

import numpy as np
import pytest

from dyadkit.errors import SignalError
from dyadkit.synchrony import dynamics
from dyadkit.synchrony.dynamics import FitOutcome, Phase, Regime
from dyadkit.synchrony.dynamics.oscillator import likelihood
from fakes.oscillator_dyads import (
    A_DRIVES_B,
    B_CALMS_A,
    OPPOSED,
    PERIOD_S,
    UNCOUPLED,
    WINDING_UP,
    simulate,
    true_variance_ratio,
)


def fit(seed, equations, **how):
    pair = simulate(seed, equations, **how)
    return dynamics.fit_oscillator(pair[:, 0], pair[:, 1], 1.0)


@pytest.fixture(scope="module")
def winding_up():
    return [fit(seed, WINDING_UP) for seed in range(12)]


def test_parameters_are_recovered_without_bias(winding_up):
    for name, truth in WINDING_UP.items():
        median = np.median([getattr(each, name) for each in winding_up], axis=0)
        assert median == pytest.approx(np.array(truth), rel=0.3), name


def test_intervals_cover_the_truth(winding_up):
    covered = [
        low <= true <= high
        for name, truth in WINDING_UP.items()
        for each in winding_up
        for (low, high), true in zip(getattr(each, name + "_interval"), truth, strict=True)
    ]
    assert 0.88 <= np.mean(covered) <= 0.99


def test_variance_ratio_tells_amplifying_from_calming(winding_up):
    ratios = np.median([each.variance_ratio for each in winding_up], axis=0)
    np.testing.assert_allclose(ratios, true_variance_ratio(WINDING_UP), rtol=0.3)
    calmed = [fit(seed, B_CALMS_A, seconds=1200) for seed in range(5)]
    of_a, of_b = np.median([each.variance_ratio for each in calmed], axis=0)
    assert of_a < 0.8 < 1.3 < of_b


def test_regime_is_codysregulation_when_both_wind_each_other_up(winding_up):
    assert sum(each.regime is Regime.CODYSREGULATION for each in winding_up) >= 11
    assert str(winding_up[0].regime) == "codysregulation"


def test_regime_is_coregulation_when_a_well_damped_partner_calms():
    regimes = [fit(seed, B_CALMS_A, seconds=2400).regime for seed in range(4)]
    assert regimes.count(Regime.COREGULATION) >= 3


def test_direction_is_from_a_to_b_when_only_a_drives():
    found = [fit(seed, A_DRIVES_B) for seed in range(8)]
    assert all(each.p_a_to_b <= 0.05 for each in found)
    assert sum(each.p_b_to_a > 0.05 for each in found) >= 7
    assert sum(each.regime is Regime.ONE_WAY for each in found) >= 5


def test_swapping_the_two_people_swaps_everything():
    pair = simulate(3, A_DRIVES_B)
    ab = dynamics.fit_oscillator(pair[:, 0], pair[:, 1], 1.0)
    ba = dynamics.fit_oscillator(pair[:, 1], pair[:, 0], 1.0)
    assert ab.p_a_to_b == pytest.approx(ba.p_b_to_a, abs=1e-3)
    assert ab.damping == pytest.approx(ba.damping[::-1], rel=1e-2)
    assert ab.growth == pytest.approx(ba.growth, rel=1e-2)


def test_opposed_coupling_is_anti_phase():
    found = [fit(seed, OPPOSED) for seed in range(6)]
    assert all(each.phase is Phase.ANTI_PHASE for each in found)
    assert all(min(np.sign(each.coupling)) < 0 for each in found)


def test_independent_oscillators_are_rarely_called_coupled():
    found = [fit(seed, UNCOUPLED) for seed in range(30)]
    assert sum(each.p_coupled <= 0.05 for each in found) <= 5
    assert not any(each.regime is Regime.CODYSREGULATION for each in found)
    assert sum(each.regime is Regime.UNCOUPLED for each in found) >= 12


def test_each_person_keeps_an_own_period():
    slow_and_fast = {
        "stiffness": (-((2 * np.pi / 25) ** 2), -((2 * np.pi / 16) ** 2)),
        "damping": (-0.08, -0.08),
    }
    of_a, of_b = fit(5, slow_and_fast).period_s
    assert of_a == pytest.approx(25, rel=0.15)
    assert of_b == pytest.approx(16, rel=0.15)


def test_units_of_a_person_do_not_matter():
    pair = simulate(2, WINDING_UP)
    one = dynamics.fit_oscillator(pair[:, 0], pair[:, 1], 1.0)
    other = dynamics.fit_oscillator(1000 * pair[:, 0] + 50, pair[:, 1], 1.0)
    assert other.coupling[0] == pytest.approx(1000 * one.coupling[0], rel=1e-3)
    assert other.damping == pytest.approx(one.damping, rel=1e-3)
    assert other.p_coupled == pytest.approx(one.p_coupled, abs=1e-6)


def test_gaps_widen_intervals_and_keep_the_estimate():
    pair = simulate(7, WINDING_UP)
    whole = dynamics.fit_oscillator(pair[:, 0], pair[:, 1], 1.0)
    holes = np.random.default_rng(8).random(pair.shape) < 0.2
    pair[holes] = np.nan
    pair[300:330] = np.nan
    gappy = dynamics.fit_oscillator(pair[:, 0], pair[:, 1], 1.0)
    assert gappy.coverage == pytest.approx(0.76, abs=0.03)
    for (low, high), value in zip(gappy.coupling_interval, whole.coupling, strict=True):
        assert low <= value <= high
    assert np.ptp(gappy.damping_interval[0]) > np.ptp(whole.damping_interval[0])


def test_sampling_faster_changes_little():
    pair = simulate(9, WINDING_UP, noise=0.0)
    fast = np.stack([np.interp(np.arange(2400) / 4, np.arange(600), x) for x in pair.T])
    fast += (
        0.1 * fast.std(axis=1, keepdims=True) * np.random.default_rng(1).standard_normal(fast.shape)
    )
    slow = dynamics.fit_oscillator(fast[0, ::4], fast[1, ::4], 1.0)
    found = dynamics.fit_oscillator(fast[0], fast[1], 4.0)
    assert found.rate_hz == 1.0
    assert found.period_s == pytest.approx(slow.period_s, rel=0.1)


@pytest.mark.parametrize("coefficient", [0.7, 0.95])
def test_series_that_do_not_oscillate_get_no_parameters(coefficient):
    rng = np.random.default_rng(11)
    pair = np.zeros((600, 2))
    for k in range(1, 600):
        pair[k] = coefficient * pair[k - 1] + rng.standard_normal(2)
    found = dynamics.fit_oscillator(pair[:, 0], pair[:, 1], 1.0)
    assert found.outcome in (FitOutcome.OVERDAMPED, FitOutcome.NOT_CONVERGED, FitOutcome.AT_BOUNDS)
    assert np.isnan([*found.damping, *found.coupling, *found.variance_ratio, found.growth]).all()
    assert found.regime is Regime.UNDECIDED
    assert found.modes == ()
    assert found.note


def test_without_a_summit_of_the_likelihood_there_are_no_tests_either():
    rough = np.round(np.random.default_rng(0).standard_normal((2, 600)))
    found = dynamics.fit_oscillator(rough[0], rough[1] > 1.5, 1.0)
    assert found.outcome is FitOutcome.NOT_CONVERGED
    assert np.isnan([found.p_coupled, found.p_a_to_b, found.p_b_to_a, *found.stiffness]).all()
    assert found.regime is Regime.UNDECIDED


def test_white_noise_gets_no_parameters():
    pair = np.random.default_rng(12).standard_normal((600, 2))
    found = dynamics.fit_oscillator(pair[:, 0], pair[:, 1], 1.0)
    assert found.regime is not Regime.COREGULATION
    assert found.regime is not Regime.CODYSREGULATION
    assert not found.p_coupled <= 0.01


def test_a_model_that_leaves_structure_behind_is_undecided():
    pair = simulate(1, WINDING_UP, noise=0.0)
    pair += 2.0 * pair.std(axis=0) * np.sin(2 * np.pi * np.arange(600) / 5)[:, None]
    found = dynamics.fit_oscillator(pair[:, 0], pair[:, 1], 1.0)
    assert found.regime is Regime.UNDECIDED
    assert found.note


def test_growth_of_a_stable_pair_is_negative_and_inside_its_interval(winding_up):
    for each in winding_up:
        assert each.growth_interval[0] <= each.growth <= each.growth_interval[1]
    assert np.median([each.growth for each in winding_up]) < 0


def test_slowest_mode_of_a_pulled_pair_is_in_phase_and_even(winding_up):
    mode = winding_up[0].modes[0]
    assert mode.period_s == pytest.approx(PERIOD_S, rel=0.5)
    assert 0.3 < mode.balance < 3


def test_belief_adds_up_to_one(winding_up):
    belief = winding_up[0].belief
    total = belief.coregulation + belief.codysregulation + belief.one_way + belief.uncoupled
    assert total == pytest.approx(1.0)
    assert winding_up[0].regime_probability == belief.highest()


def test_same_series_give_the_same_numbers(winding_up):
    assert fit(0, WINDING_UP).to_dict() == winding_up[0].to_dict()


def test_result_survives_the_way_to_json_and_back(winding_up):
    plain = winding_up[0].to_dict()
    assert dynamics.OscillatorFit.from_dict(plain).to_dict() == plain


def test_a_fit_takes_few_scoring_steps(monkeypatch):
    scored = []

    def watched(series, point, free):
        scored.append(int(free.sum()))
        return slope(series, point, free)

    slope = likelihood._slope
    monkeypatch.setattr(likelihood, "_slope", watched)
    fit(1, WINDING_UP)
    assert 3 <= len(scored) <= 40, "several models, and a handful of steps for each"


@pytest.mark.parametrize(
    ("a", "b", "rate_hz", "error"),
    [
        (np.arange(600.0), np.arange(500.0), 1.0, ValueError),
        (np.zeros((600, 2)), np.zeros((600, 2)), 1.0, ValueError),
        (np.arange(600.0), np.arange(600.0), 0.0, ValueError),
        (np.sin(np.arange(600.0)), np.ones(600), 1.0, SignalError),
        (np.sin(np.arange(600.0)), np.full(600, np.nan), 1.0, SignalError),
        (np.sin(np.arange(40.0)), np.cos(np.arange(40.0)), 1.0, SignalError),
        (np.sin(np.arange(600.0)), np.sin(np.arange(600.0)), 1.0, SignalError),
        (np.sin(np.arange(600.0)), np.where(np.arange(600) < 400, np.nan, 1.5), 1.0, SignalError),
    ],
)
def test_bad_input_is_refused_with_a_reason(a, b, rate_hz, error):
    with pytest.raises(error, match=r"\w+ \w+"):
        dynamics.fit_oscillator(a, b, rate_hz)


def test_course_shows_when_the_regime_changes():
    calm, wild = simulate(1, UNCOUPLED, seconds=900), simulate(2, WINDING_UP, seconds=900)
    pair = np.concatenate([calm / calm.std(axis=0), wild / wild.std(axis=0)])
    course = dynamics.follow_oscillator(pair[:, 0], pair[:, 1], 1.0, window_s=600, step_s=300)
    assert len(course.times_s) == 5
    assert course.regimes[-1] is Regime.CODYSREGULATION
    assert course.regimes[0] is not Regime.CODYSREGULATION
    assert course.p_coupled[-1] < 1e-6


def test_course_leaves_windows_without_data_empty():
    pair = simulate(3, WINDING_UP, seconds=900)
    pair[:300] = np.nan
    course = dynamics.follow_oscillator(pair[:, 0], pair[:, 1], 1.0, window_s=300, step_s=300)
    assert np.isnan(course.growth[0])
    assert course.regimes[0] is Regime.UNDECIDED
    assert course.notes[0]
    with pytest.raises(SignalError, match="less than one window"):
        dynamics.follow_oscillator(pair[:100, 0], pair[:100, 1], 1.0)
    with pytest.raises(ValueError, match="positive"):
        dynamics.follow_oscillator(pair[:, 0], pair[:, 1], 1.0, window_s=0)


@pytest.mark.parametrize(("step_s", "covered"), [(60.0, 1.0), (300.0, 1.0), (480.0, 0.625)])
def test_a_course_says_which_share_of_its_time_lies_in_a_window(step_s, covered):
    times_s = 150.0 + step_s * np.arange(5)
    nothing = np.full(5, np.nan)
    found = dynamics.DynamicsCourse(
        times_s, 300.0, (), nothing, nothing, nothing, nothing, nothing, nothing, ()
    )
    assert found.covered == pytest.approx(covered)
