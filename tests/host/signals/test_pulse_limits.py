"""Beats at the limits: cut-off waves, odd sampling rates, slow and fast hearts, buried pulses."""

import numpy as np
import pytest

import dyadkit
from dyadkit.signals import extract, ppg
from dyadkit.signals.contact import SignalFault, faults
from dyadkit.signals.hrv import hrv
from dyadkit.signals.quality import judge_ppg
from fakes import pulse_model
from fakes.pulse_model import Body


def cut_off(wave, side, share):
    """The wave with so much of its height beyond a limit, at the foot or at the crest."""
    low, high = np.percentile(wave, [1, 99])
    if side == "foot":
        return np.maximum(wave, low + share * (high - low))
    return np.minimum(wave, high - share * (high - low))


def f1(found_s, true_s):
    delay_s = np.median([found_s[np.argmin(abs(found_s - t))] - t for t in true_s])
    hits = sum(np.min(abs(found_s - t - delay_s)) <= 0.15 for t in true_s)
    return 2 * hits / (len(found_s) + len(true_s))


def rmssd_ms(times_s):
    return 1e3 * np.sqrt(np.mean(np.diff(times_s, 2) ** 2))


@pytest.mark.parametrize("share", [0.05, 0.1, 0.2, 0.4, 0.6])
@pytest.mark.parametrize("side", ["foot", "crest"])
@pytest.mark.parametrize("up", [1, -1], ids=["blood-up", "blood-down"])
def test_beats_are_trusted_where_the_rise_is_seen_whichever_end_is_cut_off(side, share, up):
    pulse = pulse_model.pulse(pulse_model.sinus, Body(wander=0.1), seconds=90, seed=31)
    beats = ppg.find_beats(up * cut_off(pulse.ppg, side, share), 100.0)
    assert f1(beats.times_s, pulse.beats_s) > 0.98
    assert beats.trusted.mean() > 0.9
    assert share < 0.4 or beats.cut_off.mean() > 0.9
    assert np.median(ppg.heart_rate(beats).bpm[20:-20]) == pytest.approx(70, abs=1)


def test_doubt_grows_with_what_is_cut_off_and_the_limits_of_rmssd_hold():
    covered, noise_ms = [], {}
    for seed in range(5):
        body = Body(bpm=55 + 10 * seed, wander=0.3, noise=0.01)
        pulse = pulse_model.pulse(pulse_model.sinus, body, seconds=150, seed=seed)
        for side in ("foot", "crest"):
            for share in (0.0, 0.2, 0.4):
                beats = ppg.find_beats(cut_off(pulse.ppg, side, share), 100.0)
                figures = hrv(ppg.intervals(beats), 150.0)
                low_ms, high_ms = figures.rmssd_interval_ms
                covered.append(low_ms <= rmssd_ms(pulse.beats_s) <= high_ms)
                noise_ms.setdefault((side, share), []).append(figures.rmssd_noise_ms)
    for side in ("foot", "crest"):
        typical = [np.median(noise_ms[side, share]) for share in (0.0, 0.2, 0.4)]
        assert typical[0] < typical[1] < typical[2]
    assert np.mean(covered) >= 0.9


@pytest.mark.parametrize("side", ["foot", "crest"])
def test_a_wave_almost_wholly_beyond_the_limit_invents_no_rate(side):
    pulse = pulse_model.pulse(pulse_model.sinus, Body(wander=0.3), seconds=90, seed=32)
    for share in (0.8, 0.95):
        bpm = ppg.heart_rate(ppg.find_beats(cut_off(pulse.ppg, side, share), 100.0)).bpm
        known = bpm[np.isfinite(bpm)]
        assert len(known) == 0 or np.mean(abs(known - 70) < 12) > 0.95


def test_a_finger_that_lifts_off_is_no_limit_of_the_converter():
    wave = 1000 + 100 * pulse_model.pulse(pulse_model.sinus, seconds=40, seed=33).ppg
    wave[1500:1700] = 0.0
    found = faults(wave, 100.0)
    assert (found[1510:1690] & int(SignalFault.NO_CONTACT)).all()
    assert not (found & int(SignalFault.SATURATED)).any()


