"""An asyncio event loop whose time jumps: to the next timer, once all wearables stand still."""

import asyncio
import selectors
import time
from collections.abc import Mapping
from enum import Enum
from typing import Any, Protocol

from dyadkit.errors import LinkError

_MICRO = 1_000_000
_SERVE_EACH_US = 50_000
_MAX_BEHIND_US = 2_000_000


class VirtualDeadlockError(LinkError):
    """Everything waits and nothing will ever happen: no timer is set, no wearable is due.

    Examples
    --------
    >>> async def wait_for_nobody():
    ...     await asyncio.Event().wait()
    >>> with asyncio.Runner(loop_factory=VirtualLoop) as runner:
    ...     runner.run(wait_for_nobody())     # doctest: +ELLIPSIS
    Traceback (most recent call last):
    dyadkit.sim.loop.VirtualDeadlockError: the simulated world stands still: all tasks wait...
    """


class Pace(Enum):
    """The pace of a simulated world: time jumps from event to event, or really passes.

    Examples
    --------
    >>> with asyncio.Runner(loop_factory=lambda: VirtualLoop(Pace.VIRTUAL)) as runner:
    ...     runner.run(asyncio.sleep(3600.0, "an hour later"))     # at once
    'an hour later'
    """

    VIRTUAL = "virtual"  # jump from event to event, as fast as the machine can
    REAL = "real"  # wait as long as it takes


class Companions(Protocol):
    """The wearables' processes, as the loop sees them."""

    def run_due(self, now_us: int) -> bool:
        """Let run whoever is due at this instant and wait for all; whether anybody ran."""

    def next_due_us(self) -> int | None:
        """When a wearable next wants to run."""


class VirtualLoop(asyncio.SelectorEventLoop):
    """A selector loop on integer microseconds of true time, beginning at 0."""

    def __init__(self, pace: Pace = Pace.VIRTUAL) -> None:
        self.now_us = 0
        self.companions: Companions | None = None
        self._pacer = _WAITING[pace](self)
        super().__init__(self._pacer)
        self._clock_resolution = 1e-6

    def time(self) -> float:
        """True seconds since the world began."""
        return self.now_us / _MICRO

    def outside_us(self) -> int:
        """What the time is outside; later than `now_us` while the world catches up."""
        return self._pacer.outside_us()

    def skipped_us(self) -> int:
        """How much time the world jumped over because it could not keep up."""
        return self._pacer.skipped_us

    def call_at_us(self, when_us: int, callback: Any, *arguments: Any) -> asyncio.TimerHandle:
        """Call back at a true time in microseconds."""
        return self.call_at(when_us / _MICRO, callback, *arguments)


class _Jumping(selectors.DefaultSelector):
    """Instead of waiting: run the wearables that are due, then jump to whatever comes next."""

    def __init__(self, loop: VirtualLoop) -> None:
        super().__init__()
        self._loop = loop
        self.skipped_us = 0

    def select(self, timeout_s: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        loop = self._loop
        if timeout_s is not None and timeout_s <= 0:
            return []
        companions = loop.companions
        if companions is not None and companions.run_due(loop.now_us):
            return []
        due_us = None if companions is None else companions.next_due_us()
        if timeout_s is not None:
            timer_us = loop.now_us + max(1, round(timeout_s * _MICRO))
            due_us = timer_us if due_us is None else min(due_us, timer_us)
        return self._pass_time(due_us)

    def _pass_time(self, due_us: int | None) -> list[tuple[selectors.SelectorKey, int]]:
        if due_us is None:
            raise VirtualDeadlockError(
                "the simulated world stands still: all tasks wait, no timer is set and no "
                "wearable is due; something awaits an event that nobody will send"
            )
        self._loop.now_us = max(due_us, self._loop.now_us)
        return []

    def outside_us(self) -> int:
        """The time outside: nothing is ahead of a world that jumps."""
        return self._loop.now_us

    def get_map(self) -> Mapping[Any, selectors.SelectorKey]:
        return super().get_map()


class _Waiting(_Jumping):
    """The same with a clock on the wall: really wait, and serve sockets meanwhile.

    A machine too busy to keep up delays the world, not its wearables: behind the wall, what was due
    still happens at the time it was due, in order, until the world has caught up. Where it cannot,
    the world jumps to the time of the wall, as if its wearables had been held up for so long: they
    lose samples and say so. Their clocks go on like the host's whatever happens; one that stood
    still would belong to no clock of theirs, and nothing recorded could be aligned.
    """

    def __init__(self, loop: VirtualLoop) -> None:
        super().__init__(loop)
        self._began_ns = time.monotonic_ns()
        self._served_us = 0

    def outside_us(self) -> int:
        return max(self._loop.now_us, self._passed_us())

    def _pass_time(self, due_us: int | None) -> list[tuple[selectors.SelectorKey, int]]:
        """Bring the world to what is due next, or to what arrives outside before.

        1. Nothing is due yet: wait for it, and for sockets meanwhile.
        2. Something is due already: it goes first. Sockets are only looked at each 50 ms, so that
           asking does not make a world that is behind slower still.
        3. Behind the wall, the world's time is the due one, not the wall's: nothing is skipped.
        4. Too far behind to catch up soon, it jumps to the wall's time; `skipped_us` says how far.
        5. Time never goes back.
        """
        passed_us = self._passed_us()
        ready: list[tuple[selectors.SelectorKey, int]] = []
        if due_us is None or passed_us < due_us:
            wait_s = None if due_us is None else (due_us - passed_us) / _MICRO
            ready = self._serve(wait_s)
            passed_us = self._passed_us()
        elif passed_us - self._served_us > _SERVE_EACH_US:
            ready = self._serve(0)
        if due_us is not None and passed_us - due_us > _MAX_BEHIND_US:
            self.skipped_us += passed_us - due_us
        elif due_us is not None and passed_us > due_us:
            passed_us = due_us
        self._loop.now_us = max(self._loop.now_us, passed_us)
        return ready

    def _serve(self, wait_s: float | None) -> list[tuple[selectors.SelectorKey, int]]:
        ready = selectors.DefaultSelector.select(self, wait_s)
        self._served_us = self._passed_us()
        return ready

    def _passed_us(self) -> int:
        return (time.monotonic_ns() - self._began_ns) // 1000


_WAITING = {Pace.VIRTUAL: _Jumping, Pace.REAL: _Waiting}
