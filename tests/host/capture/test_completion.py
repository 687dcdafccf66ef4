"""A wearable that was away at the end, or a computer that died: the rest is fetched later."""

import asyncio
from dataclasses import replace

import numpy as np
import pytest

import dyadkit
from dyadkit.capture.completion import Missing, unfinished, unfinished_members
from dyadkit.capture.pull import PullPlan, pull
from dyadkit.capture.session import RecordingPlan, record
from dyadkit.decoding.decode import decode
from dyadkit.devices.pairing import Wearer
from dyadkit.errors import SessionError
from dyadkit.sim import DeviceClockModel, VirtualWearable, World
from dyadkit.storage import SessionWriter, read_session, sha256_of
from dyadwire import frames, messages, streams
from fakes.field_recording import links
from fakes.ordeal import feed
from fakes.trial import PERSONS

pytest.importorskip("bumble")
pytest.importorskip("micropython_unix")

COLOURS = (streams.PPG_IR, streams.PPG_RED)
PARTED_AT_S = 8.0


def wearables():
    clocks = {"a": DeviceClockModel(3.2, 22.0), "b": DeviceClockModel(7.9, -17.0)}
    return [VirtualWearable(p, feed(400, ord(p)), clocks[p]) for p in PERSONS]


async def parted(world, folder, seconds=15.0):
    """A session from whose middle on wearable b is out of reach."""
    plan = RecordingPlan(
        folder, duration_s=seconds, clock_ns=world.clock_ns, about={"dyad": "family-07"}
    )
    asyncio.get_running_loop().call_later(PARTED_AT_S, world.drop, "b", 55.0)
    return await record(plan, links(world))


def runs_of(folder, person):
    return decode(read_session(folder).topics[f"{person}/heard"], []).runs


@pytest.fixture(scope="module")
def story(tmp_path_factory):
    """Session, b away; b comes back and records somebody else; the session is completed."""
    folder = tmp_path_factory.mktemp("rest")
    facts = {}

    async def host(world):
        facts["outcome"] = await parted(world, folder / "s")
        facts["sha"] = sha256_of(folder / "s" / "session.mcap")
        await asyncio.sleep(50.0)
        plan = RecordingPlan(folder / "next", duration_s=6.0, clock_ns=world.clock_ns)
        await record(plan, {person: links(world)[person] for person in PERSONS})
        facts["members"] = unfinished_members(
            folder / "s", {person: Wearer(person, "") for person in PERSONS}
        )
        whole = PullPlan(folder / "whole", clock_ns=world.clock_ns, completes=folder / "s")
        facts["pulled"] = await pull(whole, {"b": links(world)["b"]})
        with pytest.raises(SessionError, match=r"another wearable .* answers as b"):
            await pull(replace(whole, folder=folder / "wrong"), {"b": links(world)["a"]})

    with World(wearables(), seed=3) as world:
        world.run(host)
        facts["log"] = world.fifo_log("b")
        facts["given"] = feed(400, ord("b")).ppg_counts
    return folder, facts


def test_the_closing_sentence_is_the_command_that_fetches_the_rest(story):
    folder, facts = story
    [reported] = facts["outcome"].unfinished
    assert (
        f"dyadkit pull family-07 --completes {folder / 's'} --out {folder / 's'}-whole" in reported
    )
    assert unfinished(read_session(folder / "s")) == ["b"]
    assert set(facts["members"]) == {"b"}


def test_the_rest_is_put_in_its_place_sample_by_sample(story):
    folder, facts = story
    assert facts["pulled"].missing_samples == 0
    before, after = runs_of(folder / "s", "b"), runs_of(folder / "whole", "b")
    assert set(before) == set(after)
    for column, stream in enumerate(COLOURS):
        run = after[1, stream]
        assert run.missing_samples() == 0
        assert len(run.samples) > len(before[1, stream].samples) + 500
        rows = facts["log"].rows[facts["log"].boots == 0]
        numbers = rows - rows[0]
        truth = facts["given"][rows[np.searchsorted(numbers, run.sample_counters())], column]
        assert np.array_equal(run.samples, truth)


def test_nothing_of_the_next_person_comes_into_the_session(story):
    folder, _ = story
    whole, later = runs_of(folder / "whole", "b"), runs_of(folder / "next", "b")
    for stream in COLOURS:
        assert whole[1, stream].stamps_us[-1] < later[1, stream].stamps_us[0]
    dyad = dyadkit.load(folder / "whole")
    for person in PERSONS:
        ends_s = dyad.person(person).traces["ppg_ir"].times_s[-1]
        assert dyad.duration_s - 0.5 < ends_s < dyad.duration_s + 3.0


