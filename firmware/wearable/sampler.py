"""The sampler of one sensor: samples into blocks, blocks to flash and link, nothing allocated."""

from micropython import const

from wearable.blocks import BlockWriter

TYPE_CHECKING = const(0)
if TYPE_CHECKING:
    from array import array
    from collections.abc import Callable
    from typing import Protocol

    from dyadwire.ticks import DeviceClock

    Sink = Callable[[bytearray, int], None]

    class Source(Protocol):
        """A sensor as the sampler sees it; `firmware/README.md` tells how to write one."""

        @property
        def streams(self) -> tuple[int, ...]:
            """Numbers of its streams."""

        @property
        def samples(self) -> tuple[array[int], ...]:
            """An array for each stream, filled by `drain`."""

        @property
        def lost(self) -> int:
            """Samples that were due and did not come, before those of the last drain."""

        @property
        def status(self) -> int:
            """Status bits of the last drain."""

        @property
        def tick(self) -> int:
            """When the newest sample was taken."""

        def is_there(self) -> bool:
            """Whether the chip answers."""

        def rate_and_unit(self, stream: int) -> tuple[int, int, int]:
            """Rate in millihertz, numerator and denominator of one count."""

        def start(self) -> None:
            """Begin to sample; OSError if the chip does not answer."""

        def stop(self) -> None:
            """Rest; OSError if the chip does not answer."""

        def drain(self) -> int:
            """Fill `samples`; how many of each stream are new. No exception leaves it."""

        def attend(self) -> list[tuple[int, int]]:
            """Once a second while it is not silent: events, as (code, value)."""

        def is_silent(self) -> bool:
            """Whether it gives nothing that was due."""

        def resume(self) -> None:
            """Configure a silent chip anew; OSError if it does not answer."""


_MAX_AGE_S = const(60)


class Sampler:
    """One source and the blocks of its streams.

    Blocks go to every sink as (buffer, size) and may not be kept. While `live` they end with each
    drain, otherwise when they are full, which saves flash, or after a minute: their stamp is a tick
    that wraps. While it `rests` the source is not asked. `taken` and `lost` count the samples of
    each stream since boot.
    """

    def __init__(
        self, source: "Source", boot: int, clock: "DeviceClock", sinks: "tuple[Sink, ...]"
    ) -> None:
        self.source = source
        self.live = False
        self.rests = False
        self.lost = self.taken = self._age_s = 0
        self._sinks = sinks
        self._writers = [BlockWriter(stream, boot, clock) for stream in source.streams]

    def sample(self) -> int:
        """Drain the source once; return how many samples came from each of its streams."""
        if self.rests:
            return 0
        count = self.source.drain()
        if self.source.lost:
            self._skip()
        if count:
            self._take(count)
        return count

    def flush(self) -> None:
        """End all blocks that hold samples."""
        for writer in self._writers:
            self._close(writer)

    def grow_older(self) -> None:
        """To be called once a second: a block that waits for samples waits a minute at most."""
        self._age_s += 1
        if self._age_s >= _MAX_AGE_S:
            self._age_s = 0
            self.flush()

    def _skip(self) -> None:
        lost = self.source.lost
        self.lost += lost
        for writer in self._writers:
            self._close(writer)
            writer.skip(lost)

    def _take(self, count: int) -> None:
        source = self.source
        self.taken += count
        for index in range(len(self._writers)):
            writer = self._writers[index]
            if not writer.has_room(count):
                self._close(writer)
            writer.add(source.samples[index], count, source.status, source.tick)
            if self.live:
                self._close(writer)

    def _close(self, writer: BlockWriter) -> None:
        if writer.count == 0:
            return
        size = writer.close()
        for sink in self._sinks:
            sink(writer.frame, size)
