"""Following of events: does one respond when the other did, and what chance gives."""

import numpy as np
import pytest

from dyadkit.dyad.traces import Mark
from dyadkit.errors import SignalError
from dyadkit.synchrony.coupling import Leader
from dyadkit.synchrony.following import Search, Train, couple_events, follows
from dyadkit.synchrony.following.intensity import design_of, fitted
from dyadkit.synchrony.following.law import _law
from dyadkit.synchrony.following.rolls import Projection
from dyadkit.synchrony.following.score import _kernels, _scale, _smooth
from worlds import known
from worlds.ties import Echo, Schedule, couple_of

SECONDS = 600.0
FAMILIES = {one.name: one for one in known.FAMILIES}


def trains(name, seed, tie=None):
    """True bursts of two people; detection is tested where it lives."""
    found = couple_of(FAMILIES[name], np.random.default_rng(seed), SECONDS, tie)
    return [Train.of(one.times_s, SECONDS, one.sizes) for one in (found.bursts_a, found.bursts_b)]


def rate(name, tie, search, count, seed):
    found = [couple_events(*trains(name, [seed, k], tie), search).p for k in range(count)]
    return float(np.mean(np.array(found) <= 0.05))


@pytest.mark.parametrize("name", ["sober", "bursty", "waves"])
def test_strangers_rarely_follow_each_other(name):
    assert rate(name, None, Search(), 80, 31) <= 0.125  # 5 % due: chance of more is 0.004


def test_a_marked_schedule_is_no_evidence():
    tie = Schedule(3.0)
    marks = tuple(Mark(*span, "condition") for span in tie.spans(SECONDS))
    assert rate("sober", tie, Search(marks=marks), 60, 32) <= 0.15


@pytest.mark.parametrize(("share", "lag_s"), [(0.5, 3.0), (0.5, 8.0)])
def test_echoes_are_found_with_their_lag_and_leader(share, lag_s):
    found = [couple_events(*trains("sober", [33, k], Echo(share, lag_s))) for k in range(25)]
    assert np.mean([one.p <= 0.05 for one in found]) >= 0.9
    assert np.median([abs(one.lag_s - lag_s) for one in found]) <= 0.3
    assert np.mean([one.leader is Leader.A for one in found]) >= 0.8
    assert not any(one.leader is Leader.B for one in found)
    assert np.median([one.a_to_b.share for one in found]) == pytest.approx(share, abs=0.12)


def test_exchanging_the_people_turns_the_sign_of_the_lag_and_nothing_else():
    a, b = trains("sober", 4, Echo(0.6))
    forth, back = couple_events(a, b), couple_events(b, a)
    assert (back.p, back.lag_s) == (forth.p, -forth.lag_s)
    assert back.lag_interval_s == tuple(-lag for lag in reversed(forth.lag_interval_s))
    assert (forth.leader, back.leader) == (Leader.A, Leader.B)


def test_no_one_leads_at_the_last_lag_that_was_tried():
    a, b = trains("sober", 5, Echo(0.8, lag_s=10.2))
    edge, beyond = (couple_events(a, b, Search(max_lag_s)) for max_lag_s in (10.0, 30.0))
    assert edge.a_to_b.at_edge
    assert edge.leader is Leader.NEITHER
    assert beyond.leader is Leader.A
    assert beyond.lag_s == pytest.approx(10.2, abs=0.5)


def test_projected_scores_at_every_roll_equal_the_slow_twin():
    a, b = trains("sober", 6)
    design, penalties = design_of(b, np.zeros((len(b.counts), 0)))
    own = fitted(b.counts, b.present, design, penalties)
    scale = _scale(own.rate)
    smooth = _smooth(a.counts)
    stretch = np.arange(len(a.counts)) * 5 // len(a.counts)
    fast = Projection.of(own, scale).rolled(smooth, stretch)
    weighted = own.design * own.rate[:, None]
    inverse = np.linalg.inv(weighted.T @ own.design + np.diag(own.penalties + 1e-9))
    for k, roll in ((0, 120), (70, 260), (400, 920)):
        kernel = np.roll(smooth, roll) * scale
        left = kernel - own.design @ (inverse @ (weighted.T @ kernel))
        assert fast.scores[:, k].sum() == pytest.approx(left @ own.surplus, rel=1e-6)
        for part in range(5):
            inside = stretch == part
            slow = (left @ (own.surplus * inside)) / np.sqrt(left**2 @ (own.rate * inside))
            assert fast.stretches[part, k] == pytest.approx(slow, rel=1e-6)


