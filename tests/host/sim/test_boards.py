"""What a real board does that costs samples or an answer, and what the wearable makes of it."""

import asyncio
import contextlib

import numpy as np
import pytest

from dyadkit.capture.preflight import Preflight
from dyadkit.capture.session import RecordingPlan, record
from dyadkit.decoding.decode import decode
from dyadkit.decoding.messages import message_of
from dyadkit.errors import SessionError
from dyadkit.links.conversation import Conversation
from dyadkit.sim import DeviceClockModel, VirtualWearable, World
from dyadkit.sim.device.cable import HostEnd
from dyadkit.sim.device.equipment import Equipment
from dyadkit.storage import read_session
from dyadwire import MAJOR, MINOR, frames, messages, streams
from dyadwire.states import SAFE
from fakes.ordeal import link_to
from fakes.station import PERSONS, feed, holes, recorded, recorded_with_logs, run_of

pytest.importorskip("bumble")
pytest.importorskip("micropython_unix")

COUNTED = (streams.PPG_IR, streams.PPG_RED, streams.EDA_CURRENT, streams.EDA_VOLTAGE)
BAD_NACK = {"NACK_US": 25_000}


async def greeted(world, person="a"):
    """What a wearable says of itself when it is greeted."""
    async with Conversation(link_to(world, person, cabled=False)) as talk:
        hello = await talk.greet()
        return hello, await talk.answer(messages.Status)


# the cable


def by_cable(folder, host_end, seconds=30.0):
    """Streams recorded by two cables whose other end is treated so, and what came to each end."""
    pair = [VirtualWearable(p, feed(seconds), DeviceClockModel(3.0)) for p in PERSONS]
    with World(pair, seed=5) as world:
        links = {p: link_to(world, p, cabled=True) for p in PERSONS}

        async def host(world):
            for person in PERSONS:
                world.cable(person).host_end = host_end
            plan = RecordingPlan(folder, duration_s=seconds, clock_ns=world.clock_ns, seed=5)
            await record(plan, links)

        world.run(host)
        stored = read_session(folder)
        found = {p: decode(stored.topics[f"{p}/heard"], []) for p in PERSONS}
        lost = {p: int(world.fifo_log(p).lost.sum()) for p in PERSONS}
    return found, lost, sum(link._packets.noise_bytes for link in links.values())


@pytest.mark.parametrize("bytes_per_s", [4_000, 1_000_000])
def test_a_cable_read_slowly_loses_nothing(bytes_per_s, tmp_path):
    found, lost, noise_bytes = by_cable(tmp_path / "s", HostEnd(bytes_per_s=bytes_per_s))
    assert noise_bytes == 0, "every packet came whole"
    for person in PERSONS:
        assert lost[person] == 0
        assert [holes(run_of(found[person], stream)) for stream in COUNTED] == [0, 0, 0, 0]
        assert len(run_of(found[person], streams.PPG_IR).samples) > 2_900


def heard_by_cable(host_end, seconds=10.0):
    """Numbers of the pulse's blocks that come whole over a cable treated so, and bytes of noise."""

    async def host(world):
        world.cable("a").host_end = host_end
        link = link_to(world, "a", cabled=True)
        await link.open()
        hello = messages.Hello(MAJOR, MINOR, 0, 0, bytes(6), 0, bytes(4))
        for message in (hello, messages.Start(5, 0xFFFFFFFF)):
            await link.write(frames.frame(message.KIND, messages.pack(message)))
        numbers = []
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while True:
                    _, framed = await link.read()
                    block = message_of(framed)
                    if isinstance(block, messages.Block) and block.stream == streams.PPG_IR:
                        numbers.append(block.sequence)
        await link.close()
        return numbers, link._packets.noise_bytes

    with World([VirtualWearable("a", feed(seconds))], seed=5) as world:
        return world.run(host)


def test_a_cable_whose_dtr_is_low_is_overwritten_where_one_that_holds_it_is_waited_for():
    numbers, noise_bytes = heard_by_cable(HostEnd(bytes_per_s=4_000))
    assert np.all(np.diff(numbers) == 1)
    assert len(numbers) > 20
    assert noise_bytes == 0
    numbers, noise_bytes = heard_by_cable(HostEnd(holds_dtr=False, bytes_per_s=400))
    assert noise_bytes > 0 or np.any(np.diff(numbers) > 1), "nobody was told"


# the bus


def test_a_dead_converter_beside_a_live_pulse_costs_no_pulse(tmp_path):
    dead = Equipment(converter_silent_s=((10.0, 300.0),))
    pair = [VirtualWearable(p, feed(60), costs=BAD_NACK, equipment=dead) for p in PERSONS]
    found, given, _ = recorded_with_logs(tmp_path / "s", 60.0, *pair)
    for person in PERSONS:
        run = run_of(found[person], streams.PPG_IR)
        share = len(run.samples) / (len(run.samples) + holes(run))
        assert share >= 0.99
        assert given[person].lost.sum() <= 0.01 * len(given[person].rows)
        assert len(run.samples) > 5_900


