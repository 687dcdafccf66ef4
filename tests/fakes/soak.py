"""Two wearables in the field under chaos, and what their flash holds afterwards."""

import asyncio
import subprocess
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from test_field import send_out

from dyadkit.sim import DeviceClockModel, VirtualWearable, World
from dyadkit.sim.chaos import Chaos, plan, unleash
from dyadkit.sim.device.process import micropython_command
from dyadwire import frames, messages
from fakes.ordeal import feed

NAMES = "ab"
# flushed each ten seconds, looked at each half second; a block gathers for two seconds before; a
# stall on top
KEPT_AFTER_S = 13.0
SETTLE_S = 12.0

DUMP = """
import os, sys
class Disk:
    def __init__(self, path):
        self.file = open(path, "r+b")
        self.blocks = self.file.seek(0, 2) // 4096
    def readblocks(self, block, buffer, offset=0):
        self.file.seek(block * 4096 + offset)
        self.file.readinto(buffer)
    def writeblocks(self, block, buffer, offset=0):
        self.file.seek(block * 4096 + offset)
        self.file.write(buffer)
    def ioctl(self, operation, argument):
        if operation == 6:
            self.writeblocks(argument, b"\\xff" * 4096)
        return {4: self.blocks, 5: 4096}.get(operation, 0)
os.mount(os.VfsLfs2(Disk(sys.argv[1])), "/flash")
for name in sorted(os.listdir("/flash/rec")):
    with open("/flash/rec/" + name, "rb") as source, open(sys.argv[2] + "/" + name, "wb") as copy:
        while True:
            chunk = source.read(4096)
            if not chunk:
                break
            copy.write(chunk)
"""


@dataclass
class Soaked:
    """What came of one wearable.

    boots : how often it began
    blocks, exchanges : kept in flash, blocks of one stream
    lost_s : of each boot, the end that never reached flash
    holes : blocks missing before the last kept one of a boot
    faults : of tasks, and crashes; the watchdog's bites are boots beyond the planned ones
    growth_bytes : of the heap, in the worst boot
    """

    boots: int = 0
    blocks: int = 0
    lost_s: list = field(default_factory=list)
    holes: int = 0
    exchanges: int = 0
    faults: list = field(default_factory=list)
    growth_bytes: int = 0


@dataclass
class Soak:
    """A soak and its results."""

    troubles: list
    wearables: dict
    late_events: int
    trace_hash: str


def soak(seconds, seed, flash_kib=4096, chaos=None):
    """Run it; every choice comes from the seed."""
    chaos = chaos or Chaos(seed)
    clocks = {"a": DeviceClockModel(3.2, 22.0), "b": DeviceClockModel(7.9, -17.0)}
    with tempfile.TemporaryDirectory() as folder:
        flashes = {name: Path(folder) / f"{name}.flash" for name in NAMES}
        wearables = [
            VirtualWearable(
                name, feed(seconds + 60, seed), clocks[name], flash=flashes[name],
                flash_kib=flash_kib, heap_each_s=60.0, chaos=seed,
            )
            for name in NAMES
        ]  # fmt: skip
        troubles = plan(chaos, NAMES, seconds - SETTLE_S)
        with World(wearables, seed=seed) as world:
            world.run(lambda world: _live(world, troubles, seconds))
            results = {}
            for name in NAMES:
                kept = kept_in(flashes[name], Path(folder) / name)
                results[name] = _judge(world, name, kept)
            return Soak(troubles, results, world.late_events, world.trace_hash())


async def _live(world, troubles, seconds):
    await send_out(world)
    begun_s = world.now_s()
    await unleash(world, troubles)
    await asyncio.sleep(seconds - (world.now_s() - begun_s))


def kept_in(flash, folder):
    """Every message in a flash image, as the file system gives it after the last power cut."""
    folder.mkdir()
    script = folder.with_suffix(".py")
    script.write_text(DUMP)
    subprocess.run([*micropython_command(), script, flash, folder], check=True)
    kept = []
    for file in sorted(folder.iterdir()):
        for framed in frames.FrameReader().feed(file.read_bytes()):
            message = messages.unpack(frames.kind_of(framed), frames.payload_of(framed))
            if message is not None:
                kept.append(message)
    return kept


def _judge(world, name, kept):
    log = world.fifo_log(name)
    heap = world.heap_log(name)
    blocks = [one for one in kept if isinstance(one, messages.Block) and one.stream == 1]
    result = Soaked(blocks=len(blocks))
    result.exchanges = sum(isinstance(one, messages.Exchanged) for one in kept)
    result.faults = sorted(
        {one.text.decode() for one in kept
         if isinstance(one, messages.Fault) and one.code in (messages.TASK_FAULT, messages.CRASH)}
    )  # fmt: skip
    boots_kept = {}
    for block in blocks:
        boots_kept.setdefault(block.boot, []).append(block)
    for number in np.unique(log.boots):
        result.boots += 1
        read = log.rows[log.boots == number] - log.rows[log.boots == number][0]
        mine = boots_kept.get(number + 1, [])
        result.holes += sum(block.sequence != index for index, block in enumerate(mine))
        last = mine[-1].counter + mine[-1].count - 1 if mine else -1
        result.lost_s.append((int(read[-1]) - last) / 100)
        used = heap.used_bytes[heap.boots == number]
        if len(used) > 2:
            result.growth_bytes = max(result.growth_bytes, int(used[-1] - used[1]))
    return result
