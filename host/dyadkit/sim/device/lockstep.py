"""Lockstep of wearables with the world, seen from the world: who runs, until when, what follows.

A wearable computes on its own up to the horizon it was granted, the next moment at which anything
could reach it. What it sent meanwhile carries its device time and takes effect at the true time
of that moment; what reaches it waits for its next grant.
"""

import struct
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from dyadkit.sim.device.oscillator import LocalClock
from dyadkit.sim.device.process import DeviceProcess
from dyadkit.sim.loop import VirtualLoop

FOREVER_US = 1 << 60

# wearable -> world
IDLE = 1
REQUEST = 2
NOTIFY = 3
VALUE = 4
RESET = 5
USB_OUT = 6
# world -> wearable
ANSWER = 1
CREDITS = 2
IRQ = 3
WRITTEN = 4
USB_IN = 5
PIN = 6
BROWN_OUT = 7
USB_LINE = 8

_RECORD = struct.Struct("<BQH")
_REPORT = struct.Struct("<QIQ")
_EVENT = struct.Struct("<BH")
_GRANT = struct.Struct("<QQ")


class ProcessState(Enum):
    """State of a wearable's process."""

    RUNNING = 1
    IDLE = 2
    BLOCKED = 3
    OFF = 4


class Surroundings(Protocol):
    """Surroundings of a wearable: what it acts upon, and what may reach it."""

    def horizon_us(self, now_us: int) -> int:
        """True time before which nothing can reach the wearable."""

    def on_record(self, kind: int, payload: bytes) -> None:
        """The wearable did something, now."""

    def on_end(self, exit_code: int, printed: str) -> None:
        """The process is gone."""


@dataclass(slots=True)
class Grants:
    """Counts of grants: how often a wearable was let run, how often something reached it late."""

    given: int = 0
    late_events: int = 0


