"""Runs: the samples of one stream in one boot, gathered from blocks in whatever order they came."""

from dataclasses import dataclass

import numpy as np

from dyadkit.decoding.columns import Columns, KindRows
from dyadkit.decoding.framing import Batch
from dyadkit.decoding.samples import sound_samples
from dyadkit.dyad.arrays import Counts, Ints
from dyadkit.dyad.limits import MAX_RUNS


@dataclass(frozen=True, slots=True, eq=False)
class Run:
    """Blocks of one stream and boot in order: one row per block, samples end to end.

    `sequences`, `counters` (of the first sample), `stamps_us` (of the last), `counts` and
    `status` have shape (blocks,); `samples` has shape (counts.sum(),). `origin` is the number of
    the first block and sample that belong to the session: of the boot it began in, the first here;
    of others, the first sent.

    Examples
    --------
    Blocks 0 and 2 of two samples each, block 1 never arrived:

    >>> import numpy as np
    >>> columns = [[0, 2], [0, 4], [20_000, 60_000], [2, 2], [0, 0], [5, 4, 5, 4]]
    >>> run = Run(*(np.array(column) for column in columns))
    >>> run.sample_counters().tolist(), run.missing_blocks(), run.missing_samples()
    ([0, 1, 4, 5], 1, 2)
    """

    sequences: Ints
    counters: Ints
    stamps_us: Ints
    counts: Ints
    status: Ints
    samples: Counts
    origin: tuple[int, int] = (0, 0)

    def sample_counters(self) -> Ints:
        """Running number of each sample at the sensor, shape of `samples`."""
        starts = np.cumsum(self.counts) - self.counts
        within = np.arange(len(self.samples), dtype=np.int64)
        return np.asarray(within + np.repeat(self.counters - starts, self.counts))

    def missing_blocks(self) -> int:
        """Blocks between the first of the session and the last that never arrived."""
        if not len(self.sequences):
            return 0
        return int(self.sequences[-1] + 1 - self.origin[0] - len(self.sequences))

    def missing_samples(self) -> int:
        """Samples of the session up to the last here that are not here, wherever they were lost."""
        if not len(self.counters):
            return 0
        return int(self.counters[-1] + self.counts[-1] - self.origin[1] - len(self.samples))


@dataclass(frozen=True, slots=True, eq=False)
class _BlockPart:
    """Blocks of one stream and boot in order of arrival, and their samples end to end."""

    blocks: Columns
    samples: Counts


class BlockStore:
    """Blocks of one wearable as they arrive; `runs` gives each sample once, in order.

    duplicates : blocks that were here already; rejected : blocks that do not hold what they say
    """

    def __init__(self) -> None:
        self.duplicates = 0
        self.rejected = 0
        self._parts: dict[tuple[int, int], list[_BlockPart]] = {}

    def take(self, blocks: KindRows, batch: Batch) -> None:
        """Unpack the blocks of a batch."""
        octets = np.frombuffer(batch.data, dtype=np.uint8)
        lengths = np.diff(blocks.tails.ravel(), prepend=0, append=len(octets))
        packed = octets[np.repeat(np.arange(len(lengths)) % 2 == 1, lengths)]
        counts = blocks.columns["count"].astype(np.int64)
        sound, samples = sound_samples(packed, lengths[1::2], counts)
        self.rejected += len(sound) - int(sound.sum())
        self._divide(blocks.columns[sound], counts[sound], samples.astype(np.int32))

    def _divide(self, blocks: Columns, counts: Ints, samples: Counts) -> None:
        """Add each block to its stream and boot, in order of arrival."""
        keys = blocks["boot"].astype(np.int64) << 8 | blocks["stream"]
        order = np.argsort(keys, kind="stable")
        blocks, counts, samples = blocks[order], counts[order], _rearranged(samples, counts, order)
        _, begins = np.unique(keys[order], return_index=True)
        ends, sample_ends = np.append(begins[1:], len(keys)), np.append(0, np.cumsum(counts))
        for group in np.argsort(order[begins]).tolist():
            rows = slice(begins[group], ends[group])
            key = int(blocks["boot"][rows.start]), int(blocks["stream"][rows.start])
            if key not in self._parts and len(self._parts) >= MAX_RUNS:
                self.rejected += rows.stop - rows.start
                continue
            own = samples[sample_ends[rows.start] : sample_ends[rows.stop]]
            self._parts.setdefault(key, []).append(_BlockPart(blocks[rows], own.copy()))

    def runs(self) -> dict[tuple[int, int], Run]:
        """Every stream of every boot, in the order in which they were met; empties the store."""
        began_in = next(iter(self._parts), (None, None))[0]
        runs = {}
        while self._parts:
            key = next(iter(self._parts))
            runs[key] = self._run(self._parts.pop(key), from_first=key[0] == began_in)
        return runs

    def _run(self, parts: list[_BlockPart], *, from_first: bool) -> Run:
        blocks = np.concatenate([part.blocks for part in parts])
        samples = np.concatenate([part.samples for part in parts])
        sequences, counts = (blocks[name].astype(np.int64) for name in ("sequence", "count"))
        if not (np.diff(sequences) > 0).all():
            order = np.unique(sequences, return_index=True)[1]
            self.duplicates += len(blocks) - len(order)
            blocks, sequences = blocks[order], sequences[order]
            samples, counts = _rearranged(samples, counts, order), counts[order]
        counters, stamps_us, status = (
            blocks[name].astype(np.int64) for name in ("counter", "stamp_us", "status")
        )
        from_first = from_first or sequences[0] == 0
        origin = (int(sequences[0]), int(counters[0])) if from_first else (0, 0)
        return Run(sequences, counters, stamps_us, counts, status, samples, origin)


def _rearranged(samples: Counts, counts: Ints, order: Ints) -> Counts:
    """Samples of blocks, `counts` of each, in another order of the blocks."""
    if (np.diff(order) == 1).all() and len(order) == len(counts):
        return samples
    begins = (np.cumsum(counts) - counts)[order]
    own = counts[order]
    shift = begins - (np.cumsum(own) - own)
    return np.asarray(samples[np.repeat(shift, own) + np.arange(own.sum())], dtype=np.int32)
