"""The radio: Bluetooth as thin as it can be. Advertise, receive, notify.

The interrupt handler runs in the radio's own task: it copies each event into a ring, as one record,
and sets a flag, nothing else. A lost radio buffer is not a lost frame: `notify` says no and the
caller tries again.
"""

import asyncio
import binascii
import struct
from collections import namedtuple

import bluetooth
import micropython
from micropython import const

from dyadwire import gatt
from dyadwire.frames import FrameReader
from dyadwire.ticks import TICKS_MASK

TYPE_CHECKING = const(0)
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from wearable.central import CentralRole

FAST_US = 60_000
SLOW_US = 250_000

LINK_UP = 1
LINK_DOWN = 2
RECEIVED = 3
_MTU = const(21)

_NO_BUFFER = const(12)  # ENOMEM
_HEAD = "<BHIHH"  # event, connection, tick, packet size, bytes that follow
_HEAD_SIZE = struct.calcsize(_HEAD)
_INBOX_SIZE = const(2048)
_FOR_LINKS = const(256)  # of it, which no flood of writes can take: who comes and goes is noticed
_HURRIES = const(3)
_WRITE_SIZE = const(512)
_MIN_ROOM = const(20)
_ATT_SIZE = const(3)


class Arrival(namedtuple("Arrival", ("what", "link", "tick", "data"))):
    """One event of a link: LINK_UP, LINK_DOWN, or RECEIVED with the bytes that came at a tick."""


class BleConnection:
    """The connection of one central: frames can be sent through it while it `is_up`.

    `room` is what one notification can carry, `sent` how much of the present frames has left in
    pieces: as long as it is not 0, these and no others must be sent on.
    """

    def __init__(self, radio: "Peripheral", handle: int) -> None:
        self.reader = FrameReader()
        self.is_up = True
        self.room = _MIN_ROOM
        self.sent = 0
        self._radio = radio
        self._handle = handle

    def send(self, framed: memoryview) -> bool:
        """Hand whole frames to the radio; False when it has no buffer free or the link is gone."""
        if not self.is_up:
            return False
        try:
            while self.sent < len(framed):
                end = self.sent + self.room
                self._radio.notify(self._handle, framed[self.sent : end])
                self.sent = end
        except OSError as error:
            if error.args[0] != _NO_BUFFER:
                self.close()
            return False
        self.sent = 0
        return True

    def close(self) -> None:
        """Disconnect, behind what was sent."""
        if self.is_up:
            self.is_up = False
            self._radio.hang_up(self._handle)


