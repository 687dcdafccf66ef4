"""Readers of other systems' recordings, one file a system; `read` finds the one that fits.

Rules of this room: a reader says what it recognises and gives a `ForeignRecording`, in Unix time
where the file has it. It mends nothing silently and guesses no unit; libraries for binary formats
are imported where they are used.
"""

from pathlib import Path
from types import ModuleType

from dyadkit.errors import SessionError
from dyadkit.formats.foreign import ForeignRecording
from dyadkit.formats.mapping import TableMapping
from dyadkit.formats.readers import (
    acknowledge,
    bids,
    e4,
    edf,
    embrace,
    emotibit,
    opensignals,
    table,
    xdf,
)
from dyadkit.formats.sources import SourceFiles

__all__ = ["READERS", "read"]

READERS: tuple[ModuleType, ...] = (
    e4, embrace, xdf, edf, acknowledge, bids, opensignals, emotibit, table,
)  # fmt: skip
"""In the order they are asked, the most particular first."""


def read(path: Path, mapping: TableMapping | None = None) -> ForeignRecording:
    r"""One person's recording by whichever reader recognises it.

    Parameters
    ----------
    path : a file, a folder, a zip or a folder within one; "FILE#WORD" for one person of a file of
        several, whose streams or columns have WORD in their names
    mapping : of a table's columns; without one its header is asked

    Raises
    ------
    SessionError
        nothing there, damaged, or no reader knows it: then with what it looks like

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder) / "ann.csv"
    ...     _ = file.write_text("time,EDA (µS)\n0.0,2.5\n0.25,2.6\n0.5,2.6\n")
    ...     ann = read(file)
    >>> ann.reader, list(ann.series), ann.series["eda"].unit
    ('a table', ['eda'], 'µS')
    """
    source = SourceFiles(path)
    if mapping is not None:
        return table.read(source, mapping)
    for reader in READERS:
        if reader.recognises(source):
            found: ForeignRecording = reader.read(source)
            return found
    raise SessionError(_unknown(source))


def _unknown(source: SourceFiles) -> str:
    """What a source looks like, and what would make it readable."""
    names = source.names
    if not names:
        return f"{source.path} holds no files"
    endings = sorted({Path(name).suffix.lower() or "no ending" for name in names})
    known = next((_ADVICE[one] for one in endings if one in _ADVICE), "")
    held = f"{names[0]}" if len(names) == 1 else f"{len(names)} files ({', '.join(names[:4])} ...)"
    advice = known or (
        "export it as CSV with a time column and describe it in a mapping "
        "(dyadkit import --explain FILE drafts one)"
    )
    return f"{source.path} is not of a form that is known: it holds {held}; {advice}"


_ADVICE = {
    ".mcap": "a dyadkit session is analysed as it is: dyadkit analyze SESSION",
    ".mat": "save the signals from MATLAB as CSV with a time column, or as EDF",
    ".xlsx": "save the sheet as CSV",
    ".xls": "save the sheet as CSV",
    ".mwi": "export MindWare's signals as text (.txt) from the acquisition program",
    ".mw": "export MindWare's signals as text (.txt) from the acquisition program",
    ".h5": "save the signals as CSV with a time column, or as EDF",
    ".hdf5": "save the signals as CSV with a time column, or as EDF",
    ".vhdr": "convert BrainVision to EDF or XDF",
    ".eeg": "convert it to EDF",
    ".set": "export it from EEGLAB as EDF",
    ".json": "give the recording that it describes",
    ".pdf": "give the recording, not its report",
    ".eaf": "codings of behaviour go beside a recording: dyadkit import A B --codings FILE",
}