def test_the_session_itself_is_not_touched_and_its_copy_is_whole(story):
    folder, facts = story
    assert sha256_of(folder / "s" / "session.mcap") == facts["sha"]
    stored = read_session(folder / "whole")
    assert stored.complete
    assert stored.about["completed_from_sha256"] == facts["sha"]
    assert stored.about["unfinished"] == []
    assert (stored.about["missing_blocks"], stored.about["missing_samples"]) == (0, 0)
    assert unfinished(stored) == []
    old = read_session(folder / "s")
    for topic in ("a/heard", "a/said", "b/said", "exchanges", "marks"):
        assert stored.topics[topic] == old.topics[topic]
    assert stored.topics["b/heard"][: len(old.topics["b/heard"])] == old.topics["b/heard"]


def test_only_what_is_in_the_copy_is_acknowledged(story):
    folder, _ = story
    rest = Missing(read_session(folder / "whole"), "b")
    assert (rest.missing_blocks(), rest.gaps()) == (0, [])
    for framed in (one.data for one in read_session(folder / "next").topics["b/heard"]):
        if frames.kind_of(framed) == messages.Block.KIND:
            assert not rest.wants(messages.unpack(framed[1], frames.payload_of(framed)))


def test_a_finished_session_has_no_rest(story):
    folder, _ = story
    members = {person: Wearer(person, "") for person in PERSONS}
    with pytest.raises(SessionError, match="nothing to fetch"):
        unfinished_members(folder / "whole", members)


def test_a_wearable_that_was_reset_since_is_refused(story):
    folder, _ = story
    stored = read_session(folder / "s")
    hello = decode(stored.topics["b/heard"], []).hellos[-1][1]
    rest = Missing(stored, "b")
    rest.check(hello)
    rest.check(hello._replace(boot=hello.boot + 1, boot_random=5))
    for reset in (hello._replace(boot_random=5), hello._replace(boot=hello.boot - 1)):
        with pytest.raises(SessionError, match="was reset since .* session of its own"):
            rest.check(reset)


@pytest.mark.parametrize(
    ("about", "complaint"), [({}, "never met wearable b"), ({"mode": "field"}, "pulled itself")]
)
def test_what_has_no_rest_is_refused_with_a_sentence(tmp_path, about, complaint):
    writer = SessionWriter(tmp_path / "s")
    writer.log(0, "session", about=about)
    writer.close(about)
    with pytest.raises(SessionError, match=complaint):
        Missing(read_session(tmp_path / "s"), "b")


def test_a_session_of_a_computer_that_died_is_completed_from_both(tmp_path):
    class DiedError(Exception):
        pass

    async def host(world):
        def die(now):
            if now.elapsed_s > 10.0:
                raise DiedError

        plan = RecordingPlan(tmp_path / "s", duration_s=30.0, clock_ns=world.clock_ns)
        with pytest.raises((DiedError, ExceptionGroup)):
            await record(plan, links(world), die)
        await asyncio.sleep(5.0)
        await pull(PullPlan(tmp_path / "whole", completes=tmp_path / "s"), links(world))

    with World(wearables(), seed=4) as world:
        world.run(host)
    assert not read_session(tmp_path / "s").closed
    stored = read_session(tmp_path / "whole")
    assert stored.complete
    for person in PERSONS:
        for run in runs_of(tmp_path / "whole", person).values():
            assert run.missing_samples() == 0
            assert run.missing_blocks() == 0
    assert dyadkit.load(tmp_path / "whole").duration_s > 10.0


def restarted(folder, *last_words):
    """A session of b that restarts at 60 s, when its host's clock reads days, and says little."""
    day_ns = 200_000 * 10**9
    block = messages.Block(1, 1, 0, 0, 59_000_000, 1, 0, b"\0")
    said = [(0.0, hello_of(1)), (59.0, block), (61.0, hello_of(2)), *last_words]
    writer = SessionWriter(folder)
    for at_s, message in said:
        framed = frames.frame(message.KIND, messages.pack(message))
        writer.append("b/heard", day_ns + round(at_s * 1e9), framed)
    writer.log(day_ns + 70 * 10**9, "phase", phase="draining")
    writer.close({})
    return read_session(folder)


def hello_of(boot):
    return messages.Hello(1, 0, boot, 7, bytes(6), 1, b"0.1\0")


def test_the_last_boots_end_is_known_from_when_it_sent_if_it_gave_no_block(tmp_path):
    rest = Missing(restarted(tmp_path / "s", (61.5, messages.Sent(2, 1_500_000))), "b")
    before, after = (messages.Block(1, 2, 0, 0, us, 1, 0, b"\0") for us in (9_000_000, 30_000_000))
    assert rest.wants(before)
    assert not rest.wants(after)


def test_a_last_boot_whose_time_nothing_tells_is_refused(tmp_path):
    with pytest.raises(SessionError, match="does not know the time of wearable b"):
        Missing(restarted(tmp_path / "s"), "b")
