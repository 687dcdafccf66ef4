"""A wearable on a fake board, and the host's end of its radio: what a scene is played against."""

import asyncio
import gc

import machine

from dyadwire import frames, messages
from wearable import device
from wearable.board import Board
from wearable.boot_state import BootState
from wearable.settings import Settings

HOST = messages.Hello(1, 0, 0, 0, bytes(6), 0, bytes(4))


class Bench:
    """A wearable with sensors, and the host's end of its radio."""

    def __init__(self, crashes=0, is_fit=True):
        self.chip = machine.Registers()
        machine.I2C.devices = {0x57: self.chip, 0x48: machine.Converter()}
        given = Settings()
        given.live_ms = 10
        given.flash_reserve_kib = 16
        self.boot_state = BootState()
        self.boot_state.begin(was_reset=False)
        self.boot_state.crashes = crashes
        self.wearable = device.Wearable(given, self.boot_state, Board(given.board, machine.WDT()))
        self.wearable.is_fit = is_fit
        self.radio = self.wearable.radio._ble

    def say(self, message, conn=0):
        self.radio.hear(frames.frame(message.KIND, messages.pack(message)), conn)

    def heard(self, layout):
        found = []
        for notification in self.radio.notified:
            for framed in frames.FrameReader().feed(notification):
                if framed[1] == layout.KIND:
                    found.append(messages.unpack(framed[1], frames.payload_of(framed)))
        return found

    async def settle(self, rounds=4):
        for _ in range(rounds):
            await asyncio.sleep_ms(12)


def forget_the_last_one():
    """Free the memory of the wearable before: there is room for one."""
    asyncio.new_event_loop()
    machine.Timer.running.clear()
    gc.collect()


def play(scene, crashes=0, is_fit=True):
    """Run a scene against a fresh wearable and switch it off after it."""
    forget_the_last_one()
    bench = Bench(crashes, is_fit)

    async def run():
        running = asyncio.create_task(bench.wearable.run())
        await asyncio.sleep_ms(5)
        try:
            await scene(bench)
        finally:
            running.cancel()

    asyncio.run(run())
    return bench


async def greet(bench):
    bench.radio.connect()
    bench.say(HOST)
    await bench.settle(2)


async def record(bench, samples):
    bench.say(messages.Start(77, 0xFFFFFFFF))
    await bench.settle(2)
    bench.chip.sample(samples)
    await bench.settle(2)