class Peripheral:
    """The wearable as a Bluetooth peripheral of a few centrals.

    `overrun` counts what was received and found no room.
    """

    def __init__(
        self, ble: "Any", name: str, address: bytes, ticks_us: "Callable[[], int]"
    ) -> None:
        self.overrun = 0
        self._ble = ble
        self._name = gatt.shown_name(name)
        self._address = address
        self._ticks_us = ticks_us
        self.central: CentralRole | None = None
        self._links: dict[int, BleConnection] = {}
        self._inbox = micropython.RingIO(_INBOX_SIZE)
        self._arrived = asyncio.ThreadSafeFlag()
        self._record = bytearray(_HEAD_SIZE + _WRITE_SIZE)
        self._control = self._data = 0
        self._hurries = 0

    def start(self) -> None:
        """Switch on, offer the service, advertise."""
        ble = self._ble
        ble.active(True)  # noqa: FBT003 - MicroPython knows no other way
        ble.config(mtu=gatt.MTU, gap_name=self._name)
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

    def advertise(self, each_us: int = FAST_US) -> None:
        """Be found; ends by itself when somebody connects."""
        self._hurries = _HURRIES if each_us == FAST_US else 0
        service = binascii.unhexlify(gatt.SERVICE.replace("-", ""))
        shown = b"\x02\x01\x06\x11\x07" + bytes(reversed(service))
        shown += gatt.shown_address(self._address)
        response = bytes((len(self._name) + 1, 0x09)) + self._name
        try:
            self._ble.gap_advertise(each_us, adv_data=shown, resp_data=response)
        except OSError:
            pass  # the radio holds as many connections as it can: nobody else is let in

    def calm_down(self) -> None:
        """Nobody has come: the third time, be found more slowly, which spares the battery."""
        if self._hurries:
            self._hurries -= 1
            if not self._hurries:
                self.advertise(SLOW_US)

    def as_central(self) -> "CentralRole":
        """The same radio in the other role."""
        if self.central is None:
            from wearable.central import CentralRole  # only in the field: else the memory is spared

            self.central = CentralRole(self._ble)
        return self.central

    def notify(self, handle: int, framed: memoryview) -> None:
        """Hand whole frames to the radio; OSError when it cannot take them."""
        self._ble.gatts_notify(handle, self._data, framed)

    def hang_up(self, handle: int) -> None:
        """Disconnect a central."""
        try:
            self._ble.gap_disconnect(handle)
        except OSError:
            pass  # it is gone already

    # Connections have numbers, which the radio gives again. What a record means to its link:
    #   1. _MTU: how much one notification carries from now on. Nobody else need know.
    #   2. LINK_UP: a new link, also where the number is known: a LINK_DOWN found no room.
    #   3. RECEIVED or LINK_DOWN of an unknown number: its LINK_UP found no room. There is a link
    #      from now on, or a host would talk to nobody and nobody would advertise again.
    #   4. LINK_DOWN: nothing more is sent through it, and the number is free.
    async def arrival(self) -> "Arrival":
        """Wait for what comes next."""
        event = _MTU
        while event == _MTU:
            while self._inbox.any() < _HEAD_SIZE:
                await self._arrived.wait()
            head = self._inbox.read(_HEAD_SIZE)
            event, connection, tick, mtu, size = struct.unpack(_HEAD, head)
            link = self._links.get(connection)
            if event == _MTU and link is not None:
                link.room = mtu - _ATT_SIZE
        if link is None or event == LINK_UP:
            link = self._links[connection] = BleConnection(self, connection)
        if event == LINK_DOWN:
            link.is_up = False
            self._links.pop(connection)
        return Arrival(event, link, tick, self._inbox.read(size) if size else b"")

    def _on_event(self, event: int, data: "tuple[Any, ...]") -> None:
        tick = self._ticks_us() & TICKS_MASK
        try:
            self._take(event, data, tick)
        except Exception:  # noqa: BLE001 - what raises here is never called again: no memory, say
            self.overrun += 1

    def _take(self, event: int, data: "tuple[Any, ...]", tick: int) -> None:
        if event == RECEIVED:
            if data[1] == self._control:
                self._keep(RECEIVED, data[0], tick, received=self._ble.gatts_read(self._control))
        elif event in (LINK_UP, LINK_DOWN):
            self._keep(event, data[0], tick)
        elif event == _MTU:
            self._keep(_MTU, data[0], tick, mtu=data[1])
        if event > RECEIVED and self.central is not None:
            self.central.take(event, data, tick)

    def _keep(
        self, event: int, connection: int, tick: int, mtu: int = 0, received: bytes = b""
    ) -> None:
        """Put one record into the inbox, in one piece: the task must never find half of it."""
        size = len(received)
        end = _HEAD_SIZE + size
        kept = _FOR_LINKS if event == RECEIVED else 0
        if size > _WRITE_SIZE or self._inbox.any() + end + kept >= _INBOX_SIZE:
            self.overrun += 1
            return
        record = self._record
        struct.pack_into(_HEAD, record, 0, event, connection, tick, mtu, size)
        record[_HEAD_SIZE:end] = received
        self._inbox.write(record, end)  # type: ignore[call-arg] # stubs lack it
        self._arrived.set()
