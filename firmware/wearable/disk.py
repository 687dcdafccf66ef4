"""The file system in flash, mounted so that it holds the processor for a short time only.

LittleFS searches its directories backwards in small steps, when it makes a new block of one, each
few minutes of a recording, and when it looks for free blocks. Usually it remembers 256 of these and
walks through all of flash each 40 minutes: 12 000 reads of 60 us. With larger reads and 16 MB
remembered it is 2 000, and only at boot; it costs 4 kB of RAM.
"""

import os

import vfs

READ_BYTES = 256
LOOKAHEAD_BYTES = 512  # a bit for each block of 4 KiB


def remount() -> bool:
    """Mount the flash anew with larger reads, while no file is open; False if it is no LittleFS.

    An image for FAT is such. What it mounted stays mounted: the wearable can still say so.
    """
    try:
        from flashbdev import bdev  # where the port keeps its flash
    except ImportError:
        return True  # another port: its mount will do
    # no times of files: the wearable has no calendar, and each would be one more thing to write
    options = {"readsize": READ_BYTES, "lookahead": LOOKAHEAD_BYTES, "mtime": False}
    try:
        found = vfs.VfsLfs2(bdev, **options)  # type: ignore[abstract] # so the stubs say
    except OSError:
        return False
    root = os.getcwd()
    vfs.umount(root)
    vfs.mount(found, root)
    os.chdir(root)
    return True


def has(name: str) -> bool:
    """Whether there is such a file."""
    try:
        os.stat(name)
    except OSError:
        return False
    return True
