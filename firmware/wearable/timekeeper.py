"""The responder to time probes, by which a host finds this wearable's clock.

The answer waits a random time, so that it does not ride on the same beat of the radio as the
question, and leaves alone: nothing is queued ahead of it.
"""

import asyncio
import random
import struct
import time

from micropython import const

from dyadwire import frames, messages
from dyadwire.ticks import TICKS_MASK

TYPE_CHECKING = const(0)
if TYPE_CHECKING:
    from dyadwire.ticks import DeviceClock
    from wearable.send_queue import HostLink, SendQueue
    from wearable.supervisor import Heart

MAX_WAIT_US = 60_000
MAX_PENDING = 4
_SLEEP_STEP_MS = const(10)

_RECEIVED_US = frames.HEADER_SIZE + struct.calcsize("<HH")
_ANSWERED_US = _RECEIVED_US + 8
_SIZE = messages.size(messages.Echo)


class Timekeeper:
    """The queue of unanswered Probes, and the task that answers each with an Echo."""

    def __init__(self, send_queue: "SendQueue", boot: int, clock: "DeviceClock") -> None:
        self._send_queue = send_queue
        self._boot = boot
        self._clock = clock
        self._pending: list[tuple[HostLink, int, int]] = []
        self._asked = asyncio.Event()
        self._echo = bytearray(frames.OVERHEAD + _SIZE)

    def answer(self, link: "HostLink", seq: int, received_tick: int) -> None:
        """Answer soon, where it came from, the probe received at this tick."""
        if len(self._pending) < MAX_PENDING:
            self._pending.append((link, seq, received_tick))
            self._asked.set()

    async def run(self, heart: "Heart") -> None:
        """Answer for ever."""
        while True:
            heart.rest()
            await self._asked.wait()
            self._asked.clear()
            heart.beat()
            while self._pending:
                link, seq, received_tick = self._pending.pop(0)
                if link.is_up:
                    self._send_queue.is_held = True
                    await self._wait(random.getrandbits(12) * MAX_WAIT_US >> 12)
                    await self._send(heart, link, seq, received_tick)
            self._send_queue.is_held = False
            self._send_queue.wake()

    async def _wait(self, wait_us: int) -> None:
        """Wait exactly so long.

        Who sleeps wakes at a tick of the operating system, each 10 ms, and connection intervals are
        multiples of that: answers would leave at two or three moments of an interval only. So the
        last of the wait is spent awake.
        """
        began = self._clock.tick()
        await asyncio.sleep_ms(max(wait_us // 1000 - _SLEEP_STEP_MS, 0))
        left_us = wait_us - ((self._clock.tick() - began) & TICKS_MASK)
        if left_us > 0:
            time.sleep_us(left_us)

    async def _send(self, heart: "Heart", link: "HostLink", seq: int, received_tick: int) -> None:
        echo = self._echo
        struct.pack_into("<HH", echo, frames.HEADER_SIZE, seq, self._boot)
        self._clock.put_us(echo, _RECEIVED_US, received_tick)
        while link.is_up:
            self._clock.put_us(echo, _ANSWERED_US, self._clock.tick())
            frames.seal(echo, messages.Echo.KIND, _SIZE)
            if not link.sent and link.send(memoryview(echo)):
                return
            heart.beat()  # a host that walked away leaves a full radio until its link falls
            await asyncio.sleep_ms(2)
