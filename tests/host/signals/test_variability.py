"""RMSSD and SDNN with the limits of the heart's own figure, and the rhythm they may be read in."""

import numpy as np
import pytest

from dyadkit.signals.hrv import hrv
from dyadkit.signals.ppg import Beats, find_beats, intervals
from dyadkit.signals.rhythm import HeartRhythm
from fakes import pulse_model
from fakes.pulse_model import Body


def figures_of(counts, rate_hz):
    return hrv(intervals(find_beats(counts, rate_hz)), len(counts) / rate_hz)


def noisy(seed):
    """A body and a kind of noise by seed: its counts, and its true beats."""
    random = np.random.default_rng(seed)
    body = Body(
        bpm=random.uniform(50, 100),
        notch=random.uniform(0, 0.6),
        noise=random.uniform(0.02, 0.3),
        sway=random.choice([0.0, 0.02, 0.04]),
        jitter=random.choice([0.002, 0.012, 0.03]),
    )
    pulse = pulse_model.pulse(pulse_model.sinus, body, 150, seed=seed)
    kind = seed % 3
    if kind == 1:
        return pulse_model.through_camera(pulse, 0.3, seed=seed).ppg, pulse.beats_s
    if kind == 2:
        return pulse_model.with_movement(pulse, 1.0, seed=seed, share=0.2).ppg, pulse.beats_s
    return pulse.ppg, pulse.beats_s


def test_the_limits_hold_the_hearts_own_figure_nineteen_times_in_twenty():
    rmssd, sdnn = [], []
    for seed in range(500, 545):
        counts, true_s = noisy(seed)
        found = figures_of(counts, 100.0)
        if not np.isfinite(found.rmssd_interval_ms[0]):
            continue
        low_ms, high_ms = found.rmssd_interval_ms
        rmssd.append(low_ms <= 1e3 * np.sqrt(np.mean(np.diff(true_s, 2) ** 2)) <= high_ms)
        low_ms, high_ms = found.sdnn_interval_ms
        sdnn.append(low_ms <= 1e3 * np.diff(true_s).std(ddof=1) <= high_ms)
    assert len(rmssd) > 35
    assert np.mean(rmssd) >= 0.89
    assert np.mean(sdnn) >= 0.89


def test_a_clear_wave_has_narrow_limits():
    pulse = pulse_model.pulse(pulse_model.sinus, Body(noise=0.01), 150, seed=51)
    found = figures_of(pulse.ppg, 100.0)
    low_ms, high_ms = found.rmssd_interval_ms
    assert low_ms <= found.rmssd_ms <= high_ms
    assert high_ms - low_ms < 0.15 * found.rmssd_ms


def test_where_the_doubt_exceeds_the_figure_there_is_none():
    """An almost even heart, timed through noise: what was measured is noise."""
    body = Body(noise=0.3, sway=0.0, jitter=0.002)
    found = figures_of(pulse_model.pulse(pulse_model.sinus, body, 150, seed=52).ppg, 100.0)
    low_ms, high_ms = found.rmssd_interval_ms
    assert np.isnan(found.rmssd_ms)
    assert low_ms < 0.5 * high_ms < np.inf


def test_noise_is_timed_by_the_whole_pulse_and_costs_less():
    off_ms = []
    for seed in range(4):
        body = Body(noise=0.3, sway=0.0)
        pulse = pulse_model.pulse(pulse_model.sinus, body, 150, seed=seed)
        low_ms = 1e3 * np.sqrt(np.mean(np.diff(pulse.beats_s, 2) ** 2))
        steps_s = np.diff(find_beats(pulse.ppg, 100.0).times_s[2:-2], 2)
        off_ms.append(np.sqrt(max(1e6 * np.mean(steps_s**2) - low_ms**2, 0)))
    assert np.median(off_ms) < 29  # the rise alone: 32 ms


@pytest.mark.parametrize("seed", range(4))
def test_fibrillation_is_named_instead_of_an_rmssd_of_200(seed):
    body = Body(bpm=60 + 12 * seed, noise=0.05)
    found = figures_of(pulse_model.pulse(pulse_model.fibrillation, body, 150, seed=seed).ppg, 100.0)
    assert found.rhythm is HeartRhythm.IRREGULAR
    assert not found.rhythm.vagal
    assert np.isnan(found.rmssd_ms)
    assert "not vagal" in found.rhythm.notes[0]


@pytest.mark.parametrize("rhythm", [pulse_model.ectopic, pulse_model.bigeminy])
def test_early_beats_are_named(rhythm):
    for seed in range(3):
        found = figures_of(pulse_model.pulse(rhythm, seconds=150, seed=seed).ppg, 100.0)
        assert found.rhythm in (HeartRhythm.EARLY_BEATS, HeartRhythm.IRREGULAR)


@pytest.mark.parametrize("sway", [0.0, 0.05, 0.12])
@pytest.mark.parametrize("noise", [0.01, 0.2])
def test_a_heart_that_goes_with_the_breath_is_in_sinus_rhythm(sway, noise):
    body = Body(bpm=58, sway=sway, noise=noise, breath_hz=0.2)
    found = figures_of(pulse_model.pulse(pulse_model.sinus, body, 150, seed=53).ppg, 100.0)
    assert found.rhythm is HeartRhythm.SINUS


def test_given_beats_have_no_doubt_of_their_own():
    random = np.random.default_rng(54)
    one = np.ones(200)
    times_s = np.cumsum(0.8 + 0.02 * random.standard_normal(200))
    found = hrv(intervals(Beats(times_s, one, one, one, times_s[-1])), float(times_s[-1]))
    assert found.rmssd_noise_ms == 0
    assert np.ptp(found.rmssd_interval_ms) < 0.15 * found.rmssd_ms
