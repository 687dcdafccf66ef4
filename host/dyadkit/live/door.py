"""The door between a recorder and its page server: one local socket, one JSON object a line.

The recorder opens it and writes port and key to a small file that only its user may read; whoever
speaks first says the key. The recorder never waits for a reader: one that does not take what it is
sent is hung up on.
"""

import asyncio
import contextlib
import hashlib
import json
import os
import secrets
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self, TypeAlias

from dyadkit.dyad.private_files import private_folder
from dyadkit.errors import LinkError

HOST = "127.0.0.1"
MAX_LINE_BYTES = 1 << 20
"""Of one line either way: a minute of both people's lanes is a tenth of it."""
MAX_BEHIND_BYTES = 32 << 20
"""What may wait for a reader: the backlog of a day; more is a reader that has stopped."""
KEY_TIMEOUT_S = 5.0

Message: TypeAlias = dict[str, Any]
Answer: TypeAlias = Callable[[Message], Awaitable[Message]]


def door_of(folder: Path) -> Path:
    """File that tells how to reach the recorder of a session folder, while one is there."""
    user = os.getuid() if hasattr(os, "getuid") else os.environ.get("USERNAME", "user")
    base = os.environ.get("XDG_RUNTIME_DIR") or tempfile.gettempdir()
    place = private_folder(Path(base) / f"dyadkit-{user}")
    if hasattr(os, "getuid") and place.stat().st_uid != os.getuid():
        raise LinkError(
            f"{place} belongs to somebody else: set XDG_RUNTIME_DIR to a folder of yours"
        )
    name = hashlib.sha256(str(folder.resolve()).encode()).hexdigest()[:24]
    return place / f"{name}.json"


@dataclass(frozen=True, slots=True)
class Reached:
    """Where a recorder listens, and what opens it."""

    port: int
    key: str
    pid: int

    @classmethod
    def read(cls, file: Path) -> Self | None:
        """What a door's file says; None while there is none."""
        try:
            found = json.loads(file.read_text(encoding="utf-8"))
            return cls(int(found["port"]), str(found["key"]), int(found["pid"]))
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def write(self, file: Path) -> None:
        """Write it whole, readable by this user only."""
        partial = file.with_suffix(f".{self.pid}")
        descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as written:
            json.dump({"port": self.port, "key": self.key, "pid": self.pid}, written)
        partial.replace(file)


class Door:
    """The recorder's side: readers come and go, each gets what is sent from then on.

    answer : what becomes of a request; it is told who asks in no way, every reader may ask all
    backlog : what a new reader gets first
    """

    def __init__(
        self, file: Path, answer: Answer, backlog: Callable[[], Iterable[Message]]
    ) -> None:
        self._file, self._answer, self._backlog = file, answer, backlog
        self._readers: set[asyncio.StreamWriter] = set()
        self._meetings: set[asyncio.Task[None]] = set()
        self._key = secrets.token_urlsafe(24)

    @property
    def readers(self) -> int:
        """How many listen."""
        return len(self._readers)

    @contextlib.asynccontextmanager
    async def opened(self) -> AsyncIterator[None]:
        """Listen for as long as this lasts."""
        server = await asyncio.start_server(self._greet, HOST, 0, limit=MAX_LINE_BYTES)
        Reached(server.sockets[0].getsockname()[1], self._key, os.getpid()).write(self._file)
        try:
            yield
        finally:
            server.close()
            for reader in list(self._readers):
                reader.close()
            for meeting in self._meetings:
                meeting.cancel()
            await asyncio.gather(*self._meetings, return_exceptions=True)
            found = Reached.read(self._file)
            if found is not None and found.pid == os.getpid():
                self._file.unlink(missing_ok=True)

    def send(self, message: Message) -> None:
        """Send to all readers, waiting for none."""
        line = _line(message)
        for writer in list(self._readers):
            self._put(writer, line)

    def _put(self, writer: asyncio.StreamWriter, line: bytes) -> None:
        if writer.transport.get_write_buffer_size() > MAX_BEHIND_BYTES or writer.is_closing():
            self._readers.discard(writer)
            writer.transport.abort()
            return
        writer.write(line)

    def _greet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        meeting = asyncio.create_task(self._meet(reader, writer))
        self._meetings.add(meeting)
        meeting.add_done_callback(self._meetings.discard)

    async def _meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One reader from the key it says first to its end."""
        try:
            async with asyncio.timeout(KEY_TIMEOUT_S):
                said = await _read(reader)
            if said is None or not secrets.compare_digest(str(said.get("key")), self._key):
                return
            for message in self._backlog():
                self._put(writer, _line(message))
            self._readers.add(writer)
            while (request := await _read(reader)) is not None:
                answer = await self._answer(request)
                self._put(writer, _line({"kind": "answer", "id": request.get("id"), **answer}))
        except (OSError, TimeoutError, ValueError):
            return
        finally:
            self._readers.discard(writer)
            writer.close()


class Visitor:
    """The server's side of a door: `messages` until it closes, and requests with their answers."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer
        self._asked: dict[int, asyncio.Future[Message]] = {}

    @classmethod
    async def enter(cls, reached: Reached) -> Self:
        """Connect and say the key.

        Raises
        ------
        OSError
            nobody listens there
        """
        reader, writer = await asyncio.open_connection(HOST, reached.port, limit=MAX_LINE_BYTES)
        writer.write(_line({"key": reached.key}))
        return cls(reader, writer)

    async def messages(self) -> AsyncIterator[Message]:
        """What the recorder says, answers apart."""
        try:
            while (message := await _read(self._reader)) is not None:
                waiting = self._asked.pop(message.get("id", -1), None)
                if message.get("kind") != "answer":
                    yield message
                elif waiting is not None and not waiting.done():
                    waiting.set_result(message)
        except (OSError, ValueError):
            return
        finally:
            self.leave()

    async def ask(self, request: Message, timeout_s: float) -> Message:
        """Ask the recorder; its answer.

        Raises
        ------
        LinkError
            it is not there any more, or did not answer in time
        """
        number = secrets.randbits(48)
        answered: asyncio.Future[Message] = asyncio.get_running_loop().create_future()
        self._asked[number] = answered
        try:
            self._writer.write(_line({**request, "id": number}))
            async with asyncio.timeout(timeout_s):
                return await answered
        except (OSError, TimeoutError, asyncio.CancelledError) as error:
            if isinstance(error, asyncio.CancelledError) and not answered.cancelled():
                raise
            raise LinkError("the recorder does not answer; is it still running?") from None
        finally:
            self._asked.pop(number, None)

    def leave(self) -> None:
        """Hang up; what was asked and not answered fails."""
        for waiting in self._asked.values():
            waiting.cancel()
        self._writer.close()


def _line(message: Message) -> bytes:
    return json.dumps(message, separators=(",", ":"), allow_nan=False).encode() + b"\n"


async def _read(reader: asyncio.StreamReader) -> Message | None:
    """The next object; None at the end.

    Raises
    ------
    ValueError
        a line is too long, or is no object
    """
    line = await reader.readline()
    if not line.endswith(b"\n"):
        return None
    said = json.loads(line)
    if not isinstance(said, dict):
        raise ValueError("a line is no object")
    message: Message = said
    return message
