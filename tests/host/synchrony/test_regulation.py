"""Regulation of simulated bodies: from the signals of a session to what its profile says."""

import numpy as np
import pytest

from dyadkit.dyad.traces import Mark
from dyadkit.sim.people import bodies, regimes
from dyadkit.sim.people.influence import Oscillates, Unfolds
from dyadkit.sim.people.regimes import SimulatedRegime
from dyadkit.synchrony import context, dynamics, profile
from dyadkit.synchrony.dynamics import Regime
from dyadkit.synchrony.profile import Levels, Signal
from dyadkit.synchrony.responses.settling import typical_settling_s
from dyadkit.synchrony.verdicts import Verdict

MARKS = (Mark(0.0, 0.0, "Rest", "condition"), Mark(600.0, 600.0, "play", "condition"))


def signals_of(scenario, seed, seconds=1200.0):
    """Skin conductance less its level, and slow heart rate, as the bodies have them."""
    pair = bodies.meet(scenario.encounter, seconds, seed)
    skins = [body.phasic_usiemens.reshape(-1, 4).mean(axis=1) for body in (pair.a, pair.b)]
    rates = [
        dynamics.without_breathing(body.heart_rate_bpm.reshape(-1, 4).mean(axis=1), 4.0)
        for body in (pair.a, pair.b)
    ]
    return Signal(*skins, 4.0), Signal(rates[0][0], rates[1][0], rates[0][1])


@pytest.fixture(scope="module")
def calming():
    scenario = regimes.scenario(SimulatedRegime.CALMING, 1)
    return scenario, signals_of(scenario, 1)


def test_breathing_goes_and_slow_arousal_stays():
    times_s = np.arange(2400) / 4
    slow, breath = np.sin(2 * np.pi * times_s / 25), np.sin(2 * np.pi * times_s / 4)
    found, rate_hz = dynamics.without_breathing(60 + slow + breath, 4.0)
    expected = 60 + np.sin(2 * np.pi * (2 + np.arange(len(found)) / rate_hz) / 25)
    inner = slice(5, -5)
    assert rate_hz == 0.25
    assert np.abs(found - expected)[inner].max() < 0.05


def test_gaps_stay_gaps_without_breathing():
    series = np.sin(np.arange(2400) / 20)
    series[800:1200] = np.nan
    found, _ = dynamics.without_breathing(series, 4.0)
    assert np.isnan(found[52:73]).all()
    assert np.isfinite(found[:48]).all()
    assert np.isfinite(found[77:]).all()
    assert np.isnan(dynamics.without_breathing(np.full(2400, np.nan), 4.0)[0]).all()
    with pytest.raises(ValueError, match="too few"):
        dynamics.without_breathing(series, 0.5)


def test_simulated_regimes_are_what_their_equations_say():
    for seed in range(10):
        calmed = regimes.scenario(SimulatedRegime.CALMING, seed).variance_ratio
        assert calmed[0] < 0.8
        assert np.sqrt(np.prod(calmed)) < 1.1
        for regime in (SimulatedRegime.WINDING_UP, SimulatedRegime.OPPOSED):
            assert np.sqrt(np.prod(regimes.scenario(regime, seed).variance_ratio)) > 1.05
        assert regimes.scenario(SimulatedRegime.UNCOUPLED, seed).variance_ratio == pytest.approx(
            (1.0, 1.0)
        )
        assert regimes.scenario(SimulatedRegime.ONE_WAY, seed).variance_ratio[0] == pytest.approx(
            1.0
        )


def test_slow_swings_do_not_change_how_long_a_person_is_said_to_settle():
    errors, gone = [], np.zeros(2400, dtype=bool)
    gone[600:700] = gone[1500:1540] = True
    for seed in range(4):
        for regime in SimulatedRegime:
            scenario = regimes.scenario(regime, seed)
            pair = bodies.meet(scenario.encounter, 600.0, seed)
            for body, settles_s in zip((pair.a, pair.b), scenario.settles_s, strict=True):
                skin = body.eda_usiemens.reshape(-1, 4).mean(axis=1)
                holed = np.where(gone, np.nan, skin)
                errors.append(
                    [typical_settling_s(one, 4.0) / settles_s - 1 for one in (skin, holed)]
                )
    assert (np.mean(np.abs(errors) <= 0.15, axis=0) >= 0.85).all()
    assert (np.abs(np.median(errors, axis=0)) <= 0.06).all()


def test_too_little_or_too_quiet_a_series_has_no_typical_settling():
    rng = np.random.default_rng(4)
    assert np.isnan(typical_settling_s(rng.standard_normal(100), 4.0))
    assert np.isnan(typical_settling_s(np.sin(np.arange(2400) / 20), 4.0))
    assert np.isnan(typical_settling_s(np.full(2400, np.nan), 4.0))
    assert np.isnan(typical_settling_s(np.ones(2400), 4.0))


def test_equal_seeds_give_equal_dyads():
    assert regimes.scenario(SimulatedRegime.OPPOSED, 4) == regimes.scenario(
        SimulatedRegime.OPPOSED, 4
    )
    assert regimes.scenario(SimulatedRegime.OPPOSED, 4) != regimes.scenario(
        SimulatedRegime.OPPOSED, 5
    )


