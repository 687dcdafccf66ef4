"""Locking of a session: all files of its folder in one, under a passphrase, and out again.

The sealed file holds a list of the files with their sizes and SHA-256, then their contents. Its
name decides, and is given and taken in one step:

1. `session.locked` is there: the session is locked, whatever else lies beside it.
2. It is not: the session is open.

`lock` writes another name, reads that back, gives it the name, and removes the open files. `unlock`
goes through the whole file, writes the open files, forces them to disk, and takes the name away.
Whoever dies between leaves one of both whole, and the same command again completes it.
"""

import hashlib
import json
import os
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple

from dyadkit.dyad.private_files import private_file, private_folder
from dyadkit.dyad.result import Result
from dyadkit.errors import SessionError
from dyadkit.sessions.extraction import CACHE_NAME, forget_extraction
from dyadkit.storage import ABOUT_NAME, FILE_NAME, sha256_of
from dyadkit.storage.disk import settle_names
from dyadkit.storage.layout import LOCKED_NAME
from dyadkit.storage.metadata import parsed
from dyadkit.storage.sealing import Seal, SealingFile, chunks, seal_of

LOCKING_NAME = f"{LOCKED_NAME}.partial"
OPENING = ".opening"
"""Ends the names of files that are being written by `unlock`."""
PIECE_BYTES = 1 << 20
_SIZE = struct.Struct("<Q")
MAX_LIST_BYTES = 16 << 20


@dataclass(frozen=True, slots=True, eq=False)
class Locked(Result):
    """A session that was locked or unlocked: its folder, its files, and caches removed."""

    session: str
    files: tuple[str, ...]
    removed: tuple[str, ...] = ()

    def sentences(self, done: str) -> list[str]:
        """Lines for a person; `done` is the participle."""
        lines = [f"{self.session} is {done}: {len(self.files)} files, {', '.join(self.files)}"]
        return lines + [f"removed: {name}" for name in self.removed]


class SealedEntry(NamedTuple):
    """A file that is sealed with others: its place in the folder, its bytes, its SHA-256."""

    name: str
    size: int
    sha256: str


def lock(folder: Path, passphrase: str) -> Locked:
    """Lock a closed session under a passphrase; nothing that was recorded is left open.

    A lock that was interrupted is completed. Without the passphrase nobody can open it, nor can we.

    Raises
    ------
    SessionError
        not a closed session; a wrong passphrase for one whose locking was interrupted; no room
    MissingExtraError
        `cryptography` is not installed
    """
    folder = _session_folder(folder)
    if (folder / LOCKED_NAME).is_file():
        return _complete(folder, passphrase)
    _refuse_open(folder)
    removed = tuple(one.name for one in forget_extraction(folder))
    partial = folder / LOCKING_NAME
    try:
        partial.unlink(missing_ok=True)
        names = _names(folder)
        seal = _seal(folder, names, partial, passphrase)
        _check(partial, seal)
        partial.replace(folder / LOCKED_NAME)
        settle_names(folder)
        _remove(folder, names)
    except OSError as error:
        raise SessionError(f"cannot lock {folder}: {error.strerror}; it is as it was") from None
    return Locked(str(folder), tuple(names), removed)


def unlock(folder: Path, passphrase: str) -> Locked:
    """Open a locked session: all of its files as they were, or an error and none of them.

    Raises
    ------
    SessionError
        it is not locked; wrong passphrase; the locked file was changed, cut or added to; no room
    MissingExtraError
        `cryptography` is not installed
    """
    folder = _session_folder(folder)
    file = folder / LOCKED_NAME
    if not file.is_file():
        raise SessionError(f"{folder} is not locked")
    entries, seal = _gone_through(file, passphrase)
    try:
        _extract(file, seal, folder)
        for name, _, _ in entries:
            (folder / (name + OPENING)).replace(folder / name)
        settle_names(folder)
        file.unlink()
        settle_names(folder)
    except OSError as error:
        raise SessionError(f"cannot unlock {folder}: {error.strerror}; it is as it was") from None
    finally:
        _sweep(folder)
    return Locked(str(folder), tuple(name for name, _, _ in entries))


def _session_folder(path: Path) -> Path:
    folder = path.parent if path.name in (FILE_NAME, LOCKED_NAME) else path
    if not folder.is_dir():
        raise SessionError(f"{path} is no folder of a session")
    return folder


def _refuse_open(folder: Path) -> None:
    if not (folder / FILE_NAME).is_file():
        raise SessionError(f"{folder} holds no {FILE_NAME}: it is not a session folder")
    if not (folder / ABOUT_NAME).is_file():
        raise SessionError(
            f"the session in {folder} is not closed: stop the recording, or save one that was "
            "interrupted with dyadkit recover, and lock that"
        )


def _names(folder: Path) -> list[str]:
    """All files of a folder, by their places in it, what decides the session first.

    Raises
    ------
    SessionError
        something there is neither a file nor a folder: it would be lost or lead elsewhere
    """
    names = []
    for one in sorted(folder.rglob("*")):
        if one.is_symlink() or not (one.is_file() or one.is_dir()):
            raise SessionError(f"{one} is no plain file: move it out of the session first")
        is_ours = one.name in (CACHE_NAME, LOCKING_NAME) or one.name.endswith(OPENING)
        if one.is_file() and not is_ours:
            names.append(one.relative_to(folder).as_posix())
    return sorted(names, key=lambda name: (name not in (FILE_NAME, ABOUT_NAME), name))


