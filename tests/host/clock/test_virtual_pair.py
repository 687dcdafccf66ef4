"""End to end: the real firmware on two virtual boards meets the laptop's row of accuracy."""

from dataclasses import replace

import numpy as np
import pytest

from dyadkit import clock
from dyadkit.dyad.traces import PERSONS
from dyadkit.sessions.loading import open_session
from fakes import recorded

SECONDS = 240.0


@pytest.fixture(scope="module")
def opened(shared_folder):
    """The first four minutes: intervals 45 and 30 ms, 80 ppm apart, a is warmed."""
    folder, _ = recorded.hard(shared_folder)
    session = open_session(folder)
    begin_s = min(link.span_s[0] for link in session.log.links)
    links = tuple(link.between(begin_s, begin_s + SECONDS) for link in session.log.links)
    return session, replace(session.log, links=links)


def error_ms(opened, clocks):
    """A against B at the same true seconds, and the bound."""
    session, _ = opened
    truth = session.stored.about["clock_truth"]
    placed = [
        clocks.to_session(
            person,
            session.decoded[person].boots()[0],
            np.array(truth[f"{person}_us"])[: round(SECONDS)],
        )
        for person in PERSONS
    ]
    apart_ms = (placed[0][0] - placed[1][0]) * 1e3
    bound_ms = np.hypot(placed[0][1], placed[1][1]) * 1e3
    known = np.isfinite(apart_ms)
    return np.abs(apart_ms[known]), bound_ms[known], known[60:].mean()


def test_two_virtual_wearables_are_aligned_as_on_a_laptop(opened):
    apart_ms, bound_ms, known = error_ms(opened, clock.solve(opened[1]))
    assert known >= 0.99
    assert np.percentile(apart_ms, 95) <= 0.35
    assert apart_ms.max() <= 1.0
    assert np.mean(apart_ms <= bound_ms) >= 0.93


def test_the_live_clock_is_as_good_as_it_must_be_on_a_laptop(opened):
    apart_ms, bound_ms, known = error_ms(opened, clock.solve_causal(opened[1]))
    assert known >= 0.9
    assert np.percentile(apart_ms[60:], 95) <= 1.5
    assert np.mean(apart_ms[60:] <= bound_ms[60:]) >= 0.85


def test_both_connection_intervals_are_told(opened):
    reported = clock.alignment(clock.solve(opened[1]), SECONDS)
    assert reported.interval_s[1:3, 0] == pytest.approx(0.045)
    assert reported.interval_s[1:3, 1] == pytest.approx(0.030)
