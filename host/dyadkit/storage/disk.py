"""A file that only grows: what was put is on the disk or not there, and nothing in between."""

import contextlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from dyadkit.dyad.private_files import new_private_file

BYTES_PER_HOUR = 31_000_000
"""What an hour of two wearables takes on disk: 24 to 31 MB (simulated), whatever they stream."""
PIECE_BYTES = 1 << 20


def hours_of_room(folder: Path) -> float:
    """How many hours of recording fit on the disk that a folder is on.

    Examples
    --------
    >>> hours_of_room(Path(".")) > 0
    True
    """
    return shutil.disk_usage(folder).free / BYTES_PER_HOUR


def settle_names(folder: Path) -> None:
    """Force the names in a folder to disk, where a system can: after a rename or a removal."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


class Appendable(Protocol):
    """Where a session file goes: it grows, is read back, and goes where its folder goes."""

    def put(self, data: bytes) -> None:
        """Append and force to disk; raises OSError and leaves the file as it was."""

    def read(self, start: int, stop: int) -> bytes:
        """Bytes that were put."""

    def is_deleted(self) -> bool:
        """Whether no folder holds it any more: it ends with this program."""

    def close(self) -> None:
        """Close; never raises."""


class DiskFile:
    """A new file on a disk, unbuffered.

    Raises
    ------
    FileExistsError
        there is one already

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = DiskFile(Path(folder) / "session.mcap")
    ...     file.put(b"one chunk")
    ...     file.close()
    ...     (Path(folder) / "session.mcap").read_bytes()
    b'one chunk'
    """

    def __init__(self, path: Path) -> None:
        self._file = os.fdopen(new_private_file(path), "r+b", buffering=0)
        self._size = 0

    def put(self, data: bytes) -> None:
        """Append and force to disk; after an error the file ends where it ended before."""
        view = memoryview(data)
        try:
            while view:
                view = view[self._file.write(view) :]
            os.fsync(self._file.fileno())
        except OSError:
            self._take_back()
            raise
        self._size += len(data)

    def read(self, start: int, stop: int) -> bytes:
        """Bytes that were put, wherever the file was moved to."""
        return os.pread(self._file.fileno(), stop - start, start)

    def is_deleted(self) -> bool:
        """Whether no folder holds it any more: it was deleted, or moved to another disk."""
        return os.fstat(self._file.fileno()).st_nlink == 0

    def close(self) -> None:
        """Close; never raises."""
        try:
            self._file.close()
        except OSError:
            return

    def _take_back(self) -> None:
        try:
            os.ftruncate(self._file.fileno(), self._size)
            self._file.seek(self._size)
        except OSError:
            return  # the disk is gone; what is torn is skipped when the file is read


def pieces(file: Appendable, size: int) -> Iterator[bytes]:
    """The first `size` bytes of a file, some at a time."""
    for start in range(0, size, PIECE_BYTES):
        yield file.read(start, min(start + PIECE_BYTES, size))
