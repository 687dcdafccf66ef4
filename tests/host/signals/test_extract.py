"""Both people's physiology on one grid, gaps kept, missing streams said."""

import numpy as np
import pytest

from dyadkit.dyad.traces import Dyad, Mark, PersonTraces, Trace
from dyadkit.errors import SignalError
from dyadkit.signals import PhysiologyPair, extract
from dyadkit.signals.reason import SignalFault
from fakes import pulse_model

SECONDS = 60.0
PULSE = pulse_model.pulse(pulse_model.sinus, seconds=SECONDS, seed=31)


def ppg_trace(gap_s=None):
    times_s = np.arange(len(PULSE.ppg)) / 100.0
    counts = np.round(100_000 - 800 * PULSE.ppg)
    if gap_s is None:
        return Trace(times_s, counts, "counts", 100.0, sensor="max3010x")
    kept = (times_s <= gap_s[0]) | (times_s >= gap_s[1])
    return Trace(times_s[kept], counts[kept], "counts", 100.0, np.array([gap_s]), sensor="max3010x")


def eda_trace():
    times_s = np.arange(0, SECONDS, 1 / 16)
    since_s = np.maximum(times_s - 20, 0)
    response = 0.8 * (np.exp(-since_s / 2.5) - np.exp(-since_s / 0.7))
    noise = 0.002 * np.random.default_rng(32).standard_normal(len(times_s))
    return Trace(times_s, 5 + response + noise, "microsiemens", 16.0)


def dyad(a, b):
    return Dyad(PersonTraces(a), PersonTraces(b), duration_s=SECONDS)


def test_both_people_share_the_grid():
    both = extract(dyad({"ppg_ir": ppg_trace(), "eda": eda_trace()}, {"ppg_ir": ppg_trace()}))
    assert np.array_equal(both.a.times_s, both.b.times_s)
    for person in (both.a, both.b):
        for series in (person.heart_rate_bpm, person.tonic_usiemens, person.phasic_usiemens):
            assert series.shape == (int(SECONDS * 4),)
    assert np.nanmedian(both.a.heart_rate_bpm) == pytest.approx(70, abs=2)
    assert np.nanmedian(both.a.tonic_usiemens) == pytest.approx(5, abs=0.3)
    assert any(abs(response.onset_s - 20) < 1 for response in both.a.responses)


@pytest.mark.parametrize("rate_hz", [98.9, 99.97, 100.0, 100.07, 100.8])
def test_the_grid_is_the_sessions_whatever_the_sensors_own_rate(rate_hz):
    times_s = np.arange(len(PULSE.ppg)) / rate_hz
    pulse = Trace(
        times_s, np.round(100_000 - 800 * PULSE.ppg), "counts", rate_hz, sensor="max3010x"
    )
    body = extract(dyad({"ppg_ir": pulse, "eda": eda_trace()}, {"ppg_ir": pulse})).a
    n = int(SECONDS * 4)
    assert len(body.times_s) == len(body.heart_rate_bpm) == len(body.tonic_usiemens) == n


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
        extract(Dyad(PersonTraces({}), PersonTraces({})))


def test_every_stream_says_second_by_second_how_far_to_trust_it():
    traces = {"ppg_ir": ppg_trace((20.0, 40.0)), "eda": eda_trace()}
    body = extract(dyad(traces, {"ppg_ir": ppg_trace()})).a
    assert set(body.streams) == {"ppg_ir", "eda"}
    for quality in body.streams.values():
        assert quality.quality.shape == quality.reasons.shape == (int(SECONDS),)
    assert (body.streams["ppg_ir"].reasons[21:39] & SignalFault.LINK_GAP).all()
    assert (body.streams["ppg_ir"].reasons[2:18] == 0).all()
    assert body.streams["eda"].quality.min() == 1.0


@pytest.mark.parametrize("rate_hz", [63.997, 64.003, 99.99, 100.01, 199.95])
def test_a_rate_that_is_not_quite_the_nominal_one_changes_nothing(rate_hz):
    times_s = np.arange(int(SECONDS * rate_hz)) / rate_hz
    values = np.interp(times_s, np.arange(len(PULSE.ppg)) / 100.0, PULSE.ppg)
    skewed = Trace(times_s, 100_000 - 800 * values, "counts", rate_hz, sensor="max3010x")
    two = {"ppg_ir": skewed, "ppg_red": ppg_trace(), "eda": eda_trace()}
    body = extract(dyad(two, {"ppg_ir": ppg_trace()})).a
    assert len(body.quality.quality) == len(body.colour) == int(SECONDS)
    assert np.nanmedian(body.heart_rate_bpm) == pytest.approx(70, abs=2)


def test_an_event_is_scored_for_those_it_happened_to():
    marks = (
        Mark(18.5, 18.5, "sound"),
        Mark(18.5, 18.5, "touch", person="b"),
        Mark(0.0, 60.0, "rest", kind="condition"),
    )
    streams = {"eda": eda_trace()}
    both = extract(Dyad(PersonTraces(streams), PersonTraces(streams), marks, SECONDS))
    (own,) = both.a.event_responses
    assert own.latency_s == pytest.approx(1.5, abs=0.3)
    assert own.amplitude_usiemens > 0.2
    assert len(both.b.event_responses) == 2


@pytest.mark.parametrize(
    ("rate_hz", "samples"), [(4.0, 240), (np.nan, 240), (100.0, 1), (1e5, 5000)]
)
def test_a_pulse_at_a_hopeless_rate_is_said_not_raised(rate_hz, samples):
    hopeless = Trace(
        np.linspace(0, 60, samples), np.ones(samples), "counts", rate_hz, sensor="max3010x"
    )
    streams = {"ppg_ir": hopeless, "eda": Trace(np.array([1.0]), np.ones(1), "microsiemens", 16.0)}
    body = extract(dyad(streams, {"ppg_ir": ppg_trace()})).a
    assert np.isnan(body.heart_rate_bpm).all()
    assert [note.split(":")[0] for note in body.notes] == ["ppg_ir", "skin conductance"]


def test_movement_seen_by_the_accelerometer_is_the_reason_for_a_lost_pulse():
    random = np.random.default_rng(33)
    pulse = ppg_trace()
    pulse.values[2000:3000] = np.round(100_000 + 2000 * random.standard_normal(1000))
    times_s = np.arange(0, SECONDS, 1 / 25)
    axes = {}
    for name, rest in (("acc_x", 0.0), ("acc_y", 0.0), ("acc_z", 1.0)):
        values = rest + 0.003 * random.standard_normal(len(times_s))
        values[500:750] += 0.4 * random.standard_normal(250)
        axes[name] = Trace(times_s, values, "g", 25.0)
    body = extract(dyad({"ppg_ir": pulse, **axes}, {"ppg_ir": ppg_trace()})).a
    assert (body.quality.reasons[21:29] & SignalFault.MOTION).all()
