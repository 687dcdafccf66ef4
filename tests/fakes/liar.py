"""A wearable that lies: whatever it is asked, it answers, mostly wrongly, by a seed."""

import asyncio
import random
import struct
import zlib

from dyadkit.errors import LinkError
from dyadwire import frames, messages
from dyadwire.states import IDLE, RECORDING

BOOT = 3
STREAMS = (1, 2, 4, 5)
SEGMENTS = 8


class Liar:
    """A `Link` to it; `truth` is the share of what it says that is as it should be."""

    def __init__(self, name, seed, truth, clock_ns):
        self.address = f"AA:BB:CC:00:00:0{name.upper()}"
        self.name = name.encode()
        self.dice = random.Random(f"{seed} {name}")
        self._truth = truth
        self._clock_ns = clock_ns
        self._arrived = asyncio.Queue()
        self._sequence = 0
        self._talking = None
        self._is_taken = False
        self.state = IDLE
        self._answers = {
            messages.Hello: self._greet,
            messages.Start: self._start,
            messages.Stop: self._stop,
            messages.Probe: lambda asked: self._say(messages.Echo(asked.seq, BOOT, 1000, 2000)),
            messages.Fetch: self._fetch,
            messages.Contents: self._list,
            messages.Copy: self._copy,
        }

    # the link

    async def open(self):
        if self.dice.random() > self._truth**0.5:
            raise LinkError(f"{self.address} is out of reach")
        self._arrived = asyncio.Queue()
        self._talking = asyncio.create_task(self._chatter())

    async def write(self, framed):
        self._answer(messages.unpack(framed[1], frames.payload_of(framed)))
        return self._clock_ns()

    async def read(self):
        arrival = await self._arrived.get()
        if arrival is None:
            raise LinkError(f"{self.address} went out of reach")
        return arrival

    async def close(self):
        if self._talking is not None:
            self._talking.cancel()

    # what it says

    def say_block(self, stream, sequence):
        """One block of three samples."""
        stamp_us = sequence * 30_000
        packed = b"\x0a\x02\x02"
        self._say(messages.Block(stream, BOOT, sequence, sequence * 3, stamp_us, 3, 0, packed))

    def serve_another(self):
        """From now on the host is somebody else."""
        self._is_taken = True
        self._arrived.put_nowait(None)

    def _answer(self, asked):
        answer = self._answers.get(type(asked))
        if answer is not None:
            answer(asked)

    def _greet(self, _):
        if self._is_taken:
            self._say(messages.Refusal(messages.Hello.KIND, messages.ANOTHER_HOST))
            return
        address = b"\xd7\xad\0\0\0" + self.name
        self._say(messages.Hello(1, 0, BOOT, 77, address, self.state, b"0.1 "))
        for stream in STREAMS:
            self._say(messages.StreamInfo(stream, 100_000, 1, 1))
        self._say(messages.Calibration(0, 0, 0, 0, 0))
        self._tell_status()

    def _start(self, _):
        self.state = RECORDING

    def _stop(self, _):
        self.state = IDLE
        self._tell_status()

    def _tell_status(self):
        self._say(messages.Status(9, self.state, 80, 3000, 900, 100, 0, 0, 9, 0, 0))

    def _fetch(self, asked):
        stop = min(asked.stop, self._sequence + 1)
        for sequence in range(asked.first, min(stop, asked.first + 50)):
            self.say_block(asked.stream, sequence)
        missing = 0 if asked.stop == messages.OPEN_END else asked.stop - asked.first
        self._say(messages.Fetched(*asked, missing))

    def _list(self, asked):
        number = min(max(asked.first, 1), SEGMENTS + 1)
        one = messages.Held(number, BOOT, 3 * len(self._kept(number)[0]), 0, SEGMENTS - number)
        self._say(one if number <= SEGMENTS else messages.Held(0, 0, 0, 0, 0))

    def _copy(self, asked):
        kept = self._kept(asked.number) if asked.number <= SEGMENTS else []
        for framed in kept[asked.first :]:
            self._received(framed)
        checksum = zlib.crc32(b"".join(kept))
        self._say(messages.Copied(asked.number, asked.first, len(kept), checksum))

    def _kept(self, number):
        block = messages.Block(1, BOOT, number, number * 3, number * 30_000, 3, 0, b"\x0a\x02\x02")
        return 3 * [frames.frame(block.KIND, messages.pack(block))]

    async def _chatter(self):
        while True:
            await asyncio.sleep(self.dice.uniform(0.05, 0.3))
            if self.state == RECORDING:
                self._sequence += 1
                for stream in STREAMS:
                    self.say_block(stream, self._sequence)
            if self.dice.random() < 0.05:
                self._tell_status()
            if self.dice.random() > self._truth**0.1:
                layout = self.dice.choice(messages.MESSAGES)
                self._received(frames.frame(layout.KIND, self._nonsense(layout)))
            if self.dice.random() > self._truth**0.05:
                self._arrived.put_nowait(None)

    def _say(self, message):
        payload = messages.pack(message)
        if self.dice.random() > self._truth:
            payload = self._nonsense(type(message), payload)
        self._received(frames.frame(message.KIND, payload))

    def _received(self, framed):
        self._arrived.put_nowait((self._clock_ns(), framed))

    def _nonsense(self, layout, payload=None):
        """A payload of which some fields, or the end, are not what they were."""
        dice = self.dice
        made = bytearray(
            payload or dice.randbytes(messages.size(layout) + 9 * messages.has_tail(layout))
        )
        offset = 0
        for code in layout.LAYOUT[1:].replace("6s", "6").replace("4s", "4"):
            size = int(code) if code.isdigit() else struct.calcsize(code)
            if dice.random() < 0.3:
                made[offset : offset + size] = dice.choice(
                    (b"\0" * size, b"\xff" * size, dice.randbytes(size), b"\1" + b"\0" * (size - 1))
                )
            offset += size
        if dice.random() < 0.1:
            made = made[: dice.randrange(len(made) + 1)]
        return bytes(made)