def _seal(folder: Path, names: list[str], partial: Path, passphrase: str) -> Seal:
    listed = [[name, (folder / name).stat().st_size, sha256_of(folder / name)] for name in names]
    head = json.dumps(listed).encode()
    with private_file(partial).open("wb") as target:
        sealing = SealingFile(target, passphrase)
        sealing.write(_SIZE.pack(len(head)) + head)
        for name in names:
            with (folder / name).open("rb") as file:
                while piece := file.read(PIECE_BYTES):
                    sealing.write(piece)
        sealing.close()
        target.flush()
        os.fsync(target.fileno())
    return sealing.seal


def _gone_through(file: Path, passphrase: str) -> tuple[list[SealedEntry], Seal]:
    """The list in a locked file, once all of it was found to be as it was sealed."""
    try:
        with file.open("rb") as source:
            seal = seal_of(source, passphrase)
        return _check(file, seal), seal
    except SessionError as error:
        raise SessionError(f"{file}: {error}") from None
    except OSError as error:
        raise SessionError(f"cannot read {file}: {error.strerror}") from None


def _check(file: Path, seal: Seal) -> list[SealedEntry]:
    """Go through a locked file to its end; its list, whose sums all contents have."""
    with file.open("rb") as source:
        content = _Content(chunks(source, seal))
        entries = content.entries()
        for name, size, sha256 in entries:
            digest = hashlib.sha256()
            for piece in content.take(size):
                digest.update(piece)
            if digest.hexdigest() != sha256:
                raise SessionError(f"{name} changed while it was locked: do it again")
        content.refuse_more()
    return entries


def _extract(file: Path, seal: Seal, folder: Path) -> None:
    """Write all files of a locked one under names that nothing reads, forced to disk."""
    with file.open("rb") as source:
        content = _Content(chunks(source, seal))
        for name, size, _ in content.entries():
            private_folder((folder / name).parent)
            with private_file(folder / (name + OPENING)).open("wb") as target:
                for piece in content.take(size):
                    target.write(piece)
                target.flush()
                os.fsync(target.fileno())


class _Content:
    """What a locked file holds, read on and on."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._waiting = b""

    def entries(self) -> list[SealedEntry]:
        """The list at its beginning.

        Raises
        ------
        SessionError
            there is none, or it names places outside of the folder
        """
        [size] = _SIZE.unpack(b"".join(self.take(_SIZE.size)))
        if size > MAX_LIST_BYTES:
            raise SessionError("it holds no session")
        found = parsed(b'{"files": %s}' % b"".join(self.take(size))) or {}
        entries = found.get("files", [])
        if not entries or not all(map(_is_entry, entries)):
            raise SessionError("it holds no session")
        return [SealedEntry(*one) for one in entries]

    def take(self, size: int) -> Iterator[bytes]:
        """Yield the next bytes, so many in all."""
        while size:
            piece = self._waiting or next(self._pieces, b"")
            if not piece:
                raise SessionError("it ends too early; nothing was opened")
            self._waiting = piece[size:]
            yield piece[:size]
            size -= min(size, len(piece))

    def refuse_more(self) -> None:
        """Raise where anything is left."""
        if self._waiting or any(self._pieces):
            raise SessionError("it holds more than its list says; nothing was opened")


def _is_entry(said: Any) -> bool:
    """Whether this is name, size and sum of a file inside of the folder."""
    if not isinstance(said, list) or [type(one) for one in said] != [str, int, str]:
        return False
    place = PurePosixPath(said[0])
    is_inside = bool(place.parts) and not place.is_absolute() and ".." not in place.parts
    return is_inside and said[1] >= 0


def _complete(folder: Path, passphrase: str) -> Locked:
    """Remove what an interrupted lock left open: files that the locked one holds, and no others."""
    entries, _ = _gone_through(folder / LOCKED_NAME, passphrase)
    left = [one for one in entries if (folder / one[0]).is_file()]
    for name, _, sha256 in left:
        if sha256_of(folder / name) != sha256:
            raise SessionError(
                f"{folder} is locked already, and {name} beside it is another than the locked one: "
                "move it away"
            )
    removed = tuple(one.name for one in forget_extraction(folder))
    try:
        _remove(folder, [name for name, _, _ in left])
    except OSError as error:
        raise SessionError(f"cannot remove open files of {folder}: {error.strerror}") from None
    return Locked(str(folder), tuple(name for name, _, _ in entries), removed)


def _remove(folder: Path, names: list[str]) -> None:
    """Remove open files, and folders that are empty then."""
    for name in names:
        (folder / name).unlink()
    _sweep(folder)
    for one in sorted((one for one in folder.rglob("*") if one.is_dir()), reverse=True):
        if not any(one.iterdir()):
            one.rmdir()
    settle_names(folder)


def _sweep(folder: Path) -> None:
    """Remove what an interrupted run was writing."""
    for one in [*folder.rglob(f"*{OPENING}"), folder / LOCKING_NAME]:
        one.unlink(missing_ok=True)
