"""Numbers that papers report: they find what is there, and their intervals hold for strangers."""

import numpy as np
import pytest

from dyadkit.errors import SignalError
from dyadkit.synchrony import (
    cross_correlation,
    epoch_synchrony,
    event_locked,
    state_space_grid,
)
from dyadkit.synchrony.reported.epochs import in_epochs
from dyadkit.synchrony.reported.lagged import interval_of
from dyadkit.synchrony.reported.state_grid import dispersion_of
from fakes.synchrony_pairs import RATE_HZ, autoregressive

STRANGERS = 200


def strangers(seed, samples, pole):
    rng = np.random.default_rng(seed)
    return autoregressive(rng, samples, pole), autoregressive(rng, samples, pole)


@pytest.mark.parametrize("pole", [0.0, 0.9, 0.98])
def test_intervals_of_strangers_cover_zero_as_often_as_they_say(pole):
    covered = 0
    for seed in range(STRANGERS):
        low, high = cross_correlation(*strangers(seed, 1200, pole), RATE_HZ).concurrent_interval
        covered += low <= 0.0 <= high
    assert 0.90 <= covered / STRANGERS <= 0.99, f"seeds 0 to {STRANGERS - 1}, pole {pole}"


def test_exchanging_the_people_turns_the_lag_and_nothing_else():
    a, b = strangers(7, 1200, 0.9)
    there, back = cross_correlation(a, b, RATE_HZ), cross_correlation(b, a, RATE_HZ)
    assert there.peak == pytest.approx(back.peak)
    assert there.peak_lag_s == pytest.approx(-back.peak_lag_s)
    assert np.allclose(there.r, back.r[::-1])


def test_the_correlation_at_a_lag_is_pearsons_of_the_moved_series():
    a, b = strangers(8, 600, 0.5)
    found, line = cross_correlation(a, b, 1.0, max_lag_s=20.0), np.arange(600.0)
    of_a, of_b = (one - np.polyval(np.polyfit(line, one, 1), line) for one in (a, b))
    assert found.at(4.0)[0] == pytest.approx(np.corrcoef(of_a[:-4], of_b[4:])[0, 1])


def test_a_fifth_of_the_samples_missing_changes_the_number_little_and_its_share_is_told():
    rng = np.random.default_rng(3)
    a = autoregressive(rng, 2400, 0.9)
    b = a + autoregressive(rng, 2400, 0.9)
    holes = rng.random(2400) < 0.2
    whole, gappy = cross_correlation(a, b, RATE_HZ), cross_correlation(
        np.where(holes, np.nan, a), b, RATE_HZ
    )  # fmt: skip
    assert gappy.concurrent == pytest.approx(whole.concurrent, abs=0.05)
    assert gappy.coverage == pytest.approx(0.8, abs=0.03)


def test_epochs_of_strangers_are_covered_and_of_the_alike_found():
    covered, found = 0, 0
    for seed in range(STRANGERS):
        rng = np.random.default_rng(seed)
        a, b, shared = (autoregressive(rng, 40, 0.4) for _ in range(3))
        low, high = epoch_synchrony(4.0 + a, 6.0 + b).concurrent_interval
        covered += low <= 0.0 <= high
        found += (
            epoch_synchrony(4.0 + a + 1.5 * shared, b + 1.5 * shared).concurrent_interval[0] > 0
        )
    assert 0.90 <= covered / STRANGERS <= 0.99
    assert found / STRANGERS > 0.9


def test_coordination_is_of_the_one_who_takes_over_the_partners_last_epoch():
    rng = np.random.default_rng(11)
    a, b = np.zeros(200), np.zeros(200)
    for now in range(1, 200):
        a[now] = 0.4 * a[now - 1] + rng.standard_normal()
        b[now] = 0.2 * b[now - 1] + 0.5 * a[now - 1] + rng.standard_normal()
    found = epoch_synchrony(a, b)
    (a_low, a_high), (b_low, _) = found.coordination_interval
    assert a_low < 0.0 < a_high
    assert b_low > 0.0
    assert found.coordination[1] == pytest.approx(0.5, abs=0.15)
    assert found.inertia[0] == pytest.approx(0.4, abs=0.15)


