# ruff: noqa: SIM105, UP041
"""Another central, again and again: connects to a wearable in reach, says nothing or anything.

MicroPython has no contextlib, and its TimeoutError is asyncio's.
"""

import asyncio
import random

import bluetooth

from dyadwire import frames, messages

HELLO = messages.Hello(1, 0, 0, 0, bytes(6), 0, bytes(4))
CONTROL = 16  # its handle, as every wearable has it

ble = bluetooth.BLE()
happened = asyncio.ThreadSafeFlag()
events = []


def on_event(event, data):
    events.append((event, tuple(bytes(x) if isinstance(x, memoryview) else x for x in data)))
    happened.set()


async def until(wanted):
    while True:
        while events:
            event, data = events.pop(0)
            if event in (wanted, 8):
                return data if event == wanted else None
        await happened.wait()


def anything():
    message = random.choice(messages.MESSAGES)
    size = random.choice((messages.size(message), random.randrange(200)))
    return frames.frame(message.KIND, bytes(random.getrandbits(8) for _ in range(size)))


async def visit():
    ble.gap_scan(3000, 30000, 30000, True)
    kind, address = (await asyncio.wait_for(until(5), 5))[:2]
    ble.gap_scan(None)
    ble.gap_connect(kind, address)
    connection = (await asyncio.wait_for(until(7), 5))[0]
    try:
        ble.gattc_exchange_mtu(connection)
        await asyncio.wait_for(until(21), 2)
        for _ in range(random.randrange(6)):
            framed = random.choice((frames.frame(HELLO.KIND, messages.pack(HELLO)), anything()))
            ble.gattc_write(connection, CONTROL, framed, 0)
            await asyncio.sleep(random.random())
        await asyncio.sleep(random.randrange(4))
    finally:
        ble.gap_disconnect(connection)


async def main():
    ble.active(True)
    ble.config(mtu=256)
    ble.irq(on_event)
    while True:
        events.clear()
        try:
            await visit()
        except (OSError, TypeError, asyncio.TimeoutError):
            pass  # out of reach, or gone in the middle
        await asyncio.sleep(random.random())


asyncio.run(main())
