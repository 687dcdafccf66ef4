"""Sessions for other people's tools. What was not measured stays empty, with a mask beside it."""

from collections.abc import Callable
from pathlib import Path

from dyadkit.dyad.traces import Dyad
from dyadkit.errors import SessionError
from dyadkit.formats.names import Format

__all__ = ["Format", "export"]


def export(dyad: Dyad, form: Format, out: Path) -> list[Path]:
    """Write a session into the new folder `out`; the files made.

    Raises
    ------
    RecordingError
        the folder is there already and holds something, or cannot be written
    """
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise SessionError(f"{out} holds something already: name a new folder for the export")
    try:
        out.mkdir(parents=True, exist_ok=True)
        return _writer(form)(dyad, out)
    except OSError as error:
        raise SessionError(f"cannot write {error.filename or out}: {error.strerror}") from error


def _writer(form: Format) -> Callable[[Dyad, Path], list[Path]]:
    if form is Format.NEUROKIT:
        from dyadkit.formats import neurokit

        return neurokit.write
    from dyadkit.formats import csv

    return csv.write
