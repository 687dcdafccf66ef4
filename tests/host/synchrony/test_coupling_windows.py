import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dyadkit.errors import SignalError
from dyadkit.synchrony.coupling import (
    LiveCoupling,
    couple,
    leadership_asymmetry,
    pick_peaks,
    windowed_correlation,
)
from dyadkit.synchrony.coupling import live as live_module
from dyadkit.synchrony.coupling.windows import window_rows
from fakes.synchrony_pairs import RATE_HZ, autoregressive, coupled

SEEDS = st.integers(0, 2**32 - 1)
quick = settings(max_examples=15, deadline=None)


def gappy_pair(seed, n=300, share=0.2):
    rng = np.random.default_rng(seed)
    a, b = autoregressive(rng, n), autoregressive(rng, n)
    a[rng.random(n) < share] = np.nan
    b[rng.random(n) < share] = np.nan
    return a, b


def slow_windows(a, b, window, step, reach):
    """The obvious twin: cut every window out and correlate it."""
    margin = (reach + 1) // 2
    rows = []
    for start in range(margin, len(a) - window - margin + 1, step):
        row = []
        for lag in range(-reach, reach + 1):
            left = start - lag // 2
            x, y = a[left : left + window], b[left + lag : left + lag + window]
            known = np.isfinite(x) & np.isfinite(y)
            enough = known.sum() >= window / 2
            row.append(np.corrcoef(x[known], y[known])[0, 1] if enough else np.nan)
        rows.append(row)
    return np.array(rows)


@quick
@given(seed=SEEDS, share=st.sampled_from([0.0, 0.2, 0.27]))
def test_prefix_sums_equal_the_slow_twin(seed, share):
    a, b = gappy_pair(seed, share=share)
    fast = windowed_correlation(a, b, 1.0, window_s=60, step_s=7, max_lag_s=9)
    np.testing.assert_allclose(fast.r, slow_windows(a, b, 60, 7, 9), atol=1e-10)


@quick
@given(seed=SEEDS)
def test_exchanging_the_people_turns_the_lags_around(seed):
    a, b = gappy_pair(seed)
    forth, back = (windowed_correlation(*pair, 1.0, 60, 7, 9) for pair in ((a, b), (b, a)))
    np.testing.assert_allclose(forth.r, back.r[:, ::-1], atol=1e-12)


@quick
@given(seed=SEEDS, scale=st.floats(1e-3, 1e3), offset=st.floats(-100, 100))
def test_scale_and_offset_of_a_person_do_not_matter(seed, scale, offset):
    a, b = gappy_pair(seed)
    one = windowed_correlation(a, b, 1.0, 60, 7, 9)
    other = windowed_correlation(scale * a + offset, b, 1.0, 60, 7, 9)
    np.testing.assert_allclose(one.r, other.r, atol=1e-7)


@quick
@given(seed=SEEDS, late=st.integers(1, 5))
def test_starting_later_moves_the_windows_along(seed, late):
    a, b = gappy_pair(seed)
    whole = windowed_correlation(a, b, 1.0, 60, 7, 9)
    part = windowed_correlation(a[7 * late :], b[7 * late :], 1.0, 60, 7, 9)
    np.testing.assert_allclose(part.r, whole.r[late:], atol=1e-9)
    np.testing.assert_allclose(part.times_s + 7 * late, whole.times_s[late:])


def test_peaks_stand_at_the_lag_of_the_follower():
    a, b = coupled(np.random.default_rng(1), 0.95, lag_s=2.0)
    found = windowed_correlation(a, b, RATE_HZ, 60.0, 15.0, 5.0)
    assert np.nanmedian(pick_peaks(found).lag_s) == pytest.approx(2.0, abs=0.25)
    assert leadership_asymmetry(found) > 0.1


@quick
@given(seed=SEEDS)
def test_leadership_is_antisymmetric_and_within_one(seed):
    a, b = gappy_pair(seed)
    forth, back = (
        leadership_asymmetry(windowed_correlation(*pair, 1.0, 60, 7, 9))
        for pair in ((a, b), (b, a))
    )
    assert back == pytest.approx(-forth, abs=1e-9)
    assert -1.0 <= forth <= 1.0


@quick
@given(seed=SEEDS, chunks=st.lists(st.integers(0, 90), min_size=1, max_size=30))
def test_live_windows_are_the_offline_windows_whatever_the_chunks(seed, chunks):
    n = sum(chunks) + 200
    a, b = gappy_pair(seed, n=n)
    live = LiveCoupling(RATE_HZ)
    edges = [0, *np.cumsum(chunks), n]
    rows = [live.push(a[i:j], b[i:j]) for i, j in zip(edges, edges[1:], strict=False)]
    offline = windowed_correlation(a, b, RATE_HZ, 30.0, 1.0, 5.0)
    np.testing.assert_allclose(np.concatenate([row.r for row in rows]), offline.r, atol=1e-9)
    np.testing.assert_array_equal(np.concatenate([row.times_s for row in rows]), offline.times_s)


def test_live_test_gives_the_offline_result():
    a, b = coupled(np.random.default_rng(2), 0.4)
    live = LiveCoupling(RATE_HZ)
    for start in range(0, len(a), 100):
        live.push(a[start : start + 100], b[start : start + 100])
    assert live.couple(seed=3).to_dict() == couple(a, b, RATE_HZ, seed=3).to_dict()


def test_a_live_step_looks_at_one_window_however_late_in_a_session(monkeypatch):
    a, b = coupled(np.random.default_rng(3), 0.4, n=60_000)
    live = LiveCoupling(RATE_HZ)
    live.push(a[:59_000], b[:59_000])
    looked_at = []

    def watched(x, y, grid):
        looked_at.append(max(len(x), len(y)))
        return window_rows(x, y, grid)

    monkeypatch.setattr(live_module, "window_rows", watched)
    windows = sum(len(live.push(a[k : k + 4], b[k : k + 4]).r) for k in range(59_000, 60_000, 4))
    assert windows == 250
    assert len(looked_at) == 250
    assert max(looked_at) <= (30.0 + 2 * 5.0 + 2 * 1.0) * RATE_HZ


def test_live_chunks_of_different_length_are_refused():
    with pytest.raises(ValueError, match="one length"):
        LiveCoupling(RATE_HZ).push([1.0, 2.0], [1.0])


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        ({"window_s": 700.0}, SignalError, "shorter than one window"),
        ({"max_lag_s": 30.0}, ValueError, "shorter than the window"),
        ({"rate_hz": 0.0}, ValueError, "rate_hz"),
        ({"step_s": 0.0}, ValueError, "step"),
        ({"window_s": np.nan}, ValueError, "finite"),
        ({"a": np.ones(2400)}, SignalError, "constant"),
        ({"a": np.full(2400, np.nan)}, SignalError, "no values"),
        ({"a": np.arange(10.0)}, ValueError, "10 samples"),
    ],
)
def test_bad_windows_are_refused_with_a_sentence(change, error, words):
    a, b = coupled(np.random.default_rng(4), 0.4)
    arguments = {"a": a, "b": b, "rate_hz": RATE_HZ} | change
    with pytest.raises(error, match=words):
        windowed_correlation(**arguments)
