"""GATT: the one Bluetooth service of a wearable.

The host writes frames to CONTROL; the wearable notifies frames on DATA, one or more whole frames
in each notification, in several pieces where the host agreed on smaller packets. Notifications
start with a `Start` message, not with the subscription, because MicroPython cannot see
subscriptions.
"""

SERVICE = "d7ad0001-6b1f-4c58-9d0c-5f2a2f6b7c01"
CONTROL = "d7ad0002-6b1f-4c58-9d0c-5f2a2f6b7c01"
DATA = "d7ad0003-6b1f-4c58-9d0c-5f2a2f6b7c01"

MTU = 256
NOTIFICATION_SIZE = 244
MAX_NAME_BYTES = 29
"""Of a wearable's name in UTF-8: an advertisement holds 31 bytes, two of which announce it."""


def shown_name(name: str) -> bytes:
    """As much of a name as an advertisement holds, in whole characters."""
    shown = name.encode()
    end = min(len(shown), MAX_NAME_BYTES)
    while end < len(shown) and shown[end] & 0xC0 == 0x80:
        end -= 1
    return shown[:end]


def shown_address(wearable: bytes) -> bytes:
    """The part of an advertisement that names the wearable: manufacturer data of no company."""
    return b"\x09\xff\xff\xff" + wearable
