"""Files that are there whole or not at all, whatever ends the program that writes them."""

import os
import uuid
from pathlib import Path

from dyadkit.dyad.private_files import private_file, private_folder
from dyadkit.errors import SessionError


def write_whole(path: Path, content: bytes) -> None:
    """Write a file so that it is there whole or not at all, also after a power cut.

    Raises
    ------
    SessionError
        no room, or not permitted
    """
    partial = path.with_name(f"{path.name}.{os.getpid()}.{uuid.uuid4().hex[:8]}.partial")
    try:
        private_folder(path.parent)
        with private_file(partial).open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
    except OSError as error:
        partial.unlink(missing_ok=True)
        raise SessionError(
            f"cannot write {path}: {error.strerror}; what is done already is kept: make room and "
            "run again"
        ) from None
