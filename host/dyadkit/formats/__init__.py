"""Formats of other people's tools: sessions written for them, recordings read from them.

Rules of this room: nothing is invented. What was not measured stays empty, with a mask beside it,
and times are those of the session.

Start reading at `export` and its `writers`, and at `importing.import_pair` and its `readers`: a
reader gives a `ForeignRecording`, `joining` puts two on one time line. `names` is what the command
line needs to know of the formats.
"""

import importlib
import tempfile
from collections.abc import Callable
from pathlib import Path

from dyadkit.dyad.private_files import private_folder
from dyadkit.dyad.traces import Dyad
from dyadkit.errors import SessionError
from dyadkit.formats.names import Format

__all__ = ["Format", "export"]


def export(dyad: Dyad, form: Format, out: Path) -> list[Path]:
    """Write a session into the new folder `out`, whole or not at all; gives the files made.

    Parameters
    ----------
    dyad : from `dyadkit.load`, or built by hand
    form : CSV for every stream as it was measured, NEUROKIT for one table a person at 100 Hz, XDF
        for what reads LabRecorder's files, BIDS for a dataset, BDF for EDF+ readers
    out : made if need be

    Raises
    ------
    SessionError
        the folder is there already and holds something, or cannot be written
    SignalError
        for NEUROKIT: no sample of the session has a known time

    Examples
    --------
    >>> from dyadkit import load
    >>> files = export(load("session-12"), Format.CSV, Path("session-12-csv"))
    >>> [file.name for file in files[:3]]
    ['a_battery.csv', 'a_eda.csv', 'a_ppg_ir.csv']
    >>> files[0].read_text().splitlines()[0]
    'time_s,value,measured,bound_s'
    """
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise SessionError(f"{out} holds something already: name a new folder for the export")
    try:
        private_folder(out.parent)
        with tempfile.TemporaryDirectory(prefix=f".{out.name}-", dir=out.parent) as beside:
            partial = private_folder(Path(beside) / out.name)
            made = _writer(form)(dyad, partial)
            partial.replace(out)
    except OSError as error:
        raise SessionError(f"cannot write {error.filename or out}: {error.strerror}") from error
    return [out / file.relative_to(partial) for file in made]


def _writer(form: Format) -> Callable[[Dyad, Path], list[Path]]:
    module = importlib.import_module(f"dyadkit.formats.writers.{form.value}")
    write: Callable[[Dyad, Path], list[Path]] = module.write
    return write
