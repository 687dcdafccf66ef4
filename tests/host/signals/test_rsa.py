"""Respiratory sinus arrhythmia is read in the age's band, as a number and as a series."""

import numpy as np
import pytest

from dyadkit.dyad.people import Arrhythmia, Person
from dyadkit.dyad.traces import PersonTraces, Trace
from dyadkit.signals import ppg
from dyadkit.signals.hrv import hrv
from dyadkit.signals.physiology import read_body
from dyadkit.signals.ppg.beats import Beats
from dyadkit.signals.respiration import respiration
from dyadkit.signals.rhythm import HeartRhythm
from dyadkit.signals.rsa import ADULT_HZ, INFANT_HZ, band_of, rsa

SECONDS = 300.0
BODIES = {
    "infant": (0.5, 140.0, 0.60, 0.03),
    "toddler": (2.5, 115.0, 0.45, 0.03),
    "child": (8.0, 88.0, 0.35, 0.05),
    "adult": (31.0, 68.0, 0.25, 0.05),
    "athlete": (25.0, 44.0, 0.20, 0.08),
    "older": (75.0, 66.0, 0.24, 0.015),
}


def swaying(bpm, breath_hz, sway, seed, seconds=SECONDS):
    """True beats, and what breathing truly does to the intervals, as ms (root mean square)."""
    random = np.random.default_rng(seed)
    slow_hz, phase = 1 / random.uniform(60, 120), random.uniform(0, 6)

    def envelope(at_s):
        return sway * (1 + 0.7 * np.sin(2 * np.pi * slow_hz * at_s + phase))

    beats_s, base_s = [0.5], 60 / bpm
    while beats_s[-1] < seconds - 1:
        at_s = beats_s[-1] + base_s / 2
        breath = envelope(at_s) * np.sin(2 * np.pi * breath_hz * at_s)
        pressure = 0.02 * np.sin(2 * np.pi * 0.09 * at_s)
        beats_s.append(beats_s[-1] + base_s * (1 + breath + pressure))
    grid_s = np.arange(int(seconds * 4)) / 4
    return np.array(beats_s), 1e3 * base_s * envelope(grid_s) / np.sqrt(2)


def beats_at(times_s, seconds=SECONDS):
    one = np.ones(len(times_s))
    return Beats(times_s, one, one, one, duration_s=seconds)


def read(beats, person, seconds=SECONDS):
    found = ppg.intervals(beats)
    figures = hrv(found, seconds)
    choice = band_of(person, figures.mean_bpm, respiration(beats))
    return rsa(found, seconds, choice, figures.rhythm)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("who", BODIES)
def test_number_and_series_are_those_of_the_breath_at_every_age(who, seed):
    age, bpm, breath_hz, sway = BODIES[who]
    times_s, true_ms = swaying(bpm, breath_hz, sway, seed)
    found = read(beats_at(times_s), Person(age_years=age))
    course = found.series_ln_ms2
    known = np.isfinite(course)
    assert found.ln_ms2 == pytest.approx(np.log(np.mean(true_ms**2)), abs=0.3)
    assert np.corrcoef(course[known], np.log(true_ms[known] ** 2))[0, 1] > 0.9
    assert known.mean() > 0.9
    assert not found.assumption


def test_an_adults_band_would_miss_an_infants_breath():
    times_s, true_ms = swaying(*BODIES["infant"][1:], seed=1)
    as_adult = rsa(
        ppg.intervals(beats_at(times_s)),
        SECONDS,
        band_of(Person(age_years=30), 140.0, respiration(beats_at(np.zeros(0)))),
        HeartRhythm.SINUS,
    )
    assert as_adult.ln_ms2 < np.log(np.mean(true_ms**2)) - 1.0


@pytest.mark.parametrize("seed", range(3))
def test_of_an_unknown_age_the_breath_chooses_the_band_and_that_is_said(seed):
    fast, slow = (swaying(*BODIES[who][1:], seed)[0] for who in ("infant", "adult"))
    infant, adult = (read(beats_at(one), Person()) for one in (fast, slow))
    assert (infant.band_hz, adult.band_hz) == (INFANT_HZ, ADULT_HZ)
    assert "breaths a minute" in infant.assumption
    assert "age unknown" in adult.assumption


def test_a_fast_heart_of_unknown_age_without_breath_gets_no_number():
    nothing = respiration(beats_at(np.zeros(0)))
    assert "tell the age" in band_of(Person(), 140.0, nothing).why


def test_breath_outside_of_the_band_gives_no_number():
    times_s, _ = swaying(66.0, 0.10, 0.06, seed=2)
    found = read(beats_at(times_s), Person(age_years=40))
    assert np.isnan(found.ln_ms2)
    assert "outside of the band" in found.why


def test_a_known_fibrillation_is_believed_though_the_intervals_look_calm():
    times_s, _ = swaying(*BODIES["adult"][1:], seed=1)
    ibi = Trace(times_s[1:], np.diff(times_s), "s", 1.0)
    body = read_body(
        PersonTraces({"ibi": ibi}, about=Person(arrhythmia=Arrhythmia.FIBRILLATION)), SECONDS
    )
    assert np.isnan(body.rsa.ln_ms2)
    assert any("atrial fibrillation" in note for note in body.notes)


def test_a_gap_stays_a_gap_in_the_series():
    times_s, _ = swaying(*BODIES["toddler"][1:], seed=1)
    cut = times_s[(times_s < 100) | (times_s > 160)]
    beats = Beats(
        cut, np.ones(len(cut)), cut, cut, duration_s=SECONDS, gaps_s=np.array([[100.0, 160.0]])
    )
    found = read(beats, Person(age_years=2.0))
    assert np.isnan(found.wave_ms[4 * 105 : 4 * 155]).all()
    assert np.isfinite(found.wave_ms[4 * 30 : 4 * 90]).all()
