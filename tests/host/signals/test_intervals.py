"""Intervals are mended where that is certain, marked where the heart was odd, cut at gaps."""

import numpy as np
import pytest

from dyadkit.signals.hrv import hrv
from dyadkit.signals.ppg import Beats, IntervalKind, find_beats, heart_rate, intervals
from fakes import pulse_model


def beats_at(times_s, quality=None, gaps_s=()):
    times_s = np.asarray(times_s, dtype=float)
    one = np.ones(len(times_s))
    gaps_s = np.array(gaps_s, dtype=float).reshape(-1, 2)
    return Beats(times_s, one if quality is None else quality, one, one, times_s[-1] + 1, gaps_s)


STEADY_S = np.arange(0.5, 120, 0.8)


def test_steady_beats_give_normal_intervals():
    found = intervals(beats_at(STEADY_S))
    assert found.normal.all()
    assert found.interval_s == pytest.approx(0.8)


def test_a_false_beat_is_taken_out():
    times_s = np.sort(np.append(STEADY_S, STEADY_S[50] + 0.35))
    quality = np.ones(len(times_s))
    quality[51] = 0.55
    found = intervals(beats_at(times_s, quality))
    assert found.interval_s == pytest.approx(0.8)
    assert (found.kind == IntervalKind.MENDED).sum() == 1


def test_a_missed_beat_is_put_in_where_the_wave_is_doubtful():
    found = intervals(beats_at(np.delete(STEADY_S, 50), np.full(len(STEADY_S) - 1, 0.55)))
    assert found.interval_s == pytest.approx(0.8)
    assert (found.kind == IntervalKind.MENDED).sum() == 2


def test_a_pause_in_a_clear_wave_is_the_hearts_own():
    found = intervals(beats_at(np.delete(STEADY_S, 50)))
    assert list(found.kind[48:51]) == [0, IntervalKind.ECTOPIC, 0]
    assert found.interval_s[49] == pytest.approx(1.6)


def test_an_early_beat_is_ectopic_not_normal():
    times_s = STEADY_S.copy()
    times_s[60] -= 0.25
    kinds = intervals(beats_at(times_s)).kind
    assert list(kinds[58:62]) == [0, IntervalKind.ECTOPIC, IntervalKind.ECTOPIC, 0]


def test_a_gap_is_never_bridged_even_when_it_is_one_beat_long():
    times_s = np.delete(STEADY_S, 50)
    found = intervals(beats_at(times_s, gaps_s=[(STEADY_S[50] - 0.3, STEADY_S[50] + 0.3)]))
    across = (found.start_s < STEADY_S[50]) & (found.stop_s > STEADY_S[50])
    assert list(found.kind[across]) == [IntervalKind.UNTRUSTED]


def test_a_guessed_beat_spoils_both_its_intervals():
    quality = np.ones(len(STEADY_S))
    quality[40] = 0.2
    beats = beats_at(STEADY_S, quality)
    assert (~intervals(beats).trusted).sum() == 2
    series = heart_rate(beats)
    inside = (series.times_s > STEADY_S[39]) & (series.times_s < STEADY_S[41])
    assert np.isnan(series.bpm[inside]).all()
    assert np.isfinite(series.bpm[~inside][4:-6]).all()


def test_rmssd_and_sdnn_are_those_of_the_definition():
    lengths_s = 0.8 + 0.02 * np.random.default_rng(3).standard_normal(200)
    figures = hrv(intervals(beats_at(np.cumsum(lengths_s))), float(lengths_s.sum()))
    assert figures.rmssd_ms == pytest.approx(1e3 * np.sqrt(np.mean(np.diff(lengths_s[1:]) ** 2)))
    assert figures.sdnn_ms == pytest.approx(1e3 * lengths_s[1:].std(ddof=1))


def test_the_standard_error_of_rmssd_is_its_spread_between_recordings():
    random = np.random.default_rng(5)
    drawn_s = [0.8 + 0.02 * random.standard_normal(120) for _ in range(200)]
    figures = [hrv(intervals(beats_at(np.cumsum(one))), float(one.sum())) for one in drawn_s]
    spread_ms = np.std([one.rmssd_ms for one in figures])
    assert np.median([one.rmssd_error_ms for one in figures]) == pytest.approx(spread_ms, rel=0.2)


@pytest.mark.parametrize("noise_ratio", [0.1, 0.3])
def test_rmssd_says_how_much_of_it_is_noise_in_the_wave(noise_ratio):
    stated, off = [], []
    for seed in range(6):
        sharp = pulse_model.pulse(pulse_model.sinus, seconds=120.0, seed=seed)
        noisy = pulse_model.through_camera(sharp, noise_ratio, seed=seed)
        clear, found = (hrv(intervals(find_beats(one.ppg, 100.0)), 120.0) for one in (sharp, noisy))
        stated.append(found.rmssd_noise_ms**2)
        off.append(found.rmssd_ms**2 - clear.rmssd_ms**2)
    assert np.mean(off) < np.mean(stated) < 3 * np.mean(off)


@pytest.mark.parametrize(("frequency_hz", "band"), [(0.1, "low_ms2"), (0.25, "high_ms2")])
def test_a_modulation_shows_in_its_band_with_its_power(frequency_hz, band):
    times_s = [0.5]
    while times_s[-1] < 300:
        times_s.append(times_s[-1] + 0.8 + 0.04 * np.sin(2 * np.pi * frequency_hz * times_s[-1]))
    figures = hrv(intervals(beats_at(times_s)), 300.0)
    other = {"low_ms2": figures.high_ms2, "high_ms2": figures.low_ms2}[band]
    assert getattr(figures, band) == pytest.approx(40**2 / 2, rel=0.25)
    assert other < 0.1 * getattr(figures, band)


def test_too_little_seen_gives_no_figure():
    figures = hrv(intervals(beats_at(STEADY_S[:100])), 80.0)
    assert np.isfinite(figures.rmssd_ms)
    assert np.isnan(figures.low_ms2)
    short = hrv(intervals(beats_at(STEADY_S[:20])), 16.0)
    assert np.isnan([short.rmssd_ms, short.sdnn_ms, short.high_ms2]).all()


def test_the_calm_half_does_not_speak_for_the_whole():
    quality = np.where(STEADY_S < 50, 1.0, 0.2)
    figures = hrv(intervals(beats_at(STEADY_S, quality)), 120.0)
    assert figures.coverage == pytest.approx(50 / 120, abs=0.02)
    assert figures.mean_bpm == pytest.approx(75)
    assert np.isnan([figures.rmssd_ms, figures.sdnn_ms]).all()


def test_in_an_uneven_rhythm_nothing_is_mended():
    lengths_s = np.where(np.arange(150) % 2, 0.5, 1.0)
    found = intervals(beats_at(np.cumsum(lengths_s), np.full(150, 0.55)))
    assert not (found.kind == IntervalKind.MENDED).any()
    assert found.interval_s == pytest.approx(lengths_s[1:])
