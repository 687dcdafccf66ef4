# ruff: noqa: PTH123, SIM105, SIM115
"""A flash chip in a file, mounted as LittleFS; the power can be cut in the middle of a write.

MicroPython has neither pathlib nor contextlib.
"""

import os

BLOCK = 4096
ERASED = b"\xff" * BLOCK


class PowerCutError(Exception):
    pass


class Disk:
    reads = programs = erased = 0

    def __init__(self, path, blocks):
        self.path = path
        self.blocks = blocks
        self.writes_left = None
        self.torn = 0
        self.is_failing = False
        self.erases = 0
        self.file = open(path, "r+b")

    def counts(self):
        """Reads, pages programmed and blocks erased, over all mounts."""
        return Disk.reads, Disk.programs, Disk.erased

    def readblocks(self, block, buffer, offset=0):
        Disk.reads += 1
        self.file.seek(block * BLOCK + offset)
        self.file.readinto(buffer)

    def writeblocks(self, block, buffer, offset=0):
        self._spend()
        Disk.programs += 1 + len(buffer) // 256
        self.file.seek(block * BLOCK + offset)
        if self.writes_left == 0:
            self.file.write(memoryview(buffer)[: len(buffer) * self.torn // 8])
            raise PowerCutError
        self.file.write(buffer)

    def ioctl(self, operation, argument):
        if operation == 4:
            return self.blocks
        if operation == 5:
            return BLOCK
        if operation == 6:
            self._spend()
            self.erases += 1
            Disk.erased += 1
            if self.writes_left == 0:
                raise PowerCutError
            self.file.seek(argument * BLOCK)
            self.file.write(ERASED)
        return 0

    def cut_after(self, writes, torn=0):
        """Cut the power in so many writes; torn eighths of the last one still get through."""
        self.writes_left = writes
        self.torn = torn

    def _spend(self):
        if self.is_failing:
            raise OSError(5)
        if self.writes_left:
            self.writes_left -= 1
        elif self.writes_left == 0:
            raise PowerCutError


def fresh(blocks=512):
    """A formatted, mounted disk that is the present folder."""
    path = os.getenv("DYADKIT_DISK")
    with open(path, "wb") as file:
        for _ in range(blocks):
            file.write(ERASED)
    disk = Disk(path, blocks)
    os.VfsLfs2.mkfs(disk)
    return mounted(disk)


def mounted(disk):
    """The same disk mounted again, as after a power cut: what still holds the old one is dead."""
    os.chdir("/")
    try:
        os.umount("/flash")
    except OSError:
        pass
    disk.cut_after(0)
    disk = Disk(disk.path, disk.blocks)
    # as wearable/disk.py does
    os.mount(os.VfsLfs2(disk, lookahead=512, readsize=256), "/flash")
    os.chdir("/flash")
    return disk
