"""The receiver of a firmware update, piece by piece, into the slot that does not run.

The update is a row of files: length of the name, name, size, CRC32, bytes. Each is written as it
comes; the manifest is written last, when everything has arrived and been read back from flash.
"""

import asyncio
import binascii
import json
import os
import struct

from micropython import const

import slots
from dyadwire import messages
from wearable import states

TYPE_CHECKING = const(0)
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import IO

    from wearable.states import StateMachine
    from wearable.supervisor import Heart

RESET_AFTER_MS = 1_000
REPORT_EACH = 512  # bytes

_HEAD = "<II"
_HEAD_SIZE = struct.calcsize(_HEAD)


class Unpacker:
    """The unpacker of an update into a folder; `files` is the manifest of those finished."""

    def __init__(self, folder: str) -> None:
        self.files: dict[str, tuple[int, int]] = {}
        self._folder = folder
        self._pending = b""
        self._name = ""
        self._left = self._size = self._crc = 0
        self._file: IO[bytes] | None = None

    def take(self, data: "bytes | memoryview") -> None:
        """Take the next bytes."""
        self._pending += bytes(data)
        while self._take_file() if self._file is None else self._take_bytes():
            pass

    def is_complete(self) -> bool:
        """Whether the last file has ended."""
        return self._file is None and not self._pending and bool(self.files)

    def close(self) -> None:
        """Give up the file that has begun."""
        if self._file is not None:
            self._file.close()

    def _take_file(self) -> bool:
        """Begin the next file, if its head is here."""
        pending = self._pending
        if not pending or len(pending) < 1 + pending[0] + _HEAD_SIZE:
            return False
        end = 1 + pending[0]
        self._name = pending[1:end].decode()
        if ".." in self._name:
            raise ValueError("not within the slot")
        self._size, self._crc = struct.unpack_from(_HEAD, pending, end)
        self._left = self._size
        self._pending = pending[end + _HEAD_SIZE :]
        path = self._folder
        for part in self._name.split("/")[:-1]:
            path += "/" + part
            _make_folder(path)
        self._file = open(self._folder + "/" + self._name, "wb")  # noqa: SIM115 - stays open
        return True

    def _take_bytes(self) -> bool:
        """Write what is here of the present file; end it with its last byte."""
        file = self._file
        if file is None or (self._left and not self._pending):
            return False
        part = self._pending[: self._left]
        file.write(part)
        self._left -= len(part)
        self._pending = self._pending[len(part) :]
        if self._left == 0:
            file.close()
            self._file = None
            self.files[self._name] = (self._size, self._crc)
        return True


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
        self._unpacker: Unpacker | None = None
        self._slot = ""
        self._size = self._crc = self._got = self._got_crc = self._reported = 0
        self._finished = asyncio.Event()

    def begin(self, offer: messages.Offer) -> None:
        """Make room for an update; NotNowError while recording."""
        self._state_machine.move(states.UPDATE)
        self._size, self._crc = offer
        self._got = self._got_crc = self._reported = 0
        self._slot = slots.spare()
        self._unpacker = Unpacker(self._slot)
        try:
            slots.clear(self._slot)
        except OSError:
            self._refuse()
            return
        _make_folder(self._slot)
        self._say(messages.Wants(0))

    # Pieces come over a link that may be lost and found, from a host that may repeat itself.
    #   1. No update was begun, or it was given up: not now.
    #   2. A piece out of turn, behind a lost one or sent twice: the host hears where to go on.
    #   3. In turn: written. All of it here: read back from flash before anything may run it.
    #   4. Flash fails, or what came is no row of files: damaged, and the room is free again.
    # How far it got is said each 512 bytes; the host sends no more than a window beyond.
    def take(self, piece: messages.Piece) -> None:
        """Take the next piece; one out of turn is asked for again."""
        if self._unpacker is None:
            raise states.NotNowError(states.UPDATE)
        if piece.offset != self._got:
            self._say(messages.Wants(self._got))
            return
        try:
            self._unpacker.take(piece.data)
            self._got += len(piece.data)
            self._got_crc = binascii.crc32(piece.data, self._got_crc)
            if self._got >= self._size:
                self._finish(self._unpacker)
        except (OSError, ValueError):
            self._refuse()
        if self._got - self._reported >= REPORT_EACH and self._unpacker is not None:
            self._reported = self._got
            self._say(messages.Wants(self._got))

    def abandon(self) -> None:
        """The host has gone, or what came is damaged: the room it took is free again."""
        unpacker, self._unpacker = self._unpacker, None
        if unpacker is None:
            return
        self._state_machine.move(states.UPDATE_ABANDONED)
        try:
            unpacker.close()
            slots.clear(self._slot)
        except OSError:
            pass  # the next update clears it; without a manifest nothing runs it

    async def restart(self, heart: "Heart") -> None:
        """Start over once an update is complete and the host was told."""
        heart.rest()
        await self._finished.wait()
        await asyncio.sleep_ms(RESET_AFTER_MS)
        self._start_over()

    def _finish(self, unpacker: Unpacker) -> None:
        """Read everything back; only what is right in flash gets a manifest."""
        whole = unpacker.is_complete() and (self._got, self._got_crc) == (self._size, self._crc)
        for name, expected in unpacker.files.items():
            whole = whole and slots.measure(self._slot + "/" + name) == expected
        if not whole:
            self._refuse()
            return
        with open(self._slot + "/" + slots.MANIFEST, "w") as file:
            json.dump(unpacker.files, file)
        slots.begin_trial(self._slot, self._crc)
        self._unpacker = None
        self._say(messages.Updated(self._crc, messages.UPDATE_COMPLETE))
        self._finished.set()

    def _refuse(self) -> None:
        self.abandon()
        self._say(messages.Updated(self._crc, messages.UPDATE_DAMAGED))


def _make_folder(path: str) -> None:
    try:
        os.mkdir(path)
    except OSError:
        pass  # it is there already
