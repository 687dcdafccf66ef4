"""Messages of one topic, kept end to end: a day of them is three arrays, not millions of parts."""

from array import array
from collections.abc import Iterator, Sequence
from typing import NamedTuple, overload

import numpy as np

from dyadkit.decoding.framing import Batch
from dyadkit.dyad.limits import MAX_HOST_NS


class StoredMessage(NamedTuple):
    """One message of a topic: the host's clock in nanoseconds and the bytes.

    Examples
    --------
    >>> from pathlib import Path
    >>> from dyadkit.storage import read_session
    >>> from dyadwire import frames, messages
    >>> first = read_session(Path("session-12")).topics["a/said"][0]
    >>> messages.BY_KIND[frames.kind_of(first.data)].__name__     # the host greets first
    'Hello'
    """

    host_ns: int
    data: bytes


class StoredMessages(Sequence[StoredMessage]):
    """Messages of one topic in the order of the file; takes 16 bytes each beside their content.

    Examples
    --------
    >>> topic = StoredMessages()
    >>> topic.append(1_000, b"one")
    >>> topic.append(2_000, b"two")
    >>> topic[-1], len(topic)
    (StoredMessage(host_ns=2000, data=b'two'), 2)
    """

    def __init__(self) -> None:
        self._host_ns = array("Q")
        self._ends = array("q")
        self._data = bytearray()

    def append(self, host_ns: int, data: bytes) -> None:
        """Add one message at the end."""
        self._data += data
        self._host_ns.append(host_ns)
        self._ends.append(len(self._data))

    def batches(self, size: int) -> Iterator[Batch]:
        """All messages in order, at most so many at a time, as arrays."""
        for first in range(0, len(self), size):
            ends = self._ends[first : first + size]
            begin = self._ends[first - 1] if first else 0
            host_ns = np.minimum(np.array(self._host_ns[first : first + size]), MAX_HOST_NS)
            yield Batch(
                host_ns.astype(np.int64),
                np.array(ends, dtype=np.int64) - begin,
                bytes(self._data[begin : ends[-1]]),
            )

    @property
    def last_ns(self) -> int:
        """The host's latest time; 0 where there is no message."""
        return max(self._host_ns, default=0)

    def forget_contents(self) -> None:
        """Let go of all bytes, for who has read them and holds hours; number and times stay."""
        self._ends = array("q", [0]) * len(self._ends)
        self._data = bytearray()

    def __len__(self) -> int:
        return len(self._ends)

    @overload
    def __getitem__(self, place: int) -> StoredMessage: ...

    @overload
    def __getitem__(self, place: slice) -> list[StoredMessage]: ...

    def __getitem__(self, place: int | slice) -> StoredMessage | list[StoredMessage]:
        if isinstance(place, slice):
            return [self[one] for one in range(*place.indices(len(self)))]
        place = range(len(self))[place]
        begin = self._ends[place - 1] if place else 0
        return StoredMessage(self._host_ns[place], bytes(self._data[begin : self._ends[place]]))

    def __iter__(self) -> Iterator[StoredMessage]:
        begin = 0
        for host_ns, end in zip(self._host_ns, self._ends, strict=True):
            yield StoredMessage(host_ns, bytes(self._data[begin:end]))
            begin = end

    def __eq__(self, other: object) -> bool:
        if isinstance(other, StoredMessages):
            return (self._host_ns, self._ends, self._data) == (
                other._host_ns, other._ends, other._data,
            )  # fmt: skip
        return list(self) == other if isinstance(other, list) else NotImplemented

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return repr(list(self))
