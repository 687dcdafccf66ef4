"""A wearable's Bluetooth stack: what its `bluetooth` module asks for, done by Bumble."""

import asyncio
import contextlib
import json
import struct
from collections.abc import Callable
from typing import Any

from bumble import att, device, gatt, gatt_client, hci
from bumble.controller import Controller
from bumble.core import UUID
from bumble.device import Device
from bumble.gatt import Characteristic, CharacteristicValue, Descriptor, Service

from dyadkit.sim.air import Air
from dyadkit.sim.lockstep import CREDITS, IRQ, NOTIFY, REQUEST, VALUE, WRITTEN, LockstepDevice
from dyadkit.sim.loop import VirtualLoop

ROOM = 0  # not one of MicroPython's: notifications that fit into a new connection
CENTRAL_CONNECT = 1
CENTRAL_DISCONNECT = 2
SCAN_RESULT = 5
SCAN_DONE = 6
PERIPHERAL_CONNECT = 7
PERIPHERAL_DISCONNECT = 8
SERVICE_RESULT = 9
SERVICE_DONE = 10
CHARACTERISTIC_RESULT = 11
CHARACTERISTIC_DONE = 12
DESCRIPTOR_RESULT = 13
DESCRIPTOR_DONE = 14
READ_RESULT = 15
READ_DONE = 16
WRITE_DONE = 17
NOTIFIED = 18
INDICATE_DONE = 20
MTU_EXCHANGED = 21

_MOST_CONNECTIONS = 3  # as the ESP32 is built
_EIO = 5
_EINVAL = 22
_ATT_CID = 4
_IDLE_LOOK_AHEAD_US = 1_000_000
_CREDIT = struct.Struct("<HH")  # connection, notifications that fit anew
_NOTIFICATION = struct.Struct("<HHBH")
_FLAGS_NOT_ALLOWED = att.Attribute.Permissions(0)


class AirController(Controller):
    """A controller that forgets a connection attempt when told to; Bumble's own makes it later."""

    def on_hci_le_create_connection_cancel_command(
        self, _command: hci.HCI_LE_Create_Connection_Cancel_Command
    ) -> hci.HCI_StatusReturnParameters:
        """Give up the attempt there is, and say so."""
        attempt, self.pending_le_connection = self.pending_le_connection, None
        if attempt is not None:
            failed = hci.HCI_LE_Connection_Complete_Event(
                status=hci.HCI_ErrorCode.UNKNOWN_CONNECTION_IDENTIFIER_ERROR,
                connection_handle=0,
                role=hci.Role.CENTRAL,
                peer_address_type=hci.AddressType.RANDOM_DEVICE,
                peer_address=attempt.peer_address,
                connection_interval=0,
                peripheral_latency=0,
                supervision_timeout=0,
                central_clock_accuracy=0,
            )
            self.send_hci_packet(failed)
        return hci.HCI_StatusReturnParameters(hci.HCI_ErrorCode.SUCCESS)


