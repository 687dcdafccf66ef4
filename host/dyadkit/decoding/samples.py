"""Samples out of packed blocks: the vectorised twin of the wire's codec."""

import numpy as np

from dyadkit.dyad.arrays import Ints
from dyadwire.errors import WireError


def unpack_samples(packed: bytes, counts: Ints) -> Ints:
    """Samples of many blocks whose packed bytes stand end to end; twin of `codec.decode`.

    Each sample is the zigzag of its difference from the one before, seven bits to a byte, the
    lowest first; a byte below 0x80 is a sample's last. The first of a block is a difference from
    zero: `before`, the sum of all differences until there, is taken off again.

    Parameters
    ----------
    packed : the bytes of all blocks
    counts : shape (blocks,), samples in each

    Raises
    ------
    WireError
        the bytes do not hold exactly the counted samples

    Examples
    --------
    Two samples (+5, -1), then one (+5) of the next block:

    >>> import numpy as np
    >>> unpack_samples(bytes([10, 1, 10]), np.array([2, 1])).tolist()
    [5, 4, 5]
    """
    data = np.frombuffer(packed, dtype=np.uint8).astype(np.int64)
    ends = np.flatnonzero(data < 0x80)
    if len(ends) != counts.sum() or (len(data) and data[-1] >= 0x80):
        raise WireError(f"blocks hold {len(ends)} samples where {counts.sum()} are announced")
    if not len(ends):
        return np.empty(0, dtype=np.int64)
    starts = np.concatenate(([0], ends[:-1] + 1))
    place = np.arange(len(data)) - np.repeat(starts, ends - starts + 1)
    if place.max() > 5:
        raise WireError("a sample takes more than six bytes")
    zigzag = np.add.reduceat((data & 0x7F) << (7 * place), starts)
    steps = (zigzag >> 1) ^ -(zigzag & 1)
    total = np.cumsum(steps)
    block_starts = np.cumsum(counts) - counts
    before = np.concatenate(([0], total))[block_starts]
    return np.asarray(total - np.repeat(before, counts), dtype=np.int64)
