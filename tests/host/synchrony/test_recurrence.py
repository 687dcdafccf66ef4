"""Cross-recurrence against another tool's numbers, a slow twin, and the rules of the plot."""

import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dyadkit.errors import SignalError
from dyadkit.synchrony import recurrence
from dyadkit.synchrony.recurrence import Recurrence, WindowedRecurrence, cross_recurrence
from dyadkit.synchrony.recurrence.lines import diagonal_lines
from dyadkit.synchrony.recurrence.profile import Profile, pairs_by_lag
from dyadkit.synchrony.recurrence.states import StateSpace
from fakes.oracles import figures, pair, z

NAMES = {name: name for name in ("RR", "DET", "L", "ENTR", "LAM", "TT")} | {"Lmax": "maxL"}


def assert_matches(result, reference):
    for ours, theirs in NAMES.items():
        assert getattr(result, ours) == pytest.approx(reference[theirs], abs=1e-8), ours


def test_raw_series_agree_with_crqa():
    a, b = pair("in4")
    assert_matches(cross_recurrence(a, b, 0.5), figures("crqa")["runs"]["A"]["result"])


def test_embedded_series_agree_with_crqa():
    a, b = (z(series) for series in pair("in4"))
    radius = 0.25 * recurrence.max_distance(a, b, 3, 3)
    expected = figures("crqa")["runs"]["B"]["result"]
    assert_matches(cross_recurrence(a, b, radius, 3, 3), expected)


def test_ten_minutes_agree_with_crqa():
    a, b = (z(series) for series in pair("in1", every=4))
    radius = 0.1 * recurrence.max_distance(a, b, 2, 4)
    expected = figures("crqa")["in1_1hz_600"]["result"]
    assert_matches(cross_recurrence(a, b, radius, 2, 4), expected)


def test_recurrence_rate_agrees_with_pyunicorn():
    a, b = pair("in4")
    expected = figures("pyunicorn_crp")["result"]["cross_recurrence_rate"]
    assert pytest.approx(expected, abs=1e-12) == cross_recurrence(a, b, 0.5).RR / 100


def test_diagonal_profile_agrees_with_crqa_and_its_lag_is_a_true_lag():
    expected = figures("crqa")["drp"]
    result = cross_recurrence(*pair("in4"), 0.5, lags=recurrence.Lags(1.0, 20.0))
    near = np.abs(result.lags) <= 20
    assert result.profile[near] == pytest.approx(np.array(expected["profile"]), abs=1e-10)
    assert result.peak_lag_s == expected["maxlag"] - 21


def slow_twin(a, b, radius, embedding, delay):
    """Every pair of states in plain loops; lines are read off a dictionary of points."""
    states = len(a) - (embedding - 1) * delay
    vectors = [
        [series[i : i + (embedding - 1) * delay + 1 : delay] for i in range(states)]
        for series in (a, b)
    ]
    points = {
        (i, j)
        for i in range(states)
        for j in range(states)
        if np.sum((vectors[0][i] - vectors[1][j]) ** 2) <= radius**2
    }

    def lines(step):
        lengths = []
        for i, j in points:
            if (i - step[0], j - step[1]) in points:
                continue
            length = 1
            while (i + length * step[0], j + length * step[1]) in points:
                length += 1
            lengths.append(length)
        return np.array(lengths)

    diagonal, vertical = lines((1, 1)), lines((0, 1))
    known = [sum(np.isfinite(v).all() for v in person) for person in vectors]
    long = diagonal[diagonal >= 2]
    return {
        "RR": 100 * len(points) / (known[0] * known[1]),
        "DET": 100 * long.sum() / len(points),
        "L": long.mean(),
        "Lmax": diagonal.max(),
        "LAM": 100 * vertical[vertical >= 2].sum() / len(points),
        "TT": vertical[vertical >= 2].mean(),
    }


@pytest.mark.parametrize(("embedding", "delay"), [(1, 1), (2, 1), (3, 2)])
def test_agrees_with_a_slow_twin_also_with_gaps(embedding, delay):
    random = np.random.default_rng(5)
    a, b = np.cumsum(random.standard_normal((2, 60)), axis=1)
    a[10:13] = np.nan
    b[30] = np.nan
    result = cross_recurrence(a, b, 1.5, embedding, delay)
    for name, value in slow_twin(a, b, 1.5, embedding, delay).items():
        assert getattr(result, name) == pytest.approx(value), name


@given(lag=st.integers(-15, 15), seed=st.integers(0, 10_000))
@settings(max_examples=30, deadline=None)
def test_lag_is_positive_when_b_follows_a(lag, seed):
    path = np.convolve(np.random.default_rng(seed).standard_normal(360), np.ones(4), "valid")
    a, b = path[20:320], path[20 - lag : 320 - lag]
    result = cross_recurrence(a, b, 0.3, lags=recurrence.Lags(4.0, 5.0))
    assert result.peak_lag_s == pytest.approx(lag / 4.0)


@given(scale=st.floats(0.01, 100.0), offset=st.floats(-5.0, 5.0), seed=st.integers(0, 10_000))
@settings(max_examples=20, deadline=None)
def test_one_common_scale_and_offset_change_nothing(scale, offset, seed):
    a, b = np.random.default_rng(seed).standard_normal((2, 80))
    plain = cross_recurrence(a, b, 0.5, 2)
    scaled = cross_recurrence(a * scale + offset, b * scale + offset, 0.5 * scale, 2)
    assert pytest.approx(plain.RR, abs=0.05) == scaled.RR


