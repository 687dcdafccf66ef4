"""Commands as a person types them, in a process of their own, with wearables at two terminals."""

import asyncio
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from dyadkit.links.conversation import Conversation
from dyadkit.links.usb import UsbLink
from dyadkit.sim import Pace, VirtualWearable, World
from dyadkit.sim.device.process import firmware_folder
from dyadwire.states import IDLE, RECORDING
from fakes.ordeal import feed

pytest.importorskip("bumble")
pytest.importorskip("micropython_unix")

COMMAND = Path(sys.executable).with_name("dyadkit")


async def typed(*words):
    """What a command printed; it ended well."""
    process = subprocess.Popen(
        [COMMAND, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    while process.poll() is None:
        await asyncio.sleep(0.1)
    said, complaint = process.communicate()
    assert process.returncode == 0, complaint
    return said


async def greeted(port):
    async with Conversation(UsbLink(port)) as talk:
        return await talk.greet()


HUNG_S = 1800.0


def played(names, host):
    with World([VirtualWearable(n, feed(600, 3)) for n in names], pace=Pace.REAL) as world:
        return world.run(lambda world: asyncio.wait_for(host(world), HUNG_S))


def test_a_dyad_is_sent_out_and_called_back(tmp_path):
    dyads = ("--dyads", str(tmp_path / "dyads.toml"))

    async def host(world):
        ports = [world.terminal(name).path for name in "ab"]
        await asyncio.sleep(0.5)
        await typed("pair", "family-07", "--a", ports[0], "--b", ports[1], *dyads)
        sent = json.loads(await typed("field", "family-07", "--json", *dyads))
        states = [(await greeted(port)).state for port in ports]
        back = await typed("field", "family-07", "--stop", *dyads)
        states += [(await greeted(port)).state for port in ports]
        addresses = [world.address(name).replace(":", "").lower() for name in "ab"]
        return sent, back, states, addresses

    sent, back, states, addresses = played("ab", host)
    assert list(sent["wearables"].values()) == addresses
    assert "dyadkit pull" in back
    assert states == [RECORDING, RECORDING, IDLE, IDLE]


@pytest.mark.slow
def test_an_update_arrives_and_one_that_cannot_run_gives_way_to_it(tmp_path):
    shutil.copytree(firmware_folder() / "wearable", tmp_path / "wearable")
    device = tmp_path / "wearable" / "device.py"
    broken = "def run() -> None:\n    raise ValueError('bad')\n"
    device.write_text(re.sub(r"def run\(\) -> None:", broken, device.read_text(), count=1))

    async def host(world):
        port = world.terminal("a").path
        await asyncio.sleep(0.5)
        update = ("update", port, "--processor", "x64", "--json")
        good = json.loads(await typed(*update))
        await asyncio.sleep(65)  # it proves itself
        bad = json.loads(await typed(*update, "--firmware", str(tmp_path)))
        await asyncio.sleep(30)
        return good["build"], bad["build"], (await greeted(port)).build.decode()

    good, bad, present = played("a", host)
    assert good != bad
    assert present == good
