"""kill -9 of the whole program at random instants, and what is left of each of its sessions.

`dyadkit record --usb` runs as a user runs it, on virtual wearables' serial ports, which outlive it
and remember what was acknowledged to them. They go on recording; the next program takes them over.
"""

import asyncio
import random
import subprocess
import sys
from dataclasses import dataclass, field

import numpy as np

from dyadkit.decoding.decode import decode
from dyadkit.devices.pairing import Wearer, write_dyad
from dyadkit.links import monotonic_ns
from dyadkit.sim import DeviceClockModel, Pace, VirtualWearable, World
from dyadkit.storage import FILE_NAME, read_session
from dyadwire import cobs, frames, messages, streams
from fakes.ordeal import PERSONS, feed

SEED = 20260102
COLOURS = (streams.PPG_IR, streams.PPG_RED)
PATIENCE_S = 600.0
"""Only what hangs takes so long to begin, however busy the machine."""
START_S = 120.0
HEARD_OUT_US = 500_000
COUNTED_LOST = 31
"""Where the chip's counter of overwritten samples stops."""


@dataclass
class Witness:
    """What one wearable's cable carried to it."""

    acknowledged: list = field(default_factory=list)

    def watch(self, cable):
        """Listen to what is written to the wearable."""
        write, packets, reader = cable.write, cobs.PacketReader(), frames.FrameReader()

        def overheard(data):
            for packet in packets.feed(data):
                for framed in reader.feed(packet):
                    if frames.kind_of(framed) == messages.Ack.KIND:
                        ack = messages.unpack(messages.Ack.KIND, frames.payload_of(framed))
                        self.acknowledged.append(ack)
            write(data)

        cable.write = overheard


@dataclass(frozen=True)
class Killed:
    """One program that was killed: its session, when it died, what it had acknowledged by then."""

    folder: object
    at_ns: int
    acknowledged: dict


async def hear_out():
    """Wait for what a dead program had written: the world may be behind the time outside."""
    world = asyncio.get_running_loop()
    until_us = world.outside_us() + HEARD_OUT_US
    while world.now_us < until_us:
        await asyncio.sleep(0.05)


async def kill(names, witnesses, place, trial, life_s):
    """Let a program record a dyad and kill it so long after its file was made."""
    folder = place / f"{names['a']}-{trial}"
    for one in witnesses.values():
        one.acknowledged.clear()
    command = [sys.executable, "-m", "dyadkit", "record", names["a"], "--out", str(folder)]
    options = ["--usb", "--force", "--dyads", str(place / "dyads.toml")]
    with (place / f"{folder.name}.txt").open("wb") as said:
        program = subprocess.Popen([*command, *options], stdout=said, stderr=said)
    try:
        async with asyncio.timeout(PATIENCE_S):
            while not _is_made(folder / FILE_NAME):
                assert program.poll() is None, (place / f"{folder.name}.txt").read_text()
                await asyncio.sleep(0.02)
        await asyncio.sleep(life_s)
        assert program.poll() is None, (place / f"{folder.name}.txt").read_text()
    finally:
        program.kill()
        at_ns = monotonic_ns()
        program.wait()
    await hear_out()
    acknowledged = {person: list(one.acknowledged) for person, one in witnesses.items()}
    return Killed(folder, at_ns, acknowledged)


def _is_made(file):
    return file.exists() and file.stat().st_size > 0


async def kills(world, dyads, place, lives_s):
    """A kill for each life, shared by the dyads, which record side by side."""

    async def one_after_the_other(names, mine):
        witnesses = {person: Witness() for person in PERSONS}
        for person in PERSONS:
            witnesses[person].watch(world.cable(names[person]))
        ports = {person: world.terminal(names[person]).path for person in PERSONS}
        members = {person: Wearer(ports[person], "") for person in PERSONS}
        write_dyad(place / "dyads.toml", names["a"], members)
        return [
            (names, await kill(names, witnesses, place, trial, life_s))
            for trial, life_s in enumerate(mine)
        ]

    rows = [
        one_after_the_other(names, lives_s[number :: len(dyads)])
        for number, names in enumerate(dyads)
    ]
    return [one for row in await asyncio.gather(*rows) for one in row]


@dataclass(frozen=True)
class Left:
    """What a killed program left: blocks it had acknowledged, those of them that are not in its
    file, values that are wrong, and how many seconds the file ends before the kill.
    """

    acknowledged: int
    lost: int
    wrong: int
    tail_s: float


def judge(killed, logs, feeds):
    """What is left, compared with what the wearables were told and their sensors gave."""
    stored = read_session(killed.folder)
    acknowledged = lost = wrong = 0
    for person in PERSONS:
        runs = decode(stored.topics[f"{person}/heard"], []).runs
        reported = {(ack.boot, ack.stream): ack for ack in killed.acknowledged[person]}
        for key, ack in reported.items():  # each acknowledges all from the first on
            here = set(runs[key].sequences.tolist()) if key in runs else set()
            acknowledged += ack.stop - ack.first
            lost += sum(number not in here for number in range(ack.first, ack.stop))
        for (_, stream), run in runs.items():
            if stream in COLOURS:
                given = feeds[person].ppg_counts[:, COLOURS.index(stream)]
                wrong += _wrong(run, logs[person], given)
    last_ns = max(topic[-1].host_ns for topic in stored.topics.values() if topic)
    return Left(acknowledged, lost, wrong, (killed.at_ns - last_ns) * 1e-9)


def _wrong(run, log, given):
    """How many samples of a run are not what the sensor gave at their place.

    On an overloaded machine the world's time jumps and the FIFO overflows beyond its own counter;
    from there the wearable counts by its clock, within two samples for each such stall.
    """
    counters, samples = run.sample_counters(), run.samples
    ends = np.flatnonzero(np.diff(counters) != 1) + 1
    pieces = zip(np.split(counters, ends), np.split(samples, ends), strict=True)
    return sum(_wrong_at_best(places, values, log, given) for places, values in pieces)


def _wrong_at_best(places, values, log, given):
    numbers = log.rows - log.rows[0]
    stalls = np.sum((log.lost >= COUNTED_LOST) & (numbers <= places[0]))
    shifts = range(-2 * stalls, 2 * stalls + 1)
    return min(int(np.sum(_given_at(places + shift, log, given) != values)) for shift in shifts)


def _given_at(places, log, given):
    at = np.searchsorted(log.rows - log.rows[0], places)
    return given[log.rows[np.minimum(at, len(log.rows) - 1)]]


def kill_all(place, count, pairs, max_s):
    """What so many kills leave, shared by so many pairs of wearables; no program lives longer."""
    chance = random.Random(SEED)
    lives_s = [chance.uniform(0.0, max_s) for _ in range(count)]
    seconds = 60.0 + count / pairs * (max_s + START_S)
    dyads = [{person: f"{person}{number}" for person in PERSONS} for number in range(pairs)]
    names = [name for dyad in dyads for name in dyad.values()]
    feeds = {name: feed(seconds, SEED + number) for number, name in enumerate(names)}
    clocks = {"a": DeviceClockModel(3.2, 22.0), "b": DeviceClockModel(7.9, -17.0)}
    wearables = [VirtualWearable(name, feeds[name], clocks[name[0]]) for name in names]
    with World(wearables, seed=SEED, pace=Pace.REAL) as world:
        done = world.run(lambda world: kills(world, dyads, place, lives_s))
        logs = {name: world.fifo_log(name) for name in names}
    return [
        judge(killed, *({p: of[dyad[p]] for p in PERSONS} for of in (logs, feeds)))
        for dyad, killed in done
    ]
