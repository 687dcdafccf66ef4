"""Rewriting of a closed session in place: a new file takes the old one's name, whole, or not.

A session file only grows while it is recorded. What people may ask of it afterwards, that they
withdrew or that their half is deleted, makes another file of it, which says what became of it.
"""

import contextlib
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from dyadkit.errors import SessionError
from dyadkit.sessions.extraction import forget_extraction
from dyadkit.storage import ABOUT_NAME, FILE_NAME, SessionStream, SessionWriter
from dyadkit.storage.disk import settle_names
from dyadkit.storage.imported import ImportedSession, is_imported, read_imported, write_imported
from dyadkit.storage.reading import for_copy
from dyadkit.storage.repair import doubts_of, write_all
from dyadkit.storage.scanning import FoundMessage

Facts = dict[str, Any]
_BESIDE = ".dyadkit-"


def closed_session(folder: Path) -> SessionStream:
    """The session of a folder, which is closed and not imported.

    Raises
    ------
    SessionError
        it is none, is locked, or is still open
    """
    stored = SessionStream(folder)
    if stored.path.name != FILE_NAME or not stored.path.with_name(ABOUT_NAME).is_file():
        raise SessionError(
            f"the session in {folder} is not closed: stop the recording, or save one that was "
            "interrupted with dyadkit recover"
        )
    return stored


def facts_of(folder: Path) -> Facts:
    """What a session, recorded or imported, says of itself. Raises as `closed_session`."""
    return read_imported(folder).about if is_imported(folder) else closed_session(folder).about


def rewrite(stored: SessionStream, messages: Iterable[FoundMessage], facts: Facts) -> None:
    """Put a session of these messages and facts in the place of a stored one, in one step.

    What was against the old file stays against the new one; what was extracted of it is removed.

    Raises
    ------
    SessionError
        the folder cannot be written; the session is then as it was
    """
    doubts = [*facts.get("recovered", []), *doubts_of(stored)]
    recorded, aside = for_copy({**facts, **({"recovered": doubts} if doubts else {})})
    with _replacing(stored.path.parent) as new:
        writer = SessionWriter(new)
        try:
            write_all(writer, messages)
            writer.close(recorded, aside)
        finally:
            writer.abandon()


def rewrite_imported(folder: Path, session: ImportedSession) -> None:
    """The same for an imported session. Raises as `rewrite`."""
    with _replacing(folder) as new:
        write_imported(new, session)


def with_facts(folder: Path, facts: Facts) -> None:
    """Have a closed session, recorded or imported, say more of itself. Raises as `rewrite`."""
    if is_imported(folder):
        stored = read_imported(folder)
        rewrite_imported(folder, ImportedSession(stored.traces, {**stored.about, **facts}))
    else:
        session = closed_session(folder)
        rewrite(session, session.messages(), {**session.about, **facts})


@contextlib.contextmanager
def _replacing(folder: Path) -> Iterator[Path]:
    """A folder to write a session into that takes the place of another's if all went well.

    The file goes first: it decides, and `session.json` is a copy of what it says.
    """
    for left in folder.glob(f"{_BESIDE}*"):  # of a run that was interrupted
        _remove(left)
    try:
        with tempfile.TemporaryDirectory(prefix=_BESIDE, dir=folder) as beside:
            yield Path(beside)
            for name in (FILE_NAME, ABOUT_NAME):
                (Path(beside) / name).replace(folder / name)
        settle_names(folder)
    except OSError as error:
        raise SessionError(f"cannot write to {folder}: {error.strerror}") from None
    forget_extraction(folder)


def _remove(left: Path) -> None:
    for one in left.iterdir():
        one.unlink()
    left.rmdir()