def test_a_second_at_a_limit_says_so_even_where_its_beats_count():
    pulse = pulse_model.pulse(pulse_model.sinus, Body(wander=0.0), seconds=40, seed=34)
    judged = judge_ppg(cut_off(pulse.ppg, "foot", 0.4), 100.0)
    assert (judged.reasons[5:-5] & int(SignalFault.SATURATED)).all()
    assert (judged.quality[5:-5] > 0.5).all()


@pytest.mark.parametrize("rate_hz", [16.0, 19.99, 20.02, 33.3, 127.0, 257.7, 999.0, 2000.3])
def test_odd_and_extreme_rates_give_the_same_beats(rate_hz):
    pulse = pulse_model.pulse(pulse_model.sinus, seconds=30, rate_hz=rate_hz, seed=35)
    beats = ppg.find_beats(pulse.ppg, rate_hz)
    assert f1(beats.times_s, pulse.beats_s) > 0.97
    assert beats.trusted.mean() > 0.9
    delays_s = [beats.times_s[np.argmin(abs(beats.times_s - t))] - t for t in pulse.beats_s]
    assert np.median(delays_s) == pytest.approx(0.06, abs=0.012)


@pytest.mark.parametrize("bpm", [30, 45, 70, 110, 150, 190, 215, 240])
@pytest.mark.parametrize("noise", [0.01, 0.1])
def test_no_heart_rate_from_30_to_240_is_halved_or_doubled(bpm, noise):
    body = Body(bpm=bpm, noise=noise, sway=0.02, breath_hz=min(0.25, bpm / 240))
    pulse = pulse_model.pulse(pulse_model.sinus, body, seconds=90, seed=36)
    series = ppg.heart_rate(ppg.find_beats(pulse.ppg, 100.0))
    known = np.isfinite(series.bpm) & (series.times_s > 2)
    middle_s = 0.5 * (pulse.beats_s[1:] + pulse.beats_s[:-1])
    true = np.interp(series.times_s, middle_s, 60 / np.diff(pulse.beats_s))
    off = abs(np.log2(series.bpm[known] / true[known])) > 0.5
    assert known.mean() > 0.9
    assert off.mean() <= 0.005


@pytest.mark.parametrize("seed", [37, 38, 39])
def test_a_buried_pulse_that_stands_out_of_the_noise_has_a_heart_rate(seed):
    body = Body(bpm=74, noise=0.0, sway=0.02)
    pulse = pulse_model.pulse(pulse_model.sinus, body, 120, rate_hz=25.0, seed=seed)
    noise = np.random.default_rng(seed).standard_normal(len(pulse.ppg))
    series = ppg.heart_rate(ppg.find_beats(pulse.ppg + 1.2 * pulse.ppg.std() * noise, 25.0))
    known = np.isfinite(series.bpm)
    assert known.mean() > 0.25
    assert np.median(series.bpm[known]) == pytest.approx(74, abs=2)


@pytest.mark.parametrize("colour", [0.0, 0.5, 1.0, 1.5])
def test_noise_of_any_colour_is_no_buried_pulse(colour):
    for seed in range(40, 44):
        random = np.random.default_rng(seed)
        spectrum = np.fft.rfft(random.standard_normal(3000))
        spectrum /= np.maximum(np.fft.rfftfreq(3000, 1 / 25), 0.3) ** colour
        beats = ppg.find_beats(np.fft.irfft(spectrum), 25.0)
        assert np.isfinite(ppg.heart_rate(beats).bpm).mean() < 0.02


@pytest.mark.parametrize(("unit", "scale"), [("counts", 1.0), ("a.u.", 1.0), ("counts", 500.0)])
def test_what_another_sensor_calls_its_unit_does_not_matter(unit, scale):
    pulse = pulse_model.pulse(pulse_model.sinus, seconds=40, seed=45)
    given = {"ppg": dyadkit.Series(scale * pulse.ppg, rate_hz=100.0, unit=unit)}
    body = extract(dyadkit.from_arrays(given, given)).a
    assert body.beats.trusted.mean() > 0.95
    assert np.isfinite(body.heart_rate_bpm[8:-8]).all()
