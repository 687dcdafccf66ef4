"""Two wearables alone in the field are on one clock once their flash has been pulled."""

import asyncio

import numpy as np
import pytest

import dyadkit
from dyadkit.capture.pull import PullPlan, pull
from dyadkit.devices.bench.clock_bench import measure
from dyadkit.devices.field_mode import call_back, send_out
from dyadkit.sessions.loading import open_session
from dyadkit.sim import DeviceClockModel, RadioModel, VirtualWearable, World
from fakes.field_recording import PERSONS, links
from fakes.ordeal import feed
from fakes.stored_sessions import closed_anew

pytest.importorskip("bumble")
pytest.importorskip("micropython_unix")

CLOCKS = {"a": DeviceClockModel(3.2, 40.0), "b": DeviceClockModel(7.9, -40.0)}


@pytest.fixture(scope="module", params=[420.0, pytest.param(700.0, marks=pytest.mark.slow)])
def outing(tmp_path_factory, request):
    """A pulled session, and both clocks read each second of their outing by an all-knowing eye.

    They meet at the beginning and each 320 s.
    """
    out_s = request.param
    folder = tmp_path_factory.mktemp("field") / "session"
    wearables = [
        VirtualWearable(
            p,
            feed(out_s + 200, 3 + k),
            CLOCKS[p],
            settings={"sync_wire": "listen"},
            wire_each_s=1.0,
        )
        for k, p in enumerate(PERSONS)
    ]

    async def host(world):
        await send_out(links(world))
        await asyncio.sleep(out_s)
        await call_back(links(world))
        await asyncio.sleep(2)
        await pull(PullPlan(folder, clock_ns=world.clock_ns), links(world))

    with World(wearables, radio=RadioModel(interval_ms=30.0, loss=0.05), seed=6) as world:
        world.run(host)
        seconds = np.arange(60.0, out_s - 20)
        truth = {p: np.array([world.device_us(p, at) for at in seconds]) for p in PERSONS}
    return folder, truth, out_s


def difference_ms(folder, truth, _out_s=None):
    """How far apart the map puts readings of the same true moments, and the bound it states."""
    clocks = open_session(folder).clocks
    (a_s, a_bound_s), (b_s, b_bound_s) = (clocks.to_session(p, 1, truth[p]) for p in PERSONS)
    return np.abs(b_s - a_s) * 1e3, np.hypot(a_bound_s, b_bound_s) * 1e3


def test_a_and_b_differ_by_less_than_a_millisecond_between_meetings_too(outing):
    apart_ms, _ = difference_ms(*outing)
    assert np.isfinite(apart_ms).mean() >= 0.99
    assert np.percentile(apart_ms, 95) <= 1.0
    assert np.max(apart_ms) <= 1.5


def test_the_stated_bound_covers_the_error_and_is_not_idle(outing):
    apart_ms, bound_ms = difference_ms(*outing)
    assert np.mean(apart_ms <= bound_ms) >= 0.93
    assert np.median(bound_ms) <= 1.0


def test_what_a_wire_says_of_the_roles_takes_them_out_of_the_map(outing, tmp_path):
    folder, truth, out_s = outing
    found = measure(open_session(folder))
    assert len(found.times_s) > out_s - 100
    assert f"--answer-turn-us {found.answer_turn_us:.0f}" in found.sentences()[-1]
    closed_anew(folder, tmp_path / "told", answer_turn_us=found.answer_turn_us)
    before_ms, usual_bound_ms = difference_ms(folder, truth)
    after_ms, bound_ms = difference_ms(tmp_path / "told", truth)
    assert np.median(after_ms) < 0.01 < np.median(before_ms)
    assert np.median(bound_ms) < np.median(usual_bound_ms)
    assert np.mean(after_ms <= bound_ms) >= 0.93


def test_both_peoples_samples_are_on_the_line_and_nothing_is_missing(outing):
    dyad = dyadkit.load(outing[0])
    for person in PERSONS:
        trace = dyad.person(person).traces["ppg_ir"]
        assert len(trace.gaps_s) == 0
        assert trace.times_s[-1] - trace.times_s[0] > outing[2] - 5
