"""The single session index and agreement in level."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import signal, stats

from dyadkit.errors import SignalError
from dyadkit.synchrony.index import Agreement, SessionIndex, concordance, single_session_index
from dyadkit.synchrony.misalignment import Shifts
from fakes.oracles import figures, pair

FEW = Shifts(19)


@pytest.mark.parametrize("name", ["in1", "in2", "in3"])
def test_index_agrees_with_its_reference(name):
    expected = figures("ssi_reference", name)["result"][name]
    found = single_session_index(*pair(name), 4.0, FEW)
    assert found.index == pytest.approx(expected["ssi"], abs=1e-10)
    assert found.mean_correlation == pytest.approx(expected["mean_r"], abs=1e-10)
    assert found.windows == expected["n"]
    assert found.correlations[:5] == pytest.approx(np.array(expected["first5"]), abs=1e-10)


def walks(seed=0, samples=1200):
    return np.cumsum(np.random.default_rng(seed).standard_normal((2, samples)), axis=1)


def test_windows_are_those_written_out():
    a, b = walks()
    found = single_session_index(a, b, 4.0, FEW)
    seconds = [series.reshape(-1, 4).mean(axis=1) for series in (a, b)]
    slopes = [
        np.array([np.polyfit(range(5), s[k : k + 5], 1)[0] for k in range(len(s) - 4)])
        for s in seconds
    ]
    at = 40
    expected = stats.pearsonr(slopes[0][at : at + 15], slopes[1][at : at + 15]).statistic
    assert found.correlations[at] == pytest.approx(expected)
    assert found.times_s[0] == 9.5


def test_those_who_move_together_stand_out_and_strangers_do_not():
    a, stranger = walks(1, 2400)
    together = a + 0.5 * stranger
    found = single_session_index(a, together, 4.0)
    assert found.index > 1.0
    assert found.p < 0.02
    assert single_session_index(a, stranger, 4.0).p > 0.05
    opposed = single_session_index(a, -together, 4.0)
    assert opposed.index == pytest.approx(-found.index)
    assert opposed.p > 0.9


@given(scale=st.floats(0.01, 100.0), offset=st.floats(-10.0, 10.0))
@settings(max_examples=10, deadline=None)
def test_unit_and_offset_of_a_person_change_nothing(scale, offset):
    a, b = walks(2)
    plain, scaled = (single_session_index(s, b, 4.0, FEW) for s in (a, a * scale + offset))
    assert scaled.index == pytest.approx(plain.index, abs=1e-6)


def test_perfect_agreement_is_infinite_and_says_so():
    a, _ = walks(3)
    found = single_session_index(a, a, 4.0, FEW)
    assert found.index == np.inf
    assert np.isnan(SessionIndex.from_dict(found.to_dict()).index)


def test_gaps_blank_their_windows_only():
    a, b = walks(4)
    whole = single_session_index(a, b, 4.0, FEW)
    a[400:600] = np.nan
    found = single_session_index(a, b, 4.0, FEW)
    assert np.isnan(found.correlations[100:130]).all()
    assert found.correlations[:80] == pytest.approx(whole.correlations[:80])
    assert found.coverage < 0.9


def test_concordance_is_correlation_times_closeness_of_level():
    a, b = walks(5)
    found = concordance(a, b, 4.0, FEW)
    mean = np.mean((a - a.mean()) * (b - b.mean()))
    expected = 2 * mean / (a.var() + b.var() + (a.mean() - b.mean()) ** 2)
    assert found.concordance == pytest.approx(expected)
    assert found.precision == pytest.approx(stats.pearsonr(a, b).statistic)
    assert found.precision * found.accuracy == pytest.approx(found.concordance)


def test_another_level_costs_concordance_but_not_correlation():
    a, _ = walks(6)
    found = concordance(a, a + 10.0, 4.0, FEW)
    assert found.precision == pytest.approx(1.0)
    assert found.concordance < 0.9


def test_strangers_agree_about_as_often_as_promised():
    noise = np.random.default_rng(7).standard_normal((60, 2, 1700))
    slow = signal.lfilter([1.0], [1.0, -0.97], noise)[:, :, 500:]
    for measure in (single_session_index, concordance):
        rejected = sum(measure(a, b, 2.0, Shifts(59)).p <= 0.05 for a, b in slow)
        assert rejected <= stats.binom.ppf(0.999, 60, 0.05)


def test_results_travel_through_json():
    a, b = walks(8)
    b[50:90] = np.nan
    index, agreement = single_session_index(a, b, 4.0, FEW), concordance(a, b, 4.0, FEW)
    assert SessionIndex.from_dict(index.to_dict()).to_dict() == index.to_dict()
    assert Agreement.from_dict(agreement.to_dict()).to_dict() == agreement.to_dict()


GOOD = np.sin(np.arange(600.0))
SPARSE = np.where(np.arange(600) % 40 < 16, GOOD, np.nan)


@pytest.mark.parametrize("measure", [single_session_index, concordance])
@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ((np.ones(600), GOOD, 4.0), SignalError),
        ((np.full(600, np.nan), GOOD, 4.0), SignalError),
        ((GOOD[:100], GOOD[:100], 4.0), SignalError),
        ((GOOD[:-1], GOOD, 4.0), ValueError),
        ((GOOD, GOOD, 0.0), ValueError),
    ],
)
def test_nonsense_is_refused_with_a_sentence(measure, arguments, error):
    with pytest.raises(error, match=r"\w+ \w+ \w+"):
        measure(*arguments)


def test_an_index_without_a_single_window_or_second_is_refused():
    with pytest.raises(SignalError, match="no window"):
        single_session_index(SPARSE, GOOD, 4.0)
    with pytest.raises(ValueError, match="one sample a second"):
        single_session_index(GOOD, GOOD, 0.5)
