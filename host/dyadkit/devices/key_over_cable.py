"""A wearable is given its key over the cable, and the lab's key file notes that it holds one."""

from collections.abc import Callable

from dyadkit.devices.key_file import KeyFile
from dyadkit.devices.wearable_keys import keyed, put_key
from dyadkit.errors import LinkError, UnfitWearableError
from dyadkit.links import Link


async def give_key(link: Callable[[], Link], keys: KeyFile) -> tuple[KeyFile, str]:
    """Give the wearable at the end of a cable the key that follows from the kit's and its address.

    One without a key takes it from anybody with a cable; one that holds an older key of this kit
    from who proves to hold that.

    Parameters
    ----------
    link : makes a link to its serial port; a key never goes over the air

    Returns
    -------
    the keys with a note that it holds one now, and its hardware address

    Raises
    ------
    UnfitWearableError
        its firmware takes no key: it stays without one
    LinkError
        it holds a key of another kit, is recording, was unplugged, or does not answer
    """
    last = LinkError("it does not answer")
    for way in [link(), *_as_known(link, keys)]:
        try:
            address = (await put_key(way, keys.kit_key)).hex()
        except UnfitWearableError:
            raise
        except LinkError as error:
            last = error
        else:
            return keys.given(address), address
    raise last


def _as_known(link: Callable[[], Link], keys: KeyFile) -> list[Link]:
    """Links on which a wearable proves itself by a key of each generation that is held."""
    ways: list[Link] = []
    for generation, kit in reversed([*enumerate(keys.keys, 1)]):
        held = [a for a, one in keys.wearables.items() if one.generation == generation]
        if held:
            ways.append(keyed(link(), kit, [bytes.fromhex(one) for one in held]))
    return ways
