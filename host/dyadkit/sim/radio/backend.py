"""bleak on the virtual radio: a client and a scanner for bleak's `backend=` arguments."""

import asyncio
import contextlib
from typing import Any, ClassVar, Protocol

from bleak.args import SizedBuffer
from bleak.assigned_numbers import gatt_char_props_to_strs
from bleak.backends.characteristic import BleakGATTCharacteristic
from bleak.backends.client import BaseBleakClient, NotifyCallback
from bleak.backends.descriptor import BleakGATTDescriptor
from bleak.backends.scanner import AdvertisementData as BleakAdvertisement
from bleak.backends.scanner import BaseBleakScanner
from bleak.backends.service import BleakGATTService, BleakGATTServiceCollection
from bleak.exc import BleakDeviceNotFoundError, BleakError
from bumble import att, core, device, hci
from bumble.core import AdvertisingData
from bumble.device import Device, Peer

_MTU = 517
_CCCD = "00002902-0000-1000-8000-00805f9b34fb"


class FrameLog(Protocol):
    """Log of everything that passes at bleak."""

    def __call__(self, address: str, data: bytes) -> None:
        """Bytes written to, or notified by, the wearable with this address."""


class Adapter:
    """The host's Bluetooth adapter."""

    def __init__(self, bumble: Device, log: FrameLog) -> None:
        self.bumble = bumble
        self.log = log
        self.connecting = asyncio.Lock()
        self.scanners: list[VirtualScanner] = []
        self.known: dict[str, list[att.Attribute[bytes]] | Any] = {}
        bumble.on("advertisement", self._on_advertisement)

    async def start_scanner(self, scanner: "VirtualScanner") -> None:
        """Let a scanner hear advertisements."""
        if not self.scanners:
            await self.bumble.start_scanning(active=True)
        self.scanners.append(scanner)

    async def stop_scanner(self, scanner: "VirtualScanner") -> None:
        """Let it no longer hear them."""
        if scanner in self.scanners:
            self.scanners.remove(scanner)
            if not self.scanners:
                await self.bumble.stop_scanning()

    def _on_advertisement(self, advertisement: device.Advertisement) -> None:
        for scanner in list(self.scanners):
            scanner.hear(advertisement)


class VirtualScanner(BaseBleakScanner):
    """bleak's scanner on a virtual adapter; `adapter` is set in a subclass for each world."""

    adapter: ClassVar[Adapter]

    def __init__(
        self,
        detection_callback: Any,
        service_uuids: list[str] | None,
        scanning_mode: str = "active",
        **_options: Any,
    ) -> None:
        super().__init__(detection_callback, service_uuids)

    async def start(self) -> None:
        """Begin to listen."""
        self.seen_devices = {}
        await self.adapter.start_scanner(self)

    async def stop(self) -> None:
        """End listening."""
        await self.adapter.stop_scanner(self)

    def hear(self, advertisement: device.Advertisement) -> None:
        """Take one advertisement."""
        data = advertisement.data
        name = data.get(AdvertisingData.Type.COMPLETE_LOCAL_NAME, raw=True)  # of any bytes
        uuids = _uuids(data)
        if not self.is_allowed_uuid(uuids):
            return
        address = advertisement.address.to_string(with_type_qualifier=False)
        said = BleakAdvertisement(
            local_name=None if name is None else bytes(name).decode("utf-8", "replace"),
            manufacturer_data={},
            service_data={},
            service_uuids=uuids,
            tx_power=None,
            rssi=advertisement.rssi,
            platform_data=(),
        )
        found = self.create_or_update_device(address, address, said.local_name, None, said)
        self.call_detection_callbacks(found, said)


def _uuids(data: AdvertisingData) -> list[str]:
    uuids: list[str] = []
    for kind in (
        AdvertisingData.Type.COMPLETE_LIST_OF_16_BIT_SERVICE_CLASS_UUIDS,
        AdvertisingData.Type.INCOMPLETE_LIST_OF_16_BIT_SERVICE_CLASS_UUIDS,
        AdvertisingData.Type.COMPLETE_LIST_OF_128_BIT_SERVICE_CLASS_UUIDS,
        AdvertisingData.Type.INCOMPLETE_LIST_OF_128_BIT_SERVICE_CLASS_UUIDS,
    ):
        for uuid in data.get(kind) or []:
            uuids.append(_long_uuid(uuid))
    return uuids