def test_every_estimate_is_made_and_near_its_truth(calming):
    scenario, (skin, pulse) = calming
    found = profile.regulation_of(skin, pulse)
    assert found.refusals == {}
    assert str(found.dynamics.regime) == scenario.regime.regime
    assert found.person.a.verdict is not Verdict.WOUND_UP
    assert found.responses.a_to_b.latency_s == pytest.approx(scenario.answer_lag_s, abs=0.5)
    assert found.responses.recovery_a.usual_s == pytest.approx(scenario.settles_s[0], rel=0.15)
    assert found.course.times_s.tolist() == [300.0, 600.0, 900.0]
    assert profile.Regulation.from_dict(found.to_dict()).to_dict() == found.to_dict()


def test_what_cannot_be_answered_says_why(calming):
    _, (skin, pulse) = calming
    nothing = Signal(np.full(len(pulse.a), np.nan), pulse.b, pulse.rate_hz)
    found = profile.regulation_of(skin, nothing)
    assert found.dynamics is None
    assert "a" in found.refusals["dynamics"]
    assert found.responses is not None


def test_an_instant_condition_lasts_until_the_next():
    spans = context.condition_spans(MARKS, 1200.0)
    assert [(one.start_s, one.stop_s) for one in spans] == [(0.0, 600.0), (600.0, 1200.0)]


def test_conditions_and_events_are_contrasted_each_with_its_measure(calming):
    _, (skin, _) = calming
    events = tuple(Mark(at, at, "touch") for at in (200.0, 500.0, 800.0, 1000.0))
    seen = Levels(skin, 1.5, {"level": (skin.a, skin.b)})
    found = profile.contrasts_of(seen, MARKS + events)
    assert {one.measure for one in found} == {"coupling", "level of a", "level of b"}
    assert {one.first for one in found} == {"Rest", "after touch"}
    assert profile.contrasts_of(seen, ()) == ()


def test_arousal_that_rises_with_a_condition_is_found_and_strangers_conditions_are_not():
    rng = np.random.default_rng(3)
    times_s = np.arange(4 * 1800) / 4
    spans = [
        (0, 200),
        (200, 500),
        (500, 650),
        (650, 1000),
        (1000, 1100),
        (1100, 1500),
        (1500, 1800),
    ]
    marks = tuple(
        Mark(start, stop, ("rest", "play")[k % 2], "condition")
        for k, (start, stop) in enumerate(spans)
    )
    playing = sum(
        (times_s >= one.start_s) & (times_s < one.stop_s) for one in marks if one.label == "play"
    )
    skin = Signal(2.0 * playing + rng.standard_normal(7200), rng.standard_normal(7200), 4.0)
    seen = Levels(skin, 0.0, {"level": (skin.a, skin.b)})
    found = {one.measure: one for one in profile.contrasts_of(seen, marks)}
    assert found["level of a"].p <= 0.001
    assert found["level of a"].difference == pytest.approx(-2.0, abs=0.1)
    assert found["coupling"].p > 0.05
    assert found["level of b"].p > 0.05


def test_a_session_that_escalates_and_is_mended_shows_both_turns():
    stiff = -((2 * np.pi / 24) ** 2)
    calm = Oscillates((stiff, stiff), (-0.08, -0.08))
    wild = Oscillates((stiff, stiff), (-0.06, -0.06), (0.028, 0.028), (-0.035, -0.035))
    influence = Unfolds(((calm, 900.0), (wild, 900.0), (calm, 900.0)))
    people = [
        bodies.Body(rate, level_bpm=5.0, burst_bpm=1.0, breath_bpm=1.0, wander_bpm=0.3)
        for rate in (68.0, 74.0)
    ]
    pair = bodies.meet(bodies.Encounter(influence, *people), 2700.0, 4)
    (a, rate_hz), (b, _) = (
        dynamics.without_breathing(one.heart_rate_bpm.reshape(-1, 4).mean(axis=1), 4.0)
        for one in (pair.a, pair.b)
    )
    course = dynamics.follow_oscillator(a, b, rate_hz)
    amplified = np.array([regime is Regime.CODYSREGULATION for regime in course.regimes])
    before, during, after = (
        (course.times_s >= start + 150) & (course.times_s <= start + 750)
        for start in (0.0, 900.0, 1800.0)
    )
    assert amplified[during].mean() >= 0.6
    assert not amplified[before | after].any()
    turns = [regime for _, _, regime in course.stretches()]
    assert turns == [Regime.UNCOUPLED, Regime.CODYSREGULATION, Regime.UNCOUPLED]
    level = np.sqrt(course.variance_ratio.prod(axis=1))
    assert np.nanmedian(level[during]) > 1.15 * np.nanmedian(level[before | after])
    low, high = course.variance_ratio_interval[..., 0], course.variance_ratio_interval[..., 1]
    known = np.isfinite(low) & np.isfinite(high)
    assert (low <= course.variance_ratio)[known].all()
    assert (course.variance_ratio <= high)[known].all()
