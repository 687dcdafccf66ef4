"""Packets on a serial cable: consistent overhead byte stuffing.

A packet holds no zero byte and ends with one, so that a reader that comes late, or after a
program's printed text, finds the next beginning. At most one byte in 254 is added.
"""

from dyadwire.loops import stuff_into as encode_into

DELIMITER = 0
MAX_PACKET = 256  # bytes on the cable, with the delimiter
MAX_DATA = 252


def packet(data: "bytes | memoryview") -> bytes:
    """A whole packet as bytes, with its delimiter.

    >>> packet(bytes((7, 0, 9))).hex()
    '0207020900'
    """
    target = bytearray(len(data) + len(data) // 254 + 2)
    return bytes(target[: encode_into(target, data, len(data))])


def decode_in_place(buffer: bytearray, size: int) -> int:
    """Turn the packet buffer[:size], without its delimiter, into data; its size, -1 if damaged."""
    read = 0
    end = 0
    while read < size:
        code = buffer[read]
        if code == DELIMITER or read + code > size:
            return -1
        for index in range(read + 1, read + code):
            buffer[end] = buffer[index]
            end += 1
        read += code
        if code < 255 and read < size:
            buffer[end] = 0
            end += 1
    return end


class PacketReader:
    """Reader that finds packets among bytes that come one by one or in any pieces.

    `noise_bytes` counts what belonged to no intact packet. Preallocates MAX_PACKET bytes.

    >>> PacketReader().feed(packet(b"one") + packet(b"two"))
    [b'one', b'two']
    """

    def __init__(self) -> None:
        self.noise_bytes = 0
        self._buffer = bytearray(MAX_PACKET)
        self._size = 0

    def is_between(self) -> bool:
        """Whether the next byte begins a packet."""
        return self._size == 0

    def take(self, byte: int) -> "bytes | None":
        """Take one byte; the data of the packet it ends, None as long as there is none."""
        if byte == DELIMITER:
            return self._finish()
        if self._size < MAX_PACKET:
            self._buffer[self._size] = byte
        self._size += 1
        return None

    def feed(self, data: "bytes | bytearray | memoryview") -> "list[bytes]":
        """Take more bytes; the data of all packets that end in them."""
        found = [self.take(byte) for byte in data]
        return [one for one in found if one]

    def drop(self) -> None:
        """Give up the packet that has begun."""
        self.noise_bytes += self._size
        self._size = 0

    def _finish(self) -> "bytes | None":
        size = self._size
        end = decode_in_place(self._buffer, size) if size <= MAX_PACKET else -1
        if size and end < 0:
            self.noise_bytes += size
        self._size = 0
        return bytes(self._buffer[:end]) if end > 0 else None
