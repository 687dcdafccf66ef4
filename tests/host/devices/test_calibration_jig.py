"""Calibration of a virtual wearable with the jig, as a lab does it, over the simulated radio."""

import asyncio
import json

import numpy as np
import pytest
from typer.testing import CliRunner

from dyadkit.cli import app
from dyadkit.devices.calibration import usiemens
from dyadkit.devices.calibration_jig import SkinMeasurement, calibrate
from dyadkit.errors import SignalError
from dyadkit.links.ble import BleLink, BleRadio
from dyadkit.sim import VirtualWearable, World
from dyadkit.sim.device.circuit import Circuit
from dyadkit.sim.jig import VirtualJig
from dyadwire import frontend

SKINS_OHM = (20e6, 400e3, 80e3, 25e3, 10.5e3)


def world_with(circuit, jig):
    return World([VirtualWearable("a", jig.feed(), circuit=circuit)], seed=3)


def link_to(world):
    radio = BleRadio(world.client_backend, world.scanner_backend, world.clock_ns)
    return BleLink(world.address("a"), radio)


def test_a_wearable_calibrated_with_the_jig_reads_skins_right_and_keeps_its_constants():
    jig = VirtualJig((*frontend.JIG_OHM, *SKINS_OHM))

    async def program(world):
        async def place(ohms):
            await jig.place(world, ohms)

        result = await calibrate(link_to(world), place, day=9825, jig=7)
        await asyncio.sleep(2)  # until the wearable lets itself be found again
        async with SkinMeasurement(link_to(world)) as bench:
            later = [await bench.reading(place, ohms) for ohms in SKINS_OHM]
        return result, later

    with world_with(Circuit.drawn(np.random.default_rng(5)), jig) as world:
        result, later = world.run(program)
    assert result.is_accepted
    assert (result.calibration.day, result.calibration.jig) == (9825, 7)
    for reading in later:
        truth = 1e6 / reading.ohms
        error = usiemens(reading, result.calibration) - truth
        assert abs(error) <= max(0.005 * truth, 0.003), reading


def test_a_jig_with_two_positions_exchanged_is_refused_and_nothing_is_stored():
    wrong = list(frontend.JIG_OHM)
    wrong[3], wrong[5] = wrong[5], wrong[3]
    jig = VirtualJig(wrong)

    async def program(world):
        async def place(ohms):
            await jig.place(world, ohms)

        return await calibrate(link_to(world), place, day=1, jig=1)

    with (
        world_with(Circuit(), jig) as world,
        pytest.raises(SignalError, match="order"),
    ):
        world.run(program)


def test_the_command_says_what_was_found_and_checked():
    asked = ["calibrate", "virtual", "--jig", "3", "--radio", "simulated", "--json"]
    done = CliRunner().invoke(app, asked)
    said = json.loads(done.stdout)
    assert done.exit_code == 0
    assert said["accepted"]
    assert said["calibration"]["jig"] == 3
    assert [check["ohms"] for check in said["checks"]] == [10_000_000, 1_000_000, 49_900]
