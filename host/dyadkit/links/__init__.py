"""Links: whole frames to and from one wearable, with the host's clock beside them.

A link knows bytes and frames, no science. The radio, the cable, a replayed file and the simulator
all look the same from above.
"""

import time
from collections.abc import Callable
from typing import Protocol, TypeAlias

HostClock: TypeAlias = Callable[[], int]


class Link(Protocol):
    """One wearable within reach, as five members."""

    address: str

    async def open(self) -> None:
        """Connect; raises LinkError saying what to do."""

    async def write(self, framed: bytes) -> int:
        """Send one frame; the host's clock in ns just before it left."""

    async def read(self) -> tuple[int, bytes]:
        """Next frame with its arrival in host ns; raises LinkError once the link is lost."""

    async def close(self) -> None:
        """Disconnect; never raises."""


def monotonic_ns() -> int:
    """The host's clock: never set, never slewed where the system offers that."""
    raw = getattr(time, "CLOCK_MONOTONIC_RAW", None)
    return time.perf_counter_ns() if raw is None else time.clock_gettime_ns(raw)
