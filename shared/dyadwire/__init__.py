"""The dyadkit protocol: what a wearable and its host say to each other, byte for byte.

The same source runs on CPython and MicroPython. Read `messages` first, then `frames`, `codec`,
`ticks` and `exchange`; `streams` and `gatt` hold the names both sides share. `key_messages`,
`handshake` and `records` are what a wearable with a key speaks besides.
"""

MAJOR = 1
MINOR = 2
