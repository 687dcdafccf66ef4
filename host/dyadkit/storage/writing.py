"""Writing of a session: appended in memory, sealed into chunks, forced to disk each second.

`append` never touches the disk. `seal` and `store` are two steps, so that a session can wait for
a slow disk beside the radio and not in its way; `sync` does both.
"""

import contextlib
import hashlib
import json
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeAlias

from dyadkit.dyad.private_files import private_folder
from dyadkit.errors import SessionError
from dyadkit.storage.about import write_about
from dyadkit.storage.disk import Appendable, DiskFile, pieces
from dyadkit.storage.held_folder import HeldFolder
from dyadkit.storage.layout import (
    CHANNEL,
    CHUNK,
    CHUNK_HEADER,
    FILE_NAME,
    FIXED_SIZE,
    LOCKED_NAME,
    MAX_CONTENT,
    MESSAGE,
    MESSAGE_HEADER,
    RECORD_HEADER,
    guard,
)
from dyadkit.storage.mcap_index import beginning, ending, message_index
from dyadkit.storage.metadata import SessionMetadata, fitting, metadata_record

Follow: TypeAlias = Callable[[str, int, bytes], None]
"""Who sees what is appended: its topic, the host's clock in ns, the bytes."""

MAX_WAITING_BYTES = 64 << 20
"""What may wait for a disk that takes nothing: more than an hour of two wearables."""


