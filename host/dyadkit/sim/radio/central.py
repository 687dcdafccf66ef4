"""A wearable as central: it scans, connects, explores and asks, as its `bluetooth` module says."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from bumble import device, gatt_client, hci
from bumble.core import UUID
from bumble.device import Device

from dyadkit.sim.loop import VirtualLoop

SCAN_RESULT = 5
SCAN_DONE = 6
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
MTU_EXCHANGED = 21


@dataclass(frozen=True, slots=True)
class RoleActions:
    """Actions of a role: `start` runs a coroutine, `raise_irq` tells the wearable of an event."""

    loop: VirtualLoop
    start: Callable[[Any], "asyncio.Task[None]"]
    raise_irq: Callable[..., None]


class SimulatedCentral:
    """The central role of one wearable; `calls` is what its `bluetooth` module may ask for."""

    def __init__(
        self, bumble: Device, connections: Mapping[int, device.Connection], actions: RoleActions
    ) -> None:
        self.calls: dict[str, Callable[..., Any]] = {
            "scan": self._scan,
            "connect": self._connect,
            "cancel_connect": self._cancel_connect,
            "exchange_mtu": self._exchange_mtu,
            "discover_services": self._discover_services,
            "discover_characteristics": self._discover_characteristics,
            "discover_descriptors": self._discover_descriptors,
            "read": self._read,
            "write": self._write,
        }
        self._bumble = bumble
        self._connections = connections
        self._actions = actions
        self._scanning = False
        self._connecting: asyncio.Task[None] | None = None
        bumble.on("advertisement", self.on_advertisement)

    def is_listening(self) -> bool:
        """Whether an advertisement could reach the wearable."""
        return self._scanning or self._connecting is not None

    def on_advertisement(self, advertisement: device.Advertisement) -> None:
        """Tell the wearable of an advertisement while it scans."""
        if self._scanning:
            kind, address = address_of(advertisement.address)
            data = advertisement.data_bytes.hex()
            self._actions.raise_irq(SCAN_RESULT, kind, address, 0, advertisement.rssi, data)

    def take_notifications(self, connection: device.Connection) -> None:
        """Tell the wearable of what the other side notifies."""

        def on_notification(notification: Any) -> None:
            self._actions.raise_irq(
                NOTIFIED,
                connection.handle,
                notification.attribute_handle,
                bytes(notification.attribute_value).hex(),
            )

        client: Any = connection.gatt_client
        client.on_att_handle_value_notification = on_notification

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
        await self._bumble.start_scanning(active=active)
        self._scanning = True
        if duration_ms > 0:
            loop = self._actions.loop
            loop.call_at_us(
                loop.now_us + duration_ms * 1000,
                lambda: self._actions.start(self._stop_scanning()),
            )

    async def _stop_scanning(self) -> None:
        if self._scanning:
            self._scanning = False
            await self._bumble.stop_scanning()
            self._actions.raise_irq(SCAN_DONE)

    async def _connect(
        self, kind: int, address: str, duration_ms: int, _interval_us: int | None
    ) -> None:
        if self._connecting is not None:
            raise OSError("already connecting")
        peer = hci.Address(bytes.fromhex(address)[::-1], hci.AddressType(kind))

        async def connect() -> None:
            try:
                await self._bumble.connect(peer, timeout=duration_ms / 1000)
            except Exception:  # noqa: BLE001 - the wearable only learns that it failed
                self._actions.raise_irq(PERIPHERAL_DISCONNECT, 0xFFFF, kind, address)
            finally:
                self._connecting = None

        self._connecting = self._actions.start(connect())

    async def _cancel_connect(self) -> None:
        await self._bumble.cancel_connection()

    async def _exchange_mtu(self, handle: int) -> None:
        connection = self._connections[handle]

        async def exchange() -> None:
            size = await connection.gatt_client.request_mtu(self._bumble.gatt_server.max_mtu)
            self._actions.raise_irq(MTU_EXCHANGED, handle, size)

        self._actions.start(exchange())

    async def _discover_services(self, handle: int, uuid: str | None) -> None:
        client = self._connections[handle].gatt_client

        async def discover() -> None:
            for one in await client.discover_services([UUID(uuid)] if uuid else []):
                end = one.end_group_handle
                self._actions.raise_irq(
                    SERVICE_RESULT, handle, one.handle, end, _hex_uuid(one.uuid)
                )
            self._actions.raise_irq(SERVICE_DONE, handle, 0)

        self._actions.start(discover())

    async def _discover_characteristics(
        self, handle: int, start: int, end: int, uuid: str | None
    ) -> None:
        client = self._connections[handle].gatt_client

        async def discover() -> None:
            service = gatt_client.ServiceProxy(client, start, end, UUID(0x1800))
            for one in await client.discover_characteristics([UUID(uuid)] if uuid else [], service):
                self._actions.raise_irq(
                    CHARACTERISTIC_RESULT, handle, one.end_group_handle, one.handle,
                    int(one.properties), _hex_uuid(one.uuid),
                )  # fmt: skip
            self._actions.raise_irq(CHARACTERISTIC_DONE, handle, 0)

        self._actions.start(discover())

    async def _discover_descriptors(self, handle: int, start: int, end: int) -> None:
        client = self._connections[handle].gatt_client

        async def discover() -> None:
            found = await client.discover_descriptors(start_handle=start, end_handle=end)
            for one in found:
                self._actions.raise_irq(DESCRIPTOR_RESULT, handle, one.handle, _hex_uuid(one.type))
            self._actions.raise_irq(DESCRIPTOR_DONE, handle, 0)

        self._actions.start(discover())

    async def _read(self, handle: int, attribute: int) -> None:
        client = self._connections[handle].gatt_client

        async def read() -> None:
            value = await client.read_value(attribute)
            self._actions.raise_irq(READ_RESULT, handle, attribute, value.hex())
            self._actions.raise_irq(READ_DONE, handle, attribute, 0)

        self._actions.start(read())

    async def _write(self, handle: int, attribute: int, data: str, mode: int) -> None:
        client = self._connections[handle].gatt_client

        async def write() -> None:
            await client.write_value(attribute, bytes.fromhex(data), with_response=mode == 1)
            if mode == 1:
                self._actions.raise_irq(WRITE_DONE, handle, attribute, 0)

        self._actions.start(write())


def address_of(address: hci.Address) -> tuple[int, str]:
    """Kind and hexadecimal address, as MicroPython tells them."""
    return int(address.address_type), bytes(address)[::-1].hex()


def _hex_uuid(uuid: UUID) -> str:
    return uuid.to_bytes()[::-1].hex()
