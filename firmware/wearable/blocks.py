"""The writer of blocks: samples of one stream gathered into a frame, without allocating."""

import struct

from micropython import const

from dyadwire import frames, loops, messages

TYPE_CHECKING = const(0)
if TYPE_CHECKING:
    from array import array

    from dyadwire.ticks import DeviceClock

_LIMIT = const(227)  # with a Sent frame before it a block still fits into one notification
_SAMPLE_SIZE = const(3)  # sensors give at most 20 bits: a difference takes 21 bits of varint
_MAX_SAMPLES = const(255)

_FIXED = messages.size(messages.Block)
_STAMP = frames.HEADER_SIZE + struct.calcsize("<BHII")
_COUNT = _STAMP + struct.calcsize("<Q")
_STATUS = _COUNT + 1
_SAMPLES = frames.HEADER_SIZE + _FIXED


class BlockWriter:
    """The block of one stream that is being filled; `frame` holds it.

    Preallocates one frame (228 bytes). `counter` is the running number of the next sample.
    """

    def __init__(self, stream: int, boot: int, clock: "DeviceClock") -> None:
        self.stream = stream
        self.frame = bytearray(frames.MAX_FRAME)
        self.counter = 0
        self.sequence = 0
        self.count = 0
        self._boot = boot
        self._clock = clock
        self._end = _SAMPLES
        self._previous = 0
        self._first = 0
        self._status = 0
        self._tick = 0

    def has_room(self, count: int) -> bool:
        """Whether so many samples surely fit into the present block."""
        room = _LIMIT - frames.OVERHEAD + frames.HEADER_SIZE - self._end
        return self.count + count <= _MAX_SAMPLES and count * _SAMPLE_SIZE <= room

    def add(self, samples: "array[int]", count: int, status: int, tick: int) -> None:
        """Take samples[:count], the last of which was read at `tick`; there must be room."""
        if self.count == 0:
            self._first = self.counter
        self._end = loops.encode_into(self.frame, self._end, samples, 0, count, self._previous)
        self._previous = samples[count - 1]
        self._status |= status
        self._tick = tick
        self.count += count
        self.counter += count

    def skip(self, lost: int) -> None:
        """Leave out the numbers of lost samples; only between blocks."""
        self.counter += lost

    def close(self) -> int:
        """Seal the block in `frame` and return its size; the next block begins empty."""
        frame = self.frame
        struct.pack_into(
            "<BHII", frame, frames.HEADER_SIZE, self.stream, self._boot, self.sequence, self._first
        )
        self._clock.put_us(frame, _STAMP, self._tick)
        frame[_COUNT] = self.count
        frame[_STATUS] = self._status & 0xFF
        frame[_STATUS + 1] = self._status >> 8
        size = frames.seal(frame, messages.Block.KIND, self._end - frames.HEADER_SIZE)
        self.sequence += 1
        self.count = 0
        self._end = _SAMPLES
        self._previous = 0
        self._status = 0
        return size
