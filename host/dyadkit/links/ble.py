"""The Bluetooth link: bleak, frames, and nothing else."""

import asyncio
import contextlib
from dataclasses import dataclass
from typing import Any

from bleak import BleakClient, BleakScanner
from bleak.backends.characteristic import BleakGATTCharacteristic
from bleak.exc import BleakBluetoothNotAvailableError, BleakError

from dyadkit.errors import LinkError, NoAdapterError
from dyadkit.links import HostClock, monotonic_ns
from dyadwire import gatt
from dyadwire.frames import FrameReader

CONNECT_TIMEOUT_S = 10.0
OPEN_TIMEOUT_S = 15.0


@dataclass(frozen=True, slots=True)
class BleRadio:
    """The Bluetooth radio to use: the computer's own, or a simulated one.

    `client_backend` and `scanner_backend` are bleak backend classes; None is the computer's.
    `clock_ns` is the host's clock.
    """

    client_backend: Any = None
    scanner_backend: Any = None
    clock_ns: HostClock = monotonic_ns


@dataclass(frozen=True, slots=True)
class Found:
    """A wearable in reach: its name, its address, how strong it is received (dBm)."""

    name: str
    address: str
    rssi_dbm: int


async def scan(radio: BleRadio, seconds: float = 3.0) -> list[Found]:
    """Wearables that advertise, the strongest first.

    Raises
    ------
    NoAdapterError
        there is no Bluetooth adapter, it is off, or access is not permitted
    """
    try:
        found = await BleakScanner.discover(
            timeout=seconds,
            return_adv=True,
            service_uuids=[gatt.SERVICE],
            **_backend(radio.scanner_backend),
        )
    except (BleakError, OSError) as error:
        raise _explained(error) from error
    wearables = [
        Found(advertised.local_name or device.name or "", device.address, advertised.rssi)
        for device, advertised in found.values()
        if gatt.SERVICE in advertised.service_uuids
    ]
    return sorted(wearables, key=lambda wearable: -wearable.rssi_dbm)


class BleLink:
    """One wearable over Bluetooth Low Energy."""

    def __init__(self, address: str, radio: BleRadio | None = None) -> None:
        self.address = address
        self._radio = radio or BleRadio()
        self._client: BleakClient | None = None
        self._arrived: asyncio.Queue[tuple[int, bytes] | None] = asyncio.Queue()
        self._reader = FrameReader()

    async def open(self) -> None:
        """Connect and subscribe.

        Raises
        ------
        LinkError
            the wearable is out of reach or refused
        """
        self._arrived = asyncio.Queue()
        self._reader = FrameReader()
        client = BleakClient(
            self.address,
            disconnected_callback=self._on_disconnect,
            timeout=CONNECT_TIMEOUT_S,
            **_backend(self._radio.client_backend),
        )
        self._client = client
        try:
            async with asyncio.timeout(OPEN_TIMEOUT_S):
                await client.connect()
                await client.start_notify(gatt.DATA, self._on_notify)
        except (BleakError, OSError, TimeoutError) as error:
            await self.close()
            raise _explained(error, self.address) from error

    async def write(self, framed: bytes) -> int:
        """Send one frame; the host's clock in ns just before it left."""
        if self._client is None:
            raise LinkError(f"wearable {self.address} is not connected")
        sent_ns = self._radio.clock_ns()
        try:
            await self._client.write_gatt_char(gatt.CONTROL, framed, response=False)
        except (BleakError, OSError) as error:
            raise _explained(error, self.address) from error
        return sent_ns

    async def read(self) -> tuple[int, bytes]:
        """Next frame with its arrival in host ns; raises LinkError once the link is lost."""
        arrival = await self._arrived.get()
        if arrival is None:
            raise LinkError(f"wearable {self.address} went out of reach")
        return arrival

    async def close(self) -> None:
        """Disconnect; never raises."""
        client, self._client = self._client, None
        if client is not None:
            with contextlib.suppress(BleakError, OSError):
                await client.disconnect()

    def _on_notify(self, _: BleakGATTCharacteristic, data: bytearray) -> None:
        now_ns = self._radio.clock_ns()
        for framed in self._reader.feed(data):
            self._arrived.put_nowait((now_ns, framed))

    def _on_disconnect(self, _: BleakClient) -> None:
        self._arrived.put_nowait(None)


def _backend(backend: Any) -> dict[str, Any]:
    return {} if backend is None else {"backend": backend}


def _explained(error: Exception, address: str = "") -> LinkError:
    if isinstance(error, BleakBluetoothNotAvailableError) or not address:
        return NoAdapterError(
            f"Bluetooth is not available on this computer ({error}); switch it on, plug in an "
            "adapter, or check the permission of this terminal"
        )
    return LinkError(f"cannot reach wearable {address} ({error or type(error).__name__})")
