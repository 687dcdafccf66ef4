"""A wearable's Bluetooth stack: what its `bluetooth` module asks for, done by Bumble."""

import asyncio
import contextlib
import json
import struct
from collections.abc import Callable
from typing import Any

from bumble import att, device, gatt, hci
from bumble.core import UUID
from bumble.gatt import Characteristic, CharacteristicValue, Descriptor, Service

from dyadkit.sim.device.lockstep import (
    CREDITS,
    IRQ,
    NOTIFY,
    REQUEST,
    VALUE,
    WRITTEN,
    LockstepDevice,
)
from dyadkit.sim.loop import VirtualLoop
from dyadkit.sim.radio.air import Air
from dyadkit.sim.radio.central import (
    MTU_EXCHANGED,
    PERIPHERAL_DISCONNECT,
    RoleActions,
    SimulatedCentral,
    address_of,
)
from dyadkit.sim.radio.controller import bumble_device

ROOM = 0  # not one of MicroPython's: notifications that fit into a new connection
CENTRAL_CONNECT = 1
CENTRAL_DISCONNECT = 2
PERIPHERAL_CONNECT = 7
INDICATE_DONE = 20

_MAX_CONNECTIONS = 3  # as the ESP32 is built
_EIO = 5
_EINVAL = 22
_ATT_CID = 4
_IDLE_LOOK_AHEAD_US = 1_000_000
_CREDIT = struct.Struct("<HH")  # connection, notifications that fit anew
_NOTIFICATION = struct.Struct("<HHBH")
_FLAGS_NOT_ALLOWED = att.Attribute.Permissions(0)


