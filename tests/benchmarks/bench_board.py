"""What a board's processor has to do: idle share and losses at 80 and 160 MHz, long erases.

python tests/benchmarks/bench_board.py [SECONDS]

Costs are those of the simulator, counted on a MicroPython with 32-bit words; an instruction takes
two cycles (the worse of what is thought possible) or one. At 160 MHz two cycles take what one takes
at 80.
"""

import asyncio
import sys
import tempfile
from pathlib import Path

import figures
import numpy as np

from dyadkit.capture.session import RecordingPlan, record
from dyadkit.devices.field_mode import send_out
from dyadkit.links.ble import BleLink, BleRadio
from dyadkit.links.usb import Cable, UsbLink
from dyadkit.sim import DeviceClockModel, RadioModel, SensorFeed, VirtualWearable, World

PERSONS = ("a", "b")
RADIO = RadioModel(interval_ms=30.0, loss=0.05)
SPEEDS = {
    "80 MHz, 2 cycles": {},
    "160 MHz, 2 cycles": {"CYCLES": 1},
    "80 MHz, erases of 400 ms": {"FLASH_ERASE_US": 400_000},
}
LINKED = {"radio": False, "cable": True}


def link_to(world, person, cabled):
    if cabled:
        cable = Cable(world.cable(person).open_port, lambda: [person], world.clock_ns)
        return UsbLink(f"cable of {person}", cable)
    radio = BleRadio(world.client_backend, world.scanner_backend, world.clock_ns)
    return BleLink(world.address(person), radio)


async def perform(world, mode, seconds, folder):
    cabled = LINKED.get(mode, False)
    links = {person: link_to(world, person, cabled) for person in PERSONS}
    if mode == "field":
        await send_out(links)
        await asyncio.sleep(seconds)
        return
    plan = RecordingPlan(folder, duration_s=seconds, clock_ns=world.clock_ns)
    await record(plan, links)


def measured(mode, costs, seconds):
    """Idle share of the busier wearable, samples its pulse sensor gave and lost."""
    dice = np.random.default_rng(1)
    walk = 60_000 + np.cumsum(dice.integers(-40, 41, (int(100 * (seconds + 60)), 2)), axis=0)
    feed = SensorFeed(walk.clip(0, 2**18 - 1).astype(np.int32), 100.0, np.full(8, 5.0), 4.0)
    worn = [VirtualWearable(one, feed, DeviceClockModel(3.0), costs=costs) for one in PERSONS]
    with World(worn, radio=RADIO, seed=1) as world, tempfile.TemporaryDirectory() as place:
        world.run(lambda world: perform(world, mode, seconds, Path(place) / "session"))
        logs = [world.fifo_log(person) for person in PERSONS]
        idle = min(world.idle_share(person) for person in PERSONS)
    return idle, sum(len(log.rows) for log in logs), sum(int(log.lost.sum()) for log in logs)


def main():
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 300.0
    print(f"{seconds:g} s of two wearables")
    print("processor, mode: idle, pulse samples read, lost at the sensor")
    for speed, costs in SPEEDS.items():
        for mode in ("radio", "cable", "field"):
            idle, given, lost = measured(mode, costs, seconds)
            print(f"{speed}, {mode}: {idle:.0%}, {given}, {lost}", flush=True)
            figures.count(f"lost at the sensor, {mode}, {speed}", lost)


if __name__ == "__main__":
    main()