class SessionWriter:
    """Writer of one `session.mcap`: `append` takes, `sync` forces to disk, `close` finishes.

    `trouble` says why the disk does not take what is appended, empty while it does; `follow` is
    called with each message once it was taken. A folder that is moved meanwhile takes the recording
    along; one that is deleted is made again.

    Raises
    ------
    SessionError
        the folder cannot be written or holds a session already

    Examples
    --------
    >>> import tempfile
    >>> from dyadkit.storage import read_session
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     writer = SessionWriter(Path(folder))
    ...     writer.append("a/heard", host_ns=1_000_000, data=b"a frame")
    ...     writer.close({"duration_s": 60.0})
    ...     read_session(Path(folder)).topics["a/heard"]
    [StoredMessage(host_ns=1000000, data=b'a frame')]
    """

    def __init__(self, folder: Path, disk: type[DiskFile] = DiskFile) -> None:
        self.trouble = ""
        self.follow: Follow | None = None
        self._kind = disk
        try:
            private_folder(folder)
            self._held = HeldFolder(folder)
            self._disk: Appendable = self._opened(folder)
        except FileExistsError:
            raise SessionError(
                f"{folder} already holds a session; choose another folder, nothing was overwritten"
            ) from None
        except OSError as error:
            raise SessionError(
                f"cannot write to {folder}: {error.strerror}; choose a folder you may write to"
            ) from None
        self._waiting = [beginning()]
        self._waiting_bytes = len(self._waiting[0])
        self._chunk = bytearray()
        self._entries: dict[int, list[tuple[int, int]]] = {}
        self._messages = 0
        self._size = 0
        self._is_ended = False
        self._sum = hashlib.sha256()

    @property
    def folder(self) -> Path:
        """The session's folder, where it is now."""
        return self._held.folder

    @property
    def path(self) -> Path:
        """The session file, where it is now."""
        return self.folder / FILE_NAME

    def append(self, topic: str, host_ns: int, data: bytes) -> None:
        """Add one message; it is safe on disk after the next `sync`.

        Raises
        ------
        SessionError
            the disk has taken nothing for so long that memory would run out
        ValueError
            the message is longer than any may be
        """
        if len(data) > MAX_CONTENT:
            raise ValueError(f"a message of {len(data)} bytes: {MAX_CONTENT} at most")
        channel = CHANNEL[topic]
        if len(self._chunk) + self._waiting_bytes > MAX_WAITING_BYTES:
            raise SessionError(f"{self.path} takes no more data ({self.trouble or 'too slow'})")
        self._entries.setdefault(channel, []).append((host_ns, len(self._chunk)))
        checked = guard(channel, host_ns, data)
        size = FIXED_SIZE + len(data)
        self._chunk += MESSAGE_HEADER.pack(MESSAGE, size, channel, checked, host_ns, host_ns)
        self._chunk += data
        self._messages += 1
        if self.follow is not None:
            self.follow(topic, host_ns, data)

    def log(self, host_ns: int, event: str, topic: str = "host", **details: Any) -> None:
        """Add one entry to the host's log, or to another topic of JSON entries."""
        self.append(topic, host_ns, json.dumps({"event": event, **details}).encode())

    def seal(self) -> None:
        """Make a chunk of what was appended: the next `store` puts it on disk."""
        if not self._chunk:
            return
        times = [host_ns for entries in self._entries.values() for host_ns, _ in entries]
        records = bytes(self._chunk)
        size = CHUNK_HEADER.size - RECORD_HEADER.size + len(records)
        header = CHUNK_HEADER.pack(
            CHUNK, size, min(times), max(times), len(records), zlib.crc32(records), 0, len(records)
        )
        indexes = [message_index(channel, found) for channel, found in self._entries.items()]
        sealed = b"".join([header, records, *indexes])
        self._waiting.append(sealed)
        self._waiting_bytes += len(sealed)
        self._chunk = bytearray()
        self._entries = {}

    def store(self) -> bool:
        """Put what was sealed on disk; whether all of it is there. May run beside `append`."""
        pieces = len(self._waiting)
        data = b"".join(self._waiting[:pieces])
        try:
            if self._disk.is_deleted():
                self._make_again()
            if data:
                self._disk.put(data)
        except OSError as error:
            self.trouble = error.strerror or str(error)
            return False
        self.trouble = ""
        self._size += len(data)
        self._sum.update(data)
        del self._waiting[:pieces]
        self._waiting_bytes -= len(data)
        return True

    def sync(self) -> None:
        """Force all that was appended to disk.

        Raises
        ------
        SessionError
            the disk is full or gone
        """
        self.seal()
        if not self.store():
            raise SessionError(
                f"cannot write {self.path}: {self.trouble}; what was written before is intact"
            )

    def close(self, about: dict[str, Any], aside: Mapping[str, Any] = MappingProxyType({})) -> None:
        """Finish the file with its metadata, and write `session.json` beside it, whole or not.

        After a disk that took nothing it may be tried again.

        about : what is known of the session and no frame says
        aside : what goes into `session.json` alone

        Raises
        ------
        SessionError
            the disk is full or gone
        """
        self.sync()
        facts = fitting(about)
        if not self._is_ended:
            metadata = metadata_record(SessionMetadata(facts, self._messages))
            self._waiting.append(ending(self._disk, self._size, metadata))
            self._waiting_bytes += len(self._waiting[0])
            self._is_ended = True
            self.sync()
        folder = self.folder
        self.abandon()
        try:
            write_about(folder, {**facts, **aside, "sha256": self._sum.hexdigest()})
        except OSError as error:
            raise SessionError(
                f"cannot write {folder}: {error.strerror}; the recording itself is whole"
            ) from None

    def abandon(self) -> None:
        """Close the file as it is; it will be read like after a crash."""
        self._disk.close()
        self._held.let_go()

    def discard(self) -> None:
        """Remove the file this writer made: nothing in it was asked for."""
        file = self.path
        self.abandon()
        file.unlink(missing_ok=True)

    def _opened(self, folder: Path) -> Appendable:
        try:
            if (folder / LOCKED_NAME).exists():
                raise FileExistsError
            return self._kind(folder / FILE_NAME)
        except OSError:
            self._held.let_go()
            raise

    def _make_again(self) -> None:
        """Make a file anew that was deleted under our hands, or moved to another disk.

        Raises
        ------
        OSError
            where it was there is something else by now, or no room
        """
        folder = self.folder
        private_folder(folder)
        again = self._kind(folder / FILE_NAME)
        try:
            for piece in pieces(self._disk, self._size):
                again.put(piece)
        except OSError:
            again.close()
            with contextlib.suppress(OSError):
                (folder / FILE_NAME).unlink()
            raise
        self._disk.close()
        self._disk = again
        self._held.let_go()
        self._held = HeldFolder(folder)
