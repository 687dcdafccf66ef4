"""The inner loops of the wire in plain Python: what they give, and what runs on a host.

`fast` holds the same functions as machine code; `loops` chooses.
"""

import binascii
import struct

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

CRC_OF_NIBBLE: object = None  # only the machine code needs it


def encode_into(
    buffer: bytearray, offset: int, samples: "Sequence[int]", first: int, count: int, previous: int
) -> int:
    """Append samples[first:first + count] to buffer at offset; return the end.

    Samples are signed and fit into 31 bits. The caller provides `codec.MAX_SAMPLE_SIZE`
    for each and says which sample of the same block came just before them (`previous`; 0 for none).
    """
    for index in range(first, first + count):
        value = samples[index]
        offset = _put_difference(buffer, offset, value - previous)
        previous = value
    return offset


def _put_difference(buffer: bytearray, offset: int, difference: int) -> int:
    """Write one zigzag varint at offset; return the end."""
    zigzag = difference * 2 if difference >= 0 else -2 * difference - 1
    while zigzag >= 0x80:
        buffer[offset] = (zigzag & 0x7F) | 0x80
        zigzag >>= 7
        offset += 1
    buffer[offset] = zigzag
    return offset + 1


def put_checksum(buffer: bytearray, begin: int, end: int, table: object) -> None:
    """Write the CRC32 of buffer[begin:end] at buffer[end]; `table` is for the machine code only."""
    struct.pack_into("<I", buffer, end, binascii.crc32(memoryview(buffer)[begin:end]))


def stuff_into(
    target: "bytearray | memoryview", data: "bytes | bytearray | memoryview", size: int
) -> int:
    """Write data[:size] as a packet to target[0:], the delimiter included; return its end."""
    code_at = 0
    end = 1
    for index in range(size):
        byte = data[index]
        if byte:
            target[end] = byte
            end += 1
        if not byte or end - code_at == 255:
            target[code_at] = end - code_at
            code_at = end
            end += 1
    target[code_at] = end - code_at
    target[end] = 0
    return end + 1
