"""A few beats that look trusted are only believed if they agree with longer stretches near them."""

import numpy as np
import pytest

from dyadkit.formats.e4 import read_e4
from dyadkit.signals import ppg
from dyadkit.signals.ppg.unconfirmed import NEAR_S, STANDS_ALONE, confirmed


def stretches(*pieces, doubted_s=6.0):
    """Beats of (count, interval) pieces, trusted, with seconds of guessed ones in between."""
    guessed = int(doubted_s / 0.9)
    steps_s = [np.r_[np.full(count, step_s), np.full(guessed, 0.9)] for count, step_s in pieces]
    seen = [np.r_[np.ones(count), np.full(guessed, 0.1)] for count, _ in pieces]
    times_s, quality = np.cumsum(np.concatenate(steps_s)), np.concatenate(seen)
    one = np.ones(len(times_s))
    return ppg.Beats(times_s, quality, one, one, times_s[-1] + 1)


def trusted_count(beats):
    return int(confirmed(beats).trusted.sum())


def test_a_few_beats_at_twice_the_pace_of_the_heart_around_are_not_believed():
    beats = stretches((20, 1.0), (4, 0.46), (20, 1.0))
    assert beats.trusted.sum() == 44
    assert trusted_count(beats) == 40
    assert np.nanmax(ppg.heart_rate(confirmed(beats)).bpm) == pytest.approx(60)


def test_a_few_beats_at_the_pace_around_are_believed():
    assert trusted_count(stretches((20, 1.0), (4, 0.95), (20, 1.0))) == 44


def test_a_few_beats_between_a_slow_and_a_fast_stretch_may_be_in_between():
    assert trusted_count(stretches((20, 1.1), (4, 0.85), (20, 0.65))) == 44


@pytest.mark.parametrize(("count", "believed"), [(STANDS_ALONE, 0), (STANDS_ALONE + 1, 7)])
def test_a_stretch_without_a_witness_must_be_long(count, believed):
    assert trusted_count(stretches((count, 0.8))) == believed


def test_a_long_stretch_is_no_witness_for_another_minute():
    far = stretches((20, 0.8), (4, 0.8), doubted_s=NEAR_S + 10)
    assert trusted_count(far) == 20


def test_a_single_beat_cannot_be_confirmed():
    assert trusted_count(stretches((20, 0.8), (1, 0.8), (20, 0.8))) == 40


def test_short_stretches_do_not_vouch_for_each_other():
    assert trusted_count(stretches((4, 0.8), (4, 0.8), (4, 0.8))) == 0


def test_an_uneven_heart_allows_uneven_islands():
    random = np.random.default_rng(3)
    uneven_s = 0.8 * np.exp(0.22 * random.standard_normal(40))
    assert trusted_count(stretches((40, uneven_s), (4, 0.98), (40, uneven_s))) == 84
    assert trusted_count(stretches((40, 0.8), (4, 0.98), (40, 0.8))) == 80


def test_nothing_is_believed_more_than_before():
    random = np.random.default_rng(4)
    times_s, quality = np.cumsum(random.uniform(0.4, 1.2, 300)), random.uniform(0, 1, 300)
    one = np.ones(300)
    beats = ppg.Beats(times_s, quality, one, one, times_s[-1] + 1)
    after = confirmed(beats)
    assert (after.quality <= quality).all()
    assert (after.quality == quality)[~beats.trusted].all()


def test_a_long_stretch_felt_as_movement_is_believed_only_if_it_agrees():
    """A hand that shakes twice a second for ten seconds looks like 120 beats a minute."""
    for pace_s, believed in ((0.5, 40), (0.95, 60)):
        beats = stretches((20, 1.0), (20, pace_s), (20, 1.0))
        fast = beats.times_s[beats.trusted][20:40]
        moved = np.zeros(int(beats.duration_s) + 1, dtype=bool)
        moved[int(fast[0]) : int(fast[-1]) + 1] = True
        assert confirmed(beats).trusted.sum() == 60
        assert confirmed(beats, moved).trusted.sum() == believed


def test_a_wrist_in_motion_shows_no_heart_rate_far_from_its_own_long_stretches(data):
    """Person B of this round competes with both hands; alone, islands read 53 to 103 per minute."""
    one = read_e4(data / "dyads/emopaircompete/D1_1_team1/round_1_phase2_B")
    bpm = ppg.heart_rate(ppg.find_beats(one.bvp.values, one.bvp.rate_hz)).bpm
    known = bpm[np.isfinite(bpm)]
    assert len(known) > 60
    assert np.ptp(known) < 30
