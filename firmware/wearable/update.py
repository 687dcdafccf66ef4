"""The receiver of a firmware update, piece by piece, into the slot that does not run.

The update is a row of files and is kept as it comes. When everything has arrived it is read back
from flash and looked through: it must be such a row, and compiled for this chip.
"""

import asyncio

from micropython import const

import slots
from dyadwire import messages
from wearable import board, states

TYPE_CHECKING = const(0)
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import IO

    from wearable.states import StateMachine
    from wearable.supervisor import Heart

RESET_AFTER_MS = 1_000
REPORT_EACH = 512  # bytes

_ANY = const(0)  # processor of what holds no machine code


def fits_here(compiled: bytes) -> bool:
    """Whether a compiled file with this beginning can be loaded by this interpreter."""
    if len(compiled) < 3 or compiled[0] != ord("M") or compiled[1] != board.MPY_VERSION:
        return False
    return compiled[2] >> 2 & 15 in (_ANY, board.PROCESSOR)


def outcome_of(slot: str, crc: int) -> int:
    """What an update that has arrived is: complete, damaged, or for another processor."""
    if not slots.is_whole(slot, crc):
        return messages.UPDATE_DAMAGED
    count = 0
    with open(slot, "rb") as file:
        for name, at, _ in slots.entries(file):
            count += 1
            file.seek(at)
            if name.endswith(".mpy") and not fits_here(file.read(3)):
                return messages.UPDATE_FOR_ANOTHER
    return messages.UPDATE_COMPLETE if count else messages.UPDATE_DAMAGED


class Update:
    """The one update in progress, offered by the host while nothing is recorded."""

    def __init__(
        self,
        state_machine: "StateMachine",
        say: "Callable[[messages.Message], None]",
        start_over: "Callable[[], None]",
    ) -> None:
        self._state_machine = state_machine
        self._say = say
        self._start_over = start_over
        self._file: IO[bytes] | None = None
        self._slot = ""
        self._size = self._crc = self._got = self._reported = 0
        self._finished = asyncio.Event()

    def begin(self, offer: messages.Offer) -> None:
        """Make room for an update; NotNowError while recording."""
        self._state_machine.move(states.UPDATE)
        self._size, self._crc = offer
        self._got = self._reported = 0
        self._slot = slots.spare()
        try:
            slots.clear(self._slot)
            self._file = open(self._slot, "wb")  # noqa: SIM115 - stays open
        except OSError:
            self._refuse(messages.UPDATE_DAMAGED)
            return
        self._say(messages.Wants(0))

    # Pieces come over a link that may be lost and found, from a host that may repeat itself.
    #   1. No update was begun, or it was given up: not now.
    #   2. A piece out of turn, behind a lost one or sent twice: the host hears where to go on.
    #   3. In turn: written. All of it here: read back from flash before anything may run it.
    #   4. Flash fails, or what came cannot be run here: refused, and the room is free again.
    # How far it got is said each 512 bytes; the host sends no more than a window beyond.
    def take(self, piece: messages.Piece) -> None:
        """Take the next piece; one out of turn is asked for again."""
        if self._file is None:
            raise states.NotNowError(states.UPDATE)
        if piece.offset != self._got:
            self._say(messages.Wants(self._got))
            return
        try:
            self._file.write(piece.data)
            self._got += len(piece.data)
            if self._got >= self._size:
                self._file.close()
                self._finish()
        except (OSError, ValueError, IndexError):
            self._refuse(messages.UPDATE_DAMAGED)
        if self._got - self._reported >= REPORT_EACH and self._file is not None:
            self._reported = self._got
            self._say(messages.Wants(self._got))

    def abandon(self) -> None:
        """The host has gone, or what came is damaged: the room it took is free again."""
        if self._state_machine.state != states.UPDATING or self._finished.is_set():
            return
        file, self._file = self._file, None
        self._state_machine.move(states.UPDATE_ABANDONED)
        try:
            if file is not None:
                file.close()
            slots.clear(self._slot)
        except OSError:
            pass  # the next update clears it; nothing runs what is not on trial

    async def restart(self, heart: "Heart") -> None:
        """Start over once an update is complete and the host was told."""
        heart.rest()
        await self._finished.wait()
        await asyncio.sleep_ms(RESET_AFTER_MS)
        self._start_over()

    def _finish(self) -> None:
        """Let the next boot try what is right in flash."""
        outcome = outcome_of(self._slot, self._crc)
        if outcome != messages.UPDATE_COMPLETE or self._got != self._size:
            self._refuse(outcome or messages.UPDATE_DAMAGED)
            return
        slots.begin_trial(self._slot, self._crc)
        self._file = None
        self._finished.set()
        self._say(messages.Updated(self._crc, messages.UPDATE_COMPLETE))

    def _refuse(self, outcome: int) -> None:
        self.abandon()
        self._say(messages.Updated(self._crc, outcome))
