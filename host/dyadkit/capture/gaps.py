"""Gaps of a stream: samples that are not here, by the running numbers that blocks carry."""

from bisect import bisect_right
from dataclasses import dataclass
from typing import NamedTuple

from dyadwire.messages import Block


class Gap(NamedTuple):
    """A gap: samples a wearable took, or should have taken, that are not here.

    `first` is the running number of the first one; `after_us` and `before_us` are the stamps of
    the blocks on either side, in the wearable's own time (0: since it was switched on).
    """

    boot: int
    stream: int
    first: int
    samples: int
    after_us: int
    before_us: int


@dataclass(slots=True)
class _Span:
    """Samples start <= number < stop without a hole."""

    start: int
    stop: int
    first_us: int
    last_us: int


class Coverage:
    """Samples that are here, by boot and stream; takes memory for gaps only.

    What a sensor counted before its first block, while it settled, is no gap.

    Examples
    --------
    Two blocks of ten samples each; samples 10 to 19 are missing between them:

    >>> coverage = Coverage()
    >>> coverage.add(Block(1, 7, 0, 0, 100_000, 10, 0, b""))
    >>> coverage.add(Block(1, 7, 2, 20, 300_000, 10, 0, b""))
    >>> coverage.gaps()
    [Gap(boot=7, stream=1, first=10, samples=10, after_us=100000, before_us=300000)]
    """

    def __init__(self) -> None:
        self._spans: dict[tuple[int, int], list[_Span]] = {}
        self._begun: set[int] = set()
        self._firsts: dict[tuple[int, int], int] = {}

    def begins_now(self, boot: int) -> None:
        """Samples of this boot count from the first that arrives: earlier ones are not ours."""
        self._begun.add(boot)

    def add(self, block: Block) -> None:
        """Note a block's samples; twice is as good as once.

        1. The block goes on where the last span ends: nearly all blocks of a live stream.
        2. A span holds it already: the block came live and from flash.
        3. It stands alone in a gap: a span of its own.
        4. It touches its neighbours: they become one. The span before it is joined from the left,
           those after it are taken in; a block that fills a gap does both.
        """
        spans = self._spans.setdefault((block.boot, block.stream), [])
        if block.sequence == 0:
            self._firsts[block.boot, block.stream] = block.counter
        new = _Span(block.counter, block.counter + block.count, block.stamp_us, block.stamp_us)
        if spans and spans[-1].stop == new.start:
            spans[-1].stop, spans[-1].last_us = new.stop, new.last_us
            return
        at = bisect_right(spans, new.start, key=lambda span: span.start)
        if at and spans[at - 1].stop >= new.stop:
            return
        spans.insert(at, new)
        touches = at and spans[at - 1].stop >= new.start
        _join(spans, at - 1 if touches else at)

    def gaps(self) -> list[Gap]:
        """All holes, by boot, stream and number; what follows the last sample is not known."""
        found: list[Gap] = []
        for (boot, stream), spans in sorted(self._spans.items()):
            begun = spans[0].start if boot in self._begun else 0
            stop, stop_us = self._firsts.get((boot, stream), begun), 0
            for span in spans:
                if span.start > stop:
                    found.append(Gap(boot, stream, stop, span.start - stop, stop_us, span.first_us))
                stop, stop_us = span.stop, span.last_us
        return found


def _join(spans: list[_Span], at: int) -> None:
    """Let the span at `at` take in those after it that it touches."""
    one = spans[at]
    while at + 1 < len(spans) and spans[at + 1].start <= one.stop:
        after = spans.pop(at + 1)
        if after.stop > one.stop:
            one.stop, one.last_us = after.stop, after.last_us
