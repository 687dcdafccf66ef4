"""Decoder of one wearable's frames: its samples and messages, in its own time.

Pure: bytes with arrival times in, arrays out. Duplicates (a block sent live and again from flash)
are dropped; what is missing is left missing and counted.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from dyadkit.decoding.columns import KindRows, columns_of
from dyadkit.decoding.framing import Batch, Chunks, whole_frames
from dyadkit.decoding.messages import Message, message_of
from dyadkit.decoding.runs import BlockStore, Run
from dyadkit.dyad.arrays import Ints
from dyadwire import frames, messages
from dyadwire.exchange import Exchange

_IN_COLUMNS = (messages.Block.KIND, messages.Sent.KIND, messages.Echo.KIND)
"""Kinds that come several times a second: all others are read one by one."""


@dataclass(slots=True)
class Decoded:
    """Decoded frames of one wearable in a session, by message kind; times are host ns or device us.

    `exchanges` pairs each Echo with its Probe; `sends`, shape (n, 4), are (boot, sent_us, host_ns,
    bytes) of notifications; `duplicates` counts blocks received twice, `rejected` damaged payloads.
    """

    runs: dict[tuple[int, int], Run] = field(default_factory=dict)
    infos: dict[int, messages.StreamInfo] = field(default_factory=dict)
    hellos: list[tuple[int, messages.Hello]] = field(default_factory=list)
    calibration: messages.Calibration | None = None
    exchanges: list[Exchange] = field(default_factory=list)
    timeouts: int = 0
    sends: Ints = field(default_factory=lambda: np.empty((0, 4), dtype=np.int64))
    others: list[tuple[int, Message]] = field(default_factory=list)
    duplicates: int = 0
    rejected: int = 0

    def boots(self) -> list[int]:
        """Boots in the order they were met."""
        return list(dict.fromkeys(hello.boot for _, hello in self.hellos))


def decode(received: Chunks, said: Chunks) -> Decoded:
    """Decoded frames of one wearable, in its own time.

    Parameters
    ----------
    received : (host_ns, frame) of each frame from the wearable, in order of arrival
    said : (host_ns, frame) of each frame the host wrote

    Notes
    -----
    Exchanges are found in order of time, the host's first where equal, so that a Probe is met
    before its Echo.

    1. A Block that is here already (live, then again from flash) is counted as duplicate and
       dropped, but it took its time on the radio like any other.
    2. A Probe waits under its number until an Echo takes it; when numbers come round again, an
       unanswered one is overwritten. An Echo whose Probe is not waiting is not an exchange.
    3. A block that does not hold what it says costs itself only, and a whole one may follow it.
    4. Everything else is kept by kind.

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
    reception = _Reception(decoded)
    for batch in whole_frames(received):
        reception.take(batch)
    probes = [one for batch in whole_frames(said) for one in _probes(batch, decoded)]
    decoded.exchanges = _paired(probes, reception.echoes)
    decoded.timeouts = len(probes) - len(decoded.exchanges)
    decoded.sends = reception.sends()
    decoded.runs = reception.blocks.runs()
    decoded.rejected += reception.blocks.rejected
    decoded.duplicates = reception.blocks.duplicates
    return decoded


_Echo = tuple[int, messages.Echo]


