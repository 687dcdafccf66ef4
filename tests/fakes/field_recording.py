"""A field recording: two wearables record alone into flash; then their flash is pulled."""

import asyncio
from dataclasses import dataclass

from dyadkit.links.ble import BleLink, BleRadio
from dyadkit.sim import DeviceClockModel, RadioModel, VirtualWearable, World
from dyadwire import MAJOR, MINOR, frames, messages
from fakes.ordeal import PERSONS, feed

HELLO = messages.Hello(MAJOR, MINOR, 0, 0, bytes(6), 0, bytes(4))


@dataclass
class Field:
    """Two wearables of one world that have recorded for so many seconds without a host."""

    seconds: float
    recordings: int = 3
    seed: int = 1
    radio: RadioModel = RadioModel(interval_ms=30.0, loss=0.05)

    def world(self):
        self.feeds = {p: feed(self.seconds + 400, self.seed + i) for i, p in enumerate(PERSONS)}
        clocks = {"a": DeviceClockModel(3.2, 22.0), "b": DeviceClockModel(7.9, -17.0)}
        wearables = [VirtualWearable(p, self.feeds[p], clocks[p]) for p in PERSONS]
        return World(wearables, radio=self.radio, seed=self.seed)

    async def record(self, world):
        """Some recordings one after the other; a host only starts and stops them."""
        for number in range(self.recordings):
            await self._say(world, messages.Start(9 + number, 0xFFFFFFFF))
            await asyncio.sleep(self.seconds / self.recordings)
            if number + 1 < self.recordings:
                await self._say(world, messages.Stop(9 + number))

    async def stop(self, world):
        """End the last recording, at a moment that no later link of the host decides."""
        await self._say(world, messages.Stop(8 + self.recordings))

    async def _say(self, world, message):
        for link in links(world).values():
            await link.open()
            for one in (HELLO, message):
                await link.write(frames.frame(one.KIND, messages.pack(one)))
            await asyncio.sleep(0.5)
            await link.close()


def links(world):
    radio = BleRadio(world.client_backend, world.scanner_backend, world.clock_ns)
    return {person: BleLink(world.address(person), radio) for person in PERSONS}