class WearableStack:
    """One boot of one wearable's radio, between its process and the air."""

    def __init__(self, name: str, address: str, air: Air, loop: VirtualLoop) -> None:
        self._name = name
        self._address = address
        self._air = air
        self._loop = loop
        self._device, self.controller = bumble_device(name, address, air)
        self._lockstep: LockstepDevice | None = None
        self._connections: dict[int, device.Connection] = {}
        self._values: dict[int, bytes] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._central = SimulatedCentral(
            self._device, self._connections, RoleActions(loop, self._start, self._raise_irq)
        )
        self._calls: dict[str, Callable[..., Any]] = {
            "active": self._active,
            "mtu": self._mtu,
            "advertise": self._advertise,
            "stop_advertising": self._stop_advertising,
            "disconnect": self._disconnect,
            "register_services": self._register_services,
            "indicate": self._indicate,
            **self._central.calls,
        }
        self._device.on("connection", self._on_connection)

    def attach(self, lockstep: LockstepDevice) -> None:
        """Say which process this stack serves."""
        self._lockstep = lockstep

    # horizon

    def horizon_us(self, now_us: int) -> int:
        """True time before which nothing can reach the wearable through the air."""
        moments = [
            one.horizon_us(self.controller, now_us)
            for one in self._air.connections_of(self.controller)
        ]
        moments += self._air.own_advertisement_us(self.controller)
        if self._central.is_listening():
            received_us = self._air.next_advertisement_us(self.controller)
            moments += [] if received_us is None else [received_us]
        return min(moments, default=now_us + _IDLE_LOOK_AHEAD_US)

    # what the wearable does

    def on_record(self, kind: int, payload: bytes) -> None:
        """Act on what the wearable's process sent."""
        if kind == NOTIFY:
            handle, attribute = struct.unpack_from("<HH", payload)
            self._notify(handle, attribute, payload[4:])
        elif kind == VALUE:
            self._values[struct.unpack_from("<H", payload)[0]] = payload[2:]
        elif kind == REQUEST:
            self._start(self._answer(payload))

    def _notify(self, handle: int, attribute: int, data: bytes) -> None:
        connection = self._connections.get(handle)
        if connection is None:
            return
        data = data[: connection.att_mtu - 3]
        pdu = _NOTIFICATION.pack(len(data) + 3, _ATT_CID, 0x1B, attribute) + data
        self._air.send(
            self.controller, connection.peer_address, pdu, lambda: self._offer_credits(handle)
        )

    def _offer_credits(self, handle: int) -> None:
        """One more notification fits: a difference, as the wearable may be ahead by a few."""
        if handle in self._connections and self._lockstep is not None:
            self._lockstep.deliver_later(CREDITS, _CREDIT.pack(handle, 1))

    async def _answer(self, payload: bytes) -> None:
        call, arguments = json.loads(payload)
        try:
            answer: Any = await self._calls[call](*arguments)
        except (ValueError, KeyError, LookupError):
            answer = {"errno": _EINVAL}
        except Exception:  # noqa: BLE001 - whatever Bumble raises, the wearable sees an I/O error
            answer = {"errno": _EIO}
        if self._lockstep is not None:
            self._lockstep.answer(json.dumps(answer).encode())

    async def _active(self, on: bool) -> None:  # noqa: FBT001 - the wearable's own call
        if on:
            await self._device.power_on()
        else:
            await self.close()

    async def _mtu(self, size: int) -> None:
        self._device.gatt_server.max_mtu = size

    async def _advertise(
        self, interval_us: int, data: str | None, response: str | None, _connectable: object
    ) -> None:
        if len(self._connections) >= _MAX_CONNECTIONS:
            raise OSError("no connection left")
        advertising = bytes.fromhex(data) if data is not None else self._device.advertising_data
        scanned = bytes.fromhex(response) if response is not None else b""
        # Bumble's controller counts the interval's 0.625 ms units as milliseconds
        interval = interval_us / 1000 * 0.625
        await self._device.start_advertising(
            advertising_data=advertising,
            scan_response_data=scanned,
            advertising_interval_min=interval,
            advertising_interval_max=interval,
        )

    async def _stop_advertising(self) -> None:
        await self._device.stop_advertising()

    async def _disconnect(self, handle: int) -> bool:
        connection = self._connections.get(handle)
        if connection is None:
            return False
        await connection.disconnect()
        return True

    async def _register_services(self, services: list[Any]) -> list[list[int]]:
        server = self._device.gatt_server
        handles: list[list[int]] = []
        for uuid, items in services:
            characteristics = [self._characteristic(*item) for item in items]
            server.add_service(Service(UUID(uuid), characteristics))
            handles.append([])
            for characteristic in characteristics:
                handles[-1].append(characteristic.handle)
                handles[-1] += [
                    one.handle
                    for one in characteristic.descriptors
                    if one.type != gatt.GATT_CLIENT_CHARACTERISTIC_CONFIGURATION_DESCRIPTOR
                ]
        return handles

    def _characteristic(
        self, uuid: str, flags: int, descriptors: list[tuple[str, int]]
    ) -> Characteristic[bytes]:
        permissions = _FLAGS_NOT_ALLOWED
        if flags & 0x02:
            permissions |= att.Attribute.READABLE
        if flags & 0x0C:
            permissions |= att.Attribute.WRITEABLE
        made: Characteristic[bytes] = Characteristic(
            UUID(uuid),
            Characteristic.Properties(flags & 0xFF),
            permissions,
            b"",
            [Descriptor(UUID(one), att.Attribute.READABLE) for one, _ in descriptors],
        )
        made.value = CharacteristicValue(
            read=lambda _: self._values.get(made.handle, b""),
            write=lambda connection, value: self._on_written(connection, made.handle, value),
        )
        return made

    async def _indicate(self, handle: int, attribute: int, data: str) -> None:
        connection = self._connections[handle]
        found = self._device.gatt_server.get_attribute(attribute)
        if found is None:
            raise LookupError(attribute)

        async def indicate() -> None:
            await self._device.gatt_server.indicate_subscriber(
                connection, found, bytes.fromhex(data), force=True
            )
            self._raise_irq(INDICATE_DONE, handle, attribute, 0)

        self._start(indicate())

    # what reaches the wearable

    def _on_connection(self, connection: device.Connection) -> None:
        handle = connection.handle
        central = connection.role == hci.Role.CENTRAL
        self._connections[handle] = connection
        connection.on("disconnection", lambda _reason: self._on_disconnection(connection))
        connection.on(
            "connection_att_mtu_update",
            lambda: self._raise_irq(MTU_EXCHANGED, handle, connection.att_mtu),
        )
        if central:
            self._central.take_notifications(connection)
        slots = self._air.controllers[self.controller].queue_slots
        self._raise_irq(ROOM, handle, slots)
        event = PERIPHERAL_CONNECT if central else CENTRAL_CONNECT
        self._raise_irq(event, handle, *address_of(connection.peer_address))

    def _on_disconnection(self, connection: device.Connection) -> None:
        handle = connection.handle
        self._connections.pop(handle, None)
        central = connection.role == hci.Role.CENTRAL
        event = PERIPHERAL_DISCONNECT if central else CENTRAL_DISCONNECT
        self._raise_irq(event, handle, *address_of(connection.peer_address))

    def _on_written(self, connection: Any, attribute: int, value: bytes) -> None:
        if self._lockstep is not None:
            head = struct.pack("<HH", connection.handle, attribute)
            self._lockstep.deliver(WRITTEN, head + bytes(value))

    def _raise_irq(self, event: int, *arguments: int | str) -> None:
        if self._lockstep is not None:
            self._lockstep.deliver(IRQ, json.dumps([event, arguments]).encode())

    # life

    def _start(self, coroutine: Any) -> asyncio.Task[None]:
        task = self._loop.create_task(coroutine)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def close(self) -> None:
        """Leave the air politely."""
        await self._device.stop_advertising()
        for connection in list(self._connections.values()):
            with contextlib.suppress(Exception):
                await connection.disconnect()

    def cut(self) -> None:
        """Leave the air without a word."""
        self._lockstep = None
        self.controller.le_legacy_advertiser.stop()
        self._air.bury(self.controller)
        for task in list(self._tasks):
            task.cancel()
