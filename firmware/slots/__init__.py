"""The two slots for an application in flash, `slot-a` and `slot-b`, and which of them runs.

An update goes into the copy that does not run and is on trial until it has run well for a minute.
A copy that is damaged, or did not get that far in two boots, gives way to the one before: another
slot, or what is frozen into the image. This file and `boot.py` are never part of an update.
"""

import binascii
import json
import os
import sys

from micropython import const

TYPE_CHECKING = const(0)
if TYPE_CHECKING:
    from typing import Any

FILE = "slots.json"
SPARE = "slots.new"
MANIFEST = "manifest.json"
NAMES = ("slot-a", "slot-b")
FROZEN = ""
_MAX_TRIES = const(2)
_CHUNK = const(512)


def load() -> "dict[str, Any]":
    """Which slot is in use, which was before, how often the one on trial was tried (0: proven).

    `crc` tells the update in use from others, `crc_before` the one before.
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


# The manifest is checked at each power-on: flash may be damaged long after the trial.
#   1. What is frozen is in use: nothing to do, and nothing to go wrong.
#   2. A slot is damaged, or was tried often enough without getting through its minute: the one
#      before is in use from now on, proven, and there is none before it.
#   3. On trial: this try is written down before anything of the slot runs, so that one that
#      crashes while it is imported is given up too.
#   4. Proven and whole: it only has to be found.
def enter() -> None:
    """At boot: let imports find the application that shall run."""
    known = load()
    use = known["use"]
    if use == FROZEN:
        return
    tries = known["tries"]
    if tries > _MAX_TRIES or not is_whole(use):
        use = known["before"]
        save({"use": use, "before": FROZEN, "tries": 0, "crc": known["crc_before"]})
    elif tries:
        known["tries"] = tries + 1
        save(known)
    if use != FROZEN and is_whole(use):
        sys.path.insert(0, os.getcwd().rstrip("/") + "/" + use)


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


def is_whole(slot: str) -> bool:
    """Whether all files of a slot are as its manifest says."""
    try:
        with open(slot + "/" + MANIFEST) as file:
            files = json.load(file)
        for name, (size, crc) in files.items():
            if (size, crc) != measure(slot + "/" + name):
                return False
    except (OSError, ValueError, TypeError):
        return False
    return True


def measure(path: str) -> "tuple[int, int]":
    """Size and CRC32 of a file."""
    size = crc = 0
    with open(path, "rb") as file:
        while True:
            chunk = file.read(_CHUNK)
            if not chunk:
                return size, crc
            size += len(chunk)
            crc = binascii.crc32(chunk, crc)


def clear(folder: str) -> None:
    """Delete a folder and everything in it, if it is there."""
    try:
        entries = list(os.ilistdir(folder))
    except OSError:
        return
    for entry in entries:
        path = folder + "/" + entry[0]
        if entry[1] & 0x4000:
            clear(path)
        else:
            os.remove(path)
    os.rmdir(folder)
