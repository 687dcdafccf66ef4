"""A small program for a virtual wearable: drains its PPG sensor, notifies, echoes, advertises."""

import asyncio
import time

import bluetooth
import machine

SERVICE = bluetooth.UUID("d7ad0001-6b1f-4c58-9d0c-5f2a2f6b7c01")
CONTROL = bluetooth.UUID("d7ad0002-6b1f-4c58-9d0c-5f2a2f6b7c01")
DATA = bluetooth.UUID("d7ad0003-6b1f-4c58-9d0c-5f2a2f6b7c01")

ble = bluetooth.BLE()
bus = machine.I2C(0)
written = asyncio.ThreadSafeFlag()
central = None
received_us = 0


def advertise():
    ble.gap_advertise(100000, b"\x02\x01\x06\x11\x07" + bytes(SERVICE), resp_data=b"\x05\x09chat")


def on_event(event, data):
    global central, received_us
    if event == 1:
        central = data[0]
    elif event == 2:
        central = None
        advertise()
    elif event == 3:
        received_us = time.ticks_us()
        written.set()


async def echo():
    while True:
        await written.wait()
        ble.gatts_notify(central, data, b"echo %d " % received_us + ble.gatts_read(control))


async def chat():
    pointers = bytearray(3)
    sample = bytearray(6)
    counter = 0
    while True:
        await asyncio.sleep_ms(50)
        bus.readfrom_mem_into(0x57, 4, pointers)
        for _ in range((pointers[0] - pointers[2]) & 31):
            bus.readfrom_mem_into(0x57, 7, sample)
        if central is not None:
            try:
                ble.gatts_notify(central, data, b"say %d %d " % (counter, time.ticks_us()))
                counter += 1
            except OSError as error:
                if error.errno != 12:
                    raise


async def main():
    asyncio.create_task(echo())
    await chat()


ble.active(True)
ble.config(mtu=256)
ble.irq(on_event)
((control, data),) = ble.gatts_register_services(
    (
        (
            SERVICE,
            ((CONTROL, bluetooth.FLAG_WRITE_NO_RESPONSE), (DATA, bluetooth.FLAG_NOTIFY)),
        ),
    )
)
ble.gatts_set_buffer(control, 256)
advertise()
for register, value in ((0x08, b"\x10"), (0x0A, b"\x2f"), (0x0C, b"\x1f\x1f"), (0x09, b"\x03")):
    bus.writeto_mem(0x57, register, value)
asyncio.run(main())
