"""End to end: the real firmware on two virtual boards meets the laptop's row of accuracy."""

import numpy as np
import pytest

from dyadkit import clock
from dyadkit.demo import simulated
from dyadkit.dyad.traces import PERSONS
from dyadkit.sessions.loading import open_session
from dyadkit.sim.device.oscillator import DeviceClockModel
from dyadkit.sim.people import bodies
from dyadkit.sim.radio.quality import RadioModel

SECONDS = 240.0
WARMED = tuple((100.0 + 5 * k, -5 * 0.118 * 0.882**k) for k in range(20))
"""A temperature step: the crystal follows by 5 ppm in all, with a time constant of 40 s."""
HARD = simulated.Circumstances(
    clocks={
        "a": DeviceClockModel(offset_s=3.2, skew_ppm=40.0, steps=WARMED),
        "b": DeviceClockModel(offset_s=907.9, skew_ppm=-40.0),
    },
    radios={
        "a": RadioModel(interval_ms=45.0, loss=0.1),
        "b": RadioModel(interval_ms=30.0, loss=0.05),
    },
    seed=4,
)


@pytest.fixture(scope="module")
def opened(tmp_path_factory):
    """Four minutes: intervals 45 and 30 ms, 80 ppm apart, a is warmed."""
    folder = tmp_path_factory.mktemp("pair") / "session"
    pair = bodies.meet(bodies.Encounter(), SECONDS + simulated.SETTLE_S, HARD.seed)
    simulated.record_pair(pair, HARD, folder)
    return open_session(folder)


def error_ms(opened, clocks):
    """A against B at the same true seconds, and the bound."""
    truth = opened.stored.about["clock_truth"]
    placed = [
        clocks.to_session(
            person, opened.decoded[person].boots()[0], np.array(truth[f"{person}_us"])
        )
        for person in PERSONS
    ]
    apart_ms = (placed[0][0] - placed[1][0]) * 1e3
    bound_ms = np.hypot(placed[0][1], placed[1][1]) * 1e3
    known = np.isfinite(apart_ms)
    return np.abs(apart_ms[known]), bound_ms[known], known[60:].mean()


def test_two_virtual_wearables_are_aligned_as_on_a_laptop(opened):
    apart_ms, bound_ms, known = error_ms(opened, opened.clocks)
    assert known >= 0.99
    assert np.percentile(apart_ms, 95) <= 0.35
    assert apart_ms.max() <= 1.0
    assert np.mean(apart_ms <= bound_ms) >= 0.93


def test_the_live_clock_is_as_good_as_it_must_be_on_a_laptop(opened):
    apart_ms, bound_ms, known = error_ms(opened, clock.solve_causal(opened.log))
    assert known >= 0.9
    assert np.percentile(apart_ms[60:], 95) <= 1.5
    assert np.mean(apart_ms[60:] <= bound_ms[60:]) >= 0.85


def test_both_connection_intervals_are_told(opened):
    reported = clock.alignment(opened.clocks, SECONDS)
    assert reported.interval_s[1:3, 0] == pytest.approx(0.045)
    assert reported.interval_s[1:3, 1] == pytest.approx(0.030)
