"""Wearables in reach: which there are, how each is, and by what name one is found."""

import asyncio
import os

import numpy as np
import pytest

from dyadkit.cli.output import ExitCode, complain
from dyadkit.devices.discovery import cable_links, plugged, reachable
from dyadkit.devices.pairing import Wearer
from dyadkit.errors import LinkError, NoWearableError
from dyadkit.links.ble import BleRadio
from dyadkit.links.usb import Cable
from dyadwire import MAJOR, MINOR, frames, messages

GREETING = frames.frame(
    messages.Hello.KIND, messages.pack(messages.Hello(MAJOR, MINOR, 0, 0, bytes(6), 0, bytes(4)))
)


def reach(wearable):
    cable = Cable(port_names=list)
    members = {"a": Wearer(wearable, ""), "b": Wearer(wearable, "")}
    return asyncio.run(cable_links(members, cable))


def test_a_port_the_computer_does_not_list_is_taken_at_its_word():
    ours, theirs = os.openpty()
    try:
        name = os.ttyname(theirs)
        assert {link.address for link in reach(name).values()} == {name}
    finally:
        os.close(ours)
        os.close(theirs)


def test_a_wearable_that_is_nowhere_is_said_to_be():
    with pytest.raises(NoWearableError, match="not on a cable"):
        reach("/dev/nowhere")


def test_a_port_that_may_not_be_opened_is_said_to_be_so(tmp_path, monkeypatch):
    port = tmp_path / "ttyACM0"
    port.write_bytes(b"")

    def refuse(name, *_):
        raise PermissionError(13, "Permission denied", name)

    monkeypatch.setattr("os.access", lambda *_: False)
    cable = Cable(refuse, lambda: [str(port)])
    for asking in (plugged(cable), cable_links({"a": Wearer("d7ad", "")}, cable)):
        with pytest.raises(LinkError, match="no permission to open .*ttyACM0") as reported:
            asyncio.run(asking)
        assert complain(reported.value) is ExitCode.NO_ADAPTER


@pytest.fixture
def world():
    pytest.importorskip("bumble")
    pytest.importorskip("micropython_unix")
    from dyadkit.sim import SensorFeed, VirtualWearable, World

    feed = SensorFeed(np.full((3000, 2), 60_000, np.int32), 100.0, np.full(8, 5.0), 4.0)
    with World([VirtualWearable("a", feed), VirtualWearable("b", feed)]) as world:
        yield world


def test_wearables_on_the_radio_tell_charge_firmware_flash_and_signal(world):
    radio = BleRadio(world.client_backend, world.scanner_backend, world.clock_ns)
    found = world.run(lambda _: reachable(radio, 2.0))
    assert {one.address for one in found} == {world.address("a"), world.address("b")}
    for one in found:
        assert (one.complaint, one.state, one.protocol) == ("", "idle", "1.1")
        assert one.rssi_dbm < 0
        assert one.free_kib > one.used_kib > 0
        assert one.hours_left >= 1
        assert one.failed_checks == ("calibration",)
        assert "battery 61 %" in one.sentence()
        assert "self-test passed but for calibration" in one.sentence()
        assert f"{one.rssi_dbm} dBm" in one.sentence()


def test_wearables_on_cables_tell_the_same_and_a_port_without_one_is_passed_over(world):
    ports = {"one": world.cable("a"), "two": world.cable("b")}

    def open_port(name, on_bytes, on_lost):
        if name not in ports:
            raise OSError(2, "no such port")
        return ports[name].open_port(name, on_bytes, on_lost)

    cable = Cable(open_port, lambda: ["none", *ports], world.clock_ns)
    found = world.run(lambda _: plugged(cable))
    assert [one.address for one in found] == ["one", "two"]
    for one in found:
        assert one.wearable
        assert one.hours_left >= 1
        assert "cable" in one.sentence()


def test_a_wearable_that_another_host_holds_says_so(world):
    async def host(world):
        radio = BleRadio(world.client_backend, world.scanner_backend, world.clock_ns)
        cable = Cable(world.cable("a").open_port, lambda: ["port"], world.clock_ns)
        [link] = (await cable_links({"a": Wearer("port", "")}, cable)).values()
        await link.open()
        await link.write(GREETING)
        found = await reachable(radio, 2.0)
        await link.close()
        return found

    found = world.run(host)
    assert [bool(one.complaint) for one in sorted(found, key=lambda one: one.address)] == [
        True,
        False,
    ]
