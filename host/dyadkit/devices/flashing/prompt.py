"""A running wearable brought to its boot loader through its prompt, so that BOOT need not be held.

An ESP32-S3 that runs has a USB of MicroPython's own, through which esptool cannot restart it.
"""

import asyncio
import contextlib

from dyadkit.devices.usb_boards import BOOT_LOADER, may_be_in_boot_loader
from dyadkit.links.serialport import PortInfo, same_port
from dyadkit.links.usb import Cable

TO_PROMPT = b"\0\r\x03\r\x03"
"""Where a packet may begin, RETURN and Ctrl-C end the program of a wearable."""

TO_BOOT_LOADER = b"\r\nimport machine\r\nmachine.bootloader()\r\n"
PROMPT_WAIT_S = 1.0
APPEARS_WITHIN_S = 10.0
ESPRESSIF = BOOT_LOADER[0]
_LOOK_EACH_S = 0.25


async def port_of_boot_loader(name: str, cable: Cable) -> str:
    """Port at which esptool reaches the board: another one, where it had to be brought there."""
    before = cable.ports()
    here = next((one for one in before if same_port(one.name, name)), None)
    if here is None or may_be_in_boot_loader(here) or here.vendor != ESPRESSIF:
        return name
    await _ask_for_boot_loader(name, cable)
    return await _appeared(name, before, cable)


async def _ask_for_boot_loader(name: str, cable: Cable) -> None:
    with contextlib.suppress(OSError):  # the port goes as soon as the chip restarts
        port = cable.open_port(name, lambda _: None, lambda: None)
        try:
            port.write(TO_PROMPT)
            await asyncio.sleep(PROMPT_WAIT_S)
            port.write(TO_BOOT_LOADER)
            await asyncio.sleep(PROMPT_WAIT_S)
        finally:
            port.close()


async def _appeared(name: str, before: list[PortInfo], cable: Cable) -> str:
    """The boot loader's port that was not there before; the old name if none comes."""
    known = {one.name for one in before if may_be_in_boot_loader(one)}
    for _ in range(round(APPEARS_WITHIN_S / _LOOK_EACH_S)):
        await asyncio.sleep(_LOOK_EACH_S)
        for one in cable.ports():
            if may_be_in_boot_loader(one) and one.name not in known:
                return one.name
    return name
