"""Real bleak on a bluetoothd of its own: what Linux refuses, keeps and tells."""

import asyncio
import gc
import subprocess
import sys

import pytest

from dyadkit.errors import LinkError
from dyadkit.links.ble import BleLink, BleRadio, scan
from fakes.bluetoothd import ADDRESSES
from fakes.private_bus import bluetoothd

HOLDS = """
import asyncio, sys
from dyadkit.links.ble import BleLink
async def hold():
    await BleLink(sys.argv[1]).open()
    print("holds", flush=True)
    await asyncio.Event().wait()
asyncio.run(hold())
"""


def run(program):
    """Run a program on the bus, and leave the bus."""

    async def whole():
        try:
            return await program
        finally:
            bus = (await get_global_bluez_manager())._bus
            bus.disconnect()
            await bus.wait_for_disconnect()

    return asyncio.run(whole())


if sys.platform == "linux":
    from bleak.backends.bluezdbus.manager import get_global_bluez_manager


@pytest.fixture(scope="module")
def daemon(tmp_path_factory):
    with bluetoothd(tmp_path_factory.mktemp("bus")) as made:
        yield made


@pytest.fixture(autouse=True)
def both_here(daemon):
    """Both wearables, which nobody is connected to."""
    daemon.tell("here ")
    daemon.tell("here 01")
    while daemon.calls()[-1] != "obeyed here 01":
        assert daemon.is_alive()


@pytest.fixture
def other():
    """Another program that holds the first wearable."""
    program = [sys.executable, "-c", HOLDS, ADDRESSES[0]]
    with subprocess.Popen(program, stdout=subprocess.PIPE, text=True) as made:
        assert made.stdout.readline() == "holds\n"
        yield made
        made.kill()


def test_a_wearable_that_is_back_is_connected_within_one_wait_while_its_partner_is_away(daemon):
    async def host():
        links = [BleLink(address) for address in ADDRESSES]
        for link in links:
            await link.open()
        daemon.tell("here ")
        for link in links:
            with pytest.raises(LinkError, match="went out of reach"):
                await link.read()
        before = len(daemon.calls())
        waiting = [asyncio.create_task(link.open()) for link in links]
        while "StartDiscovery" not in daemon.calls()[before:]:
            await asyncio.sleep(0)
        daemon.tell("here 1")
        await waiting[1]
        partner_still_waits = not waiting[0].done()
        waiting[0].cancel()
        for link in links:
            await link.close()
        return partner_still_waits, daemon.calls()

    partner_still_waits, calls = run(host())
    assert partner_still_waits
    assert "StartDiscovery InProgress" not in calls
    assert [one for one in calls if one.startswith("Connect") and "discovering" in one] == []


def test_a_link_left_by_a_killed_program_is_taken_over(daemon, other):
    before = len(daemon.calls())
    other.kill()
    while not any(one.startswith("forgot") for one in daemon.calls()[before:]):
        assert daemon.is_alive()

    async def host():
        link = BleLink(ADDRESSES[0])
        await link.open()
        await link.close()

    run(host())
    assert "Connect 0" not in daemon.calls()[before:]
    assert "Disconnect 0" in daemon.calls()[before:]


def test_a_link_that_a_living_program_uses_is_left_to_it(daemon, other):
    before = len(daemon.calls())
    with pytest.raises(LinkError, match=f"another program .* holds wearable {ADDRESSES[0]}"):
        run(BleLink(ADDRESSES[0]).open())
    assert "Disconnect 0" not in daemon.calls()[before:]
    assert other.poll() is None


def test_an_adapter_may_be_chosen_and_one_that_is_not_there_is_a_sentence(daemon):
    found = run(scan(BleRadio(adapter="hci0"), 0.3))
    assert {one.address for one in found} == set(ADDRESSES)
    with pytest.raises(LinkError, match="hci7"):
        run(scan(BleRadio(adapter="hci7"), 0.3))


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_no_bus_is_a_sentence(tmp_path, monkeypatch):
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", f"unix:path={tmp_path}/nothing")
    with pytest.raises(LinkError, match="Bluetooth is not available|may not"):
        asyncio.run(scan(BleRadio(), 0.3))
    gc.collect()  # a bus that was never reached leaves its socket to be found
