"""Phase locking from slow arousal to gamma: reference values, true lags, chance and gaps."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import signal, stats

from dyadkit.errors import SignalError
from dyadkit.synchrony import phase
from dyadkit.synchrony.phase import Angles, Locking, Shifts, locking
from dyadkit.synchrony.phase.pair import BandPair
from fakes.oracles import figures, pair


@pytest.mark.parametrize("name", ["in1", "in2", "in3"])
def test_broadband_locking_agrees_with_hilbert_phases(name):
    expected = figures("phase_multisyncpy", name)["result"][name]
    found = locking(*pair(name), rate_hz=4.0)
    assert found.plv == pytest.approx(expected["PLV_hilbert_raw"], abs=1e-10)
    assert found.angle_rad == pytest.approx(expected["mean_phase_diff_rad"], abs=1e-10)


def rhythms(rate_hz, band_hz, lag_s, seconds, seed=0):
    """One band-limited noise, b later by lag_s, each with as much noise of its own."""
    random = np.random.default_rng(seed)
    samples, lag = round(seconds * rate_hz), round(lag_s * rate_hz)
    sos = signal.butter(2, band_hz, "bandpass", fs=rate_hz, output="sos")
    common, own_a, own_b = signal.sosfiltfilt(sos, random.standard_normal((3, samples + 2 * lag)))
    a = common[lag : lag + samples] + 0.5 * own_a[:samples]
    b = common[:samples] + 0.5 * own_b[:samples]
    return a, b


@pytest.mark.parametrize(
    ("rate_hz", "band_hz", "lag_s", "seconds"),
    [
        (1.0, (0.01, 0.05), 3.0, 3600.0),
        (4.0, (0.04, 0.15), 1.5, 600.0),
        (250.0, (8.0, 12.0), 0.02, 60.0),
        (1000.0, (30.0, 48.0), 0.004, 30.0),
    ],
)
def test_lag_is_positive_when_b_follows_a_in_every_band(rate_hz, band_hz, lag_s, seconds):
    a, b = rhythms(rate_hz, band_hz, lag_s, seconds)
    found = locking(a, b, rate_hz, band_hz, Shifts(count=99))
    assert found.lag_s == pytest.approx(lag_s, rel=0.35)
    assert found.plv > 0.6
    assert max(found.p, found.p_pli, found.p_wpli) <= 0.05
    assert band_hz[0] < found.frequency_hz < band_hz[1]
    mirrored = locking(b, a, rate_hz, band_hz, Shifts(count=99))
    assert mirrored.lag_s == pytest.approx(-found.lag_s)


def test_a_slow_band_of_a_fast_recording_is_as_stable_as_of_a_slow_one():
    slow = rhythms(1.0, (0.02, 0.06), 2.0, 900.0)
    fast = [signal.resample_poly(series, 100, 1) for series in slow]
    few = Shifts(count=19)
    expected = locking(*slow, 1.0, (0.02, 0.06), few)
    found = locking(*fast, 100.0, (0.02, 0.06), few)
    assert found.plv == pytest.approx(expected.plv, abs=0.05)
    assert found.lag_s == pytest.approx(expected.lag_s, abs=0.3)


def test_band_filter_agrees_with_a_filter_run_both_ways():
    random = np.random.default_rng(1)
    series = random.standard_normal((2, 4000))
    sos = signal.butter(3, (0.1, 0.3), "bandpass", fs=4.0, output="sos")
    angles = np.angle(signal.hilbert(signal.sosfiltfilt(sos, series, padlen=300)))
    expected = np.abs(np.mean(np.exp(1j * (angles[0] - angles[1]))))
    assert locking(*series, 4.0, (0.1, 0.3)).plv == pytest.approx(expected, abs=0.005)


def test_indices_are_those_written_out():
    a, b = rhythms(4.0, (0.05, 0.2), 1.0, 300.0)
    found = locking(a, b, 4.0)
    cross = signal.hilbert(a - a.mean()) * signal.hilbert(b - b.mean()).conj()
    assert found.pli == pytest.approx(abs(np.mean(np.sign(cross.imag))))
    weighted = abs(np.mean(np.abs(cross.imag) * np.sign(cross.imag))) / np.mean(abs(cross.imag))
    assert found.wpli == pytest.approx(weighted)


def test_every_circular_shift_at_once_is_each_shift_alone():
    a, b = np.random.default_rng(2).standard_normal((2, 240))
    b[50:60] = np.nan
    both = BandPair.of(a, b, 1.0, (0.05, 0.2))
    expected = [abs(np.mean(np.exp(1j * np.angle(both.difference(shift))))) for shift in range(240)]
    assert both.plv_at_every_shift() == pytest.approx(np.array(expected))


def test_one_source_in_both_locks_but_does_not_lag():
    a, _ = rhythms(4.0, (0.05, 0.2), 0.0, 600.0)
    b = a + 0.1 * np.random.default_rng(3).standard_normal(len(a))
    found = locking(a, b, 4.0, (0.05, 0.2))
    assert found.plv > 0.9
    assert found.p < 0.01
    assert found.p_wpli > 0.01


@given(scale=st.floats(0.01, 1000.0), offset=st.floats(-100.0, 100.0))
@settings(max_examples=15, deadline=None)
def test_unit_and_offset_of_a_person_change_nothing(scale, offset):
    a, b = np.random.default_rng(4).standard_normal((2, 200))
    few = Shifts(count=19)
    plain = locking(a, b, 4.0, (0.2, 0.6), few)
    scaled = locking(a * scale + offset, b, 4.0, (0.2, 0.6), few)
    assert scaled.plv == pytest.approx(plain.plv, abs=1e-6)
    assert scaled.wpli == pytest.approx(plain.wpli, abs=1e-6)


def test_strangers_are_called_locked_about_as_often_as_promised():
    random = np.random.default_rng(5)
    noise = random.standard_normal((120, 2, 1400))
    walks = signal.lfilter([1.0], [1.0, -0.97], noise)[:, :, 200:]
    found = [locking(a, b, 2.0, (0.04, 0.15), Shifts(count=99)) for a, b in walks]
    for name in ("p", "p_pli", "p_wpli"):
        rejected = sum(getattr(one, name) <= 0.05 for one in found)
        assert rejected <= stats.binom.ppf(0.999, 120, 0.05), name


def test_gaps_are_left_out_and_short_ones_bridged():
    a, b = rhythms(4.0, (0.05, 0.2), 1.0, 600.0)
    whole = locking(a, b, 4.0, (0.05, 0.2))
    holes = a.copy()
    holes[1000:1200] = np.nan
    holes[np.random.default_rng(6).random(len(a)) < 0.1] = np.nan
    found = locking(holes, b, 4.0, (0.05, 0.2))
    assert found.plv == pytest.approx(whole.plv, abs=0.05)
    assert 0.85 < found.coverage < 0.95


def test_two_seconds_of_alpha_have_an_estimate_but_no_chance_level():
    a, b = rhythms(250.0, (8.0, 12.0), 0.02, 1.0)
    found = locking(a, b, 250.0, (8.0, 12.0))
    assert found.plv > 0.5
    assert np.isnan([found.p, found.p_pli, found.p_wpli]).all()


def test_circular_summary_recovers_a_von_mises_law():
    drawn = stats.vonmises.rvs(2.5, loc=-1.0, size=4000, random_state=7)
    found = phase.angles(drawn)
    assert found.mean_rad == pytest.approx(-1.0, abs=0.05)
    assert found.concentration == pytest.approx(2.5, abs=0.15)
    assert found.sd_rad == pytest.approx(stats.circstd(drawn))
    assert found.variance == pytest.approx(stats.circvar(drawn))
    assert found.p < 1e-6


def test_rayleigh_test_keeps_its_promise_without_a_direction():
    drawn = np.random.default_rng(8).uniform(-np.pi, np.pi, (2000, 12))
    rejected = np.mean([phase.angles(row).p <= 0.05 for row in drawn])
    assert 0.035 <= rejected <= 0.065


def test_equal_angles_and_angles_that_cancel_are_limits():
    same, apart = phase.angles([0.3, 0.3, 0.3]), phase.angles(np.arange(8) * np.pi / 4)
    assert same.concentration == np.inf
    assert same.mean_rad == pytest.approx(0.3)
    assert np.isnan(apart.mean_rad)
    assert apart.p == pytest.approx(1.0)


def test_results_travel_through_json():
    found = locking(*rhythms(4.0, (0.05, 0.2), 1.0, 300.0), 4.0, (0.05, 0.2))
    assert Locking.from_dict(found.to_dict()).to_dict() == found.to_dict()
    summary = phase.angles([0.1, 0.2, 0.4, np.nan])
    assert Angles.from_dict(summary.to_dict()).to_dict() == summary.to_dict()
    assert summary.count == 3


GOOD = np.sin(np.arange(400.0))
MOSTLY_MISSING = np.where(np.arange(400) < 60, GOOD, np.nan)


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ((np.ones(400), GOOD, 4.0, (0.1, 0.3)), SignalError),
        ((np.full(400, np.nan), GOOD, 4.0, (0.1, 0.3)), SignalError),
        ((MOSTLY_MISSING, GOOD, 4.0, (0.1, 0.3)), SignalError),
        ((GOOD, GOOD, 4.0, (0.01, 0.3)), SignalError),
        ((GOOD[:4], GOOD[:4], 4.0, (0.1, 0.3)), SignalError),
        ((GOOD[:-1], GOOD, 4.0, (0.1, 0.3)), ValueError),
        ((GOOD, GOOD, 0.0, (0.1, 0.3)), ValueError),
        ((GOOD, GOOD, 4.0, (0.3, 0.1)), ValueError),
        ((GOOD, GOOD, 4.0, (0.0, 0.1)), ValueError),
        ((GOOD, GOOD, 4.0, (1.0, 2.5)), ValueError),
    ],
)
def test_nonsense_is_refused_with_a_sentence(arguments, error):
    with pytest.raises(error, match=r"\w+ \w+ \w+"):
        locking(*arguments)


def test_too_few_angles_are_refused():
    with pytest.raises(SignalError, match="too few"):
        phase.angles([0.1, np.nan, 0.2])
