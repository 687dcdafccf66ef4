"""`session.json`: what a closed session says of itself, written whole or not at all."""

import hashlib
import json
import os
import stat
from pathlib import Path
from typing import Any

from dyadkit.dyad.limits import MAX_JSON_BYTES
from dyadkit.dyad.private_files import private_file
from dyadkit.storage.layout import ABOUT_NAME, FILE_NAME
from dyadkit.storage.metadata import parsed


def write_about(folder: Path, about: dict[str, Any]) -> None:
    """Write `session.json` into a folder: on disk whole, or the one before stays.

    Raises
    ------
    OSError
        the folder cannot be written

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_about(Path(folder), {"duration_s": 60.0})
    ...     read_about(Path(folder))
    {'duration_s': 60.0}
    """
    partial = folder / (ABOUT_NAME + ".partial")
    with private_file(partial).open("w", encoding="utf-8") as file:
        json.dump(about, file, indent=2)
        file.flush()
        os.fsync(file.fileno())
    partial.replace(folder / ABOUT_NAME)


def read_about(folder: Path) -> dict[str, Any]:
    """What `session.json` of a folder says; empty where there is none or it is damaged.

    Examples
    --------
    >>> sorted(read_about(Path("session-12"))["wearables"])
    ['a', 'b']
    """
    return _read(folder / ABOUT_NAME) or {}


def mirror_of(file: Path) -> tuple[dict[str, Any], bool]:
    """What `session.json` says of the session file beside it, and whether it is damaged.

    One beside a file of another name is of another session and says nothing.
    """
    about = file.with_name(ABOUT_NAME)
    if file.name != FILE_NAME or not about.exists():
        return {}, False
    said = _read(about)
    return said or {}, said is None


def _read(file: Path) -> dict[str, Any] | None:
    """A JSON object out of a plain file of a size it can have; else None.

    What is no plain file is not opened: reading a pipe never ends.
    """
    try:
        about = file.stat()
        if not stat.S_ISREG(about.st_mode) or about.st_size > MAX_JSON_BYTES:
            return None
        return parsed(file.read_bytes())
    except OSError:
        return None


def sha256_of(path: Path) -> str:
    """Hexadecimal SHA-256 of a file; `session.json` vouches with it for `session.mcap`.

    Examples
    --------
    >>> folder = Path("session-12")
    >>> sha256_of(folder / "session.mcap") == read_about(folder)["sha256"]
    True
    """
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
