"""Clock synchronisation with the partner, the other wearable of the dyad, in the field.

While both record, one asks the other for the time: five probes a second for twenty seconds, each
five minutes when it is in reach. What it learns goes to its flash. Who has the lower hardware
address asks; if nobody asked for three such periods, the other does. Either records on without the
other.
"""

import asyncio
import random
import time

from micropython import const

from dyadwire import frames, messages

TYPE_CHECKING = const(0)
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from dyadwire.ticks import DeviceClock
    from wearable.boot_state import BootState
    from wearable.central import CentralRole
    from wearable.event_log import EventLog
    from wearable.supervisor import Heart

_LOOK_EACH_MS = const(5_000)
_EACH_MS = const(300_000)
_AGAIN_AFTER_MS = const(60_000)  # where it was not in reach long enough
_ENOUGH = const(20)
_MEETING_MS = const(20_000)
_MAX_MEETING_MS = const(45_000)
_ANSWER_MS = const(500)
_NOT_ASKED_MS = const(3 * _EACH_MS)
_ECHO = messages.Echo.KIND
_ECHO_SIZE = frames.OVERHEAD + messages.size(messages.Echo)
NOBODY = bytes(6)


class PartnerSync:
    """The schedule of meetings with the partner, and the time exchanges of each.

    records_alone : whether this wearable records and no host is linked
    """

    def __init__(
        self,
        central: "CentralRole",
        address: bytes,
        boot_state: "BootState",
        clock: "DeviceClock",
        event_log: "EventLog",
        records_alone: "Callable[[], bool]",
    ) -> None:
        self._central = central
        self._address = address
        self._boot_state = boot_state
        self._clock = clock
        self._event_log = event_log
        self._records_alone = records_alone
        self._seq = 0
        self._answered = 0
        self._pause_ms = _LOOK_EACH_MS
        self._unasked_ms = 0

    def was_asked(self) -> None:
        """A wearable, not the host, asked for the time."""
        self._unasked_ms = 0

    def let_pass(self, passed_ms: int) -> None:
        """So much time has passed; counted, for ticks of days ago tell nothing."""
        self._pause_ms = max(0, self._pause_ms - passed_ms)
        self._unasked_ms = min(_NOT_ASKED_MS + 1, self._unasked_ms + passed_ms)

    async def run(self, heart: "Heart") -> None:
        """Meet again and again."""
        while True:
            heart.rest()
            await asyncio.sleep_ms(_LOOK_EACH_MS)
            heart.beat()
            self.let_pass(_LOOK_EACH_MS)
            if self._is_time():
                await self._meet()

    def _is_time(self) -> bool:
        partner = self._boot_state.partner
        if partner == NOBODY or self._pause_ms or not self._records_alone():
            return False
        return self._address < partner or self._unasked_ms > _NOT_ASKED_MS

    async def _meet(self) -> None:
        self._answered = 0
        try:
            await asyncio.wait_for_ms(self._talk(), _MAX_MEETING_MS)
        except (OSError, asyncio.TimeoutError):
            pass  # out of reach, or gone in the middle
        finally:
            self._central.leave()
        self._event_log.note_event(messages.PARTNER, self._answered)
        self._pause_ms = _EACH_MS if self._answered >= _ENOUGH else _AGAIN_AFTER_MS

    async def _talk(self) -> None:
        await self._central.meet(self._boot_state.partner)
        began_ms = time.ticks_ms()
        while self._records_alone() and time.ticks_diff(time.ticks_ms(), began_ms) < _MEETING_MS:
            try:
                await asyncio.wait_for_ms(self._ask(), _ANSWER_MS)
            except asyncio.TimeoutError:
                continue
            await asyncio.sleep_ms(40 + (random.getrandbits(8) * 160 >> 8))

    async def _ask(self) -> None:
        """One probe and its answer, kept in flash."""
        self._seq = (self._seq + 1) & 0xFFFF
        sent_us = self._clock.now_us()
        probe = messages.Probe(self._seq, sent_us)
        self._central.write(frames.frame(probe.KIND, messages.pack(probe)))
        tick, echo = await self._answer()
        returned_us = self._clock.at_us(tick)
        boot = self._boot_state.boot
        _, peer_boot, received_us, answered_us = echo
        self._event_log.note(
            messages.Exchanged(boot, sent_us, peer_boot, received_us, answered_us, returned_us)
        )
        self._answered += 1

    async def _answer(self) -> "tuple[int, Any]":
        """The Echo of the last probe, with the tick it came at."""
        while True:
            tick, received = await self._central.received()
            if (
                frames.frame_size(received, 0) == len(received) >= _ECHO_SIZE
                and received[1] == _ECHO
            ):
                echo: Any = messages.unpack(received[1], frames.payload_of(received))
                if echo.seq == self._seq:
                    return tick, echo
