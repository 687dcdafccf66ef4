"""`session.json`: what a closed session says of itself, written whole or not at all."""

import hashlib
import json
import os
from pathlib import Path
from typing import Any

from dyadkit.storage.layout import ABOUT_NAME


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
    with partial.open("w", encoding="utf-8") as file:
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
    try:
        about = json.loads((folder / ABOUT_NAME).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return about if isinstance(about, dict) else {}


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
