"""A storm of hostile hosts and surroundings over two wearables, and what must hold after it."""

import asyncio
import random
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from dyadkit.capture.pull import PullPlan, pull
from dyadkit.capture.session import RecordingPlan, record
from dyadkit.errors import LinkError, SessionError
from dyadkit.links.conversation import Conversation
from dyadkit.sim import DeviceClockModel, RadioModel, SensorFeed, VirtualWearable, World
from dyadkit.sim.device.equipment import Equipment
from dyadkit.sim.device.process import firmware_folder
from dyadwire import codec, messages, streams
from dyadwire.states import IDLE, RECORDING
from fakes.hostile import Hostile
from fakes.ordeal import link_to
from fakes.soak import kept_in

PROGRAMS = Path(__file__).parent / "programs"
NAMES = ("a", "b")
PEST = "pest"
FLASHES_KIB = (700, 1500, 4096)
FIRST_COUNT, ROWS = 60_000, 60_000
TICKS_WRAP_S = 2**30 / 1e6
CALM_S = 22.0  # the cable has been silent, an abandoned host has gone
FLUSHED_S = 12.0
RECORDED_S = 8.0
WATCHDOG = 3
BROKEN = (messages.TASK_FAULT, messages.CRASH, messages.FLASH_FAULT)


@dataclass
class Aftermath:
    """What broke, in sentences, and how much was tried and kept.

    growth_bytes : of the heap within the last boot, the worst wearable's
    """

    broken: list = field(default_factory=list)
    deeds: Counter = field(default_factory=Counter)
    boots: int = 0
    blocks: int = 0
    growth_bytes: int = 0
    seconds: float = 0.0


def feed():
    """Counts that tell their row, so that any sample is known again."""
    counts = FIRST_COUNT + np.arange(ROWS, dtype=np.int32)
    return SensorFeed(np.stack([counts, counts], 1), 100.0, np.full(8, 5.0), 4.0)


def wearable(name, seed, flash):
    """A wearable whose sensors, clock, radio and flash may make trouble of their own."""
    dice = random.Random(f"{seed} {name}")
    wraps_s = TICKS_WRAP_S - dice.uniform(3, 40)
    begin_s = dice.uniform(2, 90)
    span_s = ((begin_s, begin_s + dice.uniform(0.1, 4)),)
    return VirtualWearable(
        name, feed(), DeviceClockModel(dice.choice((wraps_s, 5.0, 33.0)), dice.uniform(-50, 50)),
        flash=flash, flash_kib=FLASHES_KIB[seed % 3], heap_each_s=2.0,
        equipment=Equipment(
            silent_s=dice.choice((span_s, (), ())), ppg_hangs_s=dice.choice((span_s, (), (), ())),
            stuck_s=dice.choice(((begin_s,), (), (), ())),
        ),
        radio=RadioModel(
            dice.choice((7.5, 15.0, 30.0, 100.0)), dice.choice((0.0, 0.05, 0.2)),
            supervision_timeout_s=dice.choice((4.0, 4.0, 20.0)),
        ),
        chaos=dice.choice((0, dice.randrange(1, 1000))),
        start=(firmware_folder() / "boot.py", PROGRAMS / "interruptible.py"),
    )  # fmt: skip


def endure(seed, steps, folder):
    """Let the storm of this seed pass, then be an honest host; an Aftermath."""
    result = Aftermath()
    flashes = {name: folder / f"{name}.flash" for name in NAMES}
    wearables = [wearable(name, seed, flashes[name]) for name in NAMES]
    if seed % 4 == 0:
        wearables.append(VirtualWearable(PEST, feed(), start=(PROGRAMS / "pest.py",)))
    with World(wearables, seed=seed) as world:
        hostiles = {name: Hostile(world, name, seed, result.deeds) for name in NAMES}

        async def host(world):
            await _storm(world, hostiles.values(), steps)
            await _calm(world, folder, result)
            for name in NAMES:
                kept = kept_in(flashes[name], folder / name)
                _judge(name, kept, hostiles[name].acked, result)
            await _pull(world, folder, result, cabled=seed % 2)
            result.seconds = world.now_s()

        try:
            world.run(host)
        except (LinkError, TimeoutError) as error:
            result.broken.append(f"it ended with {error!r}")
        for name in NAMES:
            _look_inside(world, name, result)
    return result


