"""The file system in flash, mounted so that it holds the processor for a short time only.

LittleFS reads its full directory block in small steps when it makes a new one, each few minutes of
a recording. With four times larger reads that takes some 160 ms instead of 240 and more, which the
sensors' FIFOs outlast; it costs 1 kB of RAM.
"""

import os

import vfs

READ_BYTES = 128


def remount() -> None:
    """Mount the flash anew with larger reads; to be called while no file is open."""
    try:
        from flashbdev import bdev  # where the port keeps its flash
    except ImportError:
        return  # another port: its mount will do
    root = os.getcwd()
    vfs.umount(root)
    vfs.mount(vfs.VfsLfs2(bdev, readsize=READ_BYTES), root)  # type: ignore[abstract] # so the stubs say
    os.chdir(root)
