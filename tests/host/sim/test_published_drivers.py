"""Drivers that others published run on the simulated chips as they are.

    pip download --no-clean --no-deps micropython-max30102 ads1115-mic-py

leaves them in a temporary folder (both packages cannot be built, only unpacked); DYADKIT_DRIVERS
names a folder with `max30102/` and `ADS1115.py`. Nothing of theirs is kept here.
"""

import asyncio
import os
from pathlib import Path

import numpy as np
import pytest
from station import LIGHT, feed

from dyadkit.sim import VirtualWearable, World

pytest.importorskip("bumble")
pytest.importorskip("micropython_unix")

PROGRAM = Path(__file__).parent / "programs" / "published.py"
FOLDER = Path(os.environ.get("DYADKIT_DRIVERS", "no such folder"))
SECONDS = 3
DROPPED_BITS = 3  # by this driver, at the longest pulse

pytestmark = pytest.mark.skipif(
    not (FOLDER / "max30102").is_dir() or not (FOLDER / "ADS1115.py").is_file(),
    reason="DYADKIT_DRIVERS names no folder with the published drivers max30102/ and ADS1115.py",
)


@pytest.fixture(scope="module")
def seen():
    """What the drivers printed, by its first word."""
    with World([VirtualWearable("a", feed(10), start=(PROGRAM,))], seed=1) as world:
        world.run(lambda world: asyncio.sleep(SECONDS + 2))
        printed = world.printed("a")
    assert "Traceback" not in printed, printed
    lines = [line.split(" ", 1) for line in printed.splitlines()]
    return {line[0]: line[-1] for line in lines}


def test_both_drivers_come_to_their_end(seen):
    assert "done" in seen


def test_the_pulse_sensor_is_known_by_its_part_and_gives_its_temperature(seen):
    assert seen["part"] == "True"
    assert float(seen["rate"]) == 100.0
    assert 25 < float(seen["celsius"]) < 40


def test_every_sample_of_both_colours_comes_once_and_in_order(seen):
    infrared = np.array(seen["infrared"].split(), int)
    assert len(infrared) == pytest.approx(100 * SECONDS, abs=3)
    counted = [LIGHT + np.arange(first, first + len(infrared)) for first in range(300)]
    assert any(np.all(infrared == counts >> DROPPED_BITS) for counts in counted)
    assert np.all(np.array(seen["red"].split(), int) == LIGHT >> DROPPED_BITS)


def test_the_converter_gives_the_millivolts_of_the_front_end(seen):
    assert float(seen["level"]) == pytest.approx(1300, abs=1)
    assert float(seen["voltage"]) == pytest.approx(499, abs=2)
    assert float(seen["current"]) == pytest.approx(-499 * 5e-6 * 150_000, rel=0.02)