async def _storm(world, hostiles, steps):
    await asyncio.sleep(0.5)
    await asyncio.gather(*(one.rage(steps) for one in hostiles))
    for one in hostiles:
        await one.end()
    if PEST in world.names():
        world.power_cut(PEST)
    await asyncio.sleep(CALM_S)


async def _calm(world, folder, result):
    """An honest host is welcome, and gets a whole recording."""
    for name in NAMES:
        try:
            async with asyncio.timeout(40):
                await _end_what_goes_on(Conversation(link_to(world, name, cabled=False)))
        except (LinkError, TimeoutError) as error:
            result.broken.append(f"{name} does not welcome an honest host: {error!r}")
    if not result.broken:
        await _record(world, folder, result)
    await asyncio.sleep(FLUSHED_S)


async def _end_what_goes_on(talk):
    async with talk:
        hello = await talk.greet()
        if hello.state == RECORDING:
            await talk.say(messages.Stop(0))
            await talk.answer(messages.Status, 10.0, lambda one: one.state == IDLE)
        elif hello.state != IDLE:
            raise LinkError(f"it is in state {hello.state}")


async def _record(world, folder, result):
    links = {name: link_to(world, name, cabled=False) for name in NAMES}
    plan = RecordingPlan(folder / "session", duration_s=RECORDED_S, clock_ns=world.clock_ns)
    async with asyncio.timeout(RECORDED_S + 60):
        outcome = await record(plan, links)
    if outcome.missing_blocks or outcome.unfinished or outcome.reconnects:
        result.broken.append(f"an honest recording is not whole: {outcome}")
    faults = [fault for fault in outcome.faults if not fault.endswith("fell silent")]
    if faults:
        result.broken.append(f"faults in an honest recording: {faults}")


async def _pull(world, folder, result, cabled):
    links = {name: link_to(world, name, cabled) for name in NAMES}
    async with asyncio.timeout(600):
        try:
            await pull(PullPlan(folder / "pulled", clock_ns=world.clock_ns), links)
        except SessionError as error:
            if "holds nothing that was not fetched" not in str(error):
                result.broken.append(f"flash cannot be pulled: {error}")


# what came of it


def _look_inside(world, name, result):
    printed = world.printed(name)
    if "Traceback" in printed:
        result.broken.append(f"{name} printed {printed[printed.index('Traceback') :]}")
    causes = world.causes(name)
    if WATCHDOG in causes:
        result.broken.append(f"{name}: the watchdog bit, boots by cause {causes}")
    result.boots += len(causes)
    heap = world.heap_log(name)
    used = heap.used_bytes[heap.boots == heap.boots[-1]]
    if len(used) > 8:
        result.growth_bytes = max(result.growth_bytes, int(used[-1] - used[4]))


def _judge(name, kept, acked, result):
    """No fault that a host can cause; every block once, in order; what lacks was acknowledged."""
    faults = {one.text.decode() for one in kept
              if isinstance(one, messages.Fault) and one.code in BROKEN
              and not one.text.startswith(b"flash is full")}  # fmt: skip
    result.broken += [f"{name}: fault in flash: {text}" for text in sorted(faults)]
    lines = {}
    for block in kept:
        if isinstance(block, messages.Block):
            lines.setdefault((block.boot, block.stream), []).append(block)
    for line, blocks in lines.items():
        result.blocks += len(blocks)
        spans = [(ack.first, ack.stop) for ack in acked if (ack.boot, ack.stream) == line]
        complaint = _order_of(blocks, spans)
        if not complaint and line[1] in (streams.PPG_IR, streams.PPG_RED):
            complaint = _samples_of(blocks)
        if complaint:
            result.broken.append(f"{name}: boot {line[0]} stream {line[1]} {complaint}")


def _order_of(blocks, acked):
    have = [block.sequence for block in blocks]
    if have != sorted(set(have)):
        return "is out of order or double"
    lacks = [sequence for sequence in sorted(set(range(have[-1])) - set(have))
             if not any(first <= sequence < stop for first, stop in acked)]  # fmt: skip
    return f"lacks {lacks[:9]}" if lacks else ""


def _samples_of(blocks):
    last_row = -1
    for block in blocks:
        rows = np.array(codec.decode(block.samples, block.count)) - FIRST_COUNT
        if np.any(np.diff(rows) != 1) or rows[0] <= last_row:
            return f"block {block.sequence} is altered: rows {rows[:9]} after {last_row}"
        last_row = rows[-1]
    return ""
