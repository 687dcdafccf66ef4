"""The one scanner of this program on a Bluetooth adapter, for all links that wait for a wearable.

An adapter takes one scan and one connection attempt of a program at a time: a second is refused, or
takes the air from the first. So links wait here for the advertisement they want and connect one
after the other, and the scan rests meanwhile.
"""

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any, TypeAlias
from weakref import WeakKeyDictionary

from bleak import BleakScanner
from bleak.backends.device import BLEDevice
from bleak.backends.scanner import AdvertisementData

from dyadkit.errors import LinkError, NoWearableError
from dyadkit.links import HostClock, monotonic_ns
from dyadkit.links.bluetooth_errors import as_link_errors
from dyadwire import gatt

ADAPTER_VARIABLE = "DYADKIT_ADAPTER"


@dataclass(frozen=True, slots=True)
class BleRadio:
    """The Bluetooth radio to use: the computer's own, or a simulated one.

    `client_backend` and `scanner_backend` are bleak backend classes; None is the computer's.
    `clock_ns` is the host's clock. `adapter` is one of several, as hci1; only Linux knows several.
    By default it is what the environment variable DYADKIT_ADAPTER says.
    """

    client_backend: Any = None
    scanner_backend: Any = None
    clock_ns: HostClock = monotonic_ns
    adapter: str = field(default_factory=lambda: os.environ.get(ADAPTER_VARIABLE, ""))

    def options(self, backend: Any) -> dict[str, Any]:
        """Arguments of a bleak class that choose this radio."""
        options: dict[str, Any] = {} if backend is None else {"backend": backend}
        return {**options, "bluez": {"adapter": self.adapter}} if self.adapter else options


@dataclass(frozen=True, slots=True)
class Advertisement:
    """One advertisement, or a link that stands already: by whom, and what it says of itself.

    rssi_dbm : how strong it was received; None of a link that stands
    tags : manufacturer data by company number
    """

    device: BLEDevice
    name: str
    rssi_dbm: int | None
    tags: dict[int, bytes]

    @property
    def address(self) -> str:
        """Where it comes from at the moment: what some systems tell, and some wearables change."""
        return self.device.address


Matches: TypeAlias = Callable[[Advertisement], bool]


def has_address(address: str) -> Matches:
    """Advertisements from this address, however it is written."""
    wanted = address.lower()
    return lambda one: one.address.lower() == wanted


class SharedScanner:
    """Scanner that runs while anyone waits for an advertisement, and rests while one connects."""

    def __init__(self, radio: BleRadio) -> None:
        self._radio = radio
        self._waiting: dict[asyncio.Future[Any], Callable[[Advertisement], None]] = {}
        self._connecting = asyncio.Lock()
        self._changing = asyncio.Lock()
        self._scanner: BleakScanner | None = None
        self._is_deaf = False
        self._settling: set[asyncio.Task[None]] = set()

    async def first(self, matches: Matches, timeout_s: float) -> Advertisement:
        """Next advertisement that matches.

        Raises
        ------
        NoWearableError
            none came in time
        NoAdapterError
            there is no Bluetooth adapter, it is off, or access is not permitted
        """
        found: asyncio.Future[Advertisement] = asyncio.get_running_loop().create_future()

        def take(one: Advertisement) -> None:
            if not found.done() and matches(one):
                found.set_result(one)

        try:
            async with asyncio.timeout(timeout_s), self._listening(found, take):
                return await found
        except TimeoutError:
            self._is_deaf = True  # or nobody is there: whoever waits on gets a scan begun anew
            raise NoWearableError(f"nobody advertised for {timeout_s:g} s") from None

    async def all_within(self, seconds: float) -> list[Advertisement]:
        """Last advertisement of each wearable that can be heard; errors as `first`."""
        found: dict[str, Advertisement] = {}
        failed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        async with self._listening(failed, lambda one: found.update({one.address: one})):
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(failed, seconds)
        return list(found.values())

    @contextlib.asynccontextmanager
    async def connecting(self) -> AsyncIterator[None]:
        """Have the air alone, to connect: other links wait, and the scan rests."""
        async with self._connecting:
            await self._settle()
            try:
                yield
            finally:
                self._begin_to_settle()

    @contextlib.asynccontextmanager
    async def _listening(
        self, found: asyncio.Future[Any], take: Callable[[Advertisement], None]
    ) -> AsyncIterator[None]:
        self._waiting[found] = take
        try:
            if not self._connecting.locked():
                await self._settle()
            yield
        finally:
            del self._waiting[found]
            self._begin_to_settle()

    # What the scanner should do follows from who waits and who connects. It is brought to that by
    # one task at a time that nobody cancels: a scan that is half begun could never be ended.

    async def _settle(self) -> None:
        await asyncio.shield(self._begin_to_settle())

    def _begin_to_settle(self) -> "asyncio.Task[None]":
        task = asyncio.get_running_loop().create_task(self._bring_about())
        self._settling.add(task)
        task.add_done_callback(self._settling.discard)
        return task

    async def _bring_about(self) -> None:
        async with self._changing:
            is_wanted = bool(self._waiting) and not self._connecting.locked()
            try:
                if self._scanner is not None and (not is_wanted or self._is_deaf):
                    await self._stop()
                if is_wanted and self._scanner is None:
                    await self._start()
            except LinkError as error:
                for waiting in list(self._waiting):
                    if not waiting.done():
                        waiting.set_exception(error)
                        waiting.exception()  # who waited may have been cancelled meanwhile

    async def _start(self) -> None:
        scanner = BleakScanner(
            self._hear, [gatt.SERVICE], **self._radio.options(self._radio.scanner_backend)
        )
        with as_link_errors():
            await scanner.start()
        self._scanner, self._is_deaf = scanner, False

    async def _stop(self) -> None:
        scanner, self._scanner = self._scanner, None
        if scanner is not None:
            with contextlib.suppress(LinkError), as_link_errors():
                await scanner.stop()

    def _hear(self, device: BLEDevice, said: AdvertisementData) -> None:
        if gatt.SERVICE not in said.service_uuids:
            return
        name = said.local_name or device.name or ""
        received = Advertisement(device, name, said.rssi, dict(said.manufacturer_data))
        for take in list(self._waiting.values()):
            take(received)


_scanners: "WeakKeyDictionary[asyncio.AbstractEventLoop, dict[Any, SharedScanner]]" = (
    WeakKeyDictionary()
)


def shared_scanner(radio: BleRadio) -> SharedScanner:
    """The scanner that all links over this radio share, in the running event loop."""
    here = _scanners.setdefault(asyncio.get_running_loop(), {})
    return here.setdefault((radio.scanner_backend, radio.adapter), SharedScanner(radio))
