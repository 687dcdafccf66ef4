"""A file that only grows: what was put is on the disk or not there, and nothing in between."""

import os
from pathlib import Path
from typing import Protocol


class Appendable(Protocol):
    """Where a session file goes, as two members."""

    def put(self, data: bytes) -> None:
        """Append and force to disk; raises OSError and leaves the file as it was."""

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
        self._file = path.open("xb", buffering=0)
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
