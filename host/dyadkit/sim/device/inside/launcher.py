"""Start a virtual wearable: put virtual time in place, mount the flash, run the firmware.

    micropython launcher.py CONFIG.json

MICROPYPATH is this folder, then the firmware's, then the shared protocol's.
"""

import binascii
import os
import random
import sys
import time

from virtual import costs, tasks
from virtual.world import clock, config

sys.modules["_asyncio"] = tasks
sys.modules["utime"] = time  # the old name, by which others' drivers ask

import asyncio.core as core  # noqa: E402 - after _asyncio is replaced

from virtual import cable, chaos, heap, waiting  # noqa: E402
from virtual.clock import BROWN_OUT  # noqa: E402
from virtual.flash import VirtualFlash  # noqa: E402

FLASH_ROOT = "/flash"


def install_asyncio():
    """Let the frozen asyncio wait in virtual time."""
    tasks.core = core
    core._io_queue = waiting.VirtualWaiting(core._task_queue)


def mount_flash():
    """Mount the flash, formatted at the first boot, and make it the current directory."""
    flash = VirtualFlash(config["flash"], config["flash_blocks"])
    try:
        filesystem = os.VfsLfs2(flash, mtime=False)
    except OSError:
        os.VfsLfs2.mkfs(flash)
        filesystem = os.VfsLfs2(flash, mtime=False)
    sys.modules["flashbdev"] = flash  # as the port's own module, whose `bdev` is the flash
    os.mount(filesystem, FLASH_ROOT)
    os.chdir(FLASH_ROOT)
    if config["key"] and not os.listdir():  # at the first boot only: it may be erased
        with open("wearable.key", "wb") as file:
            file.write(binascii.unhexlify(config["key"]))
    if config["settings"] and "settings.json" not in os.listdir():
        with open("settings.json", "w") as file:
            file.write(config["settings"])


def run(path):
    """Run one of the firmware's start files as the board would."""
    with open(path) as file:
        source = file.read()
    exec(compile(source, path, "exec"), {"__name__": "__main__", "__file__": path})


for _name, _value in config["costs"].items():
    setattr(costs, _name, _value)
random.seed(config["seed"])
install_asyncio()
cable.plug_in()
if config["heap_each_us"]:
    heap.note_each(config["heap_each_us"], config["heap_log"])
if config["chaos"]:
    clock.chaos = chaos.ChaosDice(config["chaos"])
    clock.receivers[BROWN_OUT] = clock.chaos.fail
heap.install_collector()
clock.wait_until(clock.now)
mount_flash()
for _path in config["start"]:
    run(_path)