def _long_uuid(uuid: core.UUID) -> str:
    text = core.UUID.from_bytes(uuid.to_bytes(force_128=True)).to_hex_str("-").lower()
    return text if len(text) == 36 else f"0000{text}-0000-1000-8000-00805f9b34fb"


class VirtualClient(BaseBleakClient):
    """bleak's client on a virtual adapter; `adapter` is set in a subclass for each world."""

    adapter: ClassVar[Adapter]

    def __init__(self, address_or_ble_device: Any, **options: Any) -> None:
        kept = {name: options[name] for name in ("disconnected_callback", "timeout")}
        super().__init__(address_or_ble_device, **kept)
        self._connection: device.Connection | None = None
        self._callbacks: dict[int, NotifyCallback] = {}

    @property
    def name(self) -> str:
        """The address: the virtual adapter keeps no names."""
        return self.address

    @property
    def mtu_size(self) -> int:
        """Bytes of the largest attribute packet."""
        return 23 if self._connection is None else int(self._connection.att_mtu)

    @property
    def is_connected(self) -> bool:
        """Whether the connection stands."""
        return self._connection is not None

    async def connect(self, pair: bool, **_: Any) -> None:  # noqa: FBT001 - bleak's interface
        """Connect, agree on the packet size, learn the services (once for each wearable)."""
        if self._connection is not None:
            raise BleakError("already connected")
        try:
            async with asyncio.timeout(self._timeout):
                await self._connect(hci.Address(self.address))
        except (core.BaseBumbleError, TimeoutError, asyncio.CancelledError) as error:
            await self._give_up()
            if isinstance(error, asyncio.CancelledError) and _is_cancelled():
                raise  # else Bumble cancelled what the lost link cannot answer
            raise BleakDeviceNotFoundError(
                self.address, f"device {self.address} was not found or did not answer"
            ) from error

    async def _connect(self, address: hci.Address) -> None:
        async with self.adapter.connecting:
            try:
                connection = await self.adapter.bumble.connect(address, timeout=None)
            except asyncio.CancelledError:
                cancel = hci.HCI_LE_Create_Connection_Cancel_Command()
                await self.adapter.bumble.send_sync_command(cancel)
                raise
        self._connection = connection
        connection.on("disconnection", self._on_disconnection)
        client: Any = connection.gatt_client
        client.on_att_handle_value_notification = self._on_notification
        client.on_att_handle_value_indication = self._on_indication
        await client.request_mtu(_MTU)
        if self.address not in self.adapter.known:
            self.adapter.known[self.address] = await _discover(connection)
        self.services = self._collection(self.adapter.known[self.address])

    async def _give_up(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            with contextlib.suppress(core.BaseBumbleError):
                await connection.disconnect()

    async def disconnect(self) -> None:
        """Disconnect; nothing happens if that is so already."""
        connection = self._connection
        if connection is not None:
            with contextlib.suppress(core.BaseBumbleError):
                await connection.disconnect()

    async def pair(self, *_: Any, **__: Any) -> None:
        """Not simulated."""
        raise NotImplementedError("pairing is not simulated")

    async def unpair(self) -> None:
        """Not simulated."""
        raise NotImplementedError("pairing is not simulated")

    # attributes

    async def read_gatt_char(self, characteristic: BleakGATTCharacteristic, **_: Any) -> bytearray:
        """The characteristic's value."""
        return await self._ask(self._client().read_value(characteristic.handle))

    async def read_gatt_descriptor(self, descriptor: BleakGATTDescriptor, **_: Any) -> bytearray:
        """The descriptor's value."""
        return await self._ask(self._client().read_value(descriptor.handle))

    async def write_gatt_char(
        self,
        characteristic: BleakGATTCharacteristic,
        data: SizedBuffer,
        response: bool,  # noqa: FBT001 - bleak's interface
    ) -> None:
        """Write a value, waiting for the answer if asked to."""
        client = self._client()
        self.adapter.log(self.address, bytes(data))
        await self._ask(client.write_value(characteristic.handle, bytes(data), response))

    async def write_gatt_descriptor(
        self, descriptor: BleakGATTDescriptor, data: SizedBuffer
    ) -> None:
        """Write a descriptor."""
        writing = self._client().write_value(descriptor.handle, bytes(data), with_response=True)
        await self._ask(writing)

    async def start_notify(
        self, characteristic: BleakGATTCharacteristic, callback: NotifyCallback, **_: Any
    ) -> None:
        """Subscribe."""
        self._callbacks[characteristic.handle] = callback
        await self._write_cccd(characteristic, b"\x01\x00")

    async def stop_notify(self, characteristic: BleakGATTCharacteristic) -> None:
        """Unsubscribe."""
        self._callbacks.pop(characteristic.handle, None)
        await self._write_cccd(characteristic, b"\x00\x00")

    async def _write_cccd(self, characteristic: BleakGATTCharacteristic, bits: bytes) -> None:
        descriptor = characteristic.get_descriptor(_CCCD)
        if descriptor is None:
            raise BleakError(f"characteristic {characteristic.uuid} does not notify")
        await self.write_gatt_descriptor(descriptor, bits)

    def _client(self) -> Any:
        if self._connection is None:
            raise BleakError("not connected")
        return self._connection.gatt_client

    async def _ask(self, answer: Any) -> bytearray:
        try:
            value = await answer
        except core.BaseBumbleError as error:
            raise BleakError(str(error)) from error
        except asyncio.CancelledError:
            if _is_cancelled():
                raise
            raise BleakError("disconnected") from None
        return bytearray(value or b"")

    # what arrives

    def _on_notification(self, notification: Any) -> None:
        data = bytes(notification.attribute_value)
        self.adapter.log(self.address, data)
        callback = self._callbacks.get(notification.attribute_handle)
        if callback is not None:
            callback(bytearray(data))

    def _on_indication(self, indication: Any) -> None:
        self._on_notification(indication)
        self._client().send_confirmation(att.ATT_Handle_Value_Confirmation())

    def _on_disconnection(self, _reason: int) -> None:
        if self._connection is None:
            return
        self._connection = None
        self._callbacks.clear()
        if self._disconnected_callback is not None:
            self._disconnected_callback()

    # services

    def _collection(self, peer: Any) -> BleakGATTServiceCollection:
        collection = BleakGATTServiceCollection()
        for service in peer:
            made = BleakGATTService(service, service.handle, _long_uuid(service.uuid))
            collection.add_service(made)
            for one in service.characteristics:
                self._add_characteristic(collection, made, one)
        return collection

    def _add_characteristic(
        self, collection: BleakGATTServiceCollection, service: BleakGATTService, one: Any
    ) -> None:
        made = BleakGATTCharacteristic(
            one,
            one.handle,
            _long_uuid(one.uuid),
            sorted(gatt_char_props_to_strs(int(one.properties))),
            lambda: self.mtu_size - 3,
            service,
        )
        collection.add_characteristic(made)
        for descriptor in one.descriptors:
            collection.add_descriptor(
                BleakGATTDescriptor(
                    descriptor, descriptor.handle, _long_uuid(descriptor.type), made
                )
            )


def _is_cancelled() -> bool:
    """Whether this task is being cancelled, not only what it waits for."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


async def _discover(connection: device.Connection) -> list[Any]:
    peer = Peer(connection)
    await peer.discover_services()
    for service in peer.services:
        await service.discover_characteristics()
        for characteristic in service.characteristics:
            await characteristic.discover_descriptors()
    return list(peer.services)


def backends(adapter: Adapter) -> tuple[type[VirtualClient], type[VirtualScanner]]:
    """Client and scanner classes bound to one adapter."""
    client = type("VirtualClient", (VirtualClient,), {"adapter": adapter})
    scanner = type("VirtualScanner", (VirtualScanner,), {"adapter": adapter})
    return client, scanner
