"""Sleep and wake by movement, and awakenings that follow the partner's."""

import numpy as np
import pytest

from dyadkit.analysis.night import analyze_night
from dyadkit.dyad.traces import Dyad, PersonTraces, Trace
from dyadkit.errors import SignalError
from dyadkit.signals.sleep import sleep_by_movement
from dyadkit.synchrony.following.awakenings import couple_awakenings

NIGHT_S = 28_800


def moved(turns_s, seconds=NIGHT_S, seed=0):
    """Acceleration at 1 Hz of a limb that lies anew at each turn."""
    rng = np.random.default_rng(seed)
    turns = np.sort(np.asarray(turns_s, dtype=float))
    lying = rng.normal(size=(len(turns) + 1, 3))
    lying /= np.linalg.norm(lying, axis=1, keepdims=True)
    return lying[np.searchsorted(turns, np.arange(seconds), side="right")]


def test_a_turn_in_sleep_is_no_awakening_and_minutes_of_moving_are():
    turns = [2000.0, 5000.0, *np.arange(9000.0, 9200.0, 15.0), 20_000.0]
    found = sleep_by_movement(moved(turns), 1.0)
    assert found.awakenings_s.tolist() == [9000.0]
    assert found.wake_minutes == pytest.approx(3.3, abs=0.5)


def test_a_turn_minutes_before_does_not_move_the_awakening():
    turns = [8800.0, *np.arange(9000.0, 9200.0, 15.0)]
    assert sleep_by_movement(moved(turns), 1.0).awakenings_s.tolist() == [9000.0]


def test_two_spells_within_five_minutes_are_one_awakening():
    spells = [*np.arange(9000.0, 9100.0, 15.0), *np.arange(9300.0, 9400.0, 15.0)]
    assert sleep_by_movement(moved(spells), 1.0).awakenings_s.tolist() == [9000.0]


def test_what_was_not_recorded_is_neither_sleep_nor_waking():
    axes = moved([])
    axes[10_000:15_000] = np.nan
    found = sleep_by_movement(axes, 1.0)
    assert found.sleep_minutes == pytest.approx((NIGHT_S - 5000) / 60, abs=0.2)
    assert len(found.awakenings_s) == 0


@pytest.mark.parametrize(
    ("axes", "told"),
    [(np.zeros((600, 3)) + 1, "no night"), (np.full((NIGHT_S, 3), np.nan), "half is needed")],
)
def test_a_nap_and_a_lost_sensor_are_refused(axes, told):
    with pytest.raises(SignalError, match=told):
        sleep_by_movement(axes, 1.0)


def test_strangers_seldom_look_as_if_they_woke_each_other_even_when_mornings_are_restless():
    hits = 0
    for seed in range(150):
        rng = np.random.default_rng(seed)
        a, b = (NIGHT_S * rng.beta(2.0, 1.0, 20) for _ in "ab")
        hits += couple_awakenings(a, b, float(NIGHT_S)).p <= 0.05
    assert hits / 150 <= 0.07


def test_who_wakes_after_whom_is_told_with_the_latency():
    rng = np.random.default_rng(6)
    infant = np.sort(rng.uniform(1000, 27_000, 18))
    parent = np.concatenate([infant[:12] + 25.0, rng.uniform(1000, 27_000, 5)])
    found = couple_awakenings(infant, parent, float(NIGHT_S))
    assert found.p_b_after_a < 0.001 < 0.05 < found.p_a_after_b
    assert found.lag_s == pytest.approx(25.0, abs=3.0)
    assert couple_awakenings(parent, infant, float(NIGHT_S)).lag_s == pytest.approx(-found.lag_s)


def test_few_awakenings_are_refused_with_their_number():
    with pytest.raises(SignalError, match="a wakes 2 times; 5 are needed"):
        couple_awakenings([1.0, 2.0], np.arange(9.0), float(NIGHT_S))


def test_a_night_without_movement_of_either_cannot_be_told():
    skin = {"eda": Trace(np.arange(100.0), np.arange(100.0), "microsiemens", 1.0)}
    dyad = Dyad(PersonTraces(skin), PersonTraces(skin), duration_s=28_800.0)
    with pytest.raises(SignalError, match="no accelerometer was recorded"):
        analyze_night(dyad)


def test_one_persons_night_is_told_when_the_other_wore_nothing():
    axes = moved(np.arange(9000.0, 9200.0, 15.0))
    times_s = np.arange(float(NIGHT_S))
    a = {f"acc_{x}": Trace(times_s, axes[:, k], "g", 1.0) for k, x in enumerate("xyz")}
    found = analyze_night(Dyad(PersonTraces(a), PersonTraces({}), duration_s=float(NIGHT_S)))
    said = " ".join(found.sentences())
    assert "a sleeps 7.9 h of 8.0 h by movement, and wakes 1 times." in said
    assert "Sleep of b could not be told: no accelerometer was recorded." in said
    assert not found.shows_following
