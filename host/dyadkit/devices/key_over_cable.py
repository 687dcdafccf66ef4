"""A wearable is given its key over the cable: the one place where the host hands a key out."""

from dyadkit.devices.key_file import KeyFile
from dyadkit.errors import UnfitWearableError
from dyadkit.links import Link


async def give_key(link: Link, address: str, keys: KeyFile) -> KeyFile:
    """Give the wearable at the end of a cable the key that follows from the kit's and its address.

    Parameters
    ----------
    link : to its serial port; a key never goes over the air
    address : the wearable's hardware address, in hexadecimal digits

    Returns
    -------
    the keys with a note that this wearable holds one now

    Raises
    ------
    UnfitWearableError
        its firmware takes no key: it stays without one, and says so in every listing
    LinkError
        the cable was unplugged, or it does not answer
    """
    raise UnfitWearableError(
        f"wearable {address} at {link.address} takes no key: no firmware of this version does; "
        "it stays open to everybody in radio range"
    )
