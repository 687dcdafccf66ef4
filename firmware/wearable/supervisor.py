"""The supervisor of all tasks: heartbeats, watchdog, restarts, crash log.

Every task has a heart. The watchdog is fed only while all of them beat; a task that fails is
started again and reported; what stops the whole wearable is written down for the next boot.
"""

import asyncio
import gc
import io
import os
import sys
import time

from micropython import const

import slots
from dyadwire import messages

TYPE_CHECKING = const(0)
if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from typing import Any

    from wearable.boot_state import BootState

    Job = Callable[["Heart"], Awaitable[None]]
    Report = Callable[[int, str], None]

CRASH_LOG = "crash.txt"
_CRASH_LOG_SIZE = const(1024)
_LOOK_EACH_MS = const(1_000)
_RESTART_AFTER_MS = const(1_000)
_STABLE_AFTER_MS = const(60_000)
MAX_CRASHES = 3
_COLLECT_EACH = const(5)


class Heart:
    """The heartbeat of one task: within `limit_ms` of each beat comes the next, or a rest."""

    def __init__(self, name: str, limit_ms: int) -> None:
        self.name = name
        self.limit_ms = limit_ms
        self._last_ms = time.ticks_ms()
        self._rests = False

    def beat(self) -> None:
        """I am alive."""
        self._last_ms = time.ticks_ms()
        self._rests = False

    def rest(self) -> None:
        """I wait for something that may never come."""
        self._rests = True

    def is_beating(self) -> bool:
        """Whether the task keeps its promise."""
        late_ms = time.ticks_diff(time.ticks_ms(), self._last_ms)
        return self._rests or late_ms <= self.limit_ms


class Supervisor:
    """The list of running tasks, each restarted when it fails, and the feeder of the watchdog."""

    def __init__(self, boot_state: "BootState", report: "Report") -> None:
        self._boot_state = boot_state
        self._report = report
        self._hearts: list[Heart] = []

    def run_task(self, name: str, limit_ms: int, job: "Job") -> None:
        """Start a task and start it again whenever it fails."""
        heart = Heart(name, limit_ms)
        self._hearts.append(heart)
        asyncio.create_task(self._keep(heart, job))

    def stuck(self) -> "Heart | None":
        """The first task whose heart stopped, None if all is well."""
        for heart in self._hearts:
            if not heart.is_beating():
                return heart
        return None

    async def watch(self, watchdog: "Any") -> None:
        """Feed the watchdog for ever while all hearts beat; collect garbage at a quiet moment."""
        began_ms = time.ticks_ms()
        rounds = 0
        while True:
            await asyncio.sleep_ms(_LOOK_EACH_MS)
            stopped = self.stuck()
            if stopped is None:
                watchdog.feed()
            else:
                self._report(messages.TASK_FAULT, stopped.name + " is stuck")
            rounds += 1
            if rounds % _COLLECT_EACH == 0:
                gc.collect()
            if rounds == _STABLE_AFTER_MS // _LOOK_EACH_MS:
                slots.confirm()
            if (
                self._boot_state.crashes
                and time.ticks_diff(time.ticks_ms(), began_ms) > _STABLE_AFTER_MS
            ):
                self._boot_state.crashes = 0
                self._boot_state.save()

    async def _keep(self, heart: Heart, job: "Job") -> None:
        while True:
            heart.beat()
            try:
                await job(heart)
                heart.rest()
                return
            except Exception as error:  # noqa: BLE001 - no exception may leave a task
                self._report(messages.TASK_FAULT, "%s: %r" % (heart.name, error))
                note_crash(error)
            await asyncio.sleep_ms(_RESTART_AFTER_MS)


def note_crash(error: BaseException) -> None:
    """Write where it failed to flash, for the next connection."""
    text = io.StringIO()
    sys.print_exception(error, text)
    try:
        with open(CRASH_LOG, "w") as file:
            file.write(text.getvalue()[-_CRASH_LOG_SIZE:])
    except OSError:
        pass  # flash is what failed: nothing left to do


def last_crash() -> str:
    """The last lines of the last crash, empty if there was none; told once."""
    try:
        with open(CRASH_LOG) as file:
            text = file.read()
        os.remove(CRASH_LOG)
    except OSError:
        return ""
    return text
