"""The field: two wearables without a host record, and one asks the other for the time."""

import asyncio

import numpy as np
import pytest

from dyadkit.devices.field_mode import call_back
from dyadkit.devices.field_mode import send_out as send_out_by_host
from dyadkit.sim import DeviceClockModel, VirtualWearable, World
from dyadwire import MAJOR, MINOR, frames, messages
from dyadwire.states import IDLE, RECORDING
from fakes.ordeal import feed, link_to

pytest.importorskip("bumble")
pytest.importorskip("micropython_unix")

HELLO = messages.Hello(MAJOR, MINOR, 0, 0, bytes(6), 0, bytes(4))
WRAP_S = 2**30 / 1e6
# ticks wrap within the second meeting at a, within the first at b
CLOCKS = {"a": DeviceClockModel(WRAP_S - 338, 22.0), "b": DeviceClockModel(WRAP_S - 16, -17.0)}


def pair(seconds):
    return [VirtualWearable(n, feed(seconds, 3), CLOCKS[n]) for n in "ab"]


class Visit:
    """A host that comes by: connects, says a few things, listens, goes."""

    def __init__(self, world, name):
        self.link = link_to(world, name, cabled=False)
        self.received = []

    async def __aenter__(self):
        await self.link.open()
        await self.ask(HELLO, messages.Status)
        return self

    async def __aexit__(self, *_):
        await self.link.close()

    async def ask(self, message, answer):
        """Say something and wait for this kind of answer."""
        await self.link.write(frames.frame(message.KIND, messages.pack(message)))
        while True:
            _, framed = await asyncio.wait_for(self.link.read(), 5)
            received = messages.unpack(frames.kind_of(framed), frames.payload_of(framed))
            self.received.append(received)
            if isinstance(received, answer):
                return received

    async def flash(self):
        """All messages in flash, segment by segment."""
        self.received.clear()
        first = 0
        while True:
            held = await self.ask(messages.Contents(first), messages.Held)
            if held.number == 0:
                break
            await self.ask(messages.Copy(held.number, 0), messages.Copied)
            first = held.number + 1
        kept = [
            one for one in self.received if not isinstance(one, messages.Held | messages.Copied)
        ]
        self.received = []
        return kept


def address(world, name):
    return bytes.fromhex(world.address(name).replace(":", ""))


async def send_out(world, names="ab", session=77):
    """Make each the other's partner, start both, leave."""
    for name, other in (("a", "b"), ("b", "a")):
        if name in names:
            async with Visit(world, name) as visit:
                partner = messages.Partner(address(world, other))
                assert await visit.ask(partner, messages.Partner) == partner
                await visit.ask(messages.Start(session, 0xFFFFFFFF), messages.Block)


async def collect(world, name):
    async with Visit(world, name) as visit:
        return await visit.flash()


def exchanged(kept):
    return [one for one in kept if isinstance(one, messages.Exchanged)]


def meetings(kept):
    return [
        one.value
        for one in kept
        if isinstance(one, messages.Event) and one.code == messages.PARTNER
    ]


@pytest.fixture(scope="module")
def outing():
    async def host(world):
        await send_out(world)
        await asyncio.sleep(352)
        return {name: await collect(world, name) for name in "ab"}

    with World(pair(400), seed=2) as world:
        kept = world.run(host)
        assert world.late_events == 0
        true_s = {n: lambda us, n=n: world.true_s(n, 0, us) for n in "ab"}
        offsets = [
            (true_s["a"](e.sent_us), true_s["b"](e.received_us),
             true_s["b"](e.answered_us), true_s["a"](e.returned_us))
            for e in exchanged(kept["a"])
        ]  # fmt: skip
        yield kept, np.array(offsets)


def test_probes_come_five_a_second_for_twenty_seconds_each_five_minutes(outing):
    kept, times_s = outing
    assert len(meetings(kept["a"])) == 2
    assert sum(meetings(kept["a"])) == len(times_s)
    for count in meetings(kept["a"]):
        assert 80 <= count <= 120
    begins_s = times_s[np.flatnonzero(np.diff(times_s[:, 0], prepend=-100) > 60), 0]
    assert np.all(np.abs(np.diff(begins_s) - 320) < 30)