def test_an_epoch_that_is_known_for_less_than_half_is_none():
    series = np.array([1.0, 1.0, np.nan, 4.0, np.nan, np.nan, np.nan, 8.0])
    assert in_epochs(series, 1.0, 4.0)[0] == 2.0
    assert np.isnan(in_epochs(series, 1.0, 4.0)[1])


def test_few_epochs_are_refused_with_their_number():
    with pytest.raises(SignalError, match="5 epochs are known of both; 8 are needed"):
        epoch_synchrony(np.arange(5.0), np.arange(5.0)[::-1] ** 2)


def test_a_correlation_of_three_independent_samples_has_no_interval():
    assert np.isnan(interval_of(0.9, 3.0)).all()


def test_a_grid_counts_time_visits_and_changes_by_hand():
    a = np.array([0, 0, 1, 1, 1, 0] * 60, dtype=float)
    b = np.array([0, 1, 1, 1, 0, 0] * 60, dtype=float)
    found = state_space_grid(a, b, 1.0)
    assert found.share.tolist() == [[1 / 3, 1 / 6], [1 / 6, 1 / 3]]
    assert found.visits.tolist() == [[61, 60], [60, 60]]
    assert found.transitions == 240
    assert found.mean_visit_s[1, 1] == 2.0
    assert found.dispersion == pytest.approx(1 - (4 * (2 / 9 + 2 / 36) - 1) / 3)


def test_a_gap_ends_a_visit_and_is_no_change_of_state():
    a = np.array([1.0, 1.0, np.nan, 1.0, 2.0] * 40)
    found = state_space_grid(a, np.where(np.isfinite(a), a, 2.0), 1.0)
    assert found.coverage == pytest.approx(0.8)
    assert found.transitions == 40 + 39


def test_measures_are_binned_so_that_strangers_use_all_of_the_grid():
    found = state_space_grid(*strangers(5, 4800, 0.8), RATE_HZ)
    assert found.share.shape == (4, 4)
    assert found.dispersion > 0.98
    assert found.share.sum(axis=0) == pytest.approx(0.25, abs=0.01)


def test_grids_of_strangers_seldom_look_ordered():
    hits = sum(
        state_space_grid(*strangers(seed, 1200, 0.8), 1.0).p_dispersion <= 0.05
        for seed in range(STRANGERS)
    )
    assert hits / STRANGERS <= 0.09


def test_dispersion_of_nothing_is_unknown():
    assert np.isnan(dispersion_of(np.zeros((2, 2))))


def test_onsets_that_nothing_follows_seldom_look_answered():
    hits = 0
    for seed in range(STRANGERS):
        rng = np.random.default_rng(seed)
        heart = 140.0 + 5.0 * autoregressive(rng, 2400, 0.97)
        found = event_locked(heart, np.sort(rng.uniform(0, 600, 14)), RATE_HZ)
        hits += found.p_early <= 0.05
    assert 0.01 <= hits / STRANGERS <= 0.09, f"{hits} of {STRANGERS}"


def test_a_heart_that_speeds_up_after_cries_is_told_from_one_that_slows():
    rng = np.random.default_rng(2)
    cries_s = np.sort(rng.uniform(20, 580, 12))
    since_s = np.arange(2400)[:, None] / RATE_HZ - cries_s
    faster = (8.0 * ((since_s > 5) & (since_s < 15))).sum(axis=1)
    heart = 140.0 + 2.0 * autoregressive(rng, 2400, 0.9) + faster
    found = event_locked(heart, cries_s, RATE_HZ)
    assert found.late > 4.0
    assert found.p_late < 0.02
    assert found.late_interval[0] > 0.0


def test_five_onsets_are_needed_and_the_sentence_says_so():
    with pytest.raises(SignalError, match="3 onsets .* 5 are needed"):
        event_locked(np.random.default_rng(0).standard_normal(2400), [10.0, 50.0, 90.0], RATE_HZ)


def test_onsets_in_a_hole_of_the_recording_do_not_count():
    heart = np.random.default_rng(0).standard_normal(2400)
    heart[800:1600] = np.nan
    found = event_locked(heart, [50, 80, 110, 140, 170, 250, 300, 350], RATE_HZ)
    assert found.events == 5
