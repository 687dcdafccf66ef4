"""The cable: a session through it is a session, in virtual time and on a pseudo-terminal."""

import asyncio

import numpy as np
import pytest

from dyadkit.decoding.decode import decode
from dyadkit.errors import LinkError
from dyadkit.links.conversation import Conversation
from dyadkit.links.usb import Cable, UsbLink, scan
from dyadkit.sim import Pace, VirtualWearable, World
from dyadkit.storage import read_session
from dyadwire import MAJOR, MINOR, cobs, frames, messages
from fakes.ordeal import Ordeal, feed, link_to, undergo

pytest.importorskip("bumble")
pytest.importorskip("micropython_unix")

BOTH = frozenset("ab")
HUNG_S = 600.0


def wearable(name="a", **options):
    return VirtualWearable(name, feed(60, 3), **options)


def said(message):
    return frames.frame(message.KIND, messages.pack(message))


@pytest.fixture(scope="module")
def cabled(tmp_path_factory):
    folder = tmp_path_factory.mktemp("usb") / "session"
    ordeal = Ordeal(30.0, cabled=BOTH, reboots={"a": [12.0]})
    return folder, *undergo(ordeal, folder)


def test_nothing_is_lost_through_the_cable_and_a_reboot_is_survived(cabled):
    _, outcome, survived, _ = cabled
    assert (outcome.missing_blocks, outcome.faults) == (0, ())
    for kept in survived.values():
        assert kept.losses() == (0, 0, 0, 0)
    assert survived["a"].cut_s[0] <= 0.25
    assert np.percentile(survived["b"].latency_s, 95) <= 0.21


def test_a_session_through_the_cable_holds_what_one_over_the_radio_holds(cabled, tmp_path):
    undergo(Ordeal(12.0), tmp_path / "session")
    kinds = []
    for folder in (cabled[0], tmp_path / "session"):
        received = read_session(folder).topics["b/heard"]
        decoded = decode(received, read_session(folder).topics["b/said"])
        kinds.append((sorted(decoded.infos), sorted(stream for _, stream in decoded.runs),
                      sorted({frames.kind_of(m.data) for m in received})))  # fmt: skip
        assert decoded.timeouts <= 1
        assert len(decoded.sends)
        assert decoded.rejected == 0
    assert kinds[0] == kinds[1]


def test_probes_through_the_cable_come_back_within_milliseconds(cabled):
    session = read_session(cabled[0])
    exchanges = decode(session.topics["b/heard"], session.topics["b/said"]).exchanges
    assert len(exchanges) > 30
    assert np.percentile([one.round_trip_us() for one in exchanges], 95) < 10_000


def test_one_wearable_on_the_cable_and_one_on_the_radio(tmp_path):
    _, survived, _ = undergo(Ordeal(12.0, cabled=frozenset("a")), tmp_path / "session")
    assert [kept.losses() for kept in survived.values()] == [(0, 0, 0, 0)] * 2


def test_the_small_input_buffer_of_a_board_is_never_overrun():
    async def host(world):
        link = link_to(world, "a", cabled=True)
        await link.open()
        await link.write(said(messages.Hello(MAJOR, MINOR, 0, 0, bytes(6), 0, bytes(4))))
        for number in range(200):
            await link.write(frames.frame(0x7F, bytes(number)))
        await asyncio.sleep(1)
        await link.close()
        port = world.cable("a").open_port("a", lambda _: None, lambda: None)
        port.write(bytes([1]) * 300)
        await asyncio.sleep(0.1)

    with World([wearable()]) as world:
        world.run(host)
        printed = world.printed("a")
    assert printed.count("USB input lost") == 40, "only who ignores the window loses"


def test_a_silent_host_frees_the_wearable_for_another():
    async def host(world):
        cable = link_to(world, "a", cabled=True)
        radio = link_to(world, "a", cabled=False)
        hello = said(messages.Hello(MAJOR, MINOR, 0, 0, bytes(6), 0, bytes(4)))
        await cable.open()
        await cable.write(hello)
        await radio.open()
        await radio.write(hello)
        refused = await radio.read()
        await radio.close()
        await asyncio.sleep(12)
        await radio.open()
        await radio.write(hello)
        welcomed = await radio.read()
        return [frames.kind_of(framed) for _, framed in (refused, welcomed)]

    with World([wearable()]) as world:
        kinds = world.run(host)
    assert kinds[0] == messages.Refusal.KIND
    assert kinds[1] != messages.Refusal.KIND


def test_a_frame_torn_within_a_packet_does_not_swallow_the_next_hosts_greeting():
    async def host(world):
        port = world.cable("a").open_port("a", lambda _: None, lambda: None)
        port.write(cobs.packet(said(messages.Fault(0, 1, bytes(200)))[:9]))
        await asyncio.sleep(0.1)
        port.close()
        async with Conversation(link_to(world, "a", cabled=True)) as talk:
            return await talk.greet()

    with World([wearable()]) as world:
        assert world.run(host).boot == 1


def test_a_port_that_is_not_there_is_a_sentence(tmp_path):
    async def host():
        await UsbLink(str(tmp_path / "ttyACM9")).open()

    with pytest.raises(LinkError, match="cannot open port .*ttyACM9.*plugged in"):
        asyncio.run(host())


def test_a_pseudo_terminal_serves_programs_outside_of_the_simulation():
    async def host(world):
        terminal = world.terminal("a")
        cable = Cable(port_names=lambda: [terminal.path, "/dev/null"])
        await asyncio.sleep(0.5)
        (plugged,) = await scan(cable, 2.0)
        link = UsbLink(terminal.path)
        await link.open()
        await link.write(said(messages.Hello(MAJOR, MINOR, 0, 0, bytes(6), 0, bytes(4))))
        await link.write(said(messages.Start(5, 0xFFFFFFFF)))
        kinds = set()
        while messages.Block.KIND not in kinds:
            kinds.add(frames.kind_of((await link.read())[1]))
        with pytest.raises(LinkError, match="no other program using it"):
            await UsbLink(terminal.path).open()
        await link.close()
        return plugged, kinds

    with World([wearable()], pace=Pace.REAL) as world:
        plugged, kinds = world.run(lambda world: asyncio.wait_for(host(world), HUNG_S))
        assert plugged.wearable == world.address("a").replace(":", "").lower()
    assert {messages.Hello.KIND, messages.StreamInfo.KIND, messages.Block.KIND} <= kinds


def test_a_pseudo_terminal_needs_real_time():
    with World([wearable()]) as world, pytest.raises(ValueError, match="pace of real time"):
        world.terminal("a")
