"""The Bluetooth link: bleak, frames, and nothing else."""

import asyncio
import contextlib
import sys
from dataclasses import dataclass

from bleak import BleakClient
from bleak.backends.characteristic import BleakGATTCharacteristic

from dyadkit.errors import LinkError, NoWearableError
from dyadkit.links import HostClock
from dyadkit.links.bluetooth_errors import as_link_errors
from dyadkit.links.scanner import BleRadio, Matches, has_address, shared_scanner
from dyadkit.links.standing_links import standing_link
from dyadwire import gatt
from dyadwire.frames import FrameReader

__all__ = ["BleLink", "BleRadio", "Found", "scan"]

REACH_TIMEOUT_S = 10.0
"""How long a wearable is listened for: it advertises each second at least."""

CONNECT_TIMEOUT_S = 30.0 if sys.platform == "win32" else 10.0
"""How long a connection may take; Windows often needs more than ten seconds for a first one."""

SUBSCRIBE_TIMEOUT_S = 5.0


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
    found = await shared_scanner(radio).all_within(seconds)
    wearables = [Found(one.name, one.address, one.rssi_dbm or 0) for one in found]
    return sorted(wearables, key=lambda wearable: -wearable.rssi_dbm)


class BleLink:
    """One wearable over Bluetooth Low Energy.

    `matches` tells its advertisement from others'; without it, `address` does. An address is where
    a wearable is found, not who it is: its greeting says that.
    """

    def __init__(
        self, address: str, radio: BleRadio | None = None, matches: Matches | None = None
    ) -> None:
        self.address = address
        self._radio = radio or BleRadio()
        self._matches = matches or has_address(address)
        self._client: BleakClient | None = None
        self.reader_kind = FrameReader
        self._inbox = _Inbox(self._radio.clock_ns, self.reader_kind)

    async def open(self) -> None:
        """Wait until it advertises, connect and subscribe.

        A link that another program left standing when it was killed is taken over.

        Raises
        ------
        NoWearableError
            the wearable is out of reach
        LinkError
            it refused, or the radio failed
        """
        await self.close()
        scanner = shared_scanner(self._radio)
        inbox = self._inbox = _Inbox(self._radio.clock_ns, self.reader_kind)
        try:
            found = await standing_link(self._radio, self._matches)
            found = found or await scanner.first(self._matches, REACH_TIMEOUT_S)
        except NoWearableError as error:
            raise NoWearableError(f"cannot reach wearable {self.address} ({error})") from None
        client = BleakClient(
            found.device,
            disconnected_callback=inbox.end,
            timeout=CONNECT_TIMEOUT_S,
            **self._radio.options(self._radio.client_backend),
        )
        self._client = client
        try:
            with as_link_errors(self.address):
                async with scanner.connecting(), asyncio.timeout(CONNECT_TIMEOUT_S):
                    await client.connect()
                async with asyncio.timeout(SUBSCRIBE_TIMEOUT_S):
                    await client.start_notify(gatt.DATA, inbox.put)
        except BaseException:
            await self.close()
            raise

    async def write(self, framed: bytes) -> int:
        """Send one frame; the host's clock in ns just before it left."""
        if self._client is None:
            raise LinkError(f"wearable {self.address} is not connected")
        sent_ns = self._radio.clock_ns()
        with as_link_errors(self.address):
            await self._client.write_gatt_char(gatt.CONTROL, framed, response=False)
        return sent_ns

    async def read(self) -> tuple[int, bytes]:
        """Next frame with its arrival in host ns; raises LinkError once the link is lost."""
        arrival = await self._inbox.arrived.get()
        if arrival is None:
            raise LinkError(f"wearable {self.address} went out of reach")
        return arrival

    async def close(self) -> None:
        """Disconnect; never raises."""
        client, self._client = self._client, None
        if client is not None:
            with contextlib.suppress(LinkError), as_link_errors(self.address):
                await client.disconnect()


class _Inbox:
    """Frames of one connection: what an earlier one still says, or its late end, stays there."""

    def __init__(self, clock_ns: HostClock, reader_kind: type[FrameReader]) -> None:
        self.arrived: asyncio.Queue[tuple[int, bytes] | None] = asyncio.Queue()
        self._clock_ns = clock_ns
        self._reader = reader_kind()

    def put(self, _: BleakGATTCharacteristic, data: bytearray) -> None:
        """Take a notification."""
        now_ns = self._clock_ns()
        for framed in self._reader.feed(data):
            self.arrived.put_nowait((now_ns, framed))

    def end(self, _: BleakClient) -> None:
        """The connection has ended."""
        self.arrived.put_nowait(None)
