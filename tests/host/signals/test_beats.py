"""Beats are found where the wave is clear, carried on where it is buried, never invented."""

import numpy as np
import pytest

from dyadkit.signals import ppg
from fakes import pulse_model
from fakes.pulse_model import Body

STILL = pulse_model.pulse(pulse_model.sinus, seconds=60, seed=1)


def f1(found_s, true_s, tolerance_s=0.15):
    delay_s = np.median([found_s[np.argmin(abs(found_s - t))] - t for t in true_s])
    hits = sum(np.min(abs(found_s - t - delay_s)) <= tolerance_s for t in true_s)
    return 2 * hits / (len(found_s) + len(true_s))


def found(pulse):
    return ppg.find_beats(pulse.ppg, pulse.rate_hz)


def test_every_beat_of_a_quiet_person_is_found():
    beats = found(STILL)
    assert f1(beats.times_s, STILL.beats_s) > 0.99
    assert beats.trusted.mean() > 0.95


def test_intervals_are_finer_than_the_sampling():
    clean = pulse_model.pulse(pulse_model.sinus, Body(noise=0.0, wander=0.0), 60, seed=2)
    beats_s = found(clean).times_s[3:-3]
    error_s = np.diff(beats_s) - np.diff(clean.beats_s[3 : 3 + len(beats_s)])
    assert np.median(abs(error_s)) < 0.002


@pytest.mark.parametrize("rhythm", pulse_model.IRREGULAR, ids=lambda rhythm: rhythm.__name__)
def test_the_wave_rules_over_the_expected_rhythm_where_it_is_clear(rhythm):
    odd = pulse_model.pulse(rhythm, seconds=90, seed=3)
    assert f1(found(odd).times_s, odd.beats_s) > 0.965


def test_a_run_at_twice_the_rate_is_not_taken_for_bumps():
    body = Body(bpm=78, notch=0.34, noise=0.15, wander=0.68)
    racing = [
        pulse_model.pulse(pulse_model.tachycardia, body, 90, rate_hz=125.0, seed=seed)
        for seed in (209, 211, 212)
    ]
    assert np.mean([f1(found(one).times_s, one.beats_s) for one in racing]) > 0.975


def test_the_rhythm_carries_on_through_movement():
    shaken = pulse_model.with_movement(pulse_model.pulse(pulse_model.sinus, seed=4), 1.5, seed=4)
    assert f1(found(shaken).times_s, shaken.beats_s) > 0.9


def test_beats_within_movement_are_trusted_less():
    shaken = pulse_model.with_movement(pulse_model.pulse(pulse_model.sinus, seed=5), 2.0, seed=5)
    beats = found(shaken)
    moved = shaken.moved[(beats.times_s * shaken.rate_hz).astype(int)]
    assert beats.quality[moved].mean() < 0.4 < 0.8 < beats.quality[~moved].mean()


def test_a_camera_is_good_enough():
    seen = pulse_model.through_camera(STILL, 0.4, seed=6)
    assert f1(found(seen).times_s, STILL.beats_s) > 0.97


@pytest.mark.parametrize("rate_hz", [25.0, 50.0, 64.0, 200.0, 500.0])
def test_any_rate_gives_the_same_beats(rate_hz):
    other = pulse_model.pulse(pulse_model.sinus, seconds=40, rate_hz=rate_hz, seed=7)
    assert f1(found(other).times_s, other.beats_s) > 0.98


@pytest.mark.parametrize("change", [lambda x: -x, lambda x: 1000 * x, lambda x: x / 1000 + 5])
def test_polarity_and_unit_do_not_matter(change):
    beats = ppg.find_beats(change(STILL.ppg), 100.0)
    assert beats.times_s == pytest.approx(found(STILL).times_s, abs=1e-6)


def test_amplitude_scales_with_the_input():
    twice = ppg.find_beats(2 * STILL.ppg, 100.0)
    assert twice.amplitude == pytest.approx(2 * found(STILL).amplitude)


def test_perfusion_is_pulse_over_level():
    beats = ppg.find_beats(50_000 - 500 * STILL.ppg, 100.0)
    percent = ppg.perfusion_percent(beats)
    assert np.nanmedian(percent) == pytest.approx(1.0, rel=0.4)
    assert np.isnan(ppg.perfusion_percent(ppg.find_beats(STILL.ppg - 100, 100.0))).all()


@pytest.mark.parametrize(
    "nothing",
    [
        np.full(6000, 5.0),
        np.full(6000, np.nan),
        np.full(6000, 262143.0),
        np.arange(3.0),
        np.empty(0),
        np.arange(6000.0),
        np.r_[np.zeros(3000), np.ones(3000)],
        np.random.default_rng(8).standard_normal(6000),
    ],
    ids=["constant", "missing", "saturated", "three", "empty", "ramp", "step", "noise"],
)
def test_no_heart_rate_comes_from_nothing(nothing):
    beats = ppg.find_beats(nothing, 100.0)
    assert not beats.trusted.any()
    assert np.isnan(ppg.heart_rate(beats).bpm).all()


def test_a_gap_stays_a_gap():
    broken = STILL.ppg.copy()
    broken[2000:3000] = np.nan
    beats = ppg.find_beats(broken, 100.0)
    assert beats.gaps_s == pytest.approx(np.array([[20.0, 30.0]]))
    assert not ((beats.times_s > 20) & (beats.times_s < 30)).any()
    series = ppg.heart_rate(beats)
    inside = (series.times_s > 20.5) & (series.times_s < 29.5)
    assert np.isnan(series.bpm[inside]).all()
    assert np.isfinite(series.bpm[(series.times_s > 3) & (series.times_s < 18)]).all()


def test_two_dimensions_and_absurd_rates_are_refused():
    with pytest.raises(ValueError, match="one channel"):
        ppg.find_beats(np.zeros((10, 2)), 100.0)
    with pytest.raises(ValueError, match="between 16"):
        ppg.find_beats(np.zeros(10), 4.0)


def test_saturation_is_known_from_the_sensor():
    assert ppg.MAX3010X.full_scale == 2**18 - 1
    beats = ppg.find_beats(np.full(6000, 262143.0), 100.0, ppg.MAX3010X)
    assert len(beats) == 0


@pytest.mark.parametrize("bpm", [60, 75, 85])
def test_wherever_in_a_pulse_a_recording_begins_its_first_heart_rate_is_no_outlier(bpm):
    pulse = pulse_model.pulse(pulse_model.sinus, Body(bpm=bpm, noise=0.2), 20, seed=20)
    for cut in range(0, 100, 6):
        begun_late = np.r_[np.full(105, np.nan), pulse.ppg[cut:]]
        series = ppg.heart_rate(ppg.find_beats(begun_late, pulse.rate_hz))
        first = series.bpm[np.isfinite(series.bpm)][:8]
        assert np.max(abs(first - np.nanmedian(series.bpm))) < 8, cut
