"""The USB serial port of a virtual wearable: what `sys.stdin` and `sys.stdout` are on a board.

The input buffer is as small as on ESP32; what finds no room is lost and counted. What the firmware
prints does not pass here.
"""

import io
import sys

from virtual import costs
from virtual.clock import USB_IN, USB_OUT
from virtual.world import clock

RING_SIZE = 260
_POLL = 3
_READ = 1
_WRITE = 4


class InputRing(io.IOBase):
    """The board's input: as many bytes as the ring holds."""

    def __init__(self):
        self.lost = 0
        self._ring = bytearray(RING_SIZE)
        self._first = 0
        self._count = 0
        clock.receivers[USB_IN] = self._on_bytes

    def ioctl(self, request, flags):
        if request != _POLL:
            return -1
        return flags & _READ if self._count else 0

    def readinto(self, buffer):
        clock.spend(costs.USB_BYTE_US * len(buffer))
        if self._count < len(buffer):
            raise RuntimeError("a board would wait here for ever: more asked for than came")
        for index in range(len(buffer)):
            buffer[index] = self._ring[self._first]
            self._first = (self._first + 1) % RING_SIZE
        self._count -= len(buffer)
        return len(buffer)

    def _on_bytes(self, data):
        clock.is_woken = True
        for byte in data:
            if self._count == RING_SIZE:
                self.lost += 1
                print("USB input lost", self.lost)
                continue
            self._ring[(self._first + self._count) % RING_SIZE] = byte
            self._count += 1


class Output(io.IOBase):
    """The board's output."""

    def ioctl(self, request, flags):
        return flags & _WRITE if request == _POLL else -1

    def write(self, data):
        clock.spend(costs.USB_BYTE_US * len(data))
        clock.follow(data)
        clock.post(USB_OUT, bytes(data))
        return len(data)


class _File:
    """`sys.stdin` or `sys.stdout`: only its binary side is of interest."""

    def __init__(self, buffer):
        self.buffer = buffer


class System:
    """The `sys` module with the cable at its standard streams."""

    def __init__(self):
        self.stdin = _File(InputRing())
        self.stdout = _File(Output())

    def __getattr__(self, name):
        return getattr(sys, name)


def plug_in():
    """Let every `import sys` from now on find the cable."""
    sys.modules["sys"] = System()
