"""Links: whole frames to and from one wearable, with the host's clock beside them.

A link knows bytes and frames, no science. The radio, the cable and the simulator's look the same
from above; what was recorded elsewhere is replayed at virtual wearables' sensors and comes by one.

Rules of this room: one frame is one read, stamped as early as the host can; what does not answer
raises LinkError with what to do, never hangs.

Start reading at `Link`, then `ble` and `usb`; `conversation` is how to greet a wearable and ask.
All Bluetooth links of a program share one `scanner`, which has one wait and one connect at a time.
"""

import time
from collections.abc import Callable
from typing import Protocol, TypeAlias

__all__ = ["HostClock", "Link", "SteadyClock", "monotonic_ns"]

HostClock: TypeAlias = Callable[[], int]
"""The host's clock: nanoseconds since any fixed moment, never set back."""

SLEEP_NS = 10_000_000
"""What two clocks read one after the other may differ by without a sleep between."""


class Link(Protocol):
    """One wearable within reach, as five members.

    Examples
    --------
    A link that hands every frame back:

    >>> class Mirror(list):
    ...     address = "mirror"
    ...     async def write(self, framed): self.append(framed); return monotonic_ns()
    ...     async def read(self): return monotonic_ns(), self.pop(0)
    ...     async def open(self): self.clear()
    ...     close = open
    >>> mirror: Link = Mirror()
    >>> import asyncio
    >>> sent_ns = asyncio.run(mirror.write(b"a frame"))
    >>> arrived_ns, framed = asyncio.run(mirror.read())
    >>> framed, arrived_ns >= sent_ns
    (b'a frame', True)
    """

    address: str

    async def open(self) -> None:
        """Connect; raises LinkError saying what to do."""

    async def write(self, framed: bytes) -> int:
        """Send one frame; the host's clock in ns just before it left."""

    async def read(self) -> tuple[int, bytes]:
        """Next frame with its arrival in host ns; raises LinkError once the link is lost."""

    async def close(self) -> None:
        """Disconnect; never raises."""


class SteadyClock:
    """The host's clock: never set, never slewed where the system offers that; sleep counts.

    Linux leaves the time a computer sleeps out of its unslewed clock; it is added here, so that
    wearables that went on meanwhile are not out of step afterwards. All programs read the same.

    Examples
    --------
    >>> clock_ns = SteadyClock()
    >>> earlier_ns = clock_ns()
    >>> clock_ns() >= earlier_ns
    True
    """

    def __init__(self) -> None:
        self._slept_ns = 0

    def __call__(self) -> int:
        """Nanoseconds since the computer was started."""
        raw = getattr(time, "CLOCK_MONOTONIC_RAW", None)
        if raw is None:
            return time.perf_counter_ns()
        with_sleep = getattr(time, "CLOCK_BOOTTIME", None)
        if with_sleep is not None:
            past_ns = time.clock_gettime_ns(with_sleep)
            slept_ns = past_ns - time.clock_gettime_ns(time.CLOCK_MONOTONIC)
            if slept_ns - self._slept_ns > SLEEP_NS:  # held up in between, it reads less, not more
                self._slept_ns = slept_ns
        return time.clock_gettime_ns(raw) + self._slept_ns


monotonic_ns = SteadyClock()
