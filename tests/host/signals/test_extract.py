"""Both people's physiology on one grid, gaps kept, missing streams said."""

import numpy as np
import pulse_model
import pytest

from dyadkit.errors import SignalError
from dyadkit.signals import PhysiologyPair, extract
from dyadkit.trace import Dyad, Recording, Trace

SECONDS = 60.0
PULSE = pulse_model.pulse(pulse_model.sinus, seconds=SECONDS, seed=31)


def ppg_trace(gap_s=None):
    times_s = np.arange(len(PULSE.ppg)) / 100.0
    counts = np.round(100_000 - 800 * PULSE.ppg)
    if gap_s is None:
        return Trace(times_s, counts, "counts", 100.0)
    kept = (times_s <= gap_s[0]) | (times_s >= gap_s[1])
    return Trace(times_s[kept], counts[kept], "counts", 100.0, np.array([gap_s]))


def eda_trace():
    times_s = np.arange(0, SECONDS, 1 / 16)
    since_s = np.maximum(times_s - 20, 0)
    response = 0.8 * (np.exp(-since_s / 2.5) - np.exp(-since_s / 0.7))
    noise = 0.002 * np.random.default_rng(32).standard_normal(len(times_s))
    return Trace(times_s, 5 + response + noise, "microsiemens", 16.0)


def dyad(a, b):
    return Dyad(Recording(a), Recording(b), duration_s=SECONDS)


def test_both_people_share_the_grid():
    both = extract(dyad({"ppg_ir": ppg_trace(), "eda": eda_trace()}, {"ppg_ir": ppg_trace()}))
    assert np.array_equal(both.a.times_s, both.b.times_s)
    for person in (both.a, both.b):
        for series in (person.heart_rate_bpm, person.tonic_usiemens, person.phasic_usiemens):
            assert series.shape == (int(SECONDS * 4),)
    assert np.nanmedian(both.a.heart_rate_bpm) == pytest.approx(70, abs=2)
    assert np.nanmedian(both.a.tonic_usiemens) == pytest.approx(5, abs=0.3)
    assert any(abs(response.onset_s - 20) < 1 for response in both.a.responses)


def test_a_missing_stream_is_nan_and_said():
    both = extract(dyad({"eda": eda_trace()}, {"ppg_ir": ppg_trace()}))
    assert np.isnan(both.a.heart_rate_bpm).all()
    assert len(both.a.beats) == 0
    assert np.isnan(both.b.tonic_usiemens).all()
    assert any("conductance" in note for note in both.b.notes)


def test_one_colour_bridges_the_gap_of_the_other():
    gap_s = (20.0, 40.0)
    alone = extract(dyad({"ppg_ir": ppg_trace(gap_s)}, {"ppg_ir": ppg_trace()}))
    inside = (alone.a.times_s > 21) & (alone.a.times_s < 39)
    assert np.isnan(alone.a.heart_rate_bpm[inside]).all()
    two = {"ppg_ir": ppg_trace(gap_s), "ppg_red": ppg_trace()}
    helped = extract(dyad(two, {"ppg_ir": ppg_trace()}))
    assert np.isfinite(helped.a.heart_rate_bpm[inside]).mean() > 0.9


def test_physiology_survives_json():
    both = extract(dyad({"ppg_ir": ppg_trace(), "eda": eda_trace()}, {"ppg_ir": ppg_trace()}))
    again = PhysiologyPair.from_dict(both.to_dict())
    assert np.array_equal(again.a.beats.times_s, both.a.beats.times_s)
    assert np.array_equal(again.a.tonic_usiemens, both.a.tonic_usiemens, equal_nan=True)


def test_a_session_without_times_is_refused():
    with pytest.raises(SignalError, match="known time"):
        extract(Dyad(Recording({}), Recording({})))
