"""What a recording must survive: silence, loss, reboots, links that fall again and again."""

import numpy as np
import pytest

from dyadkit.sim import RadioModel
from fakes.ordeal import Ordeal, undergo

pytest.importorskip("bumble")
pytest.importorskip("micropython_unix")

MINUTE = Ordeal(60.0, blackouts={"a": [(10.0, 10.0)]}, reboots={"a": [34.0], "b": [45.0]})


def drops(count, each_s=3.0, seconds=0.5):
    """So many drops of one wearable, evenly apart and of uneven length."""
    return [(2.0 + each_s * number, seconds + 0.013 * (number % 9)) for number in range(count)]


@pytest.fixture(scope="module")
def minute(tmp_path_factory):
    return undergo(MINUTE, tmp_path_factory.mktemp("ordeal") / "session")


def test_nothing_is_missing_or_double_but_what_the_power_took(minute):
    outcome, survived, _ = minute
    assert outcome.missing_blocks == 0
    for kept in survived.values():
        assert kept.given > 2 * 55 * 100
        assert kept.losses() == (0, 0, 0, 0)
        assert len(kept.cut_s) == 1
        assert max(kept.cut_s) <= 0.5, "a linked wearable loses what it had not sent yet"


def test_live_data_is_a_quarter_of_a_second_old_at_most(minute):
    for kept in minute[1].values():
        assert len(kept.latency_s) > 2500
        assert np.percentile(kept.latency_s, 95) <= 0.250


def test_what_was_missed_comes_five_times_faster_than_it_was_recorded(minute):
    seconds, took_s = max(minute[1]["a"].backfill)
    assert seconds > 9
    assert seconds / took_s >= 5


def test_a_link_that_falls_ten_times_comes_back_within_a_second(tmp_path):
    ordeal = Ordeal(32.0, drops={"a": drops(10)}, heap_bytes=800_000)
    _, survived, facts = undergo(ordeal, tmp_path / "session")
    check_links(survived, facts, 10)


@pytest.mark.slow
def test_a_link_that_falls_a_hundred_times_comes_back_within_a_second(tmp_path):
    ordeal = Ordeal(305.0, drops={"a": drops(100)}, heap_bytes=800_000)
    _, survived, facts = undergo(ordeal, tmp_path / "session")
    check_links(survived, facts, 100)


def check_links(survived, facts, count):
    kept = survived["a"]
    assert len(kept.reconnect_s) == count
    assert max(kept.reconnect_s) <= 1.0
    assert kept.losses() == (0, 0, 0, 0)
    used = facts["heap"]["a"].used_bytes
    assert used[-1] - used[0] < 4096, "the wearable keeps nothing of a lost link"


def test_a_radio_that_is_always_full_only_delays(tmp_path):
    narrow = RadioModel(interval_ms=45.0, loss=0.1, packets_per_event=1, queue_slots=1)
    ordeal = Ordeal(15.0, radio=narrow)
    _, survived, _ = undergo(ordeal, tmp_path / "session")
    for kept in survived.values():
        assert kept.losses() == (0, 0, 0, 0)


@pytest.mark.slow
def test_ten_minutes_of_hardship(tmp_path):
    ordeal = Ordeal(600.0, blackouts={"a": [(200.0, 10.0)]}, reboots={"a": [330.0], "b": [450.0]})
    outcome, survived, _ = undergo(ordeal, tmp_path / "session")
    test_nothing_is_missing_or_double_but_what_the_power_took((outcome, survived, None))
    test_live_data_is_a_quarter_of_a_second_old_at_most((outcome, survived, None))
    test_what_was_missed_comes_five_times_faster_than_it_was_recorded((outcome, survived, None))
