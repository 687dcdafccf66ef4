"""Several dyads at once on one computer: each session holds its own two people and no one else."""

import asyncio

import numpy as np
import pytest

from dyadkit.capture.session import RecordingPlan, record
from dyadkit.decoding.decode import decode
from dyadkit.sim import RadioModel, VirtualWearable, World
from dyadkit.storage import read_session
from fakes.ordeal import feed, link_to

pytest.importorskip("bumble")
pytest.importorskip("micropython_unix")

DYADS = {"first": ("w1", "w2"), "second": ("w3", "w4")}
SECONDS = 12.0


def test_two_dyads_record_at_once_and_one_that_follows_holds_nothing_of_the_one_before(tmp_path):
    names = [name for pair in DYADS.values() for name in pair]
    feeds = {name: feed(90, 20 + k) for k, name in enumerate(names)}

    async def host(world):
        def plan(folder):
            return RecordingPlan(tmp_path / folder, SECONDS, clock_ns=world.clock_ns)

        def links(pair):
            return {p: link_to(world, name, False) for p, name in zip("ab", pair, strict=True)}

        both = [record(plan(name), links(pair)) for name, pair in DYADS.items()]
        outcomes = [*await asyncio.gather(*both)]
        await asyncio.sleep(3.0)
        return [*outcomes, await record(plan("after"), links(DYADS["first"]))]

    radio = RadioModel(interval_ms=30.0, loss=0.02)
    with World([VirtualWearable(name, feeds[name]) for name in names], radio=radio) as world:
        outcomes = world.run(host)
        logs = {name: world.fifo_log(name) for name in names}
    assert not any(outcome.has_gaps for outcome in outcomes)
    for folder, pair in {**DYADS, "after": DYADS["first"]}.items():
        topics = read_session(tmp_path / folder).topics
        for person, name in zip("ab", pair, strict=True):
            run = decode(topics[f"{person}/heard"], []).runs[1, 1]
            counters, rows = run.sample_counters(), logs[name].rows
            assert SECONDS * 95 < len(run.samples) < SECONDS * 130
            assert np.array_equal(run.samples, feeds[name].ppg_counts[rows[counters], 0])
            assert run.missing_samples() == 0
            assert (counters[0] == 0) == (folder != "after")
