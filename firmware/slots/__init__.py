"""The two slots for an application in flash, `slot-a` and `slot-b`, and which of them runs.

A slot is one file: the update as it came, a row of files. A folder for each package and blocks of
4 KiB for each module would take almost four times the flash. It is mounted as a file system that
can only be read, and modules are loaded from where they lie in it.

An update goes into the slot that does not run and is on trial until it has run well for a minute.
A copy that is damaged, or did not get that far in two boots, gives way to the one before: another
slot, or what is frozen into the image. This file and `boot.py` are never part of an update.
"""

import binascii
import io
import json
import os
import struct
import sys
from array import array

from micropython import const

TYPE_CHECKING = const(0)
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import IO, Any

FILE = "slots.json"
SPARE = "slots.new"
NAMES = ("slot-a", "slot-b")
FROZEN = ""
MOUNTED = "/slot"
_MAX_TRIES = const(2)
_CHUNK = const(512)
_HEAD = "<II"  # size and CRC32 of a file, behind the length of its name and the name
_HEAD_SIZE = struct.calcsize(_HEAD)
_FOLDER = const(0x4000)
_FILE = const(0x8000)
_CLOSE = const(4)
_NOT_THERE = const(2)  # ENOENT
_NO_SUCH_CALL = const(-22)  # EINVAL


def load() -> "dict[str, Any]":
    """Which slot is in use, which was before, how often the one on trial was tried (0: proven).

    `crc` is the checksum of the update in use, `crc_before` that of the one before.
    """
    known: dict[str, Any] = {"use": FROZEN, "before": FROZEN, "tries": 0, "crc": 0, "crc_before": 0}
    try:
        with open(FILE) as file:
            known.update(json.load(file))
    except (OSError, ValueError):
        pass
    return known


def save(known: "dict[str, Any]") -> None:
    """Write whole and rename: a power cut leaves the old or the new."""
    with open(SPARE, "w") as file:
        json.dump(known, file)
    os.rename(SPARE, FILE)


# The checksum is tried at each power-on: flash may be damaged long after the trial.
#   1. What is frozen is in use: nothing to do, and nothing to go wrong.
#   2. A slot is damaged, or was tried often enough without getting through its minute: the one
#      before is in use from now on, proven, and there is none before it.
#   3. On trial: this try is written down before anything of the slot runs, so that one that
#      crashes while it is imported is given up too.
#   4. Proven and whole: it only has to be found.
def enter() -> None:
    """At boot: let imports find the application that shall run."""
    known = load()
    if known["use"] == FROZEN:
        return
    tries = known["tries"]
    if tries > _MAX_TRIES or not is_whole(known["use"], known["crc"]):
        known = {"use": known["before"], "before": FROZEN, "tries": 0, "crc": known["crc_before"]}
        save(known)
    elif tries:
        known["tries"] = tries + 1
        save(known)
    if known["use"] != FROZEN and is_whole(known["use"], known["crc"]):
        os.mount(SlotFiles(os.getcwd().rstrip("/") + "/" + known["use"]), MOUNTED)
        sys.path.insert(0, MOUNTED)


def spare() -> str:
    """The slot an update may be written to."""
    return NAMES[1] if load()["use"] == NAMES[0] else NAMES[0]


def begin_trial(slot: str, crc: int) -> None:
    """Let the next boot try this slot, which holds the update with this checksum."""
    known = load()
    known.update({"use": slot, "before": known["use"], "tries": 1})
    known.update({"crc": crc, "crc_before": known["crc"]})
    save(known)


def confirm() -> None:
    """The application on trial has run well: keep it."""
    known = load()
    if known["tries"]:
        known["tries"] = 0
        save(known)


def is_on_trial() -> bool:
    """Whether the application that runs may still be given up."""
    return bool(load()["tries"])


def build() -> bytes:
    """Four letters that tell the update that runs from others; empty when what is frozen runs."""
    known = load()
    return b"" if known["use"] == FROZEN else ("%04x" % (known["crc"] & 0xFFFF)).encode()


def is_whole(slot: str, crc: int) -> bool:
    """Whether a slot holds what has this checksum."""
    try:
        return measure(slot) == crc
    except OSError:
        return False


def measure(slot: str) -> int:
    """CRC32 of what a slot holds."""
    crc = 0
    with open(slot, "rb") as file:
        while True:
            chunk = file.read(_CHUNK)
            if not chunk:
                return crc
            crc = binascii.crc32(chunk, crc)


def clear(slot: str) -> None:
    """Delete what a slot holds."""
    try:
        os.remove(slot)
    except OSError as error:
        if error.args[0] != _NOT_THERE:
            raise


def entries(file: "IO[bytes]") -> "Iterator[tuple[str, int, int]]":
    """Yield name, place and size of each file in a row of files.

    Raises
    ------
    ValueError
        it is no such row, or ends within a file
    """
    end = file.seek(0, 2)
    at = 0
    while at < end:
        file.seek(at)
        name = file.read(file.read(1)[0]).decode()
        head = file.read(_HEAD_SIZE)
        if not name or len(head) < _HEAD_SIZE:
            raise ValueError("no row of files")
        size = struct.unpack(_HEAD, head)[0]
        at += 1 + len(name.encode()) + _HEAD_SIZE
        if at + size > end:
            raise ValueError("a file is cut off")
        yield name, at, size
        at += size


class SlotFiles:
    """The files of a slot as a file system to be mounted; 12 bytes of memory a file."""

    def __init__(self, slot: str) -> None:
        self._file = open(slot, "rb")  # noqa: SIM115 - stays open
        self._places = array("I")  # CRC32 of a path, place, size; of a folder place 0
        folders = []
        for name, at, size in entries(self._file):
            self._note(name, at, size)
            folder = name.rpartition("/")[0]
            if folder and folder not in folders:
                folders.append(folder)
                self._note(folder, 0, 0)

    def mount(self, *_: "Any") -> None:
        """It is ready as it is."""

    def umount(self) -> None:
        """Let go of the slot."""
        self._file.close()

    def stat(self, path: str) -> "tuple[int, ...]":
        """Kind and size of a file or folder, as `os.stat` gives them."""
        at, size = self._find(path)
        return (_FILE if at else _FOLDER, 0, 0, 0, 0, 0, size, 0, 0, 0)

    def open(self, path: str, _: str) -> "SlotFile":
        """A file, to be read."""
        at, size = self._find(path)
        return SlotFile(self._file, at, size)

    def _note(self, path: str, at: int, size: int) -> None:
        for number in (binascii.crc32(path.encode()), at, size):
            self._places.append(number)

    def _find(self, path: str) -> "tuple[int, int]":
        wanted = binascii.crc32(path.strip("/").encode())
        places = self._places
        for index in range(0, len(places), 3):
            if places[index] == wanted:
                return places[index + 1], places[index + 2]
        raise OSError(_NOT_THERE)


class SlotFile(io.IOBase):
    """One file of a slot: a part of the slot's only file."""

    def __init__(self, file: "IO[bytes]", at: int, size: int) -> None:
        self._file = file
        self._at = at
        self._left = size

    def readinto(self, buffer: "bytearray | memoryview") -> int:
        """Fill the buffer as far as the file goes."""
        count = min(len(buffer), self._left)
        self._file.seek(self._at)
        self._file.readinto(memoryview(buffer)[:count])
        self._at += count
        self._left -= count
        return count

    def ioctl(self, request: int, _: int) -> int:
        """Closing it does nothing; it can do nothing else."""
        return 0 if request == _CLOSE else _NO_SUCH_CALL
