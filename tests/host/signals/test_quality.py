"""Each second says how far to trust it, and why not."""

import numpy as np
import pytest

from dyadkit.signals import ppg
from dyadkit.signals.colour import choose_colour, join_colours
from dyadkit.signals.quality import SignalFault, judge_ppg, ppg_quality
from dyadkit.signals.respiration import respiration
from fakes import pulse_model

STILL = pulse_model.pulse(pulse_model.sinus, seconds=60, seed=21)


def area_under_curve(spoiled, quality):
    better = quality[~spoiled][:, None] > quality[spoiled][None, :]
    return better.mean()


def test_quality_tells_spoiled_seconds_from_good_ones():
    areas = []
    for seed, strength in enumerate((0.7, 1.5, 3.0)):
        pulse = pulse_model.pulse(pulse_model.sinus, seconds=120, seed=seed)
        shaken = pulse_model.with_movement(pulse, strength, seed=seed)
        spoiled = shaken.moved.reshape(-1, 100).mean(axis=1) > 0.5
        areas.append(area_under_curve(spoiled, ppg_quality(shaken.ppg, 100.0)))
    assert np.mean(areas) > 0.94


def test_there_is_one_figure_per_started_second():
    quality = ppg_quality(STILL.ppg[:4050], 100.0)
    assert quality.shape == (41,)
    assert ((quality >= 0) & (quality <= 1)).all()


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (np.nan, SignalFault.LINK_GAP),
        (2**18 - 1, SignalFault.SATURATED),
        (500.0, SignalFault.NO_CONTACT),
    ],
)
def test_the_reason_is_named(value, reason):
    counts = 100_000 - 800 * STILL.ppg
    counts[2000:3000] = value
    judged = judge_ppg(counts, 100.0, ppg.MAX3010X)
    assert (judged.quality[20:30] == 0).all()
    assert (judged.reasons[21:29] & reason).all()
    assert (judged.reasons[:18] == 0).all()


def test_the_accelerometer_tells_motion_from_a_weak_signal():
    random = np.random.default_rng(22)
    counts = STILL.ppg.copy()
    counts[3000:4000] = 0.02 * random.standard_normal(1000)
    still = np.array([0.0, 0.0, 1.0]) + 0.003 * random.standard_normal((1500, 3))
    shaken = still.copy()
    shaken[750:1000] += 0.4 * random.standard_normal((250, 3))
    weak = judge_ppg(counts, 100.0, acceleration=still).reasons[32:38]
    moved = judge_ppg(counts, 100.0, acceleration=shaken).reasons[32:38]
    assert (weak & SignalFault.LOW_SNR).any()
    assert (moved & SignalFault.MOTION).all()


@pytest.mark.parametrize("seed", [24, 25])
def test_what_looks_like_a_pulse_at_another_pace_has_no_heart_rate_and_a_reason(seed):
    """Four seconds at 95 a minute, clean, between two bursts in a record at 55."""
    random = np.random.default_rng(seed)
    slow, fast = (
        pulse_model.pulse(pulse_model.sinus, pulse_model.Body(bpm=bpm), 60, seed=start)
        for bpm, start in ((55, 21), (95, 25))
    )
    wave = np.r_[slow.ppg[:2800], fast.ppg[2800:3200], slow.ppg[3200:]]
    for burst in (slice(2200, 2800), slice(3200, 3800)):
        wave[burst] += np.cumsum(random.standard_normal(600)) / 6
    judged, beats = judge_ppg(wave, 100.0), ppg.find_beats(wave, 100.0)
    island = slice(29, 31)
    assert (judged.quality[island] > 0.5).all()
    assert np.isnan(ppg.heart_rate(beats).bpm[4 * 29 : 4 * 31]).all()
    assert (judged.reasons[island] & SignalFault.LOW_SNR).all()


def test_colour_changes_only_for_lasting_gain():
    ir, red = np.full(60, 0.9), np.full(60, 0.8)
    ir[20:22] = 0.0
    assert not choose_colour([ir, red])[:30].any()
    ir[40:] = 0.1
    assert list(choose_colour([ir, red])[[0, 39, 45, 59]]) == [0, 0, 1, 1]


def test_joined_colours_hold_each_beat_once():
    beats = ppg.find_beats(STILL.ppg, 100.0)
    colour = np.repeat([0, 1, 0], 20)
    joined = join_colours([beats, beats.later(0.01)], colour)
    assert len(joined) == pytest.approx(len(beats), abs=1)
    assert np.diff(joined.times_s).min() > 0.4


def test_breathing_is_read_from_the_pulse():
    calm = pulse_model.Body(breath_hz=0.22, wander=0.4)
    beats = ppg.find_beats(pulse_model.pulse(pulse_model.sinus, calm, 180, seed=23).ppg, 100.0)
    found = respiration(beats)
    assert np.nanmedian(found.breaths_per_minute) == pytest.approx(60 * 0.22, abs=1.0)
    assert np.isfinite(found.breaths_per_minute).mean() > 0.6
