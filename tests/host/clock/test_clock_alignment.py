"""The summary per minute that users see."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from dyadkit import clock
from dyadkit.dyad.traces import Alignment
from fakes.sync_simulator import Condition, Side, simulate


@pytest.fixture(scope="module")
def summary():
    apart = Condition(duration_s=1800.0, a=Side(off=((600, 900),)), b=Side(off=((1500, 1800),)))
    log, truth = simulate(apart, seed=51)
    log = replace(log, start_ns=int(truth.host_ns[0] - 5e9))
    return clock.alignment(clock.solve(log), 1800.0)


def test_shares_add_up_to_one(summary):
    total = summary.in_sync + summary.extrapolated + summary.unknown
    assert total == pytest.approx(1.0)


def test_a_few_seconds_at_the_end_belong_to_the_minute_before():
    log, truth = simulate(Condition(duration_s=200.0), seed=52)
    log = replace(log, start_ns=int(truth.host_ns[0] - 5e9))
    clocks = clock.solve(log)
    for duration_s, minutes in ((3.0, 1), (60.0, 1), (64.0, 1), (66.0, 2), (120.0, 2), (183.0, 3)):
        found = clock.alignment(clocks, duration_s)
        assert len(found.minutes_s) == minutes, duration_s
        assert np.all(found.exchanges[-1] > 0) or duration_s < 10


def test_a_minute_without_contact_of_one_person_is_extrapolated(summary):
    assert summary.in_sync[5] == 1
    assert summary.extrapolated[12] == 1
    assert summary.bound_s[12] > summary.bound_s[5]


def test_exchanges_and_last_contact_are_counted_per_person(summary):
    assert summary.exchanges[5] == pytest.approx(60, abs=12)
    assert summary.exchanges[12].tolist()[0] == 0
    assert summary.exchanges[12, 1] > 40
    assert summary.since_contact_s[13, 0] == pytest.approx(14 * 60 - 600, abs=10)
    assert summary.since_contact_s[13, 1] < 5


def test_alike_minutes_are_told_together(summary):
    reported = list(clock.spells(summary))
    assert [one.state for one in reported].count("extrapolated") >= 2
    assert reported[0].first == 0
    assert reported[-1].last == 29
    assert all(one.last + 1 == after.first for one, after in pairwise(reported))
    assert len(reported) < 20


def test_a_last_minute_that_is_cut_counts_as_far_as_it_goes():
    log, truth = simulate(Condition(duration_s=700.0), seed=52)
    log = replace(log, start_ns=int(truth.host_ns[0] - 5e9))
    summary = clock.alignment(clock.solve(log), 630.0)
    assert summary.in_sync == pytest.approx(1.0)
    assert summary.exchanges[-1] == pytest.approx(30, abs=9)
    assert (summary.since_contact_s[-1] < 5).all()


def test_nothing_known_is_all_unknown():
    summary = clock.alignment(clock.ClockMap(()), 130.0)
    assert summary.unknown == pytest.approx([1, 1, 1])
    assert np.isnan(summary.bound_s).all()
    assert np.isnan(summary.since_contact_s).all()
    assert np.isnan(summary.median_bound_s)
    assert np.isnan(summary.worst_bound_s)
    assert summary.known_share == 0


def test_a_summary_travels_through_json(summary):
    again = Alignment.from_dict(summary.to_dict())
    np.testing.assert_allclose(again.bound_s, summary.bound_s)


def test_a_session_without_length_is_refused():
    with pytest.raises(ValueError, match="lasts longer"):
        clock.alignment(clock.ClockMap(()), 0.0)
