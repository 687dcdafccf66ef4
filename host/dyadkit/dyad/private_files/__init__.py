"""Private files: what is written of people can be read by whoever wrote it, and by nobody else.

Files have mode 0600 and folders 0700 from the moment they are there, whatever the umask says. Where
a system has no such modes (Windows), the rights of the folder that was chosen hold.
"""

import contextlib
import os
import stat
from pathlib import Path

FILE_MODE, FOLDER_MODE = 0o600, 0o700
UMASK = 0o077
"""Of a program that writes nothing for others: it covers what libraries write for us."""


def private_file(path: Path) -> Path:
    """The same path, at which a file of its owner alone is now: empty if there was none.

    An older file keeps what it holds until it is written, and loses what others could do with it.

    Raises
    ------
    OSError
        it cannot be made

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     _ = private_file(Path(folder) / "report.json").write_text("{}")
    ...     file = Path(folder) / "report.json"
    ...     file.read_text(), os.name != "posix" or oct(file.stat().st_mode & 0o777)
    ('{}', '0o600')
    """
    handle = os.open(path, os.O_WRONLY | os.O_CREAT, FILE_MODE)
    try:
        _close_to_others(handle)
    finally:
        os.close(handle)
    return path


def new_private_file(path: Path) -> int:
    """Handle of a file of its owner alone that was not there before, to read and write.

    Raises
    ------
    FileExistsError
        there is one already
    """
    binary = getattr(os, "O_BINARY", 0)  # Windows would else turn line ends
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | binary, FILE_MODE)


def private_folder(folder: Path) -> Path:
    """The same path, at which a folder is now; what of it had to be made is its owner's alone.

    A folder that was there keeps its rights: they are somebody's choice, and files in it are
    private all the same.

    Raises
    ------
    OSError
        it cannot be made

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as place:
    ...     made = private_folder(Path(place) / "family-07" / "week-1")
    ...     os.name != "posix" or oct(made.parent.stat().st_mode & 0o777)
    '0o700'
    """
    if not folder.parent.exists():
        private_folder(folder.parent)
    folder.mkdir(mode=FOLDER_MODE, exist_ok=True)
    return folder


def _close_to_others(handle: int) -> None:
    """Take all rights of others from an open file; a terminal or a pipe is left as it is."""
    if os.name != "posix" or not stat.S_ISREG(os.fstat(handle).st_mode):
        return
    with contextlib.suppress(OSError):  # a disk without modes, as a FAT stick
        os.fchmod(handle, FILE_MODE)
