"""The cable: a link over USB serial, beside the prompt that developers use.

Bytes come one by one, because MicroPython's input waits until it has as many as it is asked for.
The port's input buffer holds 260 bytes and drops what finds no room: after each packet the host is
told how much was taken, and never has more than a window of bytes under way.

A program like mpremote interrupts with Ctrl-C. No packet begins with RETURN and Ctrl-C, so these
two, where a packet may begin, end the wearable's program and give the prompt.
"""

import asyncio
import select

from micropython import const

from dyadwire import cobs, frames, messages
from dyadwire.frames import FrameReader
from dyadwire.ticks import TICKS_MASK
from wearable.radio import LINK_DOWN, RECEIVED, Arrival

TYPE_CHECKING = const(0)
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

_SILENT_AFTER_MS = const(10_000)
_PAUSE_US = const(200_000)  # a packet that pauses so long will not be finished
_HELD_US = const(100_000)  # what was written so slowly was cut off: nobody reads
_PIECE = const(16)  # bytes: the port says that one has room, and waits for the others

_RETURN = const(13)
_INTERRUPT = const(3)


class Usb:
    """The cable as a source of arrivals and as the one link through it.

    Preallocates two packets of 256 bytes.
    """

    def __init__(self, lines: "tuple[Any, Any]", ticks_us: "Callable[[], int]") -> None:
        self.reader = FrameReader()
        self.is_up = False
        self.sent = 0
        self._has_spoken = False
        self._in, self._out = lines
        self._ticks_us = ticks_us
        self._stream = asyncio.StreamReader(self._in)
        self._readable = select.poll()
        self._readable.register(self._in, select.POLLIN)
        self._writable = select.poll()
        self._writable.register(self._out, select.POLLOUT)
        self._packets = cobs.PacketReader()
        self._byte = bytearray(1)
        self._packet = bytearray(1 + cobs.MAX_PACKET)
        self._view = memoryview(self._packet)
        self._end = 0
        self._is_cut = False
        self._taken = 0
        self._tick = 0
        self._began_with_return = False

    # The port's buffer holds 256 bytes and tells only whether one more finds room. A write that is
    # larger waits for the host, up to half a second, and all else with it.
    #   1. Nothing of a packet has left: it is encoded, behind a delimiter if one before was cut.
    #   2. Pieces leave while there is room. There is none: the rest goes first, and alone, later.
    #   3. A piece took long: nobody reads. Nothing more is written until that host speaks.
    def send(self, framed: memoryview) -> bool:
        """Hand whole frames to the cable; False when it has no room yet or nobody is there."""
        if not self.is_up or not self._writable.poll(0):
            return False
        at = self.sent
        if at == 0:
            self._end = 1 + cobs.encode_into(self._view[1:], framed, len(framed))
            at = 0 if self._is_cut else 1
        while at < self._end and self._is_readily_writable():
            at += self._put(at, min(at + _PIECE, self._end))
        self._is_cut = 1 < at < self._end or (self._is_cut and at == 0)
        self.sent = at if self._is_cut else 0
        return at == self._end

    def _is_readily_writable(self) -> bool:
        return self.is_up and bool(self._writable.poll(0))

    def _put(self, start: int, end: int) -> int:
        """Write a piece of the packet; how much of it went."""
        began = self._ticks_us()
        count: int = self._out.write(self._view[start:end])
        self.is_up = (self._ticks_us() - began) & TICKS_MASK < _HELD_US
        return count or 0

    def close(self) -> None:
        """Say no more until somebody speaks."""
        self.is_up = False

    async def arrival(self) -> "Arrival":
        """Wait for the next packet, or for silence long enough to be the end of the link.

        Raises
        ------
        KeyboardInterrupt
            somebody wants the prompt
        """
        while True:
            try:
                wait = self._stream.readinto(self._byte)
                if not await asyncio.wait_for_ms(wait, _SILENT_AFTER_MS):
                    await asyncio.sleep_ms(_SILENT_AFTER_MS)  # the port is gone for good
                    continue
            except asyncio.TimeoutError:
                if self._has_spoken:
                    self.is_up = self._has_spoken = False
                    return Arrival(LINK_DOWN, self, self._tick, b"")
                continue
            data = self._take()
            left = cobs.MAX_PACKET
            while data is None and left and self._readable.poll(0):
                self._in.readinto(self._byte)
                data = self._take()
                left -= 1
            if data is not None:
                self._has_spoken = True
                self._grant()
                self.reader = FrameReader()  # a packet holds whole frames
                return Arrival(RECEIVED, self, self._tick, data)

    # Data and people come through one line, and a packet may hold any byte but 0.
    #   1. A pause within a packet: who sent it is gone. What came so far is dropped, or the next
    #      packet would be taken for its end.
    #   2. Between packets, RETURN: perhaps somebody at a prompt. It is also given to the packets,
    #      for which it is noise if so.
    #   3. Ctrl-C right behind it: surely somebody. No packet begins with these two.
    #   4. Anything else is data, Ctrl-C included.
    def _take(self) -> "bytes | None":
        """Take one byte; the data of the packet it ends."""
        packets, byte = self._packets, self._byte[0]
        now = self._ticks_us() & TICKS_MASK
        if (now - self._tick) & TICKS_MASK > _PAUSE_US and not packets.is_between():
            packets.drop()
        if packets.is_between():
            self._began_with_return = byte == _RETURN
        elif self._began_with_return and byte == _INTERRUPT:
            raise KeyboardInterrupt
        else:
            self._began_with_return = False
        self._tick = now
        self._taken += 1
        return packets.take(byte)

    def _grant(self) -> None:
        """Tell the host how much it may send anew."""
        taken = messages.Taken(self._taken)
        self.is_up = True
        if not self.sent and self.send(memoryview(frames.frame(taken.KIND, messages.pack(taken)))):
            self._taken = 0
