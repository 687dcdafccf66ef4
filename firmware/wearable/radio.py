"""Bluetooth, as thin as it can be: advertise, hear, notify.

The interrupt handler runs in the radio's own task: it copies what came into a ring and sets a flag,
nothing else. A lost radio buffer is not a lost frame: `notify` says no and the caller tries again.
"""

import asyncio
import binascii
import struct

import bluetooth
import micropython

from dyadwire import gatt

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    Arrival = tuple[int, int, bytes]

ADVERTISE_EACH_US = 60_000

LINK_UP = 1
LINK_DOWN = 2
HEARD = 3

_NO_BUFFER = 12  # ENOMEM
_HEAD = "<BIH"
_HEAD_SIZE = struct.calcsize(_HEAD)
_INBOX_SIZE = 2048
_WRITE_SIZE = 512
_TICKS_MASK = (1 << 30) - 1
_NOBODY = -1


class Radio:
    """The wearable as a Bluetooth peripheral with one host.

    `is_linked` says whether a host is connected, `overrun` counts writes that found no room.
    """

    def __init__(self, ble: "Any", name: str, ticks_us: "Callable[[], int]") -> None:
        self.is_linked = False
        self.overrun = 0
        self._ble = ble
        self._name = name
        self._ticks_us = ticks_us
        self._host = _NOBODY
        self._inbox = micropython.RingIO(_INBOX_SIZE)
        self._arrived = asyncio.ThreadSafeFlag()
        self._head = bytearray(_HEAD_SIZE)
        self._control = self._data = 0

    def start(self) -> None:
        """Switch on, offer the service, advertise."""
        ble = self._ble
        ble.active(True)  # noqa: FBT003 - MicroPython knows no other way
        ble.config(mtu=gatt.MTU, gap_name=self._name, rxbuf=_WRITE_SIZE)
        ble.irq(self._on_event)
        control = (
            bluetooth.UUID(gatt.CONTROL),
            bluetooth.FLAG_WRITE | bluetooth.FLAG_WRITE_NO_RESPONSE,
        )
        data = (bluetooth.UUID(gatt.DATA), bluetooth.FLAG_NOTIFY)
        service = (bluetooth.UUID(gatt.SERVICE), (control, data))
        ((self._control, self._data),) = ble.gatts_register_services((service,))
        ble.gatts_set_buffer(self._control, _WRITE_SIZE, True)  # noqa: FBT003 - append
        self.advertise()

    def advertise(self) -> None:
        """Be found by a host; ends by itself when one connects."""
        service = binascii.unhexlify(gatt.SERVICE.replace("-", ""))
        shown = b"\x02\x01\x06\x11\x07" + bytes(reversed(service))
        name = self._name.encode()[:29]
        self._ble.gap_advertise(
            ADVERTISE_EACH_US, adv_data=shown, resp_data=bytes((len(name) + 1, 0x09)) + name
        )

    def notify(self, frames: memoryview) -> bool:
        """Hand whole frames to the radio; False when it has no buffer free or no host."""
        if not self.is_linked:
            return False
        try:
            self._ble.gatts_notify(self._host, self._data, frames)
        except OSError as error:
            if error.args[0] != _NO_BUFFER:
                self.is_linked = False
            return False
        return True

    def hang_up(self) -> None:
        """Disconnect the host."""
        if self.is_linked:
            self._ble.gap_disconnect(self._host)

    async def arrival(self) -> "Arrival":
        """Wait for the next (LINK_UP | LINK_DOWN | HEARD, tick it came at, bytes heard)."""
        while self._inbox.any() < _HEAD_SIZE:
            await self._arrived.wait()
        what, tick, size = struct.unpack(_HEAD, self._inbox.read(_HEAD_SIZE))
        return what, tick, self._inbox.read(size) if size else b""

    def _on_event(self, event: int, data: "tuple[Any, ...]") -> None:
        tick = self._ticks_us() & _TICKS_MASK
        if event == HEARD:
            if data[1] == self._control:
                self._keep(HEARD, tick, self._ble.gatts_read(self._control))
        elif event == LINK_UP:
            self._host = data[0]
            self.is_linked = True
            self._keep(LINK_UP, tick, b"")
        elif event == LINK_DOWN and data[0] == self._host:
            self._host = _NOBODY
            self.is_linked = False
            self._keep(LINK_DOWN, tick, b"")

    def _keep(self, what: int, tick: int, heard: bytes) -> None:
        if self._inbox.any() + _HEAD_SIZE + len(heard) >= _INBOX_SIZE:
            self.overrun += 1
            return
        struct.pack_into(_HEAD, self._head, 0, what, tick, len(heard))
        self._inbox.write(self._head)
        self._inbox.write(heard)
        self._arrived.set()
