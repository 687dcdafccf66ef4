"""A wearable that is central to another: finds it, connects, writes to it, hears its answer."""

import asyncio

import bluetooth

CONTROL = bluetooth.UUID("d7ad0002-6b1f-4c58-9d0c-5f2a2f6b7c01")
DATA = bluetooth.UUID("d7ad0003-6b1f-4c58-9d0c-5f2a2f6b7c01")
ble = bluetooth.BLE()
happened = asyncio.ThreadSafeFlag()
events = []


def on_event(event, data):
    kept = tuple(bytes(part) if isinstance(part, memoryview) else part for part in data)
    events.append((event, kept))
    happened.set()


async def until(wanted):
    while True:
        for event, data in events:
            if event == wanted:
                return data
        await happened.wait()


async def main():
    ble.active(True)
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
    ble.gattc_write(connection, handles[bytes(CONTROL)], b"hello", 0)
    while not any(event == 18 and d[2].startswith(b"echo") for event, d in events):
        await happened.wait()
    received = [d[2] for event, d in events if event == 18 and d[2].startswith(b"echo")]
    print("heard", received[0].split()[2].decode())
    await asyncio.sleep(1000)


asyncio.run(main())
