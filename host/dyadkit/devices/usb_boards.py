"""Boards on USB as this computer sees them: whose chip, with or without a serial port, how told.

A board without a serial port lacks a driver; one that is in its boot loader waits to be flashed.
"""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from dyadkit.links.serialport import PortInfo


@dataclass(frozen=True, slots=True)
class UsbMaker:
    """Maker of a chip that boards are on USB by: its number, its name, where its driver is."""

    vendor: int
    name: str
    driver: str = ""


MAKERS = (
    UsbMaker(0x303A, "an ESP32 by its own USB"),
    UsbMaker(0x10C4, "a CP210x", "silabs.com/developer-tools/usb-to-uart-bridge-vcp-drivers"),
    UsbMaker(0x1A86, "a CH340 or CH9102", "wch-ic.com/downloads/CH341SER_EXE.html"),
    UsbMaker(0x0403, "an FTDI chip", "ftdichip.com/drivers/vcp-drivers"),
)
BY_VENDOR = {one.vendor: one for one in MAKERS}

BOOT_LOADER = (0x303A, 0x1001)
"""The USB that is built into the chip: of an ESP32-S3 in its boot loader, of an ESP32-C6 always."""

RULES_FILE = "/etc/udev/rules.d/60-dyadkit.rules"
_SYS = Path("/sys/bus/usb/devices")
_DEVICES = (
    "Get-PnpDevice -PresentOnly | Where-Object InstanceId -like 'USB\\VID_*' | "
    "Select-Object InstanceId, Class | ConvertTo-Json -Compress"
)


def udev_rules() -> str:
    """Rules that let whoever sits at a Linux computer open these boards, and keep modems away."""
    return "\n".join(
        f'SUBSYSTEM=="tty", ATTRS{{idVendor}}=="{one.vendor:04x}", MODE="0660", '
        'TAG+="uaccess", ENV{ID_MM_DEVICE_IGNORE}="1"'
        for one in MAKERS
    )


def may_be_in_boot_loader(port: PortInfo) -> bool:
    """Whether a port that does not answer may be that of a board waiting to be flashed."""
    return (port.vendor, port.product) == BOOT_LOADER


def makers_without_port() -> list[UsbMaker]:
    """Makers of the chips that are plugged in and have no serial port: a driver is missing.

    Linux and Windows tell; macOS brings these drivers with it.
    """
    if sys.platform == "linux":
        return on_linux(_SYS)
    if sys.platform == "win32":
        return on_windows(_asked(["powershell", "-NoProfile", "-Command", _DEVICES]))
    return []


def on_linux(devices: Path) -> list[UsbMaker]:
    """The same from the folder in which Linux describes what is on USB."""
    found = []
    for vendor in sorted(devices.glob("*/idVendor")):
        maker = BY_VENDOR.get(int(vendor.read_text(), 16))
        interfaces = devices.glob(f"{vendor.parent.name}:*")
        has_port = any(
            next(interface.glob(pattern), None)
            for interface in interfaces
            for pattern in ("tty/*", "ttyUSB*", "ttyACM*")
        )
        if maker is not None and not has_port:
            found.append(maker)
    return found


def on_windows(reported: str) -> list[UsbMaker]:
    """The same from what Windows tells of the devices that are there, as JSON."""
    try:
        devices = json.loads(reported or "[]")
    except ValueError:
        return []
    found = []
    for one in devices if isinstance(devices, list) else [devices]:
        number = str(one.get("InstanceId", "")).upper().partition("VID_")[2][:4]
        maker = BY_VENDOR.get(int(number, 16)) if number else None
        is_part = "&MI_" in str(one.get("InstanceId", "")).upper()
        if maker is not None and not is_part and one.get("Class") not in ("Ports", "USB"):
            found.append(maker)
    return found


def _asked(command: list[str]) -> str:
    try:
        ran = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)
    except (OSError, subprocess.SubprocessError):
        return ""
    return ran.stdout
