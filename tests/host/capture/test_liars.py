"""Wearables that lie: the host ends in time with a sentence, and can tell of what it recorded."""

import asyncio
import contextlib
import json
import sys

import pytest

from dyadkit import cli
from dyadkit.capture.pull import PullPlan, pull
from dyadkit.capture.session import PATIENCE_S, RecordingPlan, record
from dyadkit.errors import DyadkitError
from dyadkit.links.conversation import ANSWER_TIMEOUT_S
from dyadkit.sim.loop import VirtualLoop
from dyadwire.states import SAFE
from fakes.liar import Liar

SECONDS = 20.0
TRUTHS = (0.5, 0.8, 0.95, 0.99)
"""Shares of answers that are as they should be."""


def play(host):
    """What a host program came to, a sentence if it failed, and how long it took."""
    loop = VirtualLoop()

    async def scene():
        return await host(lambda: loop.now_us * 1000)

    with asyncio.Runner(loop_factory=lambda: loop) as runner:
        try:
            return runner.run(scene()), loop.time()
        except DyadkitError as error:
            return str(error), loop.time()


def liars(seed, clock_ns):
    return {person: Liar(person, seed, TRUTHS[seed % 4], clock_ns) for person in "ab"}


def recording(folder, seed):
    async def host(clock_ns):
        stop = asyncio.Event()
        asyncio.get_running_loop().call_later(5 * SECONDS, stop.set)
        plan = RecordingPlan(folder, duration_s=SECONDS, clock_ns=clock_ns, seed=seed)
        return await record(plan, liars(seed, clock_ns), stop=stop)

    return play(host)


QUICK = (0, 2, 3, 4, 5, 6, 7, 9)
"""Each share of truth twice. With seed 1 telling of what was recorded takes four seconds."""
SEEDS = [
    seed if seed in QUICK else pytest.param(seed, marks=pytest.mark.slow) for seed in range(60)
]


@pytest.mark.parametrize("seed", SEEDS)
def test_a_recording_of_liars_ends_and_can_be_told_of(seed, tmp_path, monkeypatch, capsys):
    came, took_s = recording(tmp_path / "s", seed)
    assert took_s < 20 * (SECONDS + PATIENCE_S)
    if isinstance(came, str):
        assert "\n" not in came
    else:
        assert came.sentences()
    if not (tmp_path / "s" / "session.mcap").is_file():
        return
    for words in (["info", "--json"], ["info"]):
        monkeypatch.setattr(sys, "argv", ["dyadkit", "--debug", *words, str(tmp_path / "s")])
        with contextlib.suppress(DyadkitError, SystemExit):  # nothing else
            cli.main()
            reported = capsys.readouterr().out
            assert json.loads(reported) if "--json" in words else reported


@pytest.mark.parametrize("seed", SEEDS)
def test_a_pull_from_liars_ends_with_a_sentence(seed, tmp_path):
    async def host(clock_ns):
        async with asyncio.timeout(600):
            return await pull(PullPlan(tmp_path / "s", clock_ns=clock_ns), liars(seed, clock_ns))

    came, _ = play(host)
    assert "\n" not in came if isinstance(came, str) else came.sentences()


def test_a_block_numbered_as_no_boot_can_be_is_not_taken_for_a_million_missing_ones(tmp_path):
    async def host(clock_ns):
        links = {person: Liar(person, 1, 1.0, clock_ns) for person in "ab"}
        asyncio.get_running_loop().call_later(5.0, links["a"].say_block, 1, 0xFFFFFFFF)
        plan = RecordingPlan(tmp_path / "s", duration_s=SECONDS, clock_ns=clock_ns)
        return await record(plan, links)

    came, _ = play(host)
    assert came.missing_blocks == 0
    assert not came.unfinished


def test_a_wearable_that_another_host_keeps_does_not_keep_a_recording_from_ending(tmp_path):
    async def host(clock_ns):
        links = {person: Liar(person, 1, 1.0, clock_ns) for person in "ab"}
        asyncio.get_running_loop().call_later(SECONDS - 1, links["b"].serve_another)
        return await record(
            RecordingPlan(tmp_path / "s", duration_s=SECONDS, clock_ns=clock_ns), links
        )

    came, took_s = play(host)
    assert took_s < SECONDS + 2 * PATIENCE_S
    assert "wearable b was out of reach at the end" in came.unfinished[0]


def test_a_wearable_at_rest_after_crashes_is_told_of_and_its_flash_is_pulled(tmp_path):
    async def resting(clock_ns):
        links = {person: Liar(person, 1, 1.0, clock_ns) for person in "ab"}
        links["b"].state = SAFE
        return links

    async def recorded(clock_ns):
        return await record(
            RecordingPlan(tmp_path / "s", clock_ns=clock_ns), await resting(clock_ns)
        )

    async def pulled(clock_ns):
        async with asyncio.timeout(60):
            return await pull(PullPlan(tmp_path / "p", clock_ns=clock_ns), await resting(clock_ns))

    came, took_s = play(recorded)
    assert "wearable b crashed three times in a row" in came
    assert took_s < ANSWER_TIMEOUT_S
    assert play(pulled)[0].segments["b"] == 8


def test_a_recording_ends_at_whatever_fraction_of_a_microsecond_its_time_is_up(tmp_path):
    async def host(clock_ns):
        for number in range(12):
            await asyncio.sleep(10.000_042)
            links = {person: Liar(person, 1, 1.0, clock_ns) for person in "ab"}
            plan = RecordingPlan(tmp_path / str(number), duration_s=1.3, clock_ns=clock_ns)
            assert not (await record(plan, links)).unfinished

    play(host)
