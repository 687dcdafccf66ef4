"""Sync logs: what the devices wrote down about time, the raw material of every clock map.

A session builds a `SyncLog` straight from arrays; `read_sync_log` builds one from a file.
Nothing here is interpreted: integers in, integers kept.
"""

from dataclasses import dataclass, field, fields, replace
from enum import Enum
from typing import Self

import numpy as np

from dyadkit.dyad.arrays import ArrayLike, Bools, Floats, Ints
from dyadkit.dyad.result import Result
from dyadkit.dyad.traces import PersonName

_STANDARD_TURN_S = 230e-6
"""A peripheral's packet starts this long after the event's anchor: the central's empty packet
(80 µs) and the inter-frame space (150 µs)."""


class Mode(Enum):
    """Mode of a recording: how the wearables were joined, which decides the physics of the link.

    Examples
    --------
    >>> Mode("field") is Mode.FIELD     # as `session.json` and sync logs spell it
    True
    """

    STREAM = "stream"
    """each wearable to the host over BLE"""
    USB = "usb"
    """each wearable to the host over a serial cable"""
    FIELD = "field"
    """the two wearables to each other over BLE, no host"""


class Clock(Enum):
    """The clock that a link's central reads: the host's, or one of the wearables' own.

    Examples
    --------
    >>> [clock.value for clock in Clock]
    ['host', 'a', 'b']
    """

    HOST = "host"
    A = "a"
    B = "b"


@dataclass(frozen=True, slots=True, eq=False)
class EventColumns(Result):
    """Columns of equal length, shape (n,) each, one row per event."""

    def __post_init__(self) -> None:
        shapes = {np.shape(column) for column in self.columns()}
        if len(shapes) > 1 or len(next(iter(shapes))) != 1:
            raise ValueError(
                f"the columns of {type(self).__name__} must be one-dimensional and equally long"
            )

    def __len__(self) -> int:
        return len(self.columns()[0])

    def __getitem__(self, rows: Bools) -> Self:
        return type(self)(*(column[rows] for column in self.columns()))

    @classmethod
    def of(cls, **columns: ArrayLike) -> Self:
        """Table from anything numpy reads as integers; columns left out are zeros."""
        names = [column.name for column in fields(cls)]
        unknown = sorted(set(columns) - set(names))
        if unknown:
            raise ValueError(f"unknown column {unknown[0]}; {cls.__name__} has {', '.join(names)}")
        count = max((np.size(np.asarray(column)) for column in columns.values()), default=0)
        missing = np.zeros(count, dtype=np.int64)
        return cls(*(np.asarray(columns.get(name, missing)).astype(np.int64) for name in names))

    def columns(self) -> list[Ints]:
        """The columns in order."""
        return [getattr(self, column.name) for column in fields(self)]

    def joined(self, other: Self) -> Self:
        """Both tables, one after the other."""
        pairs = zip(self.columns(), other.columns(), strict=True)
        return type(self)(*(np.concatenate(pair) for pair in pairs))


@dataclass(frozen=True, slots=True, eq=False)
class Exchanges(EventColumns):
    """Two-way probes of one link, each field of shape (n,), in any order.

    The central's clock is in nanoseconds (a wearable as central: its microseconds × 1000), the
    peripheral's in its own microseconds since `peripheral_boot`. A host has boot 0 always.

    central_boot, peripheral_boot : which power-on each reading belongs to
    sent_ns : central's clock just before the probe was written
    received_us : peripheral's clock on receiving it
    answered_us : peripheral's clock just before the echo was sent
    returned_ns : central's clock on receiving the echo

    Examples
    --------
    The wearable's clock is 4 s ahead, if both ways took equally long (they hardly ever do):

    >>> probe = Exchanges.of(sent_ns=[1_000_000_000], received_us=[5_020_000],
    ...                      answered_us=[5_050_000], returned_ns=[1_070_000_000])
    >>> there_s = probe.received_us * 1e-6 - probe.sent_ns * 1e-9
    >>> back_s = probe.returned_ns * 1e-9 - probe.answered_us * 1e-6
    >>> ((there_s - back_s) / 2).round(3)
    array([4.])
    """

    central_boot: Ints
    sent_ns: Ints
    peripheral_boot: Ints
    received_us: Ints
    answered_us: Ints
    returned_ns: Ints


@dataclass(frozen=True, slots=True, eq=False)
class Sends(EventColumns):
    """Data frames of one link, peripheral to central, each field of shape (n,).

    peripheral_boot, sent_us : peripheral's clock just before the frame was handed to the radio
    central_boot, received_ns : central's clock on receiving it
    payload_bytes : length of each frame; zeros mean `SyncLog.send_bytes`

    Examples
    --------
    The second of two frames came 9 ms later than the first: it just missed a connection event.

    >>> frames = Sends.of(sent_us=[5_000_000, 5_250_000],
    ...                   received_ns=[1_012_000_000, 1_271_000_000])
    >>> np.diff(frames.received_ns * 1e-9 - frames.sent_us * 1e-6).round(3)
    array([0.009])
    """

    peripheral_boot: Ints
    sent_us: Ints
    central_boot: Ints
    received_ns: Ints
    payload_bytes: Ints


