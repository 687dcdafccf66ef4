# mypy: ignore-errors
# ruff: noqa: F821, ANN201 - viper's pointer types exist only inside its compiler
"""The inner loops of the wire as machine code, for interpreters that can compile it.

`plain` holds the same functions and says what they give. Nothing here allocates: all arithmetic is
on machine words, of which only the lowest 32 bits count (a 64-bit machine loads samples without
their sign).
"""

from array import array

import micropython


def _crc_of_nibble(nibble: int) -> int:
    crc = nibble
    for _ in range(4):
        crc = (crc >> 1) ^ (0xEDB88320 if crc & 1 else 0)
    return crc


CRC_OF_NIBBLE = array("I", [_crc_of_nibble(nibble) for nibble in range(16)])


@micropython.viper
def encode_into(
    buffer: ptr8, offset: int, samples: ptr32, first: int, count: int, previous: int
) -> int:
    """See `plain.encode_into`."""
    index = first
    end = first + count
    while index < end:
        value = samples[index]
        difference = value - previous
        zigzag = (difference << 1) ^ -((difference >> 31) & 1)
        group = zigzag & 0x7F
        rest = (zigzag >> 7) & 0x1FFFFFF
        while rest:
            buffer[offset] = group | 0x80
            offset += 1
            group = rest & 0x7F
            rest >>= 7
        buffer[offset] = group
        offset += 1
        previous = value
        index += 1
    return offset


@micropython.viper
def put_checksum(buffer: ptr8, begin: int, end: int, table: ptr32):
    """Write the CRC32 of buffer[begin:end] at buffer[end], low byte first."""
    crc = -1
    while begin < end:
        crc ^= buffer[begin]
        crc = ((crc >> 4) & 0x0FFFFFFF) ^ table[crc & 15]
        crc = ((crc >> 4) & 0x0FFFFFFF) ^ table[crc & 15]
        begin += 1
    crc ^= -1
    buffer[end] = crc & 0xFF
    buffer[end + 1] = (crc >> 8) & 0xFF
    buffer[end + 2] = (crc >> 16) & 0xFF
    buffer[end + 3] = (crc >> 24) & 0xFF


@micropython.viper
def stuff_into(target: ptr8, data: ptr8, size: int) -> int:
    """See `plain.stuff_into`."""
    code_at = 0
    end = 1
    index = 0
    while index < size:
        byte = data[index]
        index += 1
        if byte:
            target[end] = byte
            end += 1
        if byte == 0 or end - code_at == 255:
            target[code_at] = end - code_at
            code_at = end
            end += 1
    target[code_at] = end - code_at
    target[end] = 0
    return end + 1
