"""What a virtual wearable may meet: another wearable, a silent bus, resets, the watchdog."""

import asyncio
import time
from pathlib import Path

import numpy as np
import pytest

from dyadkit.links.ble import BleLink, BleRadio
from dyadkit.sim import Pace, SensorFeed, VirtualWearable, World
from dyadkit.sim.device.equipment import Equipment
from dyadwire import MAJOR, MINOR, frames, messages, streams
from fakes.station import feed, holes, recorded, run_of

pytest.importorskip("bumble")
pytest.importorskip("micropython_unix")
backend = pytest.importorskip("dyadkit.sim.radio.backend")

PROGRAMS = Path(__file__).parents[2] / "fakes" / "programs"
FEED = SensorFeed(np.full((1000, 2), 50_000, np.int32), 100.0, np.full(40, 5.0), 4.0)


def wearable(name, program, **options):
    return VirtualWearable(name, FEED, start=(PROGRAMS / program,), **options)


def test_one_wearable_is_central_to_another():
    with World([wearable("a", "chatter.py"), wearable("b", "asker.py")]) as world:
        world.run(lambda _: asyncio.sleep(5.0))
        assert "heard hello" in world.printed("b")
        assert world.late_events == 0


def test_a_second_central_is_refused_politely_and_the_first_keeps_recording():
    async def host(world):
        radio = BleRadio(world.client_backend, world.scanner_backend, world.clock_ns)
        link = BleLink(world.address("a"), radio)
        await link.open()
        hello = messages.Hello(MAJOR, MINOR, 0, 0, bytes(6), 0, bytes(4))
        for message in (hello, messages.Start(5, 0xFFFFFFFF)):
            await link.write(frames.frame(message.KIND, messages.pack(message)))
        kinds = []
        while world.now_s() < 10.0:
            at_ns, framed = await link.read()
            kinds.append((at_ns * 1e-9, frames.kind_of(framed)))
        await link.close()
        return [at_s for at_s, kind in kinds if kind == messages.Block.KIND]

    with World([VirtualWearable("a", FEED), wearable("b", "stranger.py")]) as world:
        blocks_s = world.run(host)
        assert "refused: another host is connected\ndisconnected" in world.printed("b")
    assert np.diff(blocks_s).max() < 0.5


def test_a_computer_whose_bluetooth_takes_small_packets_gets_every_sample(tmp_path, monkeypatch):
    monkeypatch.setattr(backend, "_MTU", 100)
    pair = [VirtualWearable(name, feed(20)) for name in "ab"]
    found = recorded(tmp_path / "session", 20.0, *pair)
    for decoded in found.values():
        for stream in (streams.PPG_IR, streams.EDA_CURRENT):
            run = run_of(decoded, stream)
            assert not holes(run)
            assert run.counts.sum() > 200


def test_hardships_are_felt_and_survived():
    silent = Equipment(silent_s=((1.0, 2.0),))
    hard = wearable("a", "hardship.py", equipment=silent, settings={"name": "x"})
    with World([hard]) as world:
        world.run(lambda _: asyncio.sleep(9.0))
        printed = world.printed("a")
    assert "boot 0 cause 1 chips [72, 87]" in printed
    assert 'settings {"name": "x"}' in printed
    assert "nobody 19" in printed
    assert "silent 19" in printed
    assert "boot 1 cause 2" in printed, "machine.reset() keeps the flash and tells its cause"
    assert "boot 2 cause 3" in printed, "the watchdog bites"


def test_a_flash_file_outlives_the_world(tmp_path):
    for boots in ("boot 0", "boot 1"):
        with World([wearable("a", "hardship.py", flash=tmp_path / "flash")]) as world:
            world.run(lambda _: asyncio.sleep(0.5))
            assert world.printed("a").startswith(boots)


def test_real_pace_really_waits():
    began_s = time.monotonic()
    with World([wearable("a", "chatter.py")], pace=Pace.REAL) as world:
        world.run(lambda _: asyncio.sleep(1.0))
        assert world.now_s() == pytest.approx(1.0, abs=0.3)
    assert time.monotonic() - began_s > 1.0


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"ppg_counts": np.zeros(10, np.int32)}, "shape"),
        ({"ppg_counts": np.zeros((10, 2))}, "integers"),
        ({"ppg_rate_hz": 0.0}, "above 0"),
        ({"eda_usiemens": np.array([1.0, np.nan])}, "finite"),
    ],
)
def test_a_feed_that_makes_no_sense_is_refused(change, complaint):
    good = {
        "ppg_counts": np.zeros((10, 2), np.int32),
        "ppg_rate_hz": 100.0,
        "eda_usiemens": np.ones(4),
        "eda_rate_hz": 4.0,
    }
    with pytest.raises(ValueError, match=complaint):
        SensorFeed(**(good | change))
