"""A peripheral built on `aioble`: advertises, notifies, echoes what is written, meets twice."""

import asyncio
import os
import sys

import bluetooth

sys.path.append(os.getenv("DYADKIT_DRIVERS"))

import aioble

from dyadwire import gatt

SERVICE = bluetooth.UUID(gatt.SERVICE)
service = aioble.Service(SERVICE)
control = aioble.BufferedCharacteristic(
    service, bluetooth.UUID(gatt.CONTROL), write=True, write_no_response=True, max_len=100
)
data = aioble.Characteristic(service, bluetooth.UUID(gatt.DATA), notify=True)
aioble.register_services(service)


async def chat(connection):
    count = 0
    while connection.is_connected():
        await asyncio.sleep_ms(100)
        try:
            data.notify(connection, b"say %d" % count)
        except (OSError, TypeError):
            break  # it went in the meantime
        count += 1


async def echo():
    while True:
        connection = await control.written()
        data.notify(connection, b"echo " + control.read())


async def main():
    asyncio.create_task(echo())
    for meeting in range(2):
        connection = await aioble.advertise(100_000, name="aioble", services=[SERVICE])
        chatting = asyncio.create_task(chat(connection))
        await connection.disconnected()
        await chatting
        print("met", meeting)
    try:
        await aioble.advertise(100_000, timeout_ms=300)
    except TimeoutError:
        print("nobody came")
    await asyncio.sleep(1000)


asyncio.run(main())