class _Reception:
    """What came from a wearable so far, batch by batch; what comes seldom goes into `decoded`."""

    def __init__(self, decoded: Decoded) -> None:
        self.blocks = BlockStore()
        self.echoes: list[_Echo] = []
        self._decoded = decoded
        self._sent: list[Ints] = []
        self._sent_count = 0
        self._weights: list[Ints] = []

    def take(self, batch: Batch) -> None:
        """Read every frame of a batch."""
        kinds = _kinds(batch)
        sent = self._columns(messages.Sent, batch, kinds)
        blocks = self._columns(messages.Block, batch, kinds)
        echoes = self._columns(messages.Echo, batch, kinds)
        host_ns = batch.host_ns[sent.rows]
        fixed = np.full(len(host_ns), messages.size(messages.Sent) + frames.OVERHEAD)
        boot, sent_us = (sent.columns[name].astype(np.int64) for name in ("boot", "sent_us"))
        self._sent.append(np.stack([boot, sent_us, host_ns, fixed], axis=1))
        before = self._sent_count + np.searchsorted(sent.rows, blocks.rows) - 1
        sizes = batch.ends[blocks.rows] - batch.starts[blocks.rows]
        self._weights.append(np.stack([before, batch.host_ns[blocks.rows], sizes], axis=1))
        self._sent_count += len(host_ns)
        self.blocks.take(blocks, batch)
        at_ns = batch.host_ns[echoes.rows].tolist()
        self.echoes += zip(at_ns, map(messages.Echo._make, echoes.columns.tolist()), strict=True)
        for row in np.flatnonzero(~np.isin(kinds, _IN_COLUMNS)).tolist():
            self._note(batch, row)

    def sends(self) -> Ints:
        """Notifications with all they held: the blocks that came in one took their time, too."""
        empty = np.empty((0, 4), dtype=np.int64)
        sends = np.concatenate([empty, *self._sent])
        number, host_ns, sizes = np.concatenate([empty[:, :3], *self._weights]).T
        known = number >= 0
        known[known] = sends[number[known], 2] == host_ns[known]
        np.add.at(sends[:, 3], number[known], sizes[known])
        return sends

    def _columns(self, layout: type[Message], batch: Batch, kinds: Ints) -> KindRows:
        found = columns_of(layout, batch, np.flatnonzero(kinds == layout.KIND))
        self._decoded.rejected += found.rejected
        return found

    def _note(self, batch: Batch, row: int) -> None:
        """Keep a message of a kind that comes seldom."""
        decoded, host_ns = self._decoded, int(batch.host_ns[row])
        framed = batch.data[batch.ends[row - 1] if row else 0 : batch.ends[row]]
        message = message_of(framed)
        if message is None:
            decoded.rejected += frames.kind_of(framed) in messages.BY_KIND
        elif isinstance(message, messages.StreamInfo):
            decoded.infos[message.stream] = message
        elif isinstance(message, messages.Hello):
            decoded.hellos.append((host_ns, message))
        elif isinstance(message, messages.Calibration):
            decoded.calibration = message
        else:
            decoded.others.append((host_ns, message))


def _probes(batch: Batch, decoded: Decoded) -> Iterator[tuple[int, int]]:
    """(host_ns, number) of each Probe the host said; what else it said is looked at only."""
    kinds = _kinds(batch)
    for kind in np.unique(kinds).tolist():
        layout = messages.BY_KIND.get(kind)
        if layout is None:
            continue
        found = columns_of(layout, batch, np.flatnonzero(kinds == kind))
        decoded.rejected += found.rejected
        if layout is messages.Probe:
            at_ns = batch.host_ns[found.rows].tolist()
            yield from zip(at_ns, found.columns["seq"].tolist(), strict=True)


def _kinds(batch: Batch) -> Ints:
    """KindRows of each frame."""
    return np.frombuffer(batch.data, dtype=np.uint8)[batch.starts + 1].astype(np.int64)


def _paired(probes: list[tuple[int, int]], echoes: list[_Echo]) -> list[Exchange]:
    """Each Echo with the Probe of its number that waits for it."""
    said = [(host_ns, seq, None) for host_ns, seq in probes]
    reception = [(host_ns, echo.seq, echo) for host_ns, echo in echoes]
    waiting: dict[int, int] = {}
    exchanges = []
    for host_ns, seq, echo in sorted([*said, *reception], key=lambda one: one[0]):
        if echo is None:
            waiting[seq] = host_ns
        elif seq in waiting:
            sent_us, returned_us = waiting.pop(seq) // 1000, host_ns // 1000
            exchanges.append(
                Exchange(echo.boot, sent_us, echo.received_us, echo.answered_us, returned_us)
            )
    return exchanges
