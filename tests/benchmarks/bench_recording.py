"""What recording costs this computer: processor, hand-over while the disk stalls, memory.

    python tests/benchmarks/bench_recording.py [--seconds 60] [--hours 8]

Two wearables are played by links that give what real ones give: 50 packets a second together, each
a `Sent` frame and a block of each PPG colour. First in real time through the product's session,
with a disk whose fsync stalls for 50 ms: how long a frame waits from its arrival at the link's
callback to its place in the session's memory, and how much processor time is used. Then eight hours
as fast as they go: how memory grows after the first hour.
"""

import argparse
import asyncio
import random
import resource
import tempfile
import time
import tracemalloc
from pathlib import Path

import figures
import numpy as np

from dyadkit.capture.session import RecordingPlan, beside, record
from dyadkit.capture.wearable import Capture
from dyadkit.links import monotonic_ns
from dyadkit.storage import DiskFile, SessionWriter
from dyadwire import codec, frames, messages
from dyadwire.states import IDLE, RECORDING

PACKETS_PER_S = 50
SAMPLES = 4
STALL_S = 0.05


class StallingDisk(DiskFile):
    """A disk that takes its time."""

    def put(self, data):
        time.sleep(STALL_S)
        super().put(data)


class Player:
    """A link behind which a wearable of this process speaks."""

    def __init__(self, clock_ns=monotonic_ns):
        self.address = "played"
        self.clock_ns = clock_ns
        self.number = 0
        self.waits_ns = []
        self.arrived = asyncio.Queue()
        self.recording = False
        chance = random.Random(1)
        buffer = bytearray(64)
        samples = [60_000 + chance.randrange(500) for _ in range(SAMPLES)]
        self.packed = bytes(buffer[: codec.encode_into(buffer, 0, samples, 0, SAMPLES, 0)])

    async def open(self):
        self.playing = asyncio.create_task(self.play())

    async def close(self):
        self.playing.cancel()

    async def write(self, framed):
        message = messages.unpack(frames.kind_of(framed), frames.payload_of(framed))
        if isinstance(message, messages.Hello):
            self.say(messages.Hello(1, 0, 1, 0, bytes(6), IDLE, b"0.1\0"))
            self.say(self.status(IDLE))
        elif isinstance(message, messages.Start):
            self.recording = True
        elif isinstance(message, messages.Stop):
            self.recording = False
            self.say(self.status(IDLE))
        elif isinstance(message, messages.Probe):
            now_us = self.clock_ns() // 1000
            self.say(messages.Echo(message.seq, 1, now_us, now_us))
        elif isinstance(message, messages.Fetch):
            self.say(messages.Fetched(*message, 0))
        return self.clock_ns()

    async def read(self):
        at_ns, framed = await self.arrived.get()
        self.waits_ns.append(self.clock_ns() - at_ns)
        return at_ns, framed

    def status(self, state):
        spare = [0] * (len(messages.Status._fields) - 5)
        return messages.Status(self.clock_ns() // 1000, state, 90, 0, 4000, *spare)

    def say(self, message):
        framed = frames.frame(message.KIND, messages.pack(message))
        self.arrived.put_nowait((self.clock_ns(), framed))

    async def play(self):
        each_s = 2 / PACKETS_PER_S
        loop = asyncio.get_running_loop()
        due_s = loop.time()
        while True:
            due_s += each_s
            await asyncio.sleep(max(0.0, due_s - loop.time()))
            if self.recording:
                self.packet()

    def packet(self):
        """One notification's frames."""
        now_us = self.clock_ns() // 1000
        self.say(messages.Sent(1, now_us))
        for stream in (1, 2):
            first = self.number * SAMPLES
            self.say(messages.Block(stream, 1, self.number, first, now_us, SAMPLES, 0, self.packed))
        self.number += 1


def in_real_time(seconds):
    """Share of a core, and waits in ms, of a session in real time."""

    async def host(folder):
        players = {"a": Player(), "b": Player()}
        plan = RecordingPlan(folder, seconds, aside=beside, disk=StallingDisk)
        began = time.process_time()
        outcome = await record(plan, players)
        used_s = time.process_time() - began
        waits = np.concatenate([one.waits_ns for one in players.values()]) * 1e-6
        return used_s / outcome.duration_s, waits, outcome

    with tempfile.TemporaryDirectory() as name:
        return asyncio.run(host(Path(name) / "s"))


def idle_share(seconds):
    """Share of a core that playing alone takes, to be taken off."""

    async def host():
        players = [Player(), Player()]
        began = time.process_time()
        for one in players:
            await one.open()
            one.recording = True
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            for one in players:
                while not one.arrived.empty():
                    one.arrived.get_nowait()
            await asyncio.sleep(0.02)
        return (time.process_time() - began) / seconds

    return asyncio.run(host())


def memory(hours):
    """Bytes of Python memory after each hour of what a session keeps, as fast as it goes."""
    with tempfile.TemporaryDirectory() as name:
        writer = SessionWriter(Path(name) / "s")
        player = Player(lambda: 0)
        capture = Capture("a", player, writer, lambda: 0, random.Random(1))
        capture._take_hello(messages.Hello(1, 0, 1, 0, bytes(6), RECORDING, b"0.1\0"))
        used = []
        tracemalloc.start()
        for hour in range(hours):
            for second in range(3600):
                for k in range(PACKETS_PER_S):
                    number = (hour * 3600 + second) * PACKETS_PER_S + k
                    at_us = number * 20_000
                    for stream in (1, 2):
                        block = messages.Block(
                            stream, 1, number, number * SAMPLES, at_us, SAMPLES, 0, player.packed
                        )
                        framed = frames.frame(block.KIND, messages.pack(block))
                        writer.append("a/heard", at_us * 1000, framed)
                        capture._take_block(block)
                writer.sync()
                capture.backfill.mark_safe()()
            used.append(tracemalloc.get_traced_memory()[0])
        tracemalloc.stop()
        size = writer.path.stat().st_size
        began = time.process_time()
        writer.close({})
        return used, size, time.process_time() - began


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--hours", type=int, default=8)
    given = parser.parse_args()
    playing = idle_share(min(given.seconds, 20.0))
    share, waits, outcome = in_real_time(given.seconds)
    print(f"{PACKETS_PER_S} packets/s for {outcome.duration_s:.0f} s, fsync stalls "
          f"{STALL_S * 1e3:.0f} ms: {share:.2%} of a core,")  # fmt: skip
    print(f"of which the players alone take {playing:.2%}")
    print(f"hand-over of {len(waits)} frames: median {np.median(waits):.2f} ms, "
          f"p99 {np.percentile(waits, 99):.2f} ms, worst {waits.max():.1f} ms")  # fmt: skip
    used, size, close_s = memory(given.hours)
    kib = [bytes_ / 1024 for bytes_ in used]
    each = ", ".join(f"{one:.0f}" for one in kib)
    print(f"{given.hours} simulated hours, {size / 1e6:.0f} MB: KiB of Python memory after each")
    print(f"hour {each}; closing takes {close_s:.1f} s of CPU")
    figures.cost("a recorded minute in real time, with its players", 60 * share)
    figures.accuracy("Python memory after the first hour", kib[0], "KiB", tolerance=2)
    figures.accuracy("growth of it after", kib[-1] - kib[0], "KiB", tolerance=2)
    figures.accuracy("an hour of the file", size / 1e6 / given.hours, "MB", tolerance=0.1)
    figures.cost("closing the file, by hour", close_s / given.hours)
    print(f"peak resident {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MiB")


if __name__ == "__main__":
    main()
