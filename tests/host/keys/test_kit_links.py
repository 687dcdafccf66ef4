"""A lab with a kit key: sealed where a key was given, as ever where not, never in the open."""

import asyncio

import pytest

from dyadkit.capture.session import RecordingPlan, record
from dyadkit.decoding.decode import decode
from dyadkit.devices import discovery
from dyadkit.devices.key_file import new_keys, write_keys
from dyadkit.devices.kit_links import guarded, with_keys
from dyadkit.devices.wearable_keys import keys_of
from dyadkit.errors import LinkError
from dyadkit.links.ble import BleRadio
from dyadkit.links.conversation import Conversation
from dyadkit.links.usb import Cable
from dyadkit.sim import RadioModel, VirtualWearable, World
from dyadkit.storage import read_session
from dyadwire import messages, streams
from fakes.ordeal import link_to
from fakes.station import feed, holes

pytest.importorskip("bumble")
pytest.importorskip("micropython_unix")
pytest.importorskip("cryptography")

A, B = "d7ad00610001", "d7ad00620002"


def a_lab(folder):
    """A key file in the present folder, by which wearable a has a key and b has none."""
    keys = new_keys().given(A)
    write_keys(folder / "kit.key", keys)
    given = keys_of(keys.kit_key, bytes.fromhex(A))
    return keys, [
        VirtualWearable("a", feed(30), key=given.key + given.name_key),
        VirtualWearable("b", feed(30)),
    ]


def test_a_listing_reaches_both_and_says_which_one_has_no_key(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    _, worn = a_lab(tmp_path)

    async def host(world):
        radio = BleRadio(world.client_backend, world.scanner_backend, world.clock_ns)
        by_air = await discovery.reachable(radio)
        port = "cable of a"
        cable = Cable(world.cable("a").open_port, lambda: [port], world.clock_ns)
        return by_air, await discovery.plugged(cable)

    with World(worn, seed=1) as world:
        by_air, by_cable = world.run(host)
    assert {one.wearable: one.has_key for one in by_air} == {A: True, B: False}
    assert [(one.wearable, one.complaint) for one in by_cable] == [(A, "")]
    said = {one.wearable: one.sentence() for one in by_air}
    assert "no key" in said[B]
    assert "no key" not in said[A]


def test_a_wearable_that_has_a_key_and_lost_it_is_not_talked_to(tmp_path):
    keys, worn = a_lab(tmp_path)
    without = VirtualWearable("a", worn[0].feed)

    async def host(world):
        with pytest.raises(LinkError, match="did not prove"):
            async with Conversation(guarded(link_to(world, "a", cabled=False), keys)) as talk:
                await talk.greet()
        await asyncio.sleep(3.0)
        with pytest.raises(LinkError, match="does not prove it"):
            async with Conversation(guarded(link_to(world, "a", cabled=True), keys)) as talk:
                await talk.greet()

    with World([without], seed=1) as world:
        world.run(host)


def test_a_wearable_without_a_key_is_used_as_ever(tmp_path):
    keys, worn = a_lab(tmp_path)

    async def host(world):
        async with Conversation(guarded(link_to(world, "b", cabled=False), keys)) as talk:
            hello = await talk.greet()
            await talk.answer(messages.Status)
            return hello.wearable.hex()

    with World(worn, seed=1) as world:
        assert world.run(host) == B


def test_without_a_key_file_links_are_as_they_were(tmp_path):
    link = object()
    assert with_keys(link, tmp_path / "kit.key") is link


def test_a_sealed_recording_survives_a_reboot_and_a_lossy_radio_whole(tmp_path):
    keys = new_keys().given(A).given(B)
    worn = []
    for name, address in (("a", A), ("b", B)):
        one = keys_of(keys.kit_key, bytes.fromhex(address))
        worn.append(VirtualWearable(name, feed(40), key=one.key + one.name_key))
    folder = tmp_path / "session"
    radio = RadioModel(interval_ms=30.0, loss=0.1)
    with World(worn, radio=radio, seed=4) as world:
        plan = RecordingPlan(folder, duration_s=20.0, clock_ns=world.clock_ns, seed=4)

        async def host(world):
            links = {p: guarded(link_to(world, p, cabled=False), keys) for p in "ab"}
            asyncio.get_running_loop().call_later(12.0, world.reboot, "a")
            return await record(plan, links)

        world.run(host)
    topics = read_session(folder).topics
    found = {person: decode(topics[f"{person}/heard"], []) for person in "ab"}
    runs = [run for (_, stream), run in found["a"].runs.items() if stream == streams.PPG_IR]
    assert len(runs) == 2, "two boots"
    assert sum(len(run.samples) for run in runs) > 1300
    for run in (*runs, *(r for (_, s), r in found["b"].runs.items() if s == streams.PPG_IR)):
        assert holes(run) == 0
