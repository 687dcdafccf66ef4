"""Codec of samples: first differences in zigzag varints, about 1.2 bytes for a sample of PPG.

The first value of a block is a difference from zero, so that each block stands alone.
"""

from dyadwire.errors import WireError
from dyadwire.loops import encode_into as encode_into

MAX_SAMPLE_SIZE = 5


def decode(data: "bytes | memoryview", count: int) -> list[int]:
    """List of `count` samples packed in data.

    Raises WireError where the data end early or late.

    >>> decode(bytes.fromhex("c8010603"), 3)     # +100, +3, -2
    [100, 103, 101]
    """
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
