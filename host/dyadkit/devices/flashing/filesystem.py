"""The file system of a new wearable: start files, compiled firmware, settings, on LittleFS."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from dyadkit.devices.firmware_update import application_of
from dyadkit.devices.flashing.boards import FlashError
from dyadkit.errors import extra
from dyadwire.gatt import MAX_NAME_BYTES

BLOCK_BYTES = 4096
START_FILES = ("boot.py", "main.py", "slots/__init__.py")
SLOT = "slot-a"
_ERASED = b"\xff"


@dataclass(frozen=True, slots=True)
class WearableSettings:
    """What makes one wearable differ from another: its name and its board."""

    name: str
    board: str


def check_name(name: str) -> None:
    """Refuse a name that a wearable could not advertise.

    Raises
    ------
    FlashError
        it is empty, too long, or holds what is no text
    """
    size = len(name.encode("utf-8", "surrogatepass"))
    if not name.strip():
        raise FlashError("a wearable needs a name: give --name, for example --name blue")
    if not name.isprintable() or name != name.strip():
        raise FlashError(f"the name {name!r} begins or ends with a space, or is not printable")
    if size > MAX_NAME_BYTES:
        raise FlashError(
            f"the name {name!r} takes {size} bytes, {MAX_NAME_BYTES} can be advertised "
            "(letters take one, an emoji four): give a shorter one"
        )


def wearable_files(firmware: Path, processor: str, settings: WearableSettings) -> dict[str, bytes]:
    """Every file of a new wearable by its path.

    The firmware is in the first slot, as an update would be, and proven: the next update goes into
    the other and has this one to come back to.
    """
    application = application_of(firmware, processor)
    used = {"use": SLOT, "before": "", "tries": 0, "crc": application.crc, "crc_before": 0}
    chosen = {"name": settings.name, "board": settings.board}
    return {
        **{name: (firmware / name).read_bytes() for name in START_FILES},
        SLOT: application.data,
        "slots.json": json.dumps(used).encode(),
        "settings.json": json.dumps(chosen, ensure_ascii=False).encode(),
    }


def littlefs_image(files: Mapping[str, bytes], size_bytes: int) -> bytes:
    """A LittleFS of this size with these files, as MicroPython mounts it.

    Raises
    ------
    FlashError
        they do not fit
    """
    with extra("flash"):
        from littlefs import LittleFS, LittleFSError
    disk = LittleFS(
        block_size=BLOCK_BYTES, block_count=size_bytes // BLOCK_BYTES,
        read_size=32, prog_size=32, lookahead_size=32, disk_version=0x00020000,
    )  # fmt: skip
    try:
        for name, data in sorted(files.items()):
            disk.makedirs(str(Path(name).parent.as_posix()), exist_ok=True)
            with disk.open(name, "wb") as file:
                file.write(data)
    except LittleFSError as error:
        raise FlashError(
            f"the firmware does not fit into {size_bytes >> 10} KiB of file system ({error})"
        ) from error
    return bytes(disk.context.buffer)


def written_part(image: bytes) -> bytes:
    """The image without the erased blocks at its end, which need not be written."""
    blocks = len(image) // BLOCK_BYTES
    erased = _ERASED * BLOCK_BYTES
    while blocks and image[(blocks - 1) * BLOCK_BYTES : blocks * BLOCK_BYTES] == erased:
        blocks -= 1
    return image[: blocks * BLOCK_BYTES]
