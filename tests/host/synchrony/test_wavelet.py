"""Wavelet coherence: the field's formula, slow twins of it and of its chance level, the arrows."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import signal

from dyadkit.errors import SignalError
from dyadkit.synchrony.wavelet import Coherence, Periods, RedNoise, coherence
from dyadkit.synchrony.wavelet.chance import red_noise_coherence
from dyadkit.synchrony.wavelet.transform import MORLET
from fakes.oracles import figures, pair


def test_agrees_with_pycwt():
    expected = figures("pycwt_wct")
    found = coherence(*pair("in1", every=4), rate_hz=1.0)
    at = expected["time_index"]
    turned = np.angle(np.exp(1j * (found.angle[:, at] - np.array(expected["angle"]))))
    assert found.periods_s == pytest.approx(np.array(expected["period"]), abs=1e-6)
    assert found.coherence[:, at] == pytest.approx(np.array(expected["wct"]), abs=1e-6)
    assert turned == pytest.approx(0.0, abs=1e-6)
    assert found.cone_s[at] == pytest.approx(np.array(expected["coi"]), abs=1e-6)


def test_the_rate_only_renames_periods_and_times():
    a, b = np.random.default_rng(1).standard_normal((2, 300))
    slow, fast = coherence(a, b, 1.0), coherence(a, b, 4.0)
    assert fast.coherence == pytest.approx(slow.coherence, abs=1e-9)
    assert fast.periods_s * 4.0 == pytest.approx(slow.periods_s)
    assert fast.cone_s * 4.0 == pytest.approx(slow.cone_s)


def slow_twin(a, b, scale, voices=12):
    """Coherence at one scale from wavelets and averages written out in time."""
    time = np.arange(len(a)) - len(a) // 2

    def power(x, y, size):
        wavelet = np.exp(6j * time / size - 0.5 * (time / size) ** 2)
        smooth = np.exp(-0.5 * (time / size) ** 2) / (size * np.sqrt(2 * np.pi))
        of = [np.convolve(series, wavelet, "same") / size for series in (x, y)]
        return np.convolve(of[0] * of[1].conj(), smooth, "same")

    weights = np.array([0.5, *[1.0] * 12, 0.5])
    sizes = scale * 2.0 ** (np.arange(6, -8, -1) / voices)
    power_a, power_b, cross = (
        sum(w * power(x, y, size) for w, size in zip(weights, sizes, strict=True))
        for x, y in ((a, a), (b, b), (a, b))
    )
    return np.abs(cross) ** 2 / (power_a.real * power_b.real)


def test_agrees_with_convolutions_written_out_in_time():
    random = np.random.default_rng(2)
    a, b = random.standard_normal((2, 501))
    found = coherence(a, b, 1.0, Periods(4.0, 60.0))
    row = 20
    scale = found.periods_s[row] / MORLET.period_per_scale
    twin = slow_twin(a - a.mean(), b - b.mean(), scale)
    assert found.coherence[row, 100:400] == pytest.approx(twin[100:400], abs=0.01)


@given(shift=st.integers(-8, 8), seed=st.integers(0, 1000))
@settings(max_examples=15, deadline=None)
def test_arrow_is_positive_when_b_follows_a(shift, seed):
    base = np.random.default_rng(seed).standard_normal(640)
    a, b = base[20:620], base[20 - shift : 620 - shift]
    found = coherence(a, b, 1.0, Periods(24.0, 48.0))
    row = np.argmin(np.abs(found.periods_s - 32.0))
    mean = np.mean(np.exp(1j * found.angle[row, 100:500]))
    assert np.angle(mean) / (2 * np.pi) * found.periods_s[row] == pytest.approx(shift, abs=1.0)


@given(scale=st.floats(0.01, 100.0), offset=st.floats(-10.0, 10.0))
@settings(max_examples=10, deadline=None)
def test_unit_and_offset_of_a_person_change_nothing(scale, offset):
    a, b = np.random.default_rng(3).standard_normal((2, 200))
    plain, scaled = (
        coherence(series, b, 1.0, Periods(4.0, 32.0)) for series in (a, scale * a + offset)
    )
    assert scaled.coherence == pytest.approx(plain.coherence, abs=1e-6)


def test_series_at_odds_point_the_other_way():
    a = np.sin(np.arange(400) / 5.0)
    b = -a + 0.01 * np.random.default_rng(4).standard_normal(400)
    found = coherence(a, b, 1.0, Periods(28.0, 36.0))
    assert np.abs(found.angle[:, 100:300]).min() > 3.0


def red_noise(phi, samples, random):
    noise = random.standard_normal((2, samples + 200))
    return signal.lfilter([1.0], [1.0, -phi], noise, axis=1)[:, 200:]


def test_chance_threshold_is_that_of_plainly_simulated_pairs():
    samples, wide = 1024, Periods(4.0, 48.0)
    scales = MORLET.scales(4.0, 48.0)
    inside = np.full(len(scales), float(samples))
    fast = red_noise_coherence(MORLET, scales, inside, (0.9, 0.9), list(range(25)))
    random = np.random.default_rng(5)
    plain = np.array(
        [coherence(*red_noise(0.9, samples, random), 1.0, wide).coherence for _ in range(25)]
    )
    middle = plain[:, :, 200:-200].transpose(1, 0, 2).reshape(len(scales), -1)
    rows = slice(0, len(scales) - 7)
    expected = np.quantile(middle, 0.95, axis=1)
    assert fast.threshold(0.95)[rows] == pytest.approx(expected[rows], abs=0.06)


def test_coupled_series_exceed_red_noise_and_strangers_do_not():
    random = np.random.default_rng(6)
    a, stranger = red_noise(0.8, 600, random)
    follower = 0.7 * np.roll(a, 3) + 0.7 * stranger
    settings = Periods(4.0, 100.0), MORLET, RedNoise(runs=29, seed=1)
    coupled, alone = (coherence(a, other, 1.0, *settings) for other in (follower, stranger))
    assert coupled.p == pytest.approx(1 / 30)
    assert coupled.area > 0.3
    assert alone.p > 0.05


def test_the_same_seed_gives_the_same_p():
    a, b = red_noise(0.8, 200, np.random.default_rng(7))
    first, again = (coherence(a, b, 1.0, null=RedNoise(runs=9, seed=3)) for _ in range(2))
    assert first.to_dict() == again.to_dict()


def test_without_a_null_there_is_no_threshold():
    found = coherence(*np.random.default_rng(8).standard_normal((2, 100)), 1.0)
    assert np.isnan(found.threshold).all()
    assert np.isnan(found.p)
    assert found.null == "none"


def test_a_gap_blanks_what_leans_on_it_and_little_else():
    a, b = red_noise(0.9, 600, np.random.default_rng(9))
    whole = coherence(a, b, 1.0, Periods(4.0, 64.0))
    b[290:310] = np.nan
    found = coherence(a, b, 1.0, Periods(4.0, 64.0))
    assert np.isnan(found.coherence[0, 292:308]).all()
    assert np.isfinite(found.coherence[:, :200]).all()
    assert found.coverage == pytest.approx(580 / 600)
    assert found.coherence[0, :250] == pytest.approx(whole.coherence[0, :250], abs=0.02)


def test_scattered_missing_samples_blank_only_the_shortest_periods():
    random = np.random.default_rng(10)
    a, b = red_noise(0.95, 600, random)
    a[random.random(600) < 0.1] = np.nan
    found = coherence(a, b, 1.0, Periods(2.0, 100.0))
    assert np.isfinite(found.coherence[found.periods_s > 20]).all()


def test_results_travel_through_json():
    found = coherence(*np.random.default_rng(11).standard_normal((2, 80)), 1.0)
    back = Coherence.from_dict(found.to_dict())
    assert back.to_dict() == found.to_dict()
    assert np.array_equal(back.inside, found.inside)


GOOD = np.sin(np.arange(200.0))


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ((np.ones(200), GOOD, 1.0), SignalError),
        ((np.full(200, np.nan), GOOD, 1.0), SignalError),
        ((GOOD[:10], GOOD[:10], 1.0), SignalError),
        ((GOOD[:-1], GOOD, 1.0), ValueError),
        ((GOOD, GOOD, 0.0), ValueError),
        ((GOOD, GOOD, 1.0, Periods(1.0, 20.0)), ValueError),
        ((GOOD, GOOD, 1.0, Periods(10.0, 5.0)), ValueError),
        ((GOOD, GOOD, 1.0, Periods(10.0, 500.0)), ValueError),
    ],
)
def test_nonsense_is_refused_with_a_sentence(arguments, error):
    with pytest.raises(error, match=r"\w+ \w+ \w+"):
        coherence(*arguments)


def test_a_plane_without_an_inside_has_no_chance_level():
    with pytest.raises(SignalError, match="inside the cone"):
        coherence(GOOD, GOOD[::-1], 1.0, Periods(150.0, 200.0), null=RedNoise(runs=3))


@pytest.mark.parametrize(("runs", "level"), [(0, 0.95), (10, 1.0)])
def test_a_null_without_runs_or_level_is_refused(runs, level):
    with pytest.raises(ValueError, match="at least one run"):
        RedNoise(runs, 0, level)
