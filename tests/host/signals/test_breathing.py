"""Breathing is read from whichever modulation shows it, and not where none does."""

from itertools import product

import numpy as np
import pytest

from dyadkit.signals import ppg
from dyadkit.signals.rate_track import USUAL_PER_MINUTE, USUAL_SPREAD, _steps, track
from dyadkit.signals.respiration import respiration
from fakes import pulse_model


def beats_that_breathe(level=0.0, height=0.0, interval=0.0, breath_hz=0.25, seconds=180.0, seed=1):
    """Beats at about 75 per minute whose level, height and interval go with the breath."""
    random = np.random.default_rng(seed)
    times_s = [0.5]
    while times_s[-1] < seconds - 1:
        sway = interval * np.sin(2 * np.pi * breath_hz * times_s[-1])
        times_s.append(times_s[-1] + 0.8 * (1 + sway) + 0.01 * random.standard_normal())
    times_s = np.array(times_s)
    breath, n = np.sin(2 * np.pi * breath_hz * times_s), len(times_s)
    walk = np.cumsum(random.standard_normal(n))
    baseline = 100 + level * breath + 0.1 * walk
    amplitude = 1 + height * breath + 0.03 * random.standard_normal(n)
    return ppg.Beats(times_s, np.ones(n), amplitude, baseline, seconds)


@pytest.mark.parametrize("shown", ["level", "height", "interval"])
@pytest.mark.parametrize("breath_hz", [0.12, 0.25, 0.42])
def test_one_modulation_is_enough_if_it_is_clear(shown, breath_hz):
    strength = {"level": 2.0, "height": 0.15, "interval": 0.05}[shown]
    found = respiration(beats_that_breathe(**{shown: strength}, breath_hz=breath_hz))
    known = np.isfinite(found.breaths_per_minute)
    assert known.mean() > 0.7
    assert found.breaths_per_minute[known] == pytest.approx(60 * breath_hz, abs=1.5)


def test_waves_of_blood_pressure_are_not_breathing_where_level_and_height_know_better():
    body = pulse_model.Body(sway=0.0, squeeze=0.1, wander=0.4, breath_hz=0.3)
    pulse = pulse_model.pulse(pulse_model.sinus, body, 180.0, seed=2)
    found = respiration(ppg.find_beats(pulse.ppg, pulse.rate_hz)).breaths_per_minute
    assert np.isfinite(found).mean() > 0.9
    assert np.nanmax(np.abs(found - 18)) < 1.0


def test_beats_that_do_not_breathe_show_no_breathing():
    found = [respiration(beats_that_breathe(seed=seed)) for seed in range(20)]
    assert np.isfinite([one.breaths_per_minute for one in found]).mean() < 0.06


def test_a_change_of_pace_is_followed():
    slow, fast = (beats_that_breathe(2.0, 0.1, 0.03, breath_hz=hz, seed=4) for hz in (0.17, 0.33))
    both = ppg.beats.join([slow, fast.later(180.0)])
    found = respiration(both)
    early, late = found.times_s < 155, found.times_s > 205
    assert np.nanmedian(found.breaths_per_minute[early]) == pytest.approx(10.2, abs=0.5)
    assert np.nanmedian(found.breaths_per_minute[late]) == pytest.approx(19.8, abs=0.5)


def test_no_breath_is_faster_than_beats_can_show():
    """At 25 beats a minute no rate above 13 is said, however fast the breath."""
    beats = beats_that_breathe(2.0, 0.1, 0.0, breath_hz=0.2)
    slow = beats.where(np.arange(len(beats)) % 3 == 0)
    found = respiration(slow).breaths_per_minute
    assert not (found > 60 * 0.5 / 2.2).any()


def test_where_nothing_was_seen_there_is_no_rate():
    beats = beats_that_breathe(2.0, 0.1, 0.03)
    gap = beats.where((beats.times_s < 60) | (beats.times_s > 120))
    found = respiration(gap)
    inside = (found.times_s > 75) & (found.times_s < 105)
    assert np.isnan(found.breaths_per_minute[inside]).all()
    assert np.isfinite(found.breaths_per_minute[~inside]).mean() > 0.5


def test_the_track_is_that_of_summing_over_every_course():
    random = np.random.default_rng(8)
    rates, evidence = np.array([8.0, 10.0, 15.0, 22.0]), random.uniform(0, 3, (5, 4))
    steps = _steps(rates)
    weight = np.zeros((5, 4))
    for course in product(range(4), repeat=5):
        prior = -0.5 * (np.log(rates[course[0]] / USUAL_PER_MINUTE) / USUAL_SPREAD) ** 2
        moves = sum(np.log(steps[a, b]) for a, b in zip(course[:-1], course[1:], strict=True))
        odds = np.exp(prior + moves + sum(evidence[t, k] for t, k in enumerate(course)))
        for t, k in enumerate(course):
            weight[t, k] += odds
    expected = weight / weight.sum(axis=1, keepdims=True)
    found = track(evidence, rates, 1.0)
    best = expected.argmax(axis=1)
    near = np.abs(rates - rates[best, None]) <= 2.0
    assert found.probability == pytest.approx((expected * near).sum(axis=1))
    spread = np.sqrt((expected * rates**2).sum(1) - ((expected * rates).sum(1)) ** 2)
    assert found.spread_per_minute == pytest.approx(spread)


@pytest.mark.parametrize(("bpm", "breath_hz"), [(90, 0.58), (130, 0.5), (130, 0.9), (170, 1.1)])
def test_infants_breathe_up_to_twice_as_fast_as_adults(bpm, breath_hz):
    """35 a minute was read as 7: all that the band then held were waves of blood pressure."""
    body = pulse_model.Body(bpm=bpm, breath_hz=breath_hz, wander=0.4, squeeze=0.1, sway=0.01)
    pulse = pulse_model.pulse(pulse_model.sinus, body, 120.0, seed=6)
    found = respiration(ppg.find_beats(pulse.ppg, pulse.rate_hz)).breaths_per_minute
    known = found[np.isfinite(found)]
    assert len(known) > 0.7 * len(found)
    assert np.mean(abs(known - 60 * breath_hz) > 3) <= 0.03


@pytest.mark.parametrize("breath_hz", [0.07, 0.62])
def test_at_the_end_of_what_beats_can_show_nothing_is_said(breath_hz):
    """At 75 beats a minute the band ends at 37 breaths; what is strongest there may lie beyond."""
    found = respiration(beats_that_breathe(2.0, 0.2, 0.0, breath_hz=breath_hz))
    known = found.breaths_per_minute[np.isfinite(found.breaths_per_minute)]
    assert len(known) == 0 or np.all(abs(known - 60 * breath_hz) < 2)
