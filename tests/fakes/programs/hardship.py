"""A wearable whose bus falls silent and whose flash remembers."""

import os
import time

import esp
import machine

esp.osdebug(0, esp.LOG_NONE)  # else each address of the scan that does not answer takes 23 ms
bus = machine.I2C(0)
boots = 0
if "boots.txt" in os.listdir():
    with open("boots.txt") as file:
        boots = int(file.read())
with open("boots.txt", "w") as file:
    file.write(str(boots + 1))
print("boot", boots, "cause", machine.reset_cause(), "chips", bus.scan())
if "settings.json" in os.listdir():
    print("settings", open("settings.json").read())
try:
    bus.readfrom_mem(0x33, 0, 1)
except OSError as error:
    print("nobody", error.errno)
while time.ticks_ms() < 1500:
    time.sleep_ms(100)
try:
    bus.readfrom_mem(0x57, 0xFF, 1)
except OSError as error:
    print("silent", error.errno)
if boots == 0:
    time.sleep_ms(1000)
    machine.reset()
watchdog = machine.WDT(timeout=2000)
while True:
    time.sleep_ms(500)
