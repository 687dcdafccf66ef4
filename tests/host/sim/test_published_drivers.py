"""What others published for MicroPython runs on the simulated chips and radio as it is.

    pip download --no-clean --no-deps micropython-max30102 ads1115-mic-py

leaves them in a temporary folder (both packages cannot be built, only unpacked); DYADKIT_DRIVERS
names a folder with `max30102/` and `ADS1115.py`, and with `aioble/` of micropython-lib. Nothing of
theirs is kept here.
"""

import asyncio
import os
from pathlib import Path

import numpy as np
import pytest
from bleak import BleakClient, BleakScanner

from dyadkit.sim import VirtualWearable, World
from dyadwire import gatt
from fakes.station import LIGHT, feed

pytest.importorskip("bumble")
pytest.importorskip("micropython_unix")

PROGRAMS = Path(__file__).parents[2] / "fakes" / "programs"
FOLDER = Path(os.environ.get("DYADKIT_DRIVERS", "no such folder"))
SECONDS = 3
DROPPED_BITS = 3  # by this driver, at the longest pulse

has_drivers = pytest.mark.skipif(
    not (FOLDER / "max30102").is_dir() or not (FOLDER / "ADS1115.py").is_file(),
    reason="DYADKIT_DRIVERS names no folder with the published drivers max30102/ and ADS1115.py",
)
has_aioble = pytest.mark.skipif(
    not (FOLDER / "aioble").is_dir(), reason="DYADKIT_DRIVERS names no folder with aioble/"
)


@pytest.fixture(scope="module")
def seen():
    """What the drivers printed, by its first word."""
    with World(
        [VirtualWearable("a", feed(10), start=(PROGRAMS / "published.py",))], seed=1
    ) as world:
        world.run(lambda world: asyncio.sleep(SECONDS + 2))
        printed = world.printed("a")
    assert "Traceback" not in printed, printed
    lines = [line.split(" ", 1) for line in printed.splitlines()]
    return {line[0]: line[-1] for line in lines}


@has_drivers
def test_both_drivers_come_to_their_end(seen):
    assert "done" in seen


@has_drivers
def test_the_pulse_sensor_is_known_by_its_part_and_gives_its_temperature(seen):
    assert seen["part"] == "True"
    assert float(seen["rate"]) == 100.0
    assert 25 < float(seen["celsius"]) < 40


@has_drivers
def test_every_sample_of_both_colours_comes_once_and_in_order(seen):
    infrared = np.array(seen["infrared"].split(), int)
    assert len(infrared) == pytest.approx(100 * SECONDS, abs=3)
    counted = [LIGHT + np.arange(first, first + len(infrared)) for first in range(300)]
    assert any(np.all(infrared == counts >> DROPPED_BITS) for counts in counted)
    assert np.all(np.array(seen["red"].split(), int) == LIGHT >> DROPPED_BITS)


@has_drivers
def test_the_converter_gives_the_millivolts_of_the_front_end(seen):
    assert float(seen["level"]) == pytest.approx(1300, abs=1)
    assert float(seen["voltage"]) == pytest.approx(499, abs=2)
    assert float(seen["current"]) == pytest.approx(-499 * 5e-6 * 150_000, rel=0.02)


@has_aioble
def test_a_peripheral_built_on_aioble_is_found_speaks_hears_and_is_met_again():
    async def meet(world):
        found = await BleakScanner.find_device_by_name(
            "aioble", timeout=3.0, backend=world.scanner_backend
        )
        received = []
        async with BleakClient(found.address, backend=world.client_backend) as client:
            await client.start_notify(gatt.DATA, lambda _, data: received.append(bytes(data)))
            await asyncio.sleep(1)
            await client.write_gatt_char(gatt.CONTROL, b"hello", response=False)
            await client.write_gatt_char(gatt.CONTROL, b"again", response=True)
            await asyncio.sleep(1)
        await asyncio.sleep(1)
        return received

    async def host(world):
        return await meet(world), await meet(world)

    wearable = VirtualWearable("a", feed(30), start=(PROGRAMS / "published_radio.py",))
    with World([wearable], seed=1) as world:
        meetings = world.run(host)
        printed = world.printed("a")
    assert printed.splitlines() == ["met 0", "met 1", "nobody came"]
    for received in meetings:
        said = [int(data.split()[1]) for data in received if data.startswith(b"say")]
        assert said == list(range(said[0], said[0] + len(said)))
        assert len(said) > 15
        assert b"echo again" in received
