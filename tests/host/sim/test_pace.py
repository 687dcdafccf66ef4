"""Real time: a machine that cannot keep up delays the simulated world and changes nothing in it."""

import asyncio
import os
import selectors
import time
from types import SimpleNamespace

import numpy as np
import pytest

from dyadkit.capture.session import RecordingPlan, record
from dyadkit.decoding.decode import decode
from dyadkit.demo.simulated import serve_terminals
from dyadkit.links.ble import BleLink, BleRadio
from dyadkit.links.serialport import open_port
from dyadkit.links.usb import UsbLink
from dyadkit.sim import DeviceClockModel, Pace, SensorFeed, VirtualWearable, World, loop
from dyadkit.sim.device.cable import Terminal
from dyadkit.storage import read_session
from dyadwire import frames

pytest.importorskip("bumble")
pytest.importorskip("micropython_unix")

STALL_NS = 400_000_000


@pytest.fixture
def wall(monkeypatch):
    """The wall clock as the world reads it; `stall()` is a machine that stood still for 0.4 s.

    It counts what was waited for and no more: this machine may be as busy as it likes.
    """
    passed_ns = 0

    def pass_ns(more_ns=STALL_NS):
        nonlocal passed_ns
        passed_ns += more_ns

    select = selectors.DefaultSelector.select

    def waited(self, wait_s=None):
        began_ns = time.monotonic_ns()
        ready = select(self, wait_s)
        really_ns = time.monotonic_ns() - began_ns
        pass_ns(really_ns if wait_s is None else min(really_ns, round(wait_s * 1e9)))
        return ready

    clock = SimpleNamespace(monotonic_ns=lambda: passed_ns)
    monkeypatch.setattr(loop, "time", clock)
    monkeypatch.setattr(selectors.DefaultSelector, "select", waited)
    return SimpleNamespace(stall=pass_ns, now_ns=clock.monotonic_ns)


def test_what_was_due_while_the_machine_stood_still_happens_at_its_time_and_in_order(wall):
    happened = []

    async def host():
        now = asyncio.get_running_loop()
        for at_us in (10_000, 20_000, 30_000, 40_000):
            now.call_at_us(at_us, lambda: happened.append(now.now_us))
        now.call_at_us(15_000, wall.stall)
        await asyncio.sleep(0.05)

    with asyncio.Runner(loop_factory=lambda: loop.VirtualLoop(Pace.REAL)) as runner:
        runner.run(host())
    assert happened == [10_000, 20_000, 30_000, 40_000]


class Cable:
    """A cable that notes when something was written to it."""

    def __init__(self):
        self.written_us = []

    def open_port(self, _, on_bytes, __):
        self.say = on_bytes
        self.world = asyncio.get_running_loop()

    def write(self, _):
        self.written_us.append(self.world.now_us)

    def close(self):
        pass


def test_nothing_from_outside_comes_into_the_world_before_it_was_sent(wall):
    async def host():
        now = asyncio.get_running_loop()
        cable = Cable()
        terminal = Terminal(cable, now)
        theirs = os.open(terminal.path, os.O_RDWR | os.O_NOCTTY)
        sent_us = []

        def send():
            wall.stall()
            sent_us.append(now.outside_us())
            os.write(theirs, b"!")

        now.call_at_us(10_000, send)
        for at_us in range(0, 600_000, 5_000):
            now.call_at_us(at_us, lambda: None)
        while not cable.written_us:
            await asyncio.sleep(0.005)
        terminal.close()
        os.close(theirs)
        return cable.written_us[0] - sent_us[0]

    with asyncio.Runner(loop_factory=lambda: loop.VirtualLoop(Pace.REAL)) as runner:
        assert 0 <= runner.run(host()) < STALL_NS // 1000


def test_a_machine_that_never_keeps_up_still_lets_the_outside_speak(wall):
    out, into = os.pipe()

    async def host():
        now = asyncio.get_running_loop()
        received = asyncio.Event()
        now.add_reader(out, received.set)
        os.write(into, b"!")
        while not received.is_set():
            wall.stall()
            await asyncio.sleep(0.001)
        now.remove_reader(out)
        return now.outside_us() - now.now_us

    with asyncio.Runner(loop_factory=lambda: loop.VirtualLoop(Pace.REAL)) as runner:
        assert runner.run(host()) < 2 * STALL_NS // 1000 + loop._MAX_BEHIND_US
    os.close(out)
    os.close(into)