def volleys(rng):
    """Three volleys of five responses a second apart in 700 s, as of skins that hardly respond."""
    starts_s = rng.uniform(0.0, 690.0, 3)
    return Train.of((starts_s[:, None] + np.arange(5.0)).ravel(), 700.0)


def test_two_volleys_that_meet_once_are_no_following():
    rng = np.random.default_rng(34)
    p = [couple_events(volleys(rng), volleys(rng)).p for _ in range(120)]
    assert np.mean(np.array(p) <= 0.05) <= 0.10  # 0.18 by the law alone


def test_only_the_past_of_the_leader_counts():
    counts = np.zeros(400)
    counts[100] = 1.0
    kernels = _kernels(counts, np.array([0.5, 3.0]))
    assert np.abs(kernels[:, :101]).max() < 1e-9
    assert kernels[1].argmax() == 112


def test_chance_has_the_law_it_is_said_to_have():
    law = _law((0.5, 1.0, 1.5))
    assert np.quantile(law.whole, 0.5) > 0.3  # the largest of several scores, not one
    assert len(law.whole) == len(law.parts) == len(law.smaller)


def test_where_someone_was_not_measured_is_no_evidence():
    a, b = trains("sober", 7, Echo(0.5))
    present = np.ones(len(b.counts), dtype=bool)
    present[800:1600] = False
    some = Train.of(np.flatnonzero(b.counts) / 4.0 + 0.01, SECONDS, None, present)
    assert some.events < b.events
    assert some.counts[800:1600].sum() == 0
    assert couple_events(a, some).p < 0.05
    both = Train.of(np.flatnonzero(a.counts) / 4.0 + 0.01, SECONDS, None, present)
    assert couple_events(both, some).p < 0.1


def with_driver(bursts, kept, scale=1.0):
    """Onsets of some bursts, and the driver of all of them."""
    driver = np.zeros(int(SECONDS * 4))
    inside = (bursts.times_s >= 0.0) & (bursts.times_s < SECONDS)
    np.add.at(driver, (bursts.times_s[inside] * 4).astype(int), scale)
    return Train.of(bursts.times_s[kept], SECONDS, None, None, driver)


def test_answers_to_bursts_that_could_not_be_counted_are_found_by_the_driver():
    found, plain = [], []
    for k in range(12):
        rng = np.random.default_rng([35, k])
        pair = couple_of(FAMILIES["dense"], rng, SECONDS, Echo(0.5))
        some = [rng.random(len(one.times_s)) < 0.25 for one in (pair.bursts_a, pair.bursts_b)]
        a, b = (with_driver(*one) for one in zip((pair.bursts_a, pair.bursts_b), some, strict=True))
        found.append(follows(a, b).p)
        lone = Train.of(pair.bursts_a.times_s[some[0]], SECONDS)
        plain.append(follows(lone, b).p)
    assert np.mean(np.array(found) <= 0.05) >= 0.8
    assert np.mean(np.array(plain) <= 0.05) <= np.mean(np.array(found) <= 0.05) - 0.2


def test_the_unit_of_a_driver_says_nothing():
    pair = couple_of(FAMILIES["dense"], np.random.default_rng(36), SECONDS, Echo(0.5))
    kept = np.arange(len(pair.bursts_a.times_s)) % 3 == 0
    b = Train.of(pair.bursts_b.times_s, SECONDS)
    small, large = (with_driver(pair.bursts_a, kept, scale) for scale in (1e-3, 50.0))
    assert follows(small, b).p == pytest.approx(follows(large, b).p)
    assert small.drive.sum() == pytest.approx(small.counts.sum())
    still = Train.of(pair.bursts_a.times_s, SECONDS, None, None, np.zeros(2400))
    assert (still.drive == still.counts).all()


def test_bad_input_is_said():
    a, b = trains("sober", 8)
    with pytest.raises(SignalError, match="4 responses; at least 5"):
        follows(Train.of([1, 2, 3, 4], SECONDS), b)
    with pytest.raises(SignalError, match="too short"):
        follows(Train.of(np.arange(60.0), 60.0), Train.of(np.arange(60.0), 60.0))
    with pytest.raises(ValueError, match="one time"):
        follows(a, Train.of(np.arange(60.0), 300.0))
    with pytest.raises(ValueError, match="1 to 30 s"):
        Search(max_lag_s=31.0)
    with pytest.raises(ValueError, match="2 events have 1 sizes"):
        Train.of([1.0, 2.0], SECONDS, [1.0])
    with pytest.raises(ValueError, match="positive number of seconds"):
        Train.of([1.0], float("nan"))
