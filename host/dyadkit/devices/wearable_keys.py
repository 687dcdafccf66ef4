"""Keys of wearables: what follows from the kit's, given over the cable, and the way back.

Nothing here goes over the air but a pair's key, inside the records of a proven link.
"""

from collections.abc import Iterable

from dyadkit.devices.kit_key import derive_advertising_key, derive_pair_key, derive_wearable_key
from dyadkit.errors import UnfitWearableError
from dyadkit.links import Link
from dyadkit.links.conversation import Conversation
from dyadkit.links.keyed import KeyedLink, WearableKeys
from dyadkit.links.usb import UsbLink, is_cable
from dyadwire import key_messages
from dyadwire.records import RecordReader

FIRST_MINOR = 2
"""Of protocol 1, that knows keys: older firmware would not answer, and stay open to everybody."""


def keys_of(kit: bytes, address: bytes) -> WearableKeys:
    """Keys of the wearable with this 6-byte hardware address."""
    return WearableKeys(derive_wearable_key(kit, address), derive_advertising_key(kit, address))


def keyed(link: Link, kit: bytes, addresses: Iterable[bytes]) -> KeyedLink:
    """Link to whichever of these wearables answers; one without its key is not talked to."""
    return KeyedLink(link, {address: keys_of(kit, address) for address in addresses})


async def put_key(link: Link, kit: bytes) -> bytes:
    """Give the wearable at the end of a cable its key; its hardware address.

    Parameters
    ----------
    link : to its serial port; a `KeyedLink` around it where it has a key already
    kit : the kit's key

    Raises
    ------
    UnfitWearableError
        its firmware takes no key: it stays without one
    LinkError
        it is recording, was unplugged, or does not answer
    ValueError
        the link is no cable
    """
    if not is_cable(link.address):
        raise ValueError("a key goes over a cable only")
    async with Conversation(link) as talk:
        hello = await talk.greet()
        if hello.minor < FIRST_MINOR:
            raise UnfitWearableError(
                f"wearable {talk.name} has firmware that takes no key: update it (dyadkit update)"
            )
        keys = keys_of(kit, hello.wearable)
        await talk.request(key_messages.NewKey(keys.key, keys.name_key), key_messages.Obeyed)
    wearable: bytes = hello.wearable
    return wearable


async def erase(link: UsbLink, wearable: bytes) -> None:
    """Delete all recordings and the key of the wearable at the end of a cable.

    The way back when the kit's key is lost. It needs no key, and the wearable's address, which the
    lab's register and its board know.

    Raises
    ------
    LinkError
        it is recording, is another wearable, was unplugged, or does not answer
    """
    if not is_cable(link.address):
        raise ValueError("a wearable is erased over a cable only")
    link.reader_kind = RecordReader  # a session that was not ended may still say something
    async with Conversation(link) as talk:
        await talk.request(key_messages.Erase(wearable), key_messages.Obeyed)


async def put_pair_key(talk: Conversation, kit: bytes, one: bytes, other: bytes) -> None:
    """Give a keyed wearable the key by which it knows its partner; over a proven link."""
    await talk.request(key_messages.PairKey(derive_pair_key(kit, one, other)), key_messages.Obeyed)
