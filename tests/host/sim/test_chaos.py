"""Chaos by a seed: what was flushed stays, tasks go on, and it can all be seen again."""

import pytest

from dyadkit.sim.chaos import Chaos, Kind, plan
from fakes.soak import KEPT_AFTER_S, soak

pytest.importorskip("bumble")
pytest.importorskip("micropython_unix")

DENSE = Chaos(5, drop_each_s=40, blackout_each_s=40, reboot_each_s=60, brown_out_each_s=60)


def check(soaked):
    for name, one in soaked.wearables.items():
        own = [t.kind for t in soaked.troubles if t.name == name]
        assert one.boots >= 1 + own.count(Kind.REBOOT)
        assert one.holes == 0, "within a boot, flash has every block up to its last one"
        assert max(one.lost_s) <= KEPT_AFTER_S, "what is older than the flush is never lost"
        assert one.faults == [], "no task failed or stood still"
        assert one.growth_bytes < 8192


def test_the_plan_is_the_seeds_and_names_every_trouble():
    assert plan(DENSE, "ab", 600) == plan(DENSE, "ab", 600)
    assert plan(DENSE, "ab", 600) != plan(Chaos(6, 40, 40, 60, 60), "ab", 600)
    troubles = plan(DENSE, "ab", 600)
    assert {trouble.kind for trouble in troubles} == set(Kind)
    assert all(0 < t.at_s < 600 for t in troubles)


@pytest.fixture(scope="module")
def minutes():
    return soak(120.0, 5, chaos=DENSE)


def test_two_minutes_of_dense_chaos_lose_nothing_flushed(minutes):
    assert len(minutes.troubles) > 10
    check(minutes)


def test_chaos_repeats_itself_to_the_byte(minutes):
    assert soak(120.0, 5, chaos=DENSE).trace_hash == minutes.trace_hash


@pytest.mark.slow
def test_an_hour_of_chaos_in_the_field():
    soaked = soak(3600.0, 1)
    check(soaked)
    assert soaked.wearables["a"].exchanges > 100
