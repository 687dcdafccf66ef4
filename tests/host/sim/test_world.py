"""The whole way: a program in a real MicroPython, a virtual radio, bleak, in virtual time."""

import asyncio
from pathlib import Path

import numpy as np
import pytest
from bleak import BleakClient, BleakScanner

from dyadkit.errors import LinkError
from dyadkit.sim import (
    DeviceClockModel,
    RadioModel,
    SensorFeed,
    VirtualDeadlockError,
    VirtualWearable,
    World,
)
from dyadkit.sim.device.lockstep import LockstepDevice
from dyadwire import gatt

pytest.importorskip("bumble")
pytest.importorskip("micropython_unix")

PROGRAMS = Path(__file__).parents[2] / "fakes" / "programs"


def feed(seconds=30.0, rate_hz=100.0):
    rows = int(seconds * rate_hz)
    counts = np.arange(2 * rows, dtype=np.int32).reshape(rows, 2) + 50_000
    return SensorFeed(counts, rate_hz, np.full(int(seconds * 4), 5.0), 4.0)


def wearable(name="a", program="chatter.py", **options):
    return VirtualWearable(name, feed(), start=(PROGRAMS / program,), **options)


class Talk:
    """What one client heard, with the time it came."""

    def __init__(self, world, address):
        self.world = world
        self.received = []
        self.lost_s = []
        self.client = BleakClient(
            address,
            backend=world.client_backend,
            disconnected_callback=lambda _: self.lost_s.append(world.now_s()),
        )

    async def __aenter__(self):
        await self.client.connect()
        await self.client.start_notify(
            gatt.DATA, lambda _, data: self.received.append((self.world.now_s(), bytes(data)))
        )
        return self

    async def __aexit__(self, *_):
        await self.client.disconnect()

    def said(self):
        """(arrival, counter, device microseconds) of each notification of the chat."""
        words = [(at_s, data.split()) for at_s, data in self.received]
        return np.array([(at_s, int(w[1]), int(w[2])) for at_s, w in words if w[0] == b"say"])


async def listen(world, names=("a",), seconds=5.0):
    talks = [Talk(world, world.address(name)) for name in names]
    for talk in talks:
        await talk.__aenter__()
    await asyncio.sleep(seconds)
    for talk in talks:
        await talk.__aexit__()
    return talks


def test_a_scan_finds_both_wearables_by_their_service():
    async def host(world):
        found = await BleakScanner.discover(
            timeout=1.0, return_adv=True, backend=world.scanner_backend
        )
        assert world.now_s() == pytest.approx(1.0, abs=1e-3)
        return {device.address: said for device, said in found.values()}

    with World([wearable("a"), wearable("b")]) as world:
        found = world.run(host)
        assert set(found) == {world.address("a"), world.address("b")}
    assert all(said.service_uuids == [gatt.SERVICE] for said in found.values())
    assert {said.local_name for said in found.values()} == {"chat"}


def test_notifications_arrive_in_order_and_whole_in_spite_of_loss():
    with World([wearable()], radio=RadioModel(loss=0.2), seed=3) as world:
        (talk,) = world.run(listen)
        said = talk.said()
    assert len(said) > 80
    np.testing.assert_array_equal(np.diff(said[:, 1]), 1)


def test_latency_is_that_of_a_30_ms_interval():
    awake = {"TICK_US": 1_000}  # at ticks of 10 ms only three moments of an interval would be seen
    pair = [wearable("a", costs=awake), wearable("b", costs=awake)]
    with World(pair, radio=RadioModel(loss=0.05), seed=1) as world:
        talks = world.run(lambda world: listen(world, ("a", "b"), 20.0))
        latencies_s = np.concatenate([(t.said()[:, 0] - t.said()[:, 2] / 1e6) for t in talks])
    p50_s, p95_s = np.percentile(latencies_s, [50, 95])
    assert 0.012 < p50_s < 0.022
    assert 0.025 < p95_s < 0.06


def test_two_runs_with_one_seed_are_equal_and_another_seed_differs():
    hashes = []
    for seed in (5, 5, 6):
        with World([wearable("a"), wearable("b")], radio=RadioModel(loss=0.1), seed=seed) as world:
            world.run(lambda world: listen(world, ("a", "b"), 3.0))
            hashes.append(world.trace_hash())
    assert hashes[0] == hashes[1] != hashes[2]


def test_a_wearable_is_let_run_for_what_happens_and_not_for_time_that_passes(monkeypatch):
    given = []
    grant = LockstepDevice.grant
    monkeypatch.setattr(LockstepDevice, "grant", lambda *who: given.append(grant(*who)))
    with World([wearable()]) as world:
        (talk,) = world.run(lambda world: listen(world, seconds=20.0))
        assert world.now_s() > 20
        assert 300 < len(talk.said()) < len(given) < 2 * len(talk.said())