def test_the_ticks_of_both_wrap_while_they_meet(outing):
    kept, times_s = outing
    of_first = times_s[:, 0] < times_s[0, 0] + 60
    for field, meeting in (("received_us", of_first), ("sent_us", ~of_first)):
        reported_us = np.array([getattr(one, field) for one in exchanged(kept["a"])])[meeting]
        assert reported_us[0] < WRAP_S * 1e6 - 1e6
        assert reported_us[-1] > WRAP_S * 1e6 + 1e6


def test_every_exchange_happened_in_the_order_it_says(outing):
    _, times_s = outing
    assert np.all(np.diff(times_s, axis=1) > 0)
    there_s, back_s = times_s[:, 1] - times_s[:, 0], times_s[:, 3] - times_s[:, 2]
    assert there_s.max() < 0.1
    assert back_s.max() < 0.1
    assert there_s.min() < 0.005, "some probes meet the radio's next event at once"


def test_only_the_asking_one_keeps_exchanges_and_both_record_all_the_time(outing):
    kept, _ = outing
    assert not exchanged(kept["b"])
    for name in "ab":
        blocks = [one for one in kept[name] if isinstance(one, messages.Block) and one.stream == 1]
        assert [block.sequence for block in blocks] == list(range(len(blocks)))
        assert sum(block.count for block in blocks) > 350 * 99


def test_either_records_on_without_the_other():
    async def host(world):
        await send_out(world)
        await asyncio.sleep(5)
        world.power_cut("b")
        await asyncio.sleep(115)
        kept = await collect(world, "a")
        world.reboot("b")
        await asyncio.sleep(70)
        return kept, await collect(world, "a")

    with World(pair(220), seed=3) as world:
        alone, after = world.run(host)
    assert meetings(alone)[-1] == 0
    assert meetings(after)[-1] > 60, "the partner is met again when it is back"
    blocks = [one for one in after if isinstance(one, messages.Block) and one.stream == 1]
    assert sum(block.count for block in blocks) > 180 * 99


@pytest.mark.slow
def test_the_other_asks_when_nobody_asked_for_long():
    async def host(world):
        await send_out(world, names="b")
        await asyncio.sleep(960)
        return await collect(world, "b")

    with World(pair(1000), seed=4) as world:
        kept = world.run(host)
    assert exchanged(kept), "the one with the higher address took over"


def test_the_button_marks_starts_and_stops():
    async def host(world):
        states = []
        await asyncio.sleep(2)
        for seconds in (0.3, 1.5, 0.2, 1.5):
            world.press("a", seconds)
            await asyncio.sleep(4)
            async with Visit(world, "a") as visit:
                states += [one.state for one in visit.received if isinstance(one, messages.Hello)]
            await asyncio.sleep(1)
        return states, await collect(world, "a")

    with World(pair(60)[:1], seed=5) as world:
        states, kept = world.run(host)
    assert states == [IDLE, RECORDING, RECORDING, IDLE]
    presses = [e.value for e in kept if isinstance(e, messages.Event) and e.code == messages.BUTTON]
    assert np.allclose(presses, [300, 1500, 200, 1500], atol=80)
    assert any(isinstance(one, messages.Block) for one in kept)


def test_a_host_sends_a_dyad_out_and_calls_it_back():
    async def host(world):
        links = {name: link_to(world, name, cabled=False) for name in "ab"}
        sent = await send_out_by_host(links)
        addresses = {person: one.wearable for person, one in sent.items()}
        await asyncio.sleep(40)
        await call_back(links)
        states = []
        for name in "ab":
            async with Visit(world, name) as visit:
                states += [one.state for one in visit.received if isinstance(one, messages.Hello)]
        return addresses, states, await collect(world, "a")

    with World(pair(90), seed=6) as world:
        addresses, states, kept = world.run(host)
        assert addresses == {name: address(world, name).hex() for name in "ab"}
    assert states == [IDLE, IDLE]
    assert len(exchanged(kept)) > 60
