"""The USB serial port of a virtual wearable: what `sys.stdin` and `sys.stdout` are on a board.

The input buffer is as small as on ESP32; what finds no room is lost and counted. The output's is,
too: while the host holds DTR high, writing waits for room, half a second at most; while it is low
the newest bytes replace the oldest without a word. What the firmware prints does not pass here.
"""

import io
import struct
import sys

from virtual import costs
from virtual.clock import USB_IN, USB_LINE, USB_OUT
from virtual.world import clock

RING_SIZE = 260
FIFO_SIZE = 256
PATIENCE_US = 500000
LOOK_EACH_US = 1000
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
    """The board's output: a FIFO that the host empties as fast as it reads."""

    def __init__(self):
        self.lost = 0
        self._fifo = bytearray()
        self._dtr = 0
        self._bytes_per_s = 0
        self._left_us = 0
        clock.receivers[USB_LINE] = self._on_line

    def ioctl(self, request, flags):
        if request != _POLL:
            return -1
        self._leave()
        return 0 if self._dtr and len(self._fifo) >= FIFO_SIZE else flags & _WRITE

    def write(self, data):
        """As many bytes as found room before the host was taken to be gone."""
        data = bytes(data)
        clock.spend(costs.USB_BYTE_US * len(data))
        clock.follow(data)
        self._leave()
        taken = self._put(data) if self._dtr else self._replace(data)
        if self._fifo and self._bytes_per_s:
            clock.call_at(self._empty_us(), self._leave)
        return taken

    def _put(self, data):
        taken = waited_us = 0
        while True:
            part = data[taken : taken + FIFO_SIZE - len(self._fifo)]
            if part:
                self._fifo += part
                taken += len(part)
                waited_us = 0
            if taken == len(data) or waited_us >= PATIENCE_US or not self._dtr:
                return taken
            clock.spend(LOOK_EACH_US)
            waited_us += LOOK_EACH_US
            self._leave()

    def _replace(self, data):
        fifo = self._fifo + data
        over = len(fifo) - FIFO_SIZE
        if over > 0:
            self.lost += over
            fifo = fifo[over:]
        self._fifo = fifo
        return len(data)

    def _on_line(self, payload):
        """The host opened or closed its end, or reads at another pace."""
        clock.is_woken = True
        self._leave()
        self._left_us = clock.now
        self._dtr, self._bytes_per_s = struct.unpack("<BI", payload)
        if self._fifo and self._bytes_per_s:
            clock.call_at(self._empty_us(), self._leave)

    def _empty_us(self):
        return self._left_us + len(self._fifo) * 1000000 // self._bytes_per_s + 1

    def _leave(self, _=None):
        """Hand over to the host what it has read by now."""
        passed_us = clock.now - self._left_us
        count = min(len(self._fifo), passed_us * self._bytes_per_s // 1000000)
        if count == 0:
            if not self._fifo:
                self._left_us = clock.now
            return
        clock.post(USB_OUT, bytes(self._fifo[:count]))
        self._fifo = self._fifo[count:]
        self._left_us += count * 1000000 // self._bytes_per_s


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
