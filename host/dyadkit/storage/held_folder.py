"""Place of a session: its folder, kept hold of, and found again where it was moved to."""

import os
import sys
from pathlib import Path


class HeldFolder:
    """A folder that is kept open, so that whoever moves or renames it does not end what is in it.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as desk:
    ...     (Path(desk) / "family-07").mkdir()
    ...     place = HeldFolder(Path(desk) / "family-07")
    ...     _ = (Path(desk) / "family-07").rename(Path(desk) / "family-08")
    ...     place.folder.name
    'family-08'
    """

    def __init__(self, folder: Path) -> None:
        self._asked = folder
        self._identity = _identity(folder)
        self._handle = os.open(folder, os.O_RDONLY)

    @property
    def folder(self) -> Path:
        """Where it is now; as it was asked for, while it is still there or nobody knows where."""
        if _identity(self._asked) == self._identity:
            return self._asked
        moved = _path_of(self._handle)
        return moved if moved is not None and _identity(moved) == self._identity else self._asked

    def let_go(self) -> None:
        """Keep hold of it no more."""
        if self._handle >= 0:
            self._asked = self.folder
            os.close(self._handle)
            self._handle = -1


def _identity(folder: Path) -> tuple[int, int] | None:
    try:
        found = folder.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _path_of(handle: int) -> Path | None:
    """Where an open folder is now, as the system tells it."""
    try:
        if sys.platform == "darwin":
            import fcntl

            return Path(
                os.fsdecode(fcntl.fcntl(handle, fcntl.F_GETPATH, bytes(1024)).rstrip(b"\0"))
            )
        return Path(f"/proc/self/fd/{handle}").readlink()
    except OSError:
        return None
