"""Samples out of packed blocks: the vectorised twin of the wire's codec."""

import numpy as np
from numpy.typing import NDArray

from dyadkit.dyad.arrays import Bools, Ints
from dyadkit.dyad.limits import MAX_SAMPLE
from dyadwire.errors import WireError

_MAX_SIZE = 6
"""Bytes of a sample: one more than any that the wire's encoder writes."""


def unpack_samples(packed: bytes, counts: Ints) -> Ints:
    """Samples of many blocks whose packed bytes stand end to end; twin of `codec.decode`.

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
    data = np.frombuffer(packed, dtype=np.uint8)
    ends = np.flatnonzero(data < 0x80)
    if len(ends) != counts.sum() or (len(data) and data[-1] >= 0x80):
        raise WireError(f"blocks hold {len(ends)} samples where {counts.sum()} are announced")
    if np.diff(ends, prepend=-1).max(initial=0) > _MAX_SIZE:
        raise WireError(f"a sample takes more than {_MAX_SIZE} bytes")
    return _unpacked(data, ends, counts)


def sound_samples(data: NDArray[np.uint8], sizes: Ints, counts: Ints) -> tuple[Bools, Ints]:
    """Which blocks hold exactly the samples they announce, and the samples of these end to end.

    Parameters
    ----------
    data : shape (sizes.sum(),), the packed bytes of all blocks
    sizes, counts : shape (blocks,), bytes and samples of each

    Examples
    --------
    The second block announces two samples and holds one:

    >>> data = np.array([10, 1, 10], dtype=np.uint8)
    >>> sound_samples(data, sizes=np.array([2, 1]), counts=np.array([2, 2]))
    (array([ True, False]), array([5, 4]))
    """
    last = data < 0x80
    ends, stops = np.flatnonzero(last), np.cumsum(sizes)
    held = np.diff(np.searchsorted(ends, stops), prepend=0)
    sound = (held == counts) & (sizes > 0)
    sound[sound] = last[stops[sound] - 1]
    if not sound.all():
        data = data[np.repeat(sound, sizes)]
        ends = np.flatnonzero(data < 0x80)
    counts = counts[sound]
    samples = _unpacked(data, ends, counts)
    is_wild = (np.diff(ends, prepend=-1) > _MAX_SIZE) | (np.abs(samples) >= MAX_SAMPLE)
    if not is_wild.any():
        return sound, samples
    fits = np.ones(len(counts), dtype=bool)
    fits[np.searchsorted(np.cumsum(counts), np.flatnonzero(is_wild), side="right")] = False
    sound[sound] = fits
    return sound, samples[np.repeat(fits, counts)]


def _unpacked(data: NDArray[np.uint8], ends: Ints, counts: Ints) -> Ints:
    """Samples of blocks that hold what `counts` says; `ends` is the last byte of each sample.

    Each sample is the zigzag of its difference from the one before, seven bits to a byte, the
    lowest first; a byte below 0x80 is a sample's last. The first of a block is a difference from
    zero: `before`, the sum of all differences until there, is taken off again.
    """
    if not len(ends):
        return np.empty(0, dtype=np.int64)
    sizes = np.diff(ends, prepend=-1)
    zigzag = data[ends].astype(np.int64)
    for further in range(1, min(int(sizes.max()), _MAX_SIZE)):
        longer = np.flatnonzero(sizes > further)
        zigzag[longer] = (zigzag[longer] << 7) | (data[ends[longer] - further] & 0x7F)
    steps = (zigzag >> 1) ^ -(zigzag & 1)
    total = np.cumsum(steps)
    block_starts = np.cumsum(counts) - counts
    before = np.concatenate(([0], total))[block_starts]
    return np.asarray(total - np.repeat(before, counts), dtype=np.int64)
