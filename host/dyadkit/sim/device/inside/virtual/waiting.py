"""The poller of streams that asyncio waits in, in virtual time.

As on the ESP32 it looks again when an interrupt of a timer, a pin or the cable comes, and else at
each tick of the operating system. The radio wakes nobody: what its handler flagged is seen then.
"""

from asyncio.event import ThreadSafeFlag
from collections import OrderedDict

from virtual import costs
from virtual.clock import FOREVER
from virtual.world import clock, config

_POLL = 3
_READ = 1
_WRITE = 4


class VirtualWaiting:
    """`asyncio.core._io_queue` in virtual time; streams say by `ioctl` whether they are ready."""

    def __init__(self, task_queue):
        # stream id -> [reading task, writing task, stream, whether it is a flag]; in the order of
        # waiting, as the ids are addresses and differ from run to run
        self.map = OrderedDict()
        self._tasks = task_queue

    def queue_read(self, stream):
        self._queue(stream, 0)

    def queue_write(self, stream):
        self._queue(stream, 1)

    def _queue(self, stream, direction):
        from asyncio import core

        is_flag = isinstance(stream, ThreadSafeFlag)
        entry = self.map.setdefault(id(stream), [None, None, stream, is_flag])
        entry[direction] = core.cur_task
        core.cur_task.data = self

    def remove(self, task):
        for key in list(self.map):
            entry = self.map[key]
            for direction in (0, 1):
                if entry[direction] is task:
                    entry[direction] = None
            self._drop_if_done(key, entry)

    def wait_io_event(self, wait_ms):
        clock.spend(costs.SWITCH_US)
        if wait_ms == 0:
            self._poll()
        elif wait_ms > 0:
            self._sleep((clock.now // 1000 + wait_ms) * 1000)
        else:
            while not self._tasks.peek():
                self._sleep(FOREVER)

    def _sleep(self, until_us):
        """Until a look finds a stream ready, or that it is late enough."""
        if self._poll():
            return
        while True:
            tick_us = _next_tick(
                clock.now if self._is_any_ready() else max(clock.now, until_us - 1)
            )
            clock.is_woken = False
            clock.wait_until(tick_us)
            if not clock.is_woken and clock.now < tick_us:
                continue
            if clock.now >= until_us or (self._is_any_ready() and self._poll()):
                break
        clock.spend(costs.WAKE_US)

    def _is_any_ready(self):
        """Whether polling is worth it; a flag is asked without a call, for there are many."""
        for entry in self.map.values():
            if entry[3]:
                if entry[2].state:
                    return True
            elif entry[2].ioctl(_POLL, _READ | _WRITE):
                return True
        return False

    def _poll(self):
        found = False
        for key in list(self.map) if self.map else ():
            entry = self.map[key]
            wanted = (_READ if entry[0] else 0) | (_WRITE if entry[1] else 0)
            ready = entry[2].ioctl(_POLL, wanted)
            for direction, flag in ((0, _READ), (1, _WRITE)):
                if ready & ~(_READ | _WRITE) or ready & flag:
                    found = self._resume(entry, direction) or found
            self._drop_if_done(key, entry)
        return found

    def _resume(self, entry, direction):
        task, entry[direction] = entry[direction], None
        if task is not None:
            self._tasks.push(task)
        return task is not None

    def _drop_if_done(self, key, entry):
        if entry[0] is None and entry[1] is None:
            self.map.pop(key, None)


def _next_tick(now_us):
    """When the operating system's next tick comes; their phase is another in each boot."""
    if now_us >= FOREVER - 1:
        return FOREVER
    phase_us = config["tick_phase_us"]
    return phase_us + ((now_us - phase_us) // costs.TICK_US + 1) * costs.TICK_US
