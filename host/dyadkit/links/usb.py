"""The USB link: frames as packets through a serial port, with a window of bytes under way."""

import asyncio
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from dyadkit.decoding.messages import message_of
from dyadkit.errors import LinkError
from dyadkit.links import HostClock, Link, monotonic_ns
from dyadkit.links.conversation import Conversation, Versions
from dyadkit.links.serialport import PortInfo, open_port, port_names, ports
from dyadwire import cobs, frames, messages

WINDOW_BYTES = 240  # the wearable's input buffer holds 260
GRANT_TIMEOUT_S = 1.0
_BLUETOOTH = re.compile(r"([0-9a-f]{2}:){5}[0-9a-f]{2}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
"""A hardware address, or what macOS tells instead of one."""


class Port(Protocol):
    """An open serial port, real or simulated."""

    def write(self, data: bytes) -> None:
        """Send bytes; OSError once the port is gone."""

    def close(self) -> None:
        """Let go of the port; never raises."""


Opener = Callable[[str, Callable[[bytes], None], Callable[[], None]], Port]


@dataclass(frozen=True, slots=True)
class Cable:
    """The serial ports to use: the computer's own, or simulated ones.

    `open_port(name, on_bytes, on_lost)` opens a port; `port_names()` lists those there are, and
    `ports()` tells what is behind them.
    `clock_ns` is the host's clock.
    """

    open_port: Opener = open_port
    port_names: Callable[[], list[str]] = port_names
    clock_ns: HostClock = monotonic_ns
    ports: Callable[[], list[PortInfo]] = ports


@dataclass(frozen=True, slots=True)
class Plugged:
    """A wearable on a cable: its port, its hardware address, its protocol version."""

    port: str
    wearable: str
    version: str


class UsbLink:
    """One wearable over USB serial; `address` is the name of its port."""

    def __init__(self, address: str, cable: Cable | None = None) -> None:
        self.address = address
        self._cable = cable or Cable()
        self._port: Port | None = None
        self._arrived: asyncio.Queue[tuple[int, bytes] | None] = asyncio.Queue()
        self.reader_kind = frames.FrameReader
        self._packets = cobs.PacketReader()
        self._frames = self.reader_kind()
        self._under_way = 0
        self._granted = asyncio.Event()

    async def open(self) -> None:
        """Open the port.

        Raises
        ------
        LinkError
            it is not there, in use, or not permitted
        """
        self._arrived = asyncio.Queue()
        self._packets = cobs.PacketReader()
        self._frames = self.reader_kind()
        self._under_way = 0
        try:
            self._port = self._cable.open_port(self.address, self._on_bytes, self._on_lost)
            self._port.write(bytes([cobs.DELIMITER]))
        except OSError as error:
            raise LinkError(
                f"cannot open port {self.address} ({error.strerror or error}); is the cable "
                "plugged in, and no other program using it?"
            ) from error

    async def write(self, framed: bytes) -> int:
        """Send one frame; the host's clock in ns just before it left."""
        packet = cobs.packet(framed)
        await self._wait_for_room(len(packet))
        if self._port is None:
            raise LinkError(f"port {self.address} is not open")
        self._under_way += len(packet)
        sent_ns = self._cable.clock_ns()
        try:
            self._port.write(packet)
        except OSError as error:
            raise LinkError(f"the cable at {self.address} was unplugged ({error})") from error
        return sent_ns

    async def read(self) -> tuple[int, bytes]:
        """Next frame with its arrival in host ns; raises LinkError once the link is lost."""
        arrival = await self._arrived.get()
        if arrival is None:
            raise LinkError(f"the cable at {self.address} was unplugged or the wearable restarted")
        return arrival

    async def close(self) -> None:
        """Let go of the port; never raises."""
        port, self._port = self._port, None
        if port is not None:
            port.close()

    async def _wait_for_room(self, size: int) -> None:
        """Wait until the wearable took enough; what it never grants is taken to be lost."""
        while self._under_way and self._under_way + size > WINDOW_BYTES:
            self._granted.clear()
            try:
                await asyncio.wait_for(self._granted.wait(), GRANT_TIMEOUT_S)
            except TimeoutError:
                self._under_way = 0

    def _on_bytes(self, data: bytes) -> None:
        now_ns = self._cable.clock_ns()
        for packet in self._packets.feed(data):
            for framed in self._frames.feed(packet):
                if frames.kind_of(framed) == messages.Taken.KIND:
                    self._grant(framed)
                else:
                    self._arrived.put_nowait((now_ns, framed))

    def _grant(self, framed: bytes) -> None:
        taken = message_of(framed)
        if isinstance(taken, messages.Taken):
            self._under_way = max(0, self._under_way - taken.count)
            self._granted.set()

    def _on_lost(self) -> None:
        self._arrived.put_nowait(None)


def is_cable(address: str) -> bool:
    """Whether a link with this address is a cable: whatever is no address of Bluetooth's."""
    return bool(address) and not _BLUETOOTH.fullmatch(address.lower())


def as_it_is(link: Link) -> Link:
    """A link to a wearable without a key."""
    return link


async def scan(
    cable: Cable, seconds: float = 1.0, sealed: Callable[[Link], Link] = as_it_is
) -> list[Plugged]:
    """Wearables on serial ports: each port that answers a greeting, asked all at once.

    sealed : makes the link to one that may have a key
    """
    links = [sealed(UsbLink(name, cable)) for name in cable.port_names()]
    answers = await asyncio.gather(*(_greet(link, seconds) for link in links))
    return [one for one in answers if one is not None]


async def _greet(link: Link, seconds: float) -> Plugged | None:
    talk = Conversation(link, versions=Versions.ANY)
    try:
        async with asyncio.timeout(seconds), talk:
            hello = await talk.greet()
    except (LinkError, TimeoutError):
        return None
    return Plugged(link.address, hello.wearable.hex(), f"{hello.major}.{hello.minor}")