def bumble_device(name: str, address: str, air: Air) -> tuple[Device, Controller]:
    """A Bumble host and its controller in the air, not yet powered on."""
    controller = AirController(name, link=air)
    controller.le_features &= ~hci.LeFeatureMask.LE_EXTENDED_ADVERTISING
    controller.le_acl_data_packet_length = 251
    controller.acl_data_packet_length = 251
    config = device.DeviceConfiguration(name=name, address=hci.Address(address))
    made = Device.from_config_with_hci(config, controller, controller)
    controller.host = made.host
    return made, controller


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
        self._scanning = False
        self._connecting: asyncio.Task[None] | None = None
        self._device.on("connection", self._on_connection)
        self._device.on("advertisement", self._on_advertisement)

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
        if self._scanning or self._connecting is not None:
            heard_us = self._air.next_advertisement_us(self.controller)
            moments += [] if heard_us is None else [heard_us]
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
            answer: Any = await _CALLS[call](self, *arguments)
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
        if len(self._connections) >= _MOST_CONNECTIONS:
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

    # central role

    async def _scan(
        self,
        duration_ms: int | None,
        _interval: int,
        _window: int,
        active: bool,  # noqa: FBT001
    ) -> None:
        if duration_ms is None:
            await self._stop_scanning()
            return
        await self._device.start_scanning(active=active)
        self._scanning = True
        if duration_ms > 0:
            self._loop.call_at_us(
                self._loop.now_us + duration_ms * 1000,
                lambda: self._start(self._stop_scanning()),
            )

    async def _stop_scanning(self) -> None:
        if self._scanning:
            self._scanning = False
            await self._device.stop_scanning()
            self._raise_irq(SCAN_DONE)

    async def _connect(
        self, kind: int, address: str, duration_ms: int, _interval_us: int | None
    ) -> None:
        if self._connecting is not None:
            raise OSError("already connecting")
        peer = hci.Address(bytes.fromhex(address)[::-1], hci.AddressType(kind))

        async def connect() -> None:
            try:
                await self._device.connect(peer, timeout=duration_ms / 1000)
            except Exception:  # noqa: BLE001 - the wearable only learns that it failed
                self._raise_irq(PERIPHERAL_DISCONNECT, 0xFFFF, kind, address)
            finally:
                self._connecting = None

        self._connecting = self._start(connect())

    async def _cancel_connect(self) -> None:
        await self._device.cancel_connection()

    async def _exchange_mtu(self, handle: int) -> None:
        connection = self._connections[handle]

        async def exchange() -> None:
            size = await connection.gatt_client.request_mtu(self._device.gatt_server.max_mtu)
            self._raise_irq(MTU_EXCHANGED, handle, size)

        self._start(exchange())

    async def _discover_services(self, handle: int, uuid: str | None) -> None:
        client = self._connections[handle].gatt_client

        async def discover() -> None:
            for one in await client.discover_services([UUID(uuid)] if uuid else []):
                end = one.end_group_handle
                self._raise_irq(SERVICE_RESULT, handle, one.handle, end, _hex_uuid(one.uuid))
            self._raise_irq(SERVICE_DONE, handle, 0)

        self._start(discover())

    async def _discover_characteristics(
        self, handle: int, start: int, end: int, uuid: str | None
    ) -> None:
        client = self._connections[handle].gatt_client

        async def discover() -> None:
            service = gatt_client.ServiceProxy(client, start, end, UUID(0x1800))
            for one in await client.discover_characteristics([UUID(uuid)] if uuid else [], service):
                self._raise_irq(
                    CHARACTERISTIC_RESULT, handle, one.end_group_handle, one.handle,
                    int(one.properties), _hex_uuid(one.uuid),
                )  # fmt: skip
            self._raise_irq(CHARACTERISTIC_DONE, handle, 0)

        self._start(discover())

    async def _discover_descriptors(self, handle: int, start: int, end: int) -> None:
        client = self._connections[handle].gatt_client

        async def discover() -> None:
            found = await client.discover_descriptors(start_handle=start, end_handle=end)
            for one in found:
                self._raise_irq(DESCRIPTOR_RESULT, handle, one.handle, _hex_uuid(one.type))
            self._raise_irq(DESCRIPTOR_DONE, handle, 0)

        self._start(discover())

    async def _read(self, handle: int, attribute: int) -> None:
        client = self._connections[handle].gatt_client

        async def read() -> None:
            value = await client.read_value(attribute)
            self._raise_irq(READ_RESULT, handle, attribute, value.hex())
            self._raise_irq(READ_DONE, handle, attribute, 0)

        self._start(read())

    async def _write(self, handle: int, attribute: int, data: str, mode: int) -> None:
        client = self._connections[handle].gatt_client

        async def write() -> None:
            await client.write_value(attribute, bytes.fromhex(data), with_response=mode == 1)
            if mode == 1:
                self._raise_irq(WRITE_DONE, handle, attribute, 0)

        self._start(write())

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
            self._take_notifications(connection)
        slots = self._air.controllers[self.controller].queue_slots
        self._raise_irq(ROOM, handle, slots)
        event = PERIPHERAL_CONNECT if central else CENTRAL_CONNECT
        self._raise_irq(event, handle, *_address(connection.peer_address))

    def _on_disconnection(self, connection: device.Connection) -> None:
        handle = connection.handle
        self._connections.pop(handle, None)
        central = connection.role == hci.Role.CENTRAL
        event = PERIPHERAL_DISCONNECT if central else CENTRAL_DISCONNECT
        self._raise_irq(event, handle, *_address(connection.peer_address))

    def _take_notifications(self, connection: device.Connection) -> None:
        def on_notification(notification: Any) -> None:
            self._raise_irq(
                NOTIFIED,
                connection.handle,
                notification.attribute_handle,
                bytes(notification.attribute_value).hex(),
            )

        client: Any = connection.gatt_client
        client.on_att_handle_value_notification = on_notification

    def _on_written(self, connection: Any, attribute: int, value: bytes) -> None:
        if self._lockstep is not None:
            head = struct.pack("<HH", connection.handle, attribute)
            self._lockstep.deliver(WRITTEN, head + bytes(value))

    def _on_advertisement(self, advertisement: device.Advertisement) -> None:
        if self._scanning:
            kind, address = _address(advertisement.address)
            data = advertisement.data_bytes.hex()
            self._raise_irq(SCAN_RESULT, kind, address, 0, advertisement.rssi, data)

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


def _address(address: hci.Address) -> tuple[int, str]:
    return int(address.address_type), bytes(address)[::-1].hex()


def _hex_uuid(uuid: UUID) -> str:
    return uuid.to_bytes()[::-1].hex()


_CALLS: dict[str, Callable[..., Any]] = {
    "active": WearableStack._active,
    "mtu": WearableStack._mtu,
    "advertise": WearableStack._advertise,
    "stop_advertising": WearableStack._stop_advertising,
    "disconnect": WearableStack._disconnect,
    "register_services": WearableStack._register_services,
    "indicate": WearableStack._indicate,
    "scan": WearableStack._scan,
    "connect": WearableStack._connect,
    "cancel_connect": WearableStack._cancel_connect,
    "exchange_mtu": WearableStack._exchange_mtu,
    "discover_services": WearableStack._discover_services,
    "discover_characteristics": WearableStack._discover_characteristics,
    "discover_descriptors": WearableStack._discover_descriptors,
    "read": WearableStack._read,
    "write": WearableStack._write,
}
