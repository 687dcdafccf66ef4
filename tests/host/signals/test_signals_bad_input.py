"""Whatever the sensor sends, at any rate: masked or refused, never a made-up number."""

import numpy as np
import pytest

from dyadkit.errors import SignalError
from dyadkit.signals import eda, ppg
from dyadkit.signals.hrv import hrv
from dyadkit.signals.quality import judge_ppg
from dyadkit.signals.reason import SignalFault
from dyadkit.signals.respiration import respiration
from fakes import pulse_model
from fakes.skin_model import simulate

RATES_HZ = (25.0, 50.0, 64.0, 100.0, 200.0, 500.0)
SECONDS = 30.0
COUNTS_FULL = 2.0**18 - 1


def noise(n, _rate_hz):
    return 1e5 + 50 * np.random.default_rng(n).standard_normal(n)


def drift(n, rate_hz):
    """A sensor that warms up, and sees no pulse."""
    times_s = np.arange(n) / rate_hz
    return 1e5 + 3000 * (1 - np.exp(-times_s / 8)) + 20 * np.sin(2 * np.pi * 0.05 * times_s)


def flicker(n, rate_hz):
    """Room light on a sensor nobody wears: mains, and nothing below 8 Hz."""
    return 1e5 + 400 * np.sin(2 * np.pi * 11.0 * np.arange(n) / rate_hz)


NOTHING = {
    "constant": lambda n, _: np.full(n, 1e5),
    "zero": lambda n, _: np.zeros(n),
    "missing": lambda n, _: np.full(n, np.nan),
    "infinite": lambda n, _: np.full(n, np.inf),
    "saturated": lambda n, _: np.full(n, COUNTS_FULL),
    "three_samples": lambda n, _: np.array([1e5, 1e5 + 1, 1e5]),
    "one_sample": lambda n, _: np.array([1e5]),
    "nothing": lambda n, _: np.empty(0),
    "noise": noise,
    "drift": drift,
    "flicker": flicker,
}


@pytest.mark.parametrize("rate_hz", RATES_HZ)
@pytest.mark.parametrize("kind", NOTHING)
def test_no_pulse_gives_no_number_at_all(kind, rate_hz):
    counts = NOTHING[kind](int(SECONDS * rate_hz), rate_hz)
    beats = ppg.find_beats(counts, rate_hz)
    found = ppg.intervals(beats)
    assert not beats.trusted.any()
    assert not found.trusted.any()
    assert np.isnan(ppg.heart_rate(beats).bpm).all()
    assert np.isnan(ppg.perfusion_percent(beats)).all()
    assert np.isnan(respiration(beats).breaths_per_minute).all()
    figures = hrv(found, SECONDS)
    assert figures.intervals == figures.coverage == 0
    assert np.isnan([figures.mean_bpm, figures.rmssd_ms, figures.sdnn_ms, figures.high_ms2]).all()
    judged = judge_ppg(counts, rate_hz)
    assert (judged.quality < 0.5).all()
    assert (judged.reasons > 0).all()


@pytest.mark.parametrize("rate_hz", RATES_HZ)
@pytest.mark.parametrize("kind", NOTHING)
def test_no_pulse_gives_no_live_beat_to_trust(kind, rate_hz):
    counts = NOTHING[kind](int(12 * rate_hz), rate_hz)
    live = ppg.LiveBeats(rate_hz)
    assert not live.push(counts).trusted.any()
    assert not live.finish().trusted.any()


@pytest.mark.parametrize("rate_hz", RATES_HZ)
@pytest.mark.parametrize(
    "change",
    [lambda x: -x, lambda x: 1000 * x, lambda x: x / 1000, lambda x: 1e5 - x, lambda x: x - 1e5],
    ids=["inverted", "thousand", "thousandth", "counts", "negative"],
)
def test_polarity_unit_and_offset_change_no_beat(change, rate_hz):
    pulse = pulse_model.pulse(pulse_model.sinus, seconds=SECONDS, rate_hz=rate_hz, seed=41)
    beats = ppg.find_beats(change(pulse.ppg), rate_hz)
    usual = ppg.find_beats(pulse.ppg, rate_hz)
    assert beats.times_s == pytest.approx(usual.times_s, abs=1e-4)
    assert beats.trusted.mean() > 0.95
    assert np.nanmedian(ppg.heart_rate(beats).bpm) == pytest.approx(70, abs=2)