def test_a_board_with_no_chip_at_all_answers_within_three_seconds_of_its_boot():
    nothing = Equipment(silent_s=((0.0, 100.0),))
    with World([VirtualWearable("a", feed(10), costs=BAD_NACK, equipment=nothing)]) as world:
        hello, _ = world.run(greeted)
        assert world.now_s() < 3.0
    assert hello.boot == 1


def test_the_port_is_kept_from_logging_every_chip_that_does_not_answer():
    nothing = Equipment(silent_s=((0.0, 100.0),))
    with World([VirtualWearable("a", feed(10), equipment=nothing)]) as world:
        world.run(lambda _: asyncio.sleep(5.0))
        assert world.idle_share("a") > 0.9


# boots


def test_three_panics_in_a_row_lead_to_safe_mode_and_power_cuts_do_not():
    async def host(world, affliction):
        for _ in range(3):
            await asyncio.sleep(5.0)
            affliction("a")
        await asyncio.sleep(5.0)
        return (await greeted(world))[0].state

    states = {}
    for name in ("panic", "reboot"):
        with World([VirtualWearable("a", feed(60))]) as world:
            states[name] = world.run(lambda w, n=name: host(w, getattr(w, n)))
    assert states["panic"] == SAFE
    assert states["reboot"] != SAFE


@pytest.mark.parametrize("name", ["", "a", "x" * 31, "y" * 64, "\U0001f499" * 16])
def test_a_wearable_of_any_name_boots_and_answers(name):
    with World([VirtualWearable("a", feed(10), settings={"name": name})]) as world:
        hello, _ = world.run(greeted)
        assert hello.boot == 1
        assert world.causes("a") == [1]


# the battery


def test_a_battery_nearly_empty_is_told_in_the_status_and_in_every_block(tmp_path):
    low = Equipment(battery_v=3.55)
    pair = [VirtualWearable(p, feed(30), equipment=low) for p in PERSONS]
    found = recorded(tmp_path / "s", 25.0, *pair)
    for decoded in found.values():
        for stream in (streams.EDA_CURRENT, streams.BATTERY):
            assert np.all(run_of(decoded, stream).status[1:] & streams.LOW_BATTERY)
        assert set(run_of(decoded, streams.BATTERY).samples) <= {6, 7, 8}


@pytest.mark.parametrize("board", ["feathers3", "xiao_esp32s3", "xiao_esp32c6", "esp32s3"])
def test_every_board_tells_its_battery(board):
    settings = {"board": board}
    worn = VirtualWearable("a", feed(10), settings=settings, equipment=Equipment(battery_v=3.7))
    with World([worn]) as world:
        _, status = world.run(greeted)
    assert status.battery_percent == pytest.approx(25, abs=1)


def test_a_recording_is_refused_below_a_fifth_of_the_battery(tmp_path):
    low = Equipment(battery_v=3.65)
    pair = [VirtualWearable(p, feed(60), equipment=low) for p in PERSONS]
    with World(pair, seed=2) as world:
        needs = Preflight(patience_s=8.0)
        plan = RecordingPlan(
            tmp_path / "s", duration_s=20.0, clock_ns=world.clock_ns, preflight=needs
        )

        async def host(world):
            return await record(plan, {p: link_to(world, p, cabled=False) for p in PERSONS})

        with pytest.raises(SessionError, match="the battery of a is at 17 %: charge it first"):
            world.run(host)


# flash


def test_the_smallest_board_holds_an_hour_and_says_so():
    small = VirtualWearable("a", feed(10), settings={"board": "xiao_esp32c6"}, flash_kib=2048)
    with World([small]) as world:
        _, status = world.run(greeted)
    assert status.hours_left == 1
    assert status.free_kib > 1_900


def test_erases_as_long_as_datasheets_allow_are_gaps_of_their_length_to_the_sample(tmp_path):
    slow = {"FLASH_ERASE_US": 400_000}
    pair = [VirtualWearable(p, feed(60), DeviceClockModel(3.0), costs=slow) for p in PERSONS]
    found, given, _ = recorded_with_logs(tmp_path / "s", 40.0, *pair)
    for person in PERSONS:
        run = run_of(found[person], streams.PPG_IR)
        rows = given[person].rows
        lost = int(given[person].lost.sum())
        assert lost > 0, "the sensor's own FIFO bridges 320 ms"
        assert lost < 0.1 * len(rows)
        off = run.sample_counters() - (rows - rows[0])[: len(run.samples)]
        assert np.abs(off).max() <= 1, "a gap's length is told by clocks, so to a sample"
