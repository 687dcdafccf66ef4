"""Decoder of one wearable's frames: its samples and messages, in its own time.

Pure: bytes with arrival times in, arrays out. Duplicates (a block sent live and again from flash)
are dropped; what is missing is left missing and counted.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from heapq import merge

import numpy as np

from dyadkit.decoding.messages import Message, message_of, split_frames
from dyadkit.decoding.samples import unpack_samples
from dyadkit.dyad.arrays import Ints
from dyadwire import frames, messages
from dyadwire.errors import WireError
from dyadwire.exchange import Exchange


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
    samples: Ints
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


@dataclass(slots=True)
class Decoded:
    """Decoded frames of one wearable in a session, by message kind; times are host ns or device us.

    `exchanges` pairs each Echo with its Probe; `sends` are (boot, sent_us, host_ns, bytes)
    of notifications; `duplicates` counts blocks received twice, `rejected` damaged payloads.
    """

    runs: dict[tuple[int, int], Run] = field(default_factory=dict)
    infos: dict[int, messages.StreamInfo] = field(default_factory=dict)
    hellos: list[tuple[int, messages.Hello]] = field(default_factory=list)
    calibration: messages.Calibration | None = None
    exchanges: list[Exchange] = field(default_factory=list)
    timeouts: int = 0
    sends: list[tuple[int, int, int, int]] = field(default_factory=list)
    others: list[tuple[int, Message]] = field(default_factory=list)
    duplicates: int = 0
    rejected: int = 0

    def boots(self) -> list[int]:
        """Boots in the order they were met."""
        return list(dict.fromkeys(hello.boot for _, hello in self.hellos))


def decode(received: Iterable[tuple[int, bytes]], said: Iterable[tuple[int, bytes]]) -> Decoded:
    """Decoded frames of one wearable, in its own time.

    Parameters
    ----------
    received : (host_ns, frame) of each frame from the wearable, in order of arrival
    said : (host_ns, frame) of each frame the host wrote

    Notes
    -----
    Both are merged by time, the host's first where equal, so that a Probe is met before its Echo.

    1. A Block that is here already (live, then again from flash) is counted as duplicate and
       dropped, but it took its time on the radio like any other.
    2. A Probe waits under its number until an Echo takes it; when numbers come round again, an
       unanswered one is overwritten. An Echo whose Probe is not waiting is not an exchange.
    3. Everything else is kept by kind.

    A run's origin tells what is missing at its beginning from what was never asked for: in the
    boot the session began in, what came before the first block here is not the session's; a later
    boot is the session's from its first block on, (0, 0), unless that block is here and says with
    which sample the stream began.

    Examples
    --------
    >>> from dyadwire import frames, messages
    >>> block = messages.Block(1, 7, 0, 0, 20_000, 2, 0, bytes([10, 1]))
    >>> framed = frames.frame(block.KIND, messages.pack(block))
    >>> decoded = decode([(1_000, framed), (2_000, framed)], said=[])
    >>> decoded.runs[7, 1].samples.tolist(), decoded.duplicates
    ([5, 4], 1)
    """
    decoded = Decoded()
    probes: dict[int, int] = {}
    asked = 0
    blocks: dict[tuple[int, int], dict[int, messages.Block]] = defaultdict(dict)
    asks = (one for one in _messages(said, decoded) if isinstance(one[1], messages.Probe))
    both = merge(asks, _messages(received, decoded), key=lambda item: item[0])
    for host_ns, message in both:
        if isinstance(message, messages.Block):
            known = blocks[message.boot, message.stream]
            decoded.duplicates += message.sequence in known
            known.setdefault(message.sequence, message)
            _weigh(decoded, message, host_ns)
        elif isinstance(message, messages.Probe):
            probes[message.seq] = host_ns
            asked += 1
        elif isinstance(message, messages.Echo):
            _pair(decoded, probes, message, host_ns)
        else:
            _note(decoded, message, host_ns)
    decoded.timeouts = asked - len(decoded.exchanges)
    began_in = next(iter(blocks), (None, None))[0]
    for (boot, stream), known in blocks.items():
        sound = _sound([known[sequence] for sequence in sorted(known)], decoded)
        if sound:
            from_first = boot == began_in or sound[0].sequence == 0
            origin = (sound[0].sequence, sound[0].counter) if from_first else (0, 0)
            decoded.runs[boot, stream] = _run(sound, origin)
    return decoded


def _messages(
    chunks: Iterable[tuple[int, bytes]], decoded: Decoded
) -> Iterable[tuple[int, Message]]:
    for host_ns, framed in split_frames(chunks):
        message = message_of(framed)
        if message is not None:
            yield host_ns, message
        else:
            decoded.rejected += frames.kind_of(framed) in messages.BY_KIND


def _pair(decoded: Decoded, probes: dict[int, int], echo: messages.Echo, host_ns: int) -> None:
    sent_ns = probes.pop(echo.seq, None)
    if sent_ns is not None:
        decoded.exchanges.append(
            Exchange(
                echo.boot, sent_ns // 1000, echo.received_us, echo.answered_us, host_ns // 1000
            )
        )


def _weigh(decoded: Decoded, block: messages.Block, host_ns: int) -> None:
    """Add a block to the notification it came in, for the time the radio took."""
    if decoded.sends and decoded.sends[-1][2] == host_ns:
        boot, sent_us, _, size = decoded.sends[-1]
        size += messages.size(block) + len(block.samples) + frames.OVERHEAD
        decoded.sends[-1] = (boot, sent_us, host_ns, size)


def _note(decoded: Decoded, message: Message, host_ns: int) -> None:
    if isinstance(message, messages.Sent):
        size = messages.size(message) + frames.OVERHEAD
        decoded.sends.append((message.boot, message.sent_us, host_ns, size))
    elif isinstance(message, messages.StreamInfo):
        decoded.infos[message.stream] = message
    elif isinstance(message, messages.Hello):
        decoded.hellos.append((host_ns, message))
    elif isinstance(message, messages.Calibration):
        decoded.calibration = message
    else:
        decoded.others.append((host_ns, message))


def _sound(blocks: list[messages.Block], decoded: Decoded) -> list[messages.Block]:
    """Blocks that hold as many samples as they say; the others are counted as rejected.

    All are tried at once, since nearly always all are sound; else each half by itself, until the
    one that is not stands alone.
    """
    counts = np.array([block.count for block in blocks], dtype=np.int64)
    try:
        unpack_samples(b"".join(block.samples for block in blocks), counts)
    except WireError:
        if len(blocks) == 1:
            decoded.rejected += 1
            return []
        half = len(blocks) // 2
        return _sound(blocks[:half], decoded) + _sound(blocks[half:], decoded)
    return blocks


def _run(blocks: list[messages.Block], origin: tuple[int, int]) -> Run:
    def column(name: str) -> Ints:
        return np.array([getattr(block, name) for block in blocks], dtype=np.int64)

    counts = column("count")
    samples = unpack_samples(b"".join(block.samples for block in blocks), counts)
    return Run(
        column("sequence"), column("counter"), column("stamp_us"), counts, column("status"),
        samples, origin,
    )  # fmt: skip
