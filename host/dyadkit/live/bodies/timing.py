"""Session time of what two wearables send, while they send it.

The live clock closes a span each 20 s. Until it knows a wearable's clock, and for a boot it does
not know yet, the fastest frame so far tells: it came no earlier than it was sent.
"""

from collections import deque

import numpy as np

from dyadkit.clock import ClockMap, LiveClock, Mode, SyncLog
from dyadkit.decoding.decode import decode
from dyadkit.dyad.traces import PERSONS, PersonName
from dyadkit.links.usb import is_cable
from dyadkit.sessions.sync_log import host_link

SPAN_S = 20.0
"""Frames are read for the clock this often, as often as the clock closes a span."""
FASTEST_SPANS = 3
"""A crystal that is 50 ppm off moves 3 ms in a minute: less than a frame waits for the radio."""


class LiveTiming:
    """Session time of both wearables' clocks, as known so far; 0 is when the file began."""

    def __init__(self, start_ns: int) -> None:
        self.start_ns = start_ns
        self._clock = LiveClock(SyncLog(Mode.STREAM, (), start_ns=start_ns))
        self._map = ClockMap(())
        self._received: dict[PersonName, list[tuple[int, bytes]]] = {p: [] for p in PERSONS}
        self._said: dict[PersonName, list[tuple[int, bytes]]] = {p: [] for p in PERSONS}
        self._wired: set[PersonName] = set()
        self._closed_s = 0.0
        self._fastest_s: dict[tuple[PersonName, int], deque[float]] = {}
        self._offsets_s: dict[tuple[PersonName, int], float] = {}
        self._bounds_s: dict[tuple[PersonName, int], float] = {}

    def session_s(self, host_ns: int) -> float:
        """Session time of a reading of the host's clock."""
        return (host_ns - self.start_ns) * 1e-9

    def connected(self, person: PersonName, address: str) -> None:
        """Note how a wearable is reached."""
        (self._wired.add if is_cable(address) else self._wired.discard)(person)

    def said(self, person: PersonName, host_ns: int, framed: bytes) -> None:
        """Note what the host sent."""
        self._said[person].append((host_ns, framed))

    def received(self, person: PersonName, host_ns: int, framed: bytes) -> None:
        """Note what a wearable sent."""
        self._received[person].append((host_ns, framed))

    def sent(self, person: PersonName, boot: int, sent_us: int, host_ns: int) -> None:
        """Note a frame that says when it left."""
        behind_s = self.session_s(host_ns) - sent_us * 1e-6
        key = (person, boot)
        spans = self._fastest_s.setdefault(key, deque([behind_s], FASTEST_SPANS))
        spans[-1] = min(spans[-1], behind_s)
        if key not in self._bounds_s:
            self._offsets_s[key] = min(spans)

    def knows(self, person: PersonName, boot: int) -> bool:
        """Whether a wearable's clock can be placed at all."""
        return (person, boot) in self._offsets_s

    def place_s(self, person: PersonName, boot: int, device_us: float) -> float:
        """Session time of a reading of a wearable's clock; `knows` must hold."""
        return device_us * 1e-6 + self._offsets_s[person, boot]

    def bound_s(self, person: PersonName, boot: int) -> float:
        """95 % half-width of session times now; NaN while the clock is not known."""
        return self._bounds_s.get((person, boot), float("nan"))

    def advance(self, now_s: float, latest_us: dict[tuple[PersonName, int], int]) -> None:
        """Use what has come up to now; `latest_us` is what each wearable's clock showed last."""
        if now_s - self._closed_s >= SPAN_S:
            self._closed_s = now_s
            self._read_span(now_s)
        for (person, boot), device_us in latest_us.items():
            times_s, bounds_s = self._map.to_session(person, boot, np.array([device_us]))
            if np.isfinite(times_s[0]):
                self._offsets_s[person, boot] = float(times_s[0]) - device_us * 1e-6
                self._bounds_s[person, boot] = float(bounds_s[0])

    def _read_span(self, now_s: float) -> None:
        for person in PERSONS:
            decoded = decode(self._received[person], self._said[person])
            mode = Mode.USB if person in self._wired else None
            self._received[person], self._said[person] = [], []
            link = host_link(person, decoded, mode)
            if len(link.exchanges) or len(link.sends):
                self._clock.add(link)
        for spans in self._fastest_s.values():
            spans.append(float("inf"))
        self._clock.advance(now_s + self.start_ns * 1e-9)
        self._map = self._clock.clock_map()
