"""A second central: after six seconds it greets the wearable `a` as a host does."""

import asyncio

import bluetooth

from dyadwire import frames, gatt, meanings, messages

ble = bluetooth.BLE()
happened = asyncio.ThreadSafeFlag()
events = []


def on_event(event, data):
    events.append((event, tuple(bytes(x) if isinstance(x, memoryview) else x for x in data)))
    happened.set()


async def until(wanted):
    while True:
        for event, data in events:
            if event == wanted:
                return data
        await happened.wait()


async def main():
    await asyncio.sleep(6)
    ble.active(True)
    ble.config(mtu=256)
    ble.irq(on_event)
    ble.gap_scan(3000, 30000, 30000, True)
    kind, address = (await until(5))[:2]
    ble.gap_scan(None)
    ble.gap_connect(kind, address)
    connection = (await until(7))[0]
    ble.gattc_exchange_mtu(connection)
    await until(21)
    ble.gattc_discover_characteristics(connection, 1, 0xFFFF)
    await until(12)
    handles = {bytes(d[4]): d[2] for event, d in events if event == 11}
    hello = messages.Hello(1, 0, 0, 0, bytes(6), 0, bytes(4))
    control = handles[bytes(bluetooth.UUID(gatt.CONTROL))]
    ble.gattc_write(connection, control, frames.frame(hello.KIND, messages.pack(hello)), 0)
    received = (await until(18))[2]
    refusal = messages.unpack(received[1], frames.payload_of(received))
    print("refused:", dict(meanings.REASONS)[refusal.reason])
    await until(8)
    print("disconnected")
    await asyncio.sleep(1000)


asyncio.run(main())
