"""A wearable takes its key over the cable, a newer one from its owner, none from another lab."""

import asyncio

import pytest

from dyadkit.devices.key_file import KeyState, new_keys
from dyadkit.devices.key_over_cable import give_key
from dyadkit.devices.wearable_keys import keyed
from dyadkit.errors import LinkError
from dyadkit.links.conversation import Conversation
from dyadkit.sim import RadioModel, VirtualWearable, World
from fakes.ordeal import link_to
from fakes.station import feed

pytest.importorskip("bumble")
pytest.importorskip("micropython_unix")
pytest.importorskip("cryptography")

RESTARTS_S = 4.0


def test_a_wearable_is_keyed_and_after_a_rotation_keyed_again_and_by_no_other_lab():
    async def host(world):
        def cable():
            return link_to(world, "a", cabled=True)

        async def greeted(keys, address):
            await asyncio.sleep(RESTARTS_S)
            held = keys.kit_key_for(address)
            async with Conversation(keyed(cable(), held, [bytes.fromhex(address)])) as talk:
                return (await talk.greet()).wearable.hex()

        keys, address = await give_key(cable, new_keys())
        assert keys.state_of(address) is KeyState.CURRENT
        assert await greeted(keys, address) == address
        rotated = keys.rotated()
        assert await greeted(rotated, address) == address  # by the key that it still holds
        again, _ = await give_key(cable, rotated)
        assert again.state_of(address) is KeyState.CURRENT
        assert await greeted(again, address) == address
        with pytest.raises(LinkError):
            await give_key(cable, new_keys())
        assert await greeted(again, address) == address

    with World([VirtualWearable("a", feed(120))], radio=RadioModel(), seed=3) as world:
        world.run(host)
