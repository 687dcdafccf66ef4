"""A lab with a kit key: sealed where a key was given, as ever where not, never in the open."""

import asyncio

import pytest

from dyadkit.devices import discovery
from dyadkit.devices.key_file import new_keys, write_keys
from dyadkit.devices.kit_links import guarded, with_keys
from dyadkit.devices.wearable_keys import keys_of
from dyadkit.errors import LinkError
from dyadkit.links.ble import BleRadio
from dyadkit.links.conversation import Conversation
from dyadkit.links.usb import Cable
from dyadkit.sim import VirtualWearable, World
from dyadwire import messages
from fakes.ordeal import link_to
from fakes.station import feed

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