def test_a_write_reaches_the_wearable_at_an_anchor():
    async def host(world):
        async with Talk(world, world.address("a")) as talk:
            sent_s = []
            for number in range(20):
                await asyncio.sleep(0.0731)
                sent_s.append(world.now_s())
                await talk.client.write_gatt_char(gatt.CONTROL, b"%d" % number, response=False)
            await asyncio.sleep(0.3)
        echoes = [data.split() for _, data in talk.received if data.startswith(b"echo")]
        return sent_s, echoes

    with World([wearable()]) as world:
        sent_s, echoes = world.run(host)
        received_s = [world.true_s("a", 0, int(words[1])) for words in echoes]
    assert [words[2] for words in echoes] == [b"%d" % number for number in range(20)]
    delays_s = np.subtract(received_s, sent_s)
    assert delays_s.min() > 0
    assert delays_s.max() < 0.032


def test_a_skewed_clock_is_exact():
    model = DeviceClockModel(offset_s=1070.0, skew_ppm=200.0, steps=((10.0, -350.0),))
    with World([wearable(clock=model)]) as world:
        assert world.device_us("a", 0.0) == 1_070_000_000
        assert world.device_us("a", 10.0) == 1_080_002_000
        assert world.device_us("a", 20.0) == 1_090_000_500
        assert world.true_s("a", 0, 1_090_000_500) == pytest.approx(20.0, abs=2e-6)
        (talk,) = world.run(lambda world: listen(world, seconds=12.0))
        at_s, _, device_us = talk.said().T
        wrapped = device_us[device_us < device_us[0]] + (1 << 30)
        latencies_s = at_s[-len(wrapped) :] - [world.true_s("a", 0, us) for us in wrapped]
    assert 0 < latencies_s.min() < latencies_s.max() < 0.2


def test_the_sensor_log_tells_what_was_read():
    with World([wearable()]) as world:
        world.run(lambda world: listen(world, seconds=3.0))
        log = world.fifo_log("a")
    np.testing.assert_array_equal(np.diff(log.rows), 1)
    assert log.lost.sum() == 0
    assert len(log.rows) > 300


def test_a_dropped_link_is_noticed_and_comes_back():
    async def host(world):
        talk = Talk(world, world.address("a"))
        await talk.__aenter__()
        await asyncio.sleep(1.0)
        world.drop("a", 2.0)
        await asyncio.sleep(2.5)
        assert not talk.client.is_connected
        began_s = world.now_s()
        async with Talk(world, world.address("a")) as again:
            took_s = world.now_s() - began_s
            await asyncio.sleep(1.0)
        return talk, again, took_s

    with World([wearable()]) as world:
        talk, again, took_s = world.run(host)
    assert len(talk.lost_s) == 1
    assert took_s < 1.0
    assert len(again.said()) > 10


def test_a_short_blackout_only_delays():
    async def host(world):
        async with Talk(world, world.address("a")) as talk:
            await asyncio.sleep(1.0)
            world.blackout("a", 0.4)
            await asyncio.sleep(3.0)
        return talk

    with World([wearable()]) as world:
        talk = world.run(host)
    said = talk.said()
    np.testing.assert_array_equal(np.diff(said[:, 1]), 1)
    assert np.diff(said[:, 0]).max() > 0.38


def test_a_dead_wearable_is_missed_only_after_the_supervision_timeout():
    async def host(world):
        talk = Talk(world, world.address("a"))
        await talk.__aenter__()
        await asyncio.sleep(1.0)
        cut_s = world.now_s()
        world.power_cut("a")
        await asyncio.sleep(6.0)
        return talk.lost_s[0] - cut_s

    with World([wearable()], radio=RadioModel(supervision_timeout_s=3.0)) as world:
        assert world.run(host) == pytest.approx(3.0, abs=0.01)


def test_a_rebooted_wearable_starts_its_clock_at_zero_and_answers():
    async def host(world):
        await asyncio.sleep(2.0)
        world.reboot("a")
        async with Talk(world, world.address("a")) as talk:
            await asyncio.sleep(2.0)
        return talk.said()

    with World([wearable()]) as world:
        said = world.run(host)
        assert world.true_s("a", 1, 0) == pytest.approx(2.0)
        assert set(world.fifo_log("a").boots) == {0, 1}
    assert said[0, 2] / 1e6 + 2.0 < said[0, 0]


def test_a_full_queue_says_enomem_and_loses_nothing():
    slow = RadioModel(interval_ms=400.0, packets_per_event=1, queue_slots=3)
    with World([wearable()], radio=slow) as world:
        (talk,) = world.run(lambda world: listen(world, seconds=10.0))
    said = talk.said()
    np.testing.assert_array_equal(np.diff(said[:, 1]), 1)
    assert 15 < len(said) < 30


def test_a_program_that_dies_shows_what_it_printed():
    with (
        pytest.raises(LinkError, match="ZeroDivisionError"),
        World([wearable(program="dying.py")]) as world,
    ):
        world.run(lambda world: asyncio.sleep(1.0))


def test_waiting_for_nothing_is_a_virtual_deadlock():
    with World([]) as world, pytest.raises(VirtualDeadlockError, match="stands still"):
        world.run(lambda world: asyncio.get_running_loop().create_future())


def test_two_wearables_with_one_name_are_refused():
    with pytest.raises(ValueError, match="same name"):
        World([wearable("a"), wearable("a")])
