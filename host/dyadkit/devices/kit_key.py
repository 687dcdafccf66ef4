"""Kit key: the secret of a lab's kit, and the keys of wearables and of dyads that follow from it.

Each wearable holds only what follows from the kit key and its own hardware address, so whoever
takes one apart can open that one, and neither the other wearables nor the lab's key.
"""

import hmac
from dataclasses import dataclass, field

KEY_BYTES = 32
ADDRESS_BYTES = 6

WEARABLE_LABEL = b"dyadkit wearable 1"
ADVERTISING_LABEL = b"dyadkit advertising 1"
PAIR_LABEL = b"dyadkit pair 1"


@dataclass(frozen=True, slots=True)
class KitKey:
    """The secret of a kit, 32 bytes; what is printed of it shows none of them.

    Examples
    --------
    >>> KitKey(bytes(32))
    KitKey()
    >>> len(KitKey(bytes(32)).for_wearable(bytes.fromhex("d7ad00610001")))
    32
    """

    secret: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if len(self.secret) != KEY_BYTES:
            raise ValueError(f"a kit key has {KEY_BYTES} bytes, not {len(self.secret)}")

    def for_wearable(self, address: bytes) -> bytes:
        """Key of the wearable with this hardware address."""
        return derive_wearable_key(self.secret, address)


def derive_wearable_key(kit: bytes, address: bytes) -> bytes:
    """Key by which a wearable and its host prove themselves to each other, 32 bytes."""
    return _derived(kit, WEARABLE_LABEL, address)


def derive_advertising_key(kit: bytes, address: bytes) -> bytes:
    """Key by which an owner recognises a wearable that nobody else can, 32 bytes."""
    return _derived(kit, ADVERTISING_LABEL, address)


def derive_pair_key(kit: bytes, one: bytes, other: bytes) -> bytes:
    """Key by which the two wearables of a dyad know each other, 32 bytes, in either order."""
    return _derived(kit, PAIR_LABEL, *sorted((one, other)))


def _derived(kit: bytes, label: bytes, *addresses: bytes) -> bytes:
    if len(kit) != KEY_BYTES or any(len(one) != ADDRESS_BYTES for one in addresses):
        raise ValueError(
            f"a key follows from {KEY_BYTES} bytes of a kit key and {ADDRESS_BYTES} of an address"
        )
    return hmac.digest(kit, label + b"".join(addresses), "sha256")
