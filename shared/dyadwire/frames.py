"""Frames: bytes in an envelope that arrive whole and checked, or not at all.

    magic 0xD7 | kind | payload length | payload | CRC32 of kind, length and payload

The same frame travels over BLE and USB and lies in flash and in the session file. A reader finds
its way in any stream of bytes; noise is normal, it never raises, it counts.
"""

import binascii
import struct

from dyadwire.loops import CRC_OF_NIBBLE, put_checksum

MAGIC = 0xD7
HEADER_SIZE = 3
OVERHEAD = HEADER_SIZE + 4
MAX_PAYLOAD = 221
MAX_FRAME = MAX_PAYLOAD + OVERHEAD


def seal(buffer: bytearray, kind: int, length: int) -> int:
    """Make buffer[0:] a frame around the payload already at HEADER_SIZE; return its size.

    Allocates nothing where the machine code runs.
    """
    buffer[0] = MAGIC
    buffer[1] = kind
    buffer[2] = length
    end = HEADER_SIZE + length
    put_checksum(buffer, 1, end, CRC_OF_NIBBLE)
    return end + 4


def frame(kind: int, payload: "bytes | memoryview") -> bytes:
    """A whole frame as bytes."""
    if len(payload) > MAX_PAYLOAD:
        raise ValueError("payload of %d bytes does not fit into a frame" % len(payload))
    buffer = bytearray(len(payload) + OVERHEAD)
    buffer[HEADER_SIZE : HEADER_SIZE + len(payload)] = payload
    seal(buffer, kind, len(payload))
    return bytes(buffer)


def frame_size(data: "bytes | bytearray | memoryview", start: int) -> int:
    """Size of the intact frame at data[start], 0 if there is none, -1 if it may be incomplete.

    1. Too short for a header: nothing so far, or a magic byte, may yet become a frame.
    2. No magic, or a length no frame has: not here, whatever follows.
    3. The payload or the checksum is not all there yet: wait for more.
    4. All is there and the checksum does not hold: noise that looked like a frame.
    """
    if len(data) - start < HEADER_SIZE:
        return -1 if len(data) == start or data[start] == MAGIC else 0
    if data[start] != MAGIC or data[start + 2] > MAX_PAYLOAD:
        return 0
    end = start + HEADER_SIZE + data[start + 2]
    if len(data) < end + 4:
        return -1
    (checksum,) = struct.unpack_from("<I", data, end)
    if binascii.crc32(memoryview(data)[start + 1 : end]) != checksum:
        return 0
    return end + 4 - start


class FrameReader:
    """Reader that finds frames in a stream of bytes that may begin anywhere and hold noise.

    `frames` counts frames found, `noise_bytes` the bytes skipped.

    >>> reader = FrameReader()
    >>> [bytes(payload_of(one)) for one in reader.feed(b"noise" + frame(0x0D, b"payload"))]
    [b'payload']
    >>> reader.noise_bytes
    5
    """

    def __init__(self) -> None:
        self.frames = 0
        self.noise_bytes = 0
        self._pending = b""

    def feed(self, data: "bytes | bytearray | memoryview") -> list[bytes]:
        """Take more bytes; return the list of whole frames found, as bytes."""
        pending = self._pending + bytes(data)
        found: list[bytes] = []
        start = 0
        while start < len(pending):
            length = self.size_at(pending, start)
            if length < 0:
                break
            if length:
                found.append(pending[start : start + length])
                start += length
            else:
                start += 1
                self.noise_bytes += 1
        self._pending = pending[start:]
        self.frames += len(found)
        return found

    def size_at(self, data: bytes, start: int) -> int:
        """What `frame_size` says of data[start]; who reads more than frames overrides it."""
        return frame_size(data, start)

    def finish(self) -> list[bytes]:
        """Declare the stream ended: frames hidden behind a false start are returned."""
        found: list[bytes] = []
        while self._pending:
            self._pending = self._pending[1:]
            self.noise_bytes += 1
            found += self.feed(b"")
        return found


def kind_of(framed: bytes) -> int:
    """Kind of a whole frame."""
    return framed[1]


def payload_of(framed: bytes) -> memoryview:
    """Payload of a whole frame, without copying."""
    return memoryview(framed)[HEADER_SIZE : len(framed) - 4]
