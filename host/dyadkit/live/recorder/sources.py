"""Where wearables come from: this computer's radio, its cables, or a simulated world."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from dyadkit.capture.session import Aside, at_once, beside
from dyadkit.devices.discovery import WearableInReach, plugged, reachable
from dyadkit.devices.kit_links import with_keys
from dyadkit.dyad.traces import PERSONS, PersonName
from dyadkit.links import HostClock, Link, monotonic_ns
from dyadkit.links.ble import BleLink, BleRadio
from dyadkit.links.serialport import is_port
from dyadkit.links.usb import Cable, UsbLink
from dyadkit.sim.world import World


class WearableSource(Protocol):
    """Wearables in reach, and a link to each."""

    @property
    def clock_ns(self) -> HostClock:
        """The clock its links stamp with."""

    @property
    def aside(self) -> Aside:
        """Where the disk's work is done beside them."""

    @property
    def about(self) -> Mapping[str, Any]:
        """Facts for the session file."""

    async def find(self) -> list[WearableInReach]:
        """Wearables in reach, each asked how it is."""

    def link(self, address: str) -> Link:
        """A link to one of them."""

    def trouble(self, person: PersonName, seconds: float) -> None:
        """Take one out of reach for so long; raises ValueError where that is not simulated."""


@dataclass(frozen=True, slots=True)
class ThisComputer:
    """Wearables on the Bluetooth or the cables of this computer."""

    is_wired: bool = False
    clock_ns: HostClock = monotonic_ns
    aside: Aside = beside
    about: Mapping[str, Any] = field(default_factory=dict)

    async def find(self) -> list[WearableInReach]:
        """Wearables in reach, each asked how it is."""
        return await (plugged(Cable()) if self.is_wired else reachable(BleRadio()))

    def link(self, address: str) -> Link:
        """A link to one of them: over the cable where it is a serial port."""
        link = UsbLink(address) if is_port(address) else BleLink(address, BleRadio())
        return with_keys(link)

    def trouble(self, person: PersonName, seconds: float) -> None:
        """Nothing here is simulated."""
        raise ValueError("only simulated wearables can be put out of reach from here")


class SimulatedWorld:
    """Two virtual wearables in a simulated world, over its radio."""

    def __init__(self, world: World, about: Mapping[str, Any]) -> None:
        self.clock_ns = world.clock_ns
        self.aside: Aside = at_once
        self.about = {"simulated": True, **about}
        self._world = world
        self._radio = BleRadio(world.client_backend, world.scanner_backend, world.clock_ns)

    async def find(self) -> list[WearableInReach]:
        """The virtual wearables, each asked how it is."""
        return await reachable(self._radio)

    def link(self, address: str) -> Link:
        """A link to one of them."""
        return BleLink(address, self._radio)

    def trouble(self, person: PersonName, seconds: float) -> None:
        """Take a wearable out of reach for so long."""
        self._world.drop(person, seconds)

    def addresses(self) -> dict[PersonName, str]:
        """Where each person's wearable is."""
        return {person: self._world.address(person) for person in PERSONS}
