"""Recordings on a board that nobody fetched: what flashing would lose."""

import tempfile
from pathlib import Path

from dyadkit.devices.flashing.boards import FILE_SYSTEM_AT
from dyadkit.devices.flashing.chip import Esptool
from dyadkit.devices.flashing.filesystem import BLOCK_BYTES
from dyadkit.errors import LinkError, extra
from dyadkit.links import Link
from dyadkit.links.conversation import Conversation, Versions
from dyadwire import messages
from dyadwire.states import RECORDING

FOLDER = "rec"
MIN_RECORDING_BYTES = 1024
"""What a boot says of itself takes less; a recording takes that in three seconds."""

FETCHED = ".old"
"""Ending of the name of a segment that a host has."""

GREETS_WITHIN_S = 3.0
"""A wearable that runs answers within a tenth of that; a bare board never does."""

_MAGIC = b"littlefs"


async def unfetched_by_link(link: Link) -> str | None:
    """What a running wearable still holds, in words; empty for nothing, None if it is silent."""
    try:
        async with Conversation(link, versions=Versions.ANY) as talk:
            hello = await talk.greet(GREETS_WITHIN_S)
            if hello.state == RECORDING:
                return "it records at this moment"
            kib, number = 0, 0
            while True:
                held = await talk.request(messages.Contents(number), messages.Held)
                if held.number < max(number, 1):
                    return f"{kib} KiB that nobody fetched" if kib else ""
                kib += 0 if held.fetched else held.size_bytes // MIN_RECORDING_BYTES
                number = held.number + 1
    except LinkError:
        return None


def unfetched_by_chip(tool: Esptool, flash_bytes: int) -> str:
    """What lies in the flash of a board in its boot loader, in words; empty for nothing.

    Raises
    ------
    FlashError
        the flash cannot be read
    """
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "flash.bin"
        if _MAGIC not in tool.read(FILE_SYSTEM_AT, BLOCK_BYTES, file):
            return ""
        kib = unfetched_kib(tool.read(FILE_SYSTEM_AT, flash_bytes - FILE_SYSTEM_AT, file))
    return f"{kib} KiB that nobody fetched" if kib else ""


def unfetched_kib(image: bytes) -> int:
    """KiB of segments in a file system that no host has; 0 where it cannot be mounted."""
    with extra("flash"):
        from littlefs import LittleFS, LittleFSError
        from littlefs.context import UserContext
    context = UserContext(buffsize=len(image))
    context.buffer[:] = image
    try:
        disk = LittleFS(context, block_size=BLOCK_BYTES, block_count=0)
        names = disk.listdir(FOLDER)
        held = [name for name in names if not name.endswith(FETCHED)]
        sizes = [disk.stat(f"{FOLDER}/{name}").size for name in held]
    except LittleFSError:
        return 0
    return sum(size // MIN_RECORDING_BYTES for size in sizes)