@pytest.mark.parametrize("rate_hz", RATES_HZ)
@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (np.nan, SignalFault.LINK_GAP),
        (COUNTS_FULL, SignalFault.SATURATED),
        (300.0, SignalFault.NO_CONTACT),
    ],
    ids=["gap", "saturated", "lifted"],
)
def test_a_hole_is_masked_with_its_reason_and_spoils_nothing_else(value, reason, rate_hz):
    pulse = pulse_model.pulse(pulse_model.sinus, seconds=SECONDS, rate_hz=rate_hz, seed=42)
    counts = 100_000 - 800 * pulse.ppg
    counts[int(10 * rate_hz) : int(20 * rate_hz)] = value
    series = ppg.heart_rate(ppg.find_beats(counts, rate_hz, ppg.MAX3010X))
    inside = (series.times_s > 10.5) & (series.times_s < 19.5)
    outside = ((series.times_s > 2) & (series.times_s < 8.5)) | (
        (series.times_s > 21.5) & (series.times_s < 28)
    )
    assert np.isnan(series.bpm[inside]).all()
    assert np.isfinite(series.bpm[outside]).all()
    judged = judge_ppg(counts, rate_hz, ppg.MAX3010X)
    assert (judged.quality[10:20] == 0).all()
    assert (judged.reasons[10:20] & reason).all()


SKIN_NOTHING = {
    "constant": lambda n: np.full(n, 5.0),
    "zero": np.zeros,
    "missing": lambda n: np.full(n, np.nan),
    "infinite": lambda n: np.full(n, np.inf),
    "saturated": lambda n: np.full(n, 100.0),
    "three_samples": lambda n: np.array([5.0, 5.1, 5.2]),
    "one_sample": lambda n: np.array([5.0]),
    "nothing": lambda n: np.empty(0),
}


@pytest.mark.parametrize("rate_hz", RATES_HZ)
@pytest.mark.parametrize("kind", SKIN_NOTHING)
def test_no_skin_gives_no_level_and_no_response(kind, rate_hz):
    values = SKIN_NOTHING[kind](int(60 * rate_hz))
    found = eda.decompose(values, rate_hz)
    assert found.mask.all()
    assert np.isnan(found.tonic).all()
    assert np.isnan(found.phasic).all()
    assert found.responses == ()
    assert np.isnan(eda.tonic_level(found).usiemens).all()
    (event,) = eda.event_responses(found, [20.0])
    assert np.isnan([event.latency_s, event.amplitude_usiemens, event.driver_usiemens]).all()


@pytest.mark.parametrize("rate_hz", RATES_HZ)
@pytest.mark.parametrize("noise_usiemens", [0.2, 0.5, 1.0])
def test_noise_on_a_level_is_no_response(noise_usiemens, rate_hz):
    random = np.random.default_rng(int(rate_hz))
    found = eda.decompose(random.normal(5.0, noise_usiemens, int(60 * rate_hz)), rate_hz)
    assert found.responses == ()


@pytest.mark.parametrize("rate_hz", RATES_HZ)
@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda x: 1000 * x, "nanosiemens"),
        (lambda x: x / 1000, "millisiemens"),
        (lambda x: x * 1e-6, "siemens"),
        (lambda x: -x, "negative"),
        (lambda x: (x - x.mean()) / x.std(), "z-scores"),
    ],
    ids=["nanosiemens", "millisiemens", "siemens", "inverted", "standardised"],
)
def test_skin_in_another_unit_is_refused_by_name(change, said, rate_hz):
    values = change(simulate(43, rate_hz=rate_hz, duration_s=60.0).values)
    for read in (eda.decompose, eda.faults, eda.artefacts):
        with pytest.raises(SignalError, match=said):
            read(values, rate_hz)


@pytest.mark.parametrize("kind", SKIN_NOTHING)
def test_no_skin_gives_no_live_level(kind):
    live = eda.LiveEda(16.0)
    found = live.push(SKIN_NOTHING[kind](16 * 30))
    assert np.isnan(found.phasic).all()


@pytest.mark.parametrize("rate_hz", RATES_HZ)
def test_each_second_of_skin_says_what_is_wrong(rate_hz):
    values = simulate(44, rate_hz=rate_hz, duration_s=60.0).values
    values[int(20 * rate_hz) : int(25 * rate_hz)] = np.nan
    values[int(40 * rate_hz) : int(45 * rate_hz)] = 0.0
    judged = eda.judge_eda(values, rate_hz)
    assert judged.quality.shape == (60,)
    assert (judged.reasons[20:25] & SignalFault.LINK_GAP).all()
    assert (judged.reasons[40:45] & SignalFault.NO_CONTACT).all()
    assert (judged.quality[20:25] == 0).all()
    assert (judged.quality[2:18] == 1).all()
