"""A recording of two virtual wearables, and what a test asks of it."""

import asyncio

import numpy as np

from dyadkit.capture.session import RecordingPlan, record
from dyadkit.decoding.decode import decode
from dyadkit.links.ble import BleLink, BleRadio
from dyadkit.sim import SensorFeed, World
from dyadkit.storage import read_session
from dyadwire import messages

PERSONS = ("a", "b")
LIGHT = 120_000


def feed(seconds, light=LIGHT, rate_hz=100.0):
    counts = np.full((int((seconds + 30) * rate_hz), 2), light, np.int32)
    counts[:, 0] += np.arange(len(counts)) % 997
    return SensorFeed(counts, rate_hz, np.full(8, 5.0), 4.0)


def recorded(folder, seconds, *wearables, after_s=0.0):
    """Decoded streams of each person after recording these wearables, some time after boot."""
    return recorded_with_logs(folder, seconds, *wearables, after_s=after_s)[0]


def recorded_with_logs(folder, seconds, *wearables, after_s=0.0):
    """Decoded streams of each person, what the PPG sensors gave, and memory in use."""
    with World(wearables, seed=3) as world:
        plan = RecordingPlan(folder, duration_s=seconds, clock_ns=world.clock_ns, seed=3)

        async def host(world):
            radio = BleRadio(world.client_backend, world.scanner_backend, world.clock_ns)
            links = {person: BleLink(world.address(person), radio) for person in PERSONS}
            await asyncio.sleep(after_s)
            return await record(plan, links)

        world.run(host)
        stored = read_session(folder)
        found = {person: decode(stored.topics[f"{person}/heard"], []) for person in PERSONS}
        given = {person: world.fifo_log(person) for person in PERSONS}
        return found, given, {person: world.heap_log(person) for person in PERSONS}


def of_kind(decoded, layout):
    return [message for _, message in decoded.others if isinstance(message, layout)]


def events(decoded, code):
    return [event.value for event in of_kind(decoded, messages.Event) if event.code == code]


def run_of(decoded, stream):
    (run,) = [run for (_, number), run in decoded.runs.items() if number == stream]
    return run


def holes(run):
    """Numbers missing between the first and the last sample."""
    counters = run.sample_counters()
    return int(counters[-1] - counters[0] + 1 - len(counters))
