"""The radio in the central's role: a connection to one wearable, found by its address.

The interrupt side only keeps what came and sets a flag, as everywhere.
"""

import asyncio
import struct

import bluetooth
import micropython
from micropython import const

from dyadwire import gatt

TYPE_CHECKING = const(0)
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

_SCAN_MS = const(5_000)
_SCAN_US = const(30_000)
_CONNECT_MS = const(2_000)
_INTERVAL_US = const(30_000)

_SCAN_RESULT = const(5)
_SCAN_DONE = const(6)
_CONNECTED = const(7)
_GONE = const(8)
_CHARACTERISTIC = const(11)
_CHARACTERISTICS_DONE = const(12)
_NOTIFIED = const(18)
_MTU = const(21)
_NOBODY = const(-1)
_INBOX_SIZE = const(512)
_HEAD = "<IH"  # tick, bytes that follow
_HEAD_SIZE = struct.calcsize(_HEAD)


class CentralRole:
    """One connection to a wearable, in the role a laptop has otherwise.

    Preallocates an inbox of 512 bytes.
    """

    def __init__(self, ble: "Any") -> None:
        self._ble = ble
        self._happened = asyncio.ThreadSafeFlag()
        self._inbox = micropython.RingIO(_INBOX_SIZE)
        self._control_uuid = bluetooth.UUID(gatt.CONTROL)
        self._wanted = b""
        self._found: tuple[int, bytes] | None = None
        self._handle = _NOBODY
        self._forget()

    async def meet(self, wearable: bytes) -> None:
        """Find and connect this wearable, and learn where to write.

        Raises
        ------
        OSError
            it is not in reach, or the link fell
        """
        self._forget()
        self._wanted = gatt.shown_address(wearable)
        ble = self._ble
        ble.gap_scan(_SCAN_MS, _SCAN_US, _SCAN_US, False)  # noqa: FBT003 - passive
        await self._until(lambda: self._found is not None or self._is_scanned)
        ble.gap_scan(None)
        if self._found is None:
            raise OSError("not in reach")
        ble.gap_connect(*self._found, _CONNECT_MS, _INTERVAL_US, _INTERVAL_US)
        await self._until(lambda: self._handle != _NOBODY)
        ble.gattc_exchange_mtu(self._handle)
        await self._until(lambda: self._has_mtu)
        ble.gattc_discover_characteristics(self._handle, 1, 0xFFFF)
        await self._until(lambda: self._is_known)

    def write(self, framed: bytes) -> None:
        """Send a frame; OSError once the link is gone."""
        self._ble.gattc_write(self._handle, self._control, framed, 0)

    async def received(self) -> "tuple[int, bytes]":
        """Wait for the next (tick it came at, bytes notified); OSError once the link is gone."""
        await self._until(lambda: self._inbox.any() >= _HEAD_SIZE)
        tick, size = struct.unpack(_HEAD, self._inbox.read(_HEAD_SIZE))
        return tick, self._inbox.read(size)

    def leave(self) -> None:
        """End whatever goes on; never raises."""
        _quietly(self._ble.gap_scan, None)
        _quietly(self._ble.gap_connect, None)
        if self._handle != _NOBODY:
            _quietly(self._ble.gap_disconnect, self._handle)
        self._handle = _NOBODY

    def take(self, event: int, data: "tuple[Any, ...]", tick: int) -> None:
        """Keep what an interrupt reported."""
        if event == _SCAN_RESULT:
            if self._found is None and self._wanted in bytes(data[4]):
                self._found = (data[0], bytes(data[1]))
        elif event == _NOTIFIED:
            self._keep(tick, bytes(data[2]))
        elif event == _CHARACTERISTIC:
            if data[4] == self._control_uuid:
                self._control = data[2]
        else:
            self._note(event, data)
        self._happened.set()

    def _note(self, event: int, data: "tuple[Any, ...]") -> None:
        if event == _SCAN_DONE:
            self._is_scanned = True
        elif event == _CONNECTED:
            self._handle = data[0]
        elif event == _GONE:
            self._is_gone = True
        elif event == _MTU:
            self._has_mtu = True
        elif event == _CHARACTERISTICS_DONE:
            self._is_known = True

    def _keep(self, tick: int, received: bytes) -> None:
        """Put one record into the inbox, in one piece: the task must never find half of it."""
        if self._inbox.any() + _HEAD_SIZE + len(received) < _INBOX_SIZE:
            self._inbox.write(struct.pack(_HEAD, tick, len(received)) + received)

    def _forget(self) -> None:
        self._found = None
        self._handle = _NOBODY
        self._control = 0
        self._is_scanned = self._is_gone = self._has_mtu = self._is_known = False
        while self._inbox.any():
            self._inbox.read(self._inbox.any())

    async def _until(self, is_so: "Callable[[], bool]") -> None:
        while not is_so():
            if self._is_gone:
                raise OSError("link lost")
            await self._happened.wait()


def _quietly(end: "Callable[[Any], Any]", what: "Any") -> None:
    try:
        end(what)
    except OSError:
        pass  # it had not begun