@dataclass(frozen=True, slots=True, eq=False)
class LinkLog(Result):
    """Log of one link: every time reading one central has of one peripheral.

    mode : how these two were joined, where it is another way than the log's

    Raises
    ------
    ValueError
        a wearable is named as its own central

    Examples
    --------
    >>> link = LinkLog(Clock.HOST, "a", Exchanges.of(sent_ns=[1_000_000_000, 3_500_000_000]))
    >>> link.span_s, len(link.between(0.0, 2.0).exchanges)
    ((1.0, 3.5), 1)
    """

    central: Clock
    peripheral: PersonName
    exchanges: Exchanges
    sends: Sends = field(default_factory=Sends.of)
    mode: Mode | None = None

    def __post_init__(self) -> None:
        if self.central.value == self.peripheral:
            raise ValueError(f"wearable {self.peripheral} cannot be its own central")

    @property
    def reference_ns(self) -> tuple[Ints, Ints]:
        """Reference clock at each exchange and each send: the host's, or in the field A's."""
        if self.central is Clock.B:
            return self.exchanges.received_us * 1000, self.sends.sent_us * 1000
        return self.exchanges.sent_ns, self.sends.received_ns

    @property
    def reference_boots(self) -> tuple[Ints, Ints]:
        """Boot of the reference clock at each exchange and each send."""
        if self.central is Clock.B:
            return self.exchanges.peripheral_boot, self.sends.peripheral_boot
        return self.exchanges.central_boot, self.sends.central_boot

    @property
    def span_s(self) -> tuple[float, float]:
        """Reference time of the first and the last exchange."""
        probed_ns = self.reference_ns[0]
        return float(probed_ns.min()) * 1e-9, float(probed_ns.max()) * 1e-9

    def with_reference_boot(self, boot: int) -> Self:
        """The rows of one boot of the reference clock."""
        probes, frames = (column == boot for column in self.reference_boots)
        return replace(self, exchanges=self.exchanges[probes], sends=self.sends[frames])

    def between(self, start_s: float, stop_s: float) -> Self:
        """The rows whose reference time lies in [start, stop)."""
        probes, frames = (
            (column >= start_s * 1e9) & (column < stop_s * 1e9) for column in self.reference_ns
        )
        return replace(self, exchanges=self.exchanges[probes], sends=self.sends[frames])

    def within(self, span_s: float, start_ns: int | None) -> Self:
        """The rows no further than `span_s` from `start_ns`, or from the first of their boot.

        A reading that lies days away from the others is of no clock that can be followed there.
        """
        kept = []
        boots = sorted(set(self.reference_boots[0].tolist()))
        first_ns = {b: int(self.reference_ns[0][self.reference_boots[0] == b].min()) for b in boots}
        if start_ns is not None and len(first_ns) == 1:
            first_ns = dict.fromkeys(first_ns, start_ns)
        for boot_of, at_ns in zip(self.reference_boots, self.reference_ns, strict=True):
            rows = np.zeros(len(at_ns), dtype=bool)
            for boot, begun_ns in first_ns.items():
                rows |= (boot_of == boot) & (np.abs(at_ns - begun_ns) <= span_s * 1e9)
            kept.append(rows)
        return replace(self, exchanges=self.exchanges[kept[0]], sends=self.sends[kept[1]])

    def joined(self, other: Self) -> Self:
        """Rows of both, which must be of the same pair of devices."""
        if (self.central, self.peripheral) != (other.central, other.peripheral):
            raise ValueError("only rows of the same central and peripheral can be joined")
        return replace(
            self,
            exchanges=self.exchanges.joined(other.exchanges),
            sends=self.sends.joined(other.sends),
        )


@dataclass(frozen=True, slots=True, eq=False)
class SyncLog(Result):
    """All time readings of one session, as logged.

    mode : how the wearables were joined
    links : one per central and peripheral
    start_ns : reading of the session's clock (host; in the field A's first boot) that becomes
        session time 0; None takes the earliest reading
    exchange_bytes, send_bytes : usual payload of an echo and of a data frame: the radio takes
        longer for the longer one
    answer_turn_s : how long after an event's anchor a peripheral answers, measured by a wire
        between two such boards; None takes the standard's, which may be off by as much

    Examples
    --------
    >>> probes = Exchanges.of(sent_ns=[10**9], received_us=[5_020_000])
    >>> log = SyncLog(Mode.STREAM, (LinkLog(Clock.HOST, "a", probes),))
    >>> log.links[0].peripheral, log.turn_s
    ('a', 0.00023)
    """

    mode: Mode
    links: tuple[LinkLog, ...]
    start_ns: int | None = None
    exchange_bytes: int = 24
    send_bytes: int = 200
    answer_turn_s: float | None = None

    @property
    def turn_s(self) -> float:
        """The answer's turn, measured or the standard's."""
        return _STANDARD_TURN_S if self.answer_turn_s is None else self.answer_turn_s


def reference_boots(log: SyncLog) -> list[int]:
    """Boots of the reference clock that took part in exchanges, in order."""
    seen = [np.unique(link.reference_boots[0]) for link in log.links]
    return sorted(set(np.concatenate(seen).tolist())) if seen else []


def seconds(reading: Ints, unit: float) -> Floats:
    """Integer clock readings as float seconds; exact to nanoseconds below three months."""
    return np.asarray(reading, dtype=float) * unit
