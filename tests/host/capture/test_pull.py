"""Field recordings: what both wearables hold in flash arrives whole, however often interrupted."""

import asyncio
import random

import numpy as np
import pytest

from dyadkit.capture.pull import PullPlan, pull
from dyadkit.decoding.decode import decode
from dyadkit.devices.field_mode import call_back, send_out
from dyadkit.errors import LinkError, SessionError
from dyadkit.sim import VirtualWearable, World
from dyadkit.storage import read_session
from dyadwire import frames, messages, streams
from fakes.field_recording import PERSONS, Field, links
from fakes.ordeal import feed, link_to

pytest.importorskip("bumble")
pytest.importorskip("micropython_unix")

SECONDS = 150.0
INTERRUPTIONS = 20
SEED = 5


def in_flash(folder, person):
    """Frames of a session that came from flash, in order."""
    reported = {
        messages.Hello.KIND, messages.Hardware.KIND, messages.StreamInfo.KIND,
        messages.Calibration.KIND, messages.Status.KIND,
    }  # fmt: skip
    received = read_session(folder).topics[f"{person}/heard"]
    return [framed for _, framed in received if frames.kind_of(framed) not in reported]


class PowerCutError(Exception):
    """The computer dies here."""


class Fate:
    """After how many more frames the computer dies, once both links stand."""

    def __init__(self, frames_left):
        self.frames_left = frames_left
        self.standing = 0


class DoomedLink:
    """A link of a computer that dies."""

    def __init__(self, link, fate):
        self.link, self.fate, self.address = link, fate, link.address

    async def open(self):
        await self.link.open()
        self.fate.standing += 1

    async def write(self, framed):
        return await self.link.write(framed)

    async def read(self):
        arrived = await self.link.read()
        self.fate.frames_left -= 1
        if self.fate.standing >= 2 and self.fate.frames_left < 0:
            raise PowerCutError
        return arrived

    async def close(self):
        await self.link.close()


class FallingLink(DoomedLink):
    """A link that falls once, in the middle of a copy."""

    async def read(self):
        arrived = await self.link.read()
        self.fate.frames_left -= 1
        if self.fate.frames_left == 0:
            raise LinkError("out of reach for a moment")
        return arrived


async def interrupted(world, plan, chance):
    """Pull, dying at random frames, with what was not yet on disk torn off the files."""
    for _ in range(INTERRUPTIONS):
        fate = Fate(chance.randrange(15, 80))
        doomed = {person: DoomedLink(link, fate) for person, link in links(world).items()}
        with pytest.raises(PowerCutError):
            await pull(plan, doomed)
        await asyncio.sleep(1.0)
        for part in plan.folder.glob("pulling/*/*.part"):
            with part.open("r+b") as file:
                file.truncate(max(0, part.stat().st_size - chance.randrange(400)))
    falling = {person: FallingLink(link, Fate(60)) for person, link in links(world).items()}
    return await pull(plan, falling)


@pytest.fixture(scope="module")
def pulled(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pull")
    field = Field(SECONDS)
    facts = {}

    async def host(world):
        await field.record(world)
        await field.stop(world)
        plan = PullPlan(folder / "torn", {"a": "P1", "b": "P2"}, world.clock_ns)
        await interrupted(world, plan, random.Random(SEED))
        with pytest.raises(SessionError, match="holds nothing that was not fetched"):
            await pull(PullPlan(folder / "again", clock_ns=world.clock_ns), links(world))

    with field.world() as world:
        world.run(host)
        facts["logs"] = {person: world.fifo_log(person) for person in PERSONS}
    with field.world() as world:

        async def straight(world):
            await field.record(world)
            await field.stop(world)
            began_s = world.now_s()
            await pull(PullPlan(folder / "whole", clock_ns=world.clock_ns), links(world))
            return world.now_s() - began_s

        facts["straight_s"] = world.run(straight)
    return folder, field, facts


def test_a_pull_torn_off_twenty_times_ends_as_one_that_was_not(pulled):
    folder, _, _ = pulled
    for person in PERSONS:
        torn, whole = (in_flash(folder / name, person) for name in ("torn", "whole"))
        assert len(torn) == len(whole) > 250
        assert torn == whole


def test_every_sample_of_the_sensors_is_pulled_unaltered(pulled):
    folder, field, facts = pulled
    stored = read_session(folder / "torn")
    for person in PERSONS:
        log = facts["logs"][person]
        runs = decode(stored.topics[f"{person}/heard"], []).runs
        for column, stream in enumerate((streams.PPG_IR, streams.PPG_RED)):
            [boot] = {boot for boot, _ in runs}
            run = runs[boot, stream]
            given = field.feeds[person].ppg_counts[log.rows, column]
            counters = run.sample_counters()
            assert np.array_equal(counters, np.arange(len(given)))
            assert np.array_equal(run.samples, given)


def test_a_pull_is_at_least_five_times_faster_than_the_recording(pulled):
    _, _, facts = pulled
    assert SECONDS / facts["straight_s"] >= 5.0


def test_a_finished_pull_leaves_a_session_and_nothing_else(pulled):
    folder, _, _ = pulled
    assert sorted(file.name for file in (folder / "torn").iterdir()) == [
        "session.json",
        "session.mcap",
    ]
    stored = read_session(folder / "torn")
    assert stored.complete
    assert stored.about["mode"] == "field"
    with pytest.raises(SessionError, match="already holds a session"):
        asyncio.run(pull(PullPlan(folder / "torn"), {}))


def test_what_was_recorded_before_a_reboot_is_pulled_once(tmp_path):
    field = Field(20.0, recordings=1)

    async def host(world):
        await field.record(world)
        for person in PERSONS:
            world.reboot(person)
        await asyncio.sleep(3.0)
        await pull(PullPlan(tmp_path / "first", clock_ns=world.clock_ns), links(world))
        with pytest.raises(SessionError, match="holds nothing that was not fetched"):
            await pull(PullPlan(tmp_path / "again", clock_ns=world.clock_ns), links(world))

    with field.world() as world:
        world.run(host)


def test_a_pull_right_after_a_short_outing_is_whole(tmp_path):
    """The partners were still asking each other for the time when they were called back."""

    async def host(world):
        both = {person: link_to(world, person, cabled=False) for person in PERSONS}
        await send_out(both)
        await asyncio.sleep(12.0)
        await call_back(both)
        return await pull(PullPlan(tmp_path / "s", clock_ns=world.clock_ns), both)

    wearables = [VirtualWearable(person, feed(100, ord(person))) for person in PERSONS]
    with World(wearables, seed=1) as world:
        done = world.run(host)
    assert done.missing_samples == 0
    stored = read_session(tmp_path / "s")
    for person in PERSONS:
        runs = decode(stored.topics[f"{person}/heard"], []).runs
        assert {stream for _, stream in runs} >= {streams.PPG_IR, streams.EDA_CURRENT}
        assert all(run.missing_samples() == 0 for run in runs.values())