def test_swapping_the_people_mirrors_the_profile():
    a, b = np.random.default_rng(1).standard_normal((2, 120))
    forward, back = cross_recurrence(a, b, 0.4), cross_recurrence(b, a, 0.4)
    assert np.array_equal(forward.profile, back.profile[::-1])
    assert pytest.approx(back.DET) == forward.DET


def profile_of(a, b, radius):
    known = np.ones(len(a), dtype=bool)
    _, recurrences = diagonal_lines(a, b, StateSpace(), radius)
    return Profile(recurrences, pairs_by_lag(known, known))


def test_the_profile_at_all_circular_shifts_is_that_of_really_shifted_series():
    a, b = np.random.default_rng(2).standard_normal((2, 50))
    wrapped = profile_of(a, b, 0.5).wrapped()
    expected = [np.mean(np.abs(np.roll(b, -shift) - a) <= 0.5) for shift in range(50)]
    assert wrapped == pytest.approx(expected)


def test_followers_stand_out_from_chance_and_strangers_do_not():
    random = np.random.default_rng(3)
    path = np.convolve(random.standard_normal(1300), np.ones(8) / 8, "valid")
    a, stranger = path[10:1200], np.roll(path, 600)[10:1200]
    follower = path[5:1195]
    assert cross_recurrence(a, follower, 0.1).p < 0.01
    assert cross_recurrence(a, stranger, 0.1, lags=recurrence.Lags(1.0, 5.0)).p > 0.05


def test_short_series_have_no_chance_level():
    a, b = np.random.default_rng(4).standard_normal((2, 60))
    result = cross_recurrence(a, b, 0.5)
    assert np.isnan(result.p)
    assert "too short" in result.null


def test_windows_hold_what_each_window_alone_gives():
    a, b = np.cumsum(np.random.default_rng(6).standard_normal((2, 300)), axis=1)
    b[100:180] = np.nan
    windows = recurrence.Windows(length=100, step=50)
    result = recurrence.windowed_recurrence(a, b, 2.0, windows, 2, 1)
    assert result.centres.tolist() == [49.5, 99.5, 149.5, 199.5, 249.5]
    assert result.DET[0] == cross_recurrence(a[:100], b[:100], 2.0, 2).DET
    assert result.TT[4] == cross_recurrence(a[200:], b[200:], 2.0, 2).TT
    assert np.isnan(result.RR[2])


def test_radius_for_a_rate_gives_about_that_rate():
    a, b = np.random.default_rng(7).standard_normal((2, 1500))
    radius = recurrence.radius_for(a, b, 5.0, 2, 3)
    assert pytest.approx(5.0, abs=0.5) == cross_recurrence(a, b, radius, 2, 3).RR


def test_all_pairs_of_an_hour_at_1_hz_are_counted_and_never_held_at_once():
    a, b = np.random.default_rng(8).standard_normal((2, 3600))
    tracemalloc.start()
    found = cross_recurrence(a, b, 0.5)
    _, peak_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    near = sum(int(np.sum(np.abs(b - one) <= 0.5)) for one in a)
    assert pytest.approx(100 * near / 3600**2, abs=1e-9) == found.RR
    assert peak_bytes < 3600**2 * 8 / 4


def test_results_travel_through_json():
    a, b = np.random.default_rng(9).standard_normal((2, 90))
    result = cross_recurrence(a, b, 0.5)
    assert Recurrence.from_dict(result.to_dict()).to_dict() == result.to_dict()
    windowed = recurrence.windowed_recurrence(a, b, 0.5, recurrence.Windows(30, 30))
    assert WindowedRecurrence.from_dict(windowed.to_dict()).to_dict() == windowed.to_dict()


GOOD = np.sin(np.arange(100.0))


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ((np.ones(100), GOOD, 0.5), SignalError),
        ((np.full(100, np.nan), GOOD, 0.5), SignalError),
        ((GOOD[:5], GOOD[:5], 0.5), SignalError),
        ((GOOD, GOOD, 0.5, 40, 5), SignalError),
        ((np.where(np.arange(100) % 2, GOOD, np.nan), GOOD, 0.5, 2, 1), SignalError),
        ((GOOD[:-1], GOOD, 0.5), ValueError),
        ((GOOD.reshape(2, 50), GOOD, 0.5), ValueError),
        ((GOOD, GOOD, 0.0), ValueError),
        ((GOOD, GOOD, 0.5, 0), ValueError),
        ((GOOD, GOOD, 0.5, 1, 1, recurrence.Lags(rate_hz=0.0)), ValueError),
    ],
)
def test_nonsense_is_refused_with_a_sentence(arguments, error):
    with pytest.raises(error, match=r"\w+ \w+ \w+"):
        cross_recurrence(*arguments)


@pytest.mark.parametrize(("length", "step"), [(200, 10), (5, 10), (50, 0)])
def test_windows_that_do_not_fit_are_refused(length, step):
    with pytest.raises(ValueError, match="window"):
        recurrence.windowed_recurrence(GOOD, GOOD, 0.5, recurrence.Windows(length, step))


def test_a_rate_of_recurrence_beyond_all_pairs_is_refused():
    with pytest.raises(ValueError, match="between 0 and 100"):
        recurrence.radius_for(GOOD, GOOD, 100.0)
