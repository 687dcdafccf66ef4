"""Images of MicroPython: which official ones are known, and whether a file is whole and fits.

An image is a boot loader, a table of partitions at 0x8000, and the application, which ends in the
SHA-256 of itself: a file that was cut or damaged does not agree with it.
"""

import hashlib
import json
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from dyadkit.devices.flashing.boards import FILE_SYSTEM_AT, FlashableBoard, FlashError

TABLE = Path(__file__).with_name("images.json")
CHIP_NUMBERS = {"ESP32-S3": 9, "ESP32-C6": 13}  # of esp_chip_id_t in ESP-IDF

_MAGIC = 0xE9
_PARTITIONS_AT, _PARTITIONS_END = 0x8000, 0x9000
_PARTITION = struct.Struct("<HBBII16sI")
_PARTITION_MAGIC = 0x50AA
_APPLICATION, _DATA = 0, 1
_FILE_SYSTEMS = ("vfs", "ffat")
MIN_FILE_SYSTEM = 0x100000
"""The firmware, one update beside it and the reserve take three quarters of this."""

_HEADER_BYTES, _SEGMENT, _HASH_BYTES = 24, struct.Struct("<II"), 32
_CHIP_AT, _HAS_HASH_AT = 12, 23


@dataclass(frozen=True, slots=True)
class Partition:
    """A part of flash: what it holds, and where."""

    kind: int
    label: str
    offset: int
    size: int


@dataclass(frozen=True, slots=True)
class MicroPythonImage:
    """An image that was looked at: its bytes, its hash, its version if it is an official one."""

    data: bytes
    sha256: str
    version: str

    @property
    def name(self) -> str:
        """Its version, or the beginning of its hash."""
        return self.version or f"sha256:{self.sha256[:12]}"


def official_images() -> list[dict[str, str]]:
    """The official images that are known, a row each; see `host/official_images.py`."""
    rows: list[dict[str, str]] = json.loads(TABLE.read_text(encoding="utf-8"))
    return rows


def checked_image(
    path: Path | None, board: FlashableBoard, expected_sha256: str = ""
) -> MicroPythonImage:
    """An image that is whole, of this chip, and official or vouched for.

    Raises
    ------
    FlashError
        it is not; says what to do
    """
    if path is None:
        raise FlashError(
            f"no image of MicroPython given: download the .bin of {board.image} from "
            f"{board.download} and give it with --image FILE"
        )
    try:
        data = path.read_bytes()
    except OSError as error:
        raise FlashError(f"cannot read {path}: {error.strerror}") from error
    _check_whole(data, path, board)
    found = hashlib.sha256(data).hexdigest()
    return MicroPythonImage(data, found, _version_of(found, path, board, expected_sha256))


def file_system_place(image: MicroPythonImage, flash_bytes: int) -> tuple[int, int]:
    """Offset and size of the file system; one the image does not name takes what is left.

    Raises
    ------
    FlashError
        the flash is too small
    """
    parts = (one for one in partitions(image.data) if one.label in _FILE_SYSTEMS)
    last = next(parts, Partition(_DATA, "", FILE_SYSTEM_AT, flash_bytes - FILE_SYSTEM_AT))
    end = max(last.offset + last.size, FILE_SYSTEM_AT + MIN_FILE_SYSTEM)
    if end > flash_bytes:
        raise FlashError(
            f"this image needs {end >> 20} MiB of flash, the board has {flash_bytes >> 20} MiB: "
            "take an image made for its size"
        )
    return last.offset, last.size


def _version_of(found: str, path: Path, board: FlashableBoard, expected: str) -> str:
    """Version of an official image; empty for one that only the caller vouches for."""
    known = [row for row in official_images() if row["image"] == board.image]
    for row in known:
        if row["sha256"] == found:
            return row["version"]
    if expected:
        if expected.lower() == found:
            return ""
        raise FlashError(f"{path} has SHA-256 {found}, not {expected}: download it again")
    which = ", ".join(row["version"] for row in known) or "none yet"
    raise FlashError(
        f"{path} is none of the official images of {board.image} that this dyadkit knows "
        f"({which}); if you trust where it is from ({board.download}), repeat with "
        f"--sha256 {found}"
    )


def _check_whole(data: bytes, path: Path, board: FlashableBoard) -> None:
    if len(data) < _PARTITIONS_END or data[0] != _MAGIC:
        raise FlashError(f"{path} is no image of MicroPython for an ESP32: see {board.download}")
    chip = int.from_bytes(data[_CHIP_AT : _CHIP_AT + 2], "little")
    if chip != CHIP_NUMBERS[board.chip]:
        known = {number: name for name, number in CHIP_NUMBERS.items()}
        raise FlashError(
            f"{path} is for {known.get(chip, 'another chip')}, {board.title} has an {board.chip}: "
            f"see {board.download}"
        )
    applications = [one for one in partitions(data) if one.kind == _APPLICATION]
    if not applications or not _is_whole_application(data[applications[0].offset :]):
        raise FlashError(f"{path} is cut short or damaged: download it again")


def _is_whole_application(data: bytes) -> bool:
    """Whether an application is all there and agrees with the hash at its end."""
    if len(data) < _HEADER_BYTES or data[0] != _MAGIC:
        return False
    end = _HEADER_BYTES
    for _ in range(data[1]):
        if len(data) < end + _SEGMENT.size:
            return False
        end += _SEGMENT.size + _SEGMENT.unpack_from(data, end)[1]
    end += 16 - end % 16  # a checksum ends the last sixteen bytes
    if not data[_HAS_HASH_AT]:
        return len(data) >= end
    return data[end : end + _HASH_BYTES] == hashlib.sha256(data[:end]).digest()


def partitions(data: bytes) -> Iterator[Partition]:
    """Partitions of an image."""
    for at in range(_PARTITIONS_AT, min(_PARTITIONS_END, len(data)), _PARTITION.size):
        magic, kind, _, offset, size, label, _ = _PARTITION.unpack_from(data, at)
        if magic != _PARTITION_MAGIC:
            return
        yield Partition(kind, label.rstrip(b"\0").decode("ascii", "replace"), offset, size)
