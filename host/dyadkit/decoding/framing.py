"""Whole frames out of received chunks, many at a time."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import NamedTuple, Protocol, TypeAlias, runtime_checkable
from zlib import crc32

import numpy as np

from dyadkit.dyad.arrays import Bools, Ints
from dyadkit.dyad.limits import MAX_HOST_NS
from dyadwire import frames

BATCH = 1 << 16
"""Chunks that are looked at together: some megabytes, more would not be faster."""
_CHECKED = 0x2144DF1C
"""CRC32 of any bytes followed by their own CRC32, the lowest byte first."""


class Batch(NamedTuple):
    """Chunks of received bytes end to end in `data`.

    host_ns, ends : shape (chunks,), when each came, and where in `data` it ends
    """

    host_ns: Ints
    ends: Ints
    data: bytes

    @property
    def starts(self) -> Ints:
        """Where in `data` each chunk begins, shape (chunks,)."""
        return np.concatenate([[0], self.ends[:-1]]).astype(np.int64)[: len(self.ends)]


@runtime_checkable
class Batched(Protocol):
    """A sequence of chunks that is kept end to end already."""

    def batches(self, size: int) -> Iterator[Batch]:
        """All chunks in order, at most so many at a time."""


Chunks: TypeAlias = Iterable[tuple[int, bytes]] | Batched
"""(host_ns, bytes) of what came from a wearable, in order of arrival."""


def whole_frames(chunks: Chunks) -> Iterator[Batch]:
    """Batches whose every entry is one whole, checked frame, with the arrival of its last byte.

    1. Nearly always each chunk is a frame. Then a batch is checked as it is.
    2. Else its chunks pass through a `FrameReader`, as does every later batch until nothing is
       left over: a frame may begin in one and end in the next.
    3. A time that no clock shows counts as the last that one may: the frame itself is whole.
    """
    reader, left_over = frames.FrameReader(), 0
    for batch in _batches(chunks):
        if not left_over and _are_frames(batch):
            yield batch
            continue
        noise = reader.noise_bytes
        found = [
            (host_ns, framed) for host_ns, data in _chunks(batch) for framed in reader.feed(data)
        ]
        used = sum(len(framed) for _, framed in found) + reader.noise_bytes - noise
        left_over += len(batch.data) - used
        yield from _batches(found)


def _batches(chunks: Chunks) -> Iterator[Batch]:
    if isinstance(chunks, Batched):
        yield from chunks.batches(BATCH)
        return
    rest = iter(chunks)
    while piece := list(islice(rest, BATCH)):
        host_ns = np.array([min(host_ns, MAX_HOST_NS) for host_ns, _ in piece], dtype=np.int64)
        ends = np.cumsum([len(data) for _, data in piece])
        yield Batch(host_ns, ends, b"".join(data for _, data in piece))


def _chunks(batch: Batch) -> Iterator[tuple[int, bytes]]:
    places = zip(batch.host_ns.tolist(), batch.starts.tolist(), batch.ends.tolist(), strict=True)
    return ((host_ns, batch.data[start:end]) for host_ns, start, end in places)


def _are_frames(batch: Batch) -> bool:
    """Whether every chunk is exactly one whole frame."""
    starts, sizes = batch.starts, batch.ends - batch.starts
    if not len(sizes) or sizes.min() < frames.OVERHEAD:
        return False
    octets = np.frombuffer(batch.data, dtype=np.uint8)
    length: Ints = octets[starts + 2].astype(np.int64)
    shaped: Bools = (
        (octets[starts] == frames.MAGIC)
        & (length <= frames.MAX_PAYLOAD)
        & (length + frames.OVERHEAD == sizes)
    )
    if not shaped.all():
        return False
    view = memoryview(batch.data)
    places = zip((starts + 1).tolist(), batch.ends.tolist(), strict=True)
    return all(crc32(view[start:end]) == _CHECKED for start, end in places)
