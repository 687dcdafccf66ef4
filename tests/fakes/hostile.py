"""A hostile host: everything that may be done to one wearable from outside, by a seed."""

import asyncio
import random
import struct
import zlib

from dyadkit.errors import LinkError
from dyadkit.links.conversation import HELLO
from dyadwire import MAJOR, MINOR, cobs, frames, messages
from fakes.ordeal import link_to

EVERYTHING = 0xFFFFFFFF
EXTREMES = (0, 1, 2, 127, 128, 255, 0x7FFF, 0x8000, 0xFFFF, *(2**n - k for n in (31, 32, 63, 64)
            for k in (0, 1)))  # fmt: skip
PROMPT = b"\0\r\x03"
FILES = (b"x.mpy", b"wearable/y.mpy", b"", b"a/b/c", b"\xff\xfe", b"z\0", b"../settings.json")
MAX_BYTES = 240


def said(message):
    return frames.frame(message.KIND, messages.pack(message))


class Hostile:
    """What befalls the wearable `name`; `acked` is what was acknowledged, `deeds` counts."""

    def __init__(self, world, name, seed, deeds):
        self.acked = []
        self.deeds = deeds
        self._world, self._name = world, name
        self._dice = random.Random(f"hostile {seed} {name}")
        self._radio = link_to(world, name, cabled=False)
        self._port = None
        self._is_on_air = self._is_at_prompt = self._is_sinking = False
        self._chances = {
            self.connect: 6, self.disconnect: 2, self.plug: 3, self.unplug: 1, self.greet: 8,
            self.start: 6, self.stop: 3, self.any_message: 14, self.mutated: 8, self.garbage: 3,
            self.flood: 3, self.piecemeal: 2, self.fetches: 4, self.copies: 3, self.acks: 3,
            self.update: 3, self.probes: 3, self.hurry: 1, self.interrupt: 0.4, self.press: 2,
            self.reboot: 0.7, self.brown_out: 0.7, self.drop: 1.5, self.blackout: 1, self.wait: 8,
        }  # fmt: skip

    async def rage(self, steps):
        """So many deeds, one after the other."""
        for _ in range(steps):
            if self._is_at_prompt and self._dice.random() < 0.3:
                await self.reboot()
            (deed,) = self._dice.choices([*self._chances], [*self._chances.values()])
            self.deeds[deed.__name__] += 1
            try:
                await deed()
            except LinkError:
                self._is_on_air = False

    async def end(self):
        """Leave; what can only end with the power ends with it."""
        await self.disconnect()
        await self.unplug()
        if self._is_at_prompt or self._is_sinking:
            await self.reboot()

    # links

    async def connect(self):
        if not self._is_on_air:
            await self._radio.open()
            self._is_on_air = True

    async def disconnect(self):
        await self._radio.close()
        self._is_on_air = False

    async def plug(self):
        if self._port is None:
            cable = self._world.cable(self._name)
            try:
                self._port = cable.open_port("", lambda _: None, self._lose_port)
            except OSError:
                return  # no power

    async def unplug(self):
        if self._port is not None:
            self._port.close()
        self._port = None

    async def hurry(self):
        """Come and go up to fifty times in a second."""
        for _ in range(self._dice.randrange(2, 50)):
            await self.disconnect()
            try:
                await self.connect()
                if self._dice.random() < 0.5:
                    await self._write(said(HELLO))
            except LinkError:
                continue
            await asyncio.sleep(0.02)

    def _lose_port(self):
        self._port = None

    async def _write(self, data):
        """Over radio or cable, whichever there is, in one go."""
        if self._port is not None and (not self._is_on_air or self._dice.random() < 0.4):
            self._port.write(cobs.packet(data) if self._dice.random() < 0.95 else data)
        elif self._is_on_air:
            for start in range(0, len(data), MAX_BYTES):
                await self._radio.write(data[start : start + MAX_BYTES])
        else:
            await self.connect()

    # what an honest host says, at any moment

    async def greet(self):
        if self._port is None:
            await self.connect()
        await self._write(said(HELLO))

    async def start(self):
        session = self._dice.choice((0, 1, 7, EVERYTHING))
        await self._write(said(messages.Start(session, EVERYTHING)))

    async def stop(self):
        await self._write(said(messages.Stop(self._number(32))))

    async def probes(self):
        for seq in range(self._dice.randrange(1, 10)):
            await self._write(said(messages.Probe(seq, self._number(64))))

    async def fetches(self):
        for _ in range(self._dice.randrange(1, 25)):
            boot = self._dice.choice((1, 2, 3, self._number(16)))
            stream = self._dice.choice((1, 2, 4, 5, self._number(8)))
            await self._write(
                said(messages.Fetch(boot, stream, self._number(32), self._number(32)))
            )

    async def copies(self):
        for _ in range(self._dice.randrange(1, 6)):
            number = self._dice.randrange(6)
            await self._write(said(messages.Contents(number)))
            await self._write(said(messages.Copy(number, self._number(32))))

    async def acks(self):
        boot = self._dice.choice((1, 1, 2, 3, self._number(16)))
        for stream in range(1, 6):
            first = self._dice.choice((0, 0, self._number(32)))
            await self._write_frame(messages.Ack(boot, stream, first, self._number(32)))

    async def update(self):
        """An offer and pieces: whole, damaged, out of turn, broken off."""
        dice = self._dice
        name, body = dice.choice(FILES), dice.randbytes(dice.randrange(900))
        size = len(body) if dice.random() < 0.7 else self._number(32)
        data = bytes((len(name),)) + name + struct.pack("<II", size, zlib.crc32(body)) + body
        total = len(data) if dice.random() < 0.7 else self._number(32)
        checksum = zlib.crc32(data) if dice.random() < 0.7 else 5
        await self._write(said(messages.Offer(total, checksum)))
        offset = 0
        while offset < len(data) and dice.random() < 0.95:
            part = data[offset : offset + dice.randrange(217)]
            at = offset if dice.random() < 0.95 else self._number(32)
            await self._write(said(messages.Piece(at, part)))
            offset += len(part)
            await asyncio.sleep(0.05)

    # what none says

    async def any_message(self):
        layout = self._dice.choice(messages.MESSAGES)
        payload = self._payload(layout)
        if layout is messages.Hello and self._dice.random() < 0.7:
            payload = bytes((MAJOR, MINOR)) + payload[2:]
        if layout is messages.Partner and self._dice.random() < 0.5:
            payload = bytes.fromhex(self._world.address(self._name).replace(":", ""))
        await self._write_frame(messages.unpack(layout.KIND, payload))

    async def mutated(self):
        """A frame cut, lengthened, of another kind, or with a flipped bit."""
        dice = self._dice
        layout = dice.choice(messages.MESSAGES)
        payload = self._payload(layout) + dice.randbytes(dice.choice((0, 0, 40)))
        payload = payload[: dice.choice((dice.randrange(222), frames.MAX_PAYLOAD))]
        kind = dice.choice((layout.KIND, layout.KIND, dice.randrange(256)))
        self._note_ack(kind, payload)
        data = bytearray(frames.frame(kind, payload))
        if dice.random() < 0.4:
            data[dice.randrange(len(data))] ^= 1 << dice.randrange(8)
        cut = dice.randrange(len(data)) if dice.random() < 0.2 else len(data)
        await self._write(bytes(data[:cut]))

    async def garbage(self):
        """Noise with many a false beginning of a frame."""
        data = self._dice.randbytes(self._dice.randrange(1, 400))
        await self._write(data.replace(b"\x11", b"\xd7"))

    async def flood(self):
        """Three kinds of messages, many more than the rings hold."""
        kinds = self._dice.sample(messages.MESSAGES, 3)
        for _ in range(self._dice.randrange(10, 120)):
            layout = self._dice.choice(kinds)
            await self._write_frame(messages.unpack(layout.KIND, self._payload(layout)))

    async def piecemeal(self):
        """A frame in pieces of a few bytes."""
        whole = said(self._dice.choice((HELLO, messages.Probe(1, 2), messages.Contents(0))))
        step = self._dice.randrange(1, 5)
        for start in range(0, len(whole), step):
            if self._is_on_air:
                await self._radio.write(whole[start : start + step])

    async def interrupt(self):
        """Ask for the prompt, as a program for developers does."""
        if self._port is not None:
            self._port.write(PROMPT)
            self._is_at_prompt = True

    async def _write_frame(self, message):
        payload = messages.pack(message)
        self._note_ack(message.KIND, payload)
        await self._write(frames.frame(message.KIND, payload))

    def _note_ack(self, kind, payload):
        if kind == messages.Ack.KIND and len(payload) >= messages.size(messages.Ack):
            self.acked.append(messages.unpack(kind, payload))

    def _number(self, bits):
        """A number of so many bits: an extreme, any, or one that makes sense."""
        dice = self._dice
        made = dice.choice((dice.choice(EXTREMES), dice.getrandbits(bits), dice.randrange(40)))
        return made % 2**bits

    def _payload(self, layout):
        """A message of this kind with any fields."""
        payload = b""
        for code in layout.LAYOUT[1:].replace("6s", "6").replace("4s", "4"):
            size = int(code) if code.isdigit() else struct.calcsize(code)
            payload += self._number(8 * size).to_bytes(size, "little")
        room = (frames.MAX_PAYLOAD - len(payload)) * messages.has_tail(layout)
        return payload + self._dice.randbytes(self._dice.randrange(room + 1))

    # surroundings

    async def press(self):
        self._world.press(self._name, self._dice.choice((0.01, 0.3, 1.2, 3.0)))

    async def reboot(self):
        self._is_on_air = self._is_at_prompt = self._is_sinking = False
        self._world.reboot(self._name)

    async def brown_out(self):
        self._world.brown_out(self._name)
        self._is_sinking = True

    async def drop(self):
        self._world.drop(self._name, self._dice.uniform(0.05, 3))

    async def blackout(self):
        self._world.blackout(self._name, self._dice.uniform(0.05, 6))

    async def wait(self):
        await asyncio.sleep(self._dice.choice((0.01, 0.1, 0.5, 1, 2)))
