"""Samples as first differences in zigzag varints: about 1.2 bytes for a sample of PPG.

The first value of a block is a difference from zero, so that each block stands alone.
"""

from dyadwire.errors import WireError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

MAX_SAMPLE_SIZE = 5
SAMPLE_BITS = 31


def encode_plainly(
    buffer: bytearray, offset: int, samples: "Sequence[int]", first: int, count: int, previous: int
) -> int:
    """Append samples[first:first + count] to buffer at offset; return the end.

    Samples are signed and fit into SAMPLE_BITS. The caller provides MAX_SAMPLE_SIZE bytes for each
    and says which sample of the same block came just before them (`previous`; 0 for none).
    """
    for index in range(first, first + count):
        value = samples[index]
        offset = put_difference(buffer, offset, value - previous)
        previous = value
    return offset


def put_difference(buffer: bytearray, offset: int, difference: int) -> int:
    """Write one zigzag varint at offset; return the end."""
    zigzag = difference * 2 if difference >= 0 else -2 * difference - 1
    while zigzag >= 0x80:
        buffer[offset] = (zigzag & 0x7F) | 0x80
        zigzag >>= 7
        offset += 1
    buffer[offset] = zigzag
    return offset + 1


def decode(data: "bytes | memoryview", count: int) -> list[int]:
    """List of `count` samples packed in data."""
    samples: list[int] = []
    value = 0
    offset = 0
    for _ in range(count):
        zigzag = 0
        shift = 0
        while True:
            if offset >= len(data) or shift > 35:
                raise WireError("block ends after %d of %d samples" % (len(samples), count))
            byte = data[offset]
            offset += 1
            zigzag |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                break
        value += -((zigzag + 1) >> 1) if zigzag & 1 else zigzag >> 1
        samples.append(value)
    if offset != len(data):
        raise WireError("block has %d bytes left after %d samples" % (len(data) - offset, count))
    return samples


encode_into = encode_plainly
if not TYPE_CHECKING:
    try:
        from dyadwire import fast

        encode_into = fast.encode_into
    except (ImportError, SyntaxError, ValueError):
        pass  # CPython, or a MicroPython that cannot compile for this processor