def test_a_machine_that_never_keeps_up_never_sets_the_clocks_of_the_world_back(wall):
    began_ns = wall.now_ns()

    async def host():
        now = asyncio.get_running_loop()
        behind_us = []
        for _ in range(100):
            wall.stall()
            await asyncio.sleep(0.02)
            behind_us.append((wall.now_ns() - began_ns) // 1000 - now.now_us)
        return behind_us, now.skipped_us()

    with asyncio.Runner(loop_factory=lambda: loop.VirtualLoop(Pace.REAL)) as runner:
        behind_us, skipped_us = runner.run(host())
    assert max(behind_us) < loop._MAX_BEHIND_US + STALL_NS // 1000 + 500_000
    assert skipped_us > 100 * STALL_NS // 1000 - 2 * loop._MAX_BEHIND_US - 100 * 20_000


def test_whoever_plugs_in_virtual_wearables_hears_that_they_were_held_up():
    now = loop.VirtualLoop()
    skipped_s = {5: 2.5, 6: 2.5, 9: 6.0}
    world = SimpleNamespace(
        terminal=lambda person: SimpleNamespace(path=f"/dev/{person}"),
        now_s=now.time,
        skipped_s=lambda: skipped_s.get(round(now.time()), 0.0),
    )
    ports, held_up = [], []
    with asyncio.Runner(loop_factory=lambda: now) as runner:
        runner.run(serve_terminals(world, 12.0, ports.append, held_up.append))
        assert now.time() == pytest.approx(12.0, abs=0.01)
    assert ports == [{"a": "/dev/a", "b": "/dev/b"}]
    assert held_up == [2.5, 6.0]


def test_a_program_that_died_does_not_stop_the_world_and_leaves_nothing_stale():
    async def host():
        cable = Cable()
        terminal = Terminal(cable, asyncio.get_running_loop())
        for _ in range(100):
            cable.say(bytes(4096))  # into a terminal that nobody reads
        received = []
        port = open_port(terminal.path, received.append, lambda: None)
        cable.say(b"now")
        while not received:
            await asyncio.sleep(0.005)
        port.close()
        terminal.close()
        return received

    with asyncio.Runner(loop_factory=lambda: loop.VirtualLoop(Pace.REAL)) as runner:
        assert runner.run(host()) == [b"now"]


def wearables():
    feed = SensorFeed(np.full((3000, 2), 60_000, np.int32), 100.0, np.full(8, 5.0), 4.0)
    clocks = {"a": DeviceClockModel(3.0, 20.0), "b": DeviceClockModel(8.0, -20.0)}
    return [VirtualWearable(person, feed, clock) for person, clock in clocks.items()]


def look(folder, person):
    """Kinds of frames heard, and the streams among them."""
    stored = read_session(folder)
    received = stored.topics[f"{person}/heard"]
    found = decode(received, stored.topics[f"{person}/said"])
    assert found.rejected == 0
    return {frames.kind_of(one.data) for one in received}, {stream for _, stream in found.runs}


def test_a_session_on_two_pseudo_terminals_is_whole_and_looks_like_one_over_the_radio(
    tmp_path, wall
):
    async def by_radio(world):
        radio = BleRadio(world.client_backend, world.scanner_backend, world.clock_ns)
        links = {person: BleLink(world.address(person), radio) for person in "ab"}
        plan = RecordingPlan(tmp_path / "radio", duration_s=4.0, clock_ns=world.clock_ns)
        return await record(plan, links)

    async def by_terminal(world):
        links = {person: UsbLink(world.terminal(person).path) for person in "ab"}
        for at_s in (2.0, 2.7, 3.4):
            asyncio.get_running_loop().call_later(at_s, wall.stall)
        return await record(RecordingPlan(tmp_path / "terminal", duration_s=4.0), links)

    with World(wearables()) as world:
        world.run(by_radio)
    with World(wearables(), pace=Pace.REAL) as world:
        outcome = world.run(by_terminal)
        assert [int(world.fifo_log(person).lost.sum()) for person in "ab"] == [0, 0]
    assert (outcome.missing_blocks, outcome.missing_samples, outcome.faults) == (0, 0, ())
    for person in "ab":
        assert look(tmp_path / "terminal", person) == look(tmp_path / "radio", person)