class LockstepDevice:
    """One boot of one wearable, in lockstep with the world."""

    def __init__(
        self,
        process: DeviceProcess,
        clock: LocalClock,
        loop: VirtualLoop,
        surroundings: Surroundings,
        trace: Callable[[bytes], None],
    ) -> None:
        self.clock = clock
        self.state = ProcessState.RUNNING
        self.grants = Grants()
        self.busy_us = 0
        self._process = process
        self._loop = loop
        self._surroundings = surroundings
        self._trace = trace
        self._inbox = b""
        self._quiet = b""
        self._records: deque[tuple[int, bytes]] = deque()
        self._device_us = clock.segments[0].device_us
        self._until_us = self._device_us
        self._wake_us = clock.boot_us
        self._horizon_us = clock.boot_us
        self._reported_us = clock.boot_us

    # the loop's questions

    def wants_to_run(self, now_us: int) -> bool:
        """Whether there is something to do for it at this instant."""
        if self.state is ProcessState.IDLE:
            return bool(self._inbox) or self._wake_us <= now_us
        return False

    def due_us(self) -> int | None:
        """True time at which it wants to run next, None if it waits for an answer or is off."""
        return self._wake_us if self.state is ProcessState.IDLE else None

    def grant(self, now_us: int) -> None:
        """Let it run from now to the horizon.

        1. The horizon is later than now, if only by a microsecond: else nobody would ever move on.
        2. Its clock never goes back: it may have computed ahead of the world, up to the horizon
           it had, and is then asked to go on from there.
        3. Woken at the time it asked for, it gets at least that: a microsecond too early, nothing
           would be due in it. The conversions round that way by themselves; this does not rest on
           them.
        4. What was put aside quietly (credits) comes first: it is older, for what lets it run is
           handed over at the instant it comes.
        """
        self._horizon_us = max(self._surroundings.horizon_us(now_us), now_us + 1)
        device_us = max(self.clock.device_us(now_us), self._device_us)
        if now_us >= self._wake_us and self.state is ProcessState.IDLE:
            device_us = max(device_us, self._until_us)
        horizon_us = self.clock.device_us(self._horizon_us)
        inbox, self._inbox, self._quiet = self._quiet + self._inbox, b"", b""
        self.state = ProcessState.RUNNING
        self.grants.given += 1
        self._process.send(_GRANT.pack(device_us, horizon_us) + inbox)

    def collect(self) -> None:
        """Wait until it stands still and take up what it did."""
        message = self._process.receive()
        if message is None:
            self._ended()
            return
        self._trace(message)
        offset = 0
        while offset < len(message):
            kind, device_us, length = _RECORD.unpack_from(message, offset)
            offset += _RECORD.size
            self._take(kind, device_us, message[offset : offset + length])
            offset += length

    def busy_share(self) -> float:
        """Share of its time since boot in which processor or bus were busy, as last reported."""
        passed_us = self._device_us - self.clock.segments[0].device_us
        return self.busy_us / max(passed_us, 1)

    # what the wearable did

    def _take(self, kind: int, device_us: int, payload: bytes) -> None:
        """One record of what it did.

        1. IDLE ends every message that asks nothing: where it stands, and when it wants to wake.
        2. REQUEST and RESET end a message, too: it stands still until it is answered, or for ever.
        3. All but IDLE take effect at the true time they were done at, which is ahead of the world
           where it computed ahead.
        """
        when_us = self.clock.true_us(device_us)
        if kind == IDLE:
            self._device_us = device_us
            self._until_us, _, self.busy_us = _REPORT.unpack(payload)
            self._reported_us = when_us
            self._wake_us = self.clock.true_us(min(self._until_us, FOREVER_US))
            self.state = ProcessState.IDLE
        else:
            if kind in (REQUEST, RESET):
                self._device_us = device_us
                self.state = ProcessState.BLOCKED
            body = payload[_REPORT.size :] if kind in (REQUEST, RESET) else payload
            self._records.append((kind, body))
            self._loop.call_at_us(max(when_us, self._loop.now_us), self._act)

    def _act(self) -> None:
        kind, body = self._records.popleft()
        if self.state is not ProcessState.OFF:
            self._surroundings.on_record(kind, body)

    def _ended(self) -> None:
        self.state = ProcessState.OFF
        printed = self._process.printed()
        self._surroundings.on_end(self._process.end(), printed)

    # what reaches the wearable

    def deliver(self, kind: int, payload: bytes) -> None:
        """Put something into its inbox; it is let run at this instant.

        Late is what comes at a time it has computed past already: the horizon was wrong.
        """
        if self.state is ProcessState.OFF:
            return
        if self._loop.now_us < min(self._reported_us, self._horizon_us):
            self.grants.late_events += 1
        self._inbox += _EVENT.pack(kind, len(payload)) + payload

    def answer(self, payload: bytes) -> None:
        """Answer the request it is blocked in, and let it run."""
        if self.state is not ProcessState.BLOCKED:
            return
        self._inbox = _EVENT.pack(ANSWER, len(payload)) + payload + self._inbox
        self.state = ProcessState.IDLE
        self._wake_us = self._loop.now_us
        self._until_us = self._device_us

    def deliver_later(self, kind: int, payload: bytes) -> None:
        """Put something into its inbox without letting it run for that."""
        self._quiet += _EVENT.pack(kind, len(payload)) + payload

    def switch_off(self) -> str:
        """End the process at once; returns what it had printed."""
        if self.state is ProcessState.OFF:
            return ""
        self.state = ProcessState.OFF
        printed = self._process.printed()
        self._process.end()
        return printed


class Ensemble:
    """All wearables' processes, in a fixed order."""

    def __init__(self) -> None:
        self.members: list[LockstepDevice] = []

    def run_due(self, now_us: int) -> bool:
        """Let run whoever is due at this instant and wait for all; whether anybody ran."""
        for member in self.members:
            if member.wants_to_run(now_us):
                member.grant(now_us)
        running = [member for member in self.members if member.state is ProcessState.RUNNING]
        for member in running:
            member.collect()
        return bool(running)

    def next_due_us(self) -> int | None:
        """When a wearable next wants to run."""
        due = [at_us for member in self.members if (at_us := member.due_us()) is not None]
        return min(due) if due else None
