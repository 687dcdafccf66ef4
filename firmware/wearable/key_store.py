"""The key of this wearable in flash, how it gets one over the cable, and how it loses it.

Flash is not encrypted: who takes the wearable apart has its key, and can open this one with it.
"""

import os

from micropython import const

from dyadwire import frames, handshake, key_messages, messages
from dyadwire.errors import WireError
from dyadwire.states import IDLE, SAFE
from wearable import segments

TYPE_CHECKING = const(0)
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

FILE = "wearable.key"  # whose name the device knows without this module
_NEW = "wearable.new"
_KEY = const(32)


class Keys:
    """Keys of this wearable: its own, the one it names itself by, and its pair's, or empty."""

    def __init__(self, content: bytes) -> None:
        self.key = content[:_KEY]
        self.name_key = content[_KEY : 2 * _KEY]
        self.pair_key = content[2 * _KEY :]

    def key_of(self, role: int) -> bytes:
        """Key by which one who asks in this role proves himself; empty where there is none."""
        return self.pair_key if role == handshake.PARTNER else self.key


def load() -> Keys:
    """Keys in flash. What is damaged is a key that nobody has, and never none: only Erase helps."""
    with open(FILE, "rb") as file:
        content = file.read()
    if len(content) not in (2 * _KEY, 3 * _KEY):
        content = os.urandom(2 * _KEY)
    return Keys(content)


def keep(content: bytes) -> None:
    """Write keys whole, or leave the ones before."""
    with open(_NEW, "wb") as file:
        file.write(content)
    os.rename(_NEW, FILE)


def obey(
    framed: bytes, wearable: "Any", link: "Any", restart: "Callable[[], None]"
) -> "messages.Message":
    """Do what a message about keys asks for; what to say.

    1. A pair's key comes from the host of a keyed wearable, over any link.
    2. A new key comes over the cable only, from the host; it counts from the next boot on.
    3. Erase comes over the cable from anybody who names this wearable.
    """
    kind = frames.kind_of(framed)
    refusal = messages.Refusal(kind, messages.NOT_NOW)
    try:
        message: Any = messages.unpack(kind, frames.payload_of(framed))
    except WireError:
        return refusal
    if isinstance(message, key_messages.PairKey) and wearable.is_keyed:
        keys = load()
        pair_key = message.key if any(message.key) else b""
        keep(keys.key + keys.name_key + pair_key)
        return key_messages.Obeyed(kind)
    is_cabled = wearable.usb is not None and getattr(link, "link", link) is wearable.usb
    if not is_cabled or wearable.state_machine.state not in (IDLE, SAFE):
        return refusal
    if isinstance(message, key_messages.NewKey):
        keep(message.key + message.name_key)
    elif getattr(message, "wearable", b"") != wearable.address:
        return refusal
    else:
        erase(wearable)
    restart()
    return key_messages.Obeyed(kind)


def erase(wearable: "Any") -> None:
    """Delete all recordings first, then the key: a power cut in between leaves it keyed."""
    wearable.recorder.end()
    for name in os.listdir(segments.FOLDER):
        os.remove(segments.FOLDER + "/" + name)
    wearable.boot_state.partner = bytes(6)
    wearable.boot_state.session = 0
    wearable.boot_state.save()
    try:
        os.remove(FILE)
    except OSError:
        pass  # there was none
