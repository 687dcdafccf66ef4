"""Loading of whatever holds two people: a session of ours, or two recordings of other systems."""

from pathlib import Path

from dyadkit.dyad.traces import Dyad
from dyadkit.errors import SessionError
from dyadkit.formats.importing import Joining, import_pair
from dyadkit.formats.mapping import read_mapping
from dyadkit.sessions.loading import load as load_session
from dyadkit.storage.layout import FILE_NAME


def load(
    path: str | Path,
    other: str | Path | None = None,
    offset_s: float | None = None,
    mapping: str | Path | None = None,
) -> Dyad:
    """Both people's traces and marks on one time line.

    A session that was never closed, or is damaged, gives everything that is intact. Two recordings
    of other systems are put on one clock by what they have in common; `Dyad.notes` say how.

    Parameters
    ----------
    path : a session folder or .mcap file; or person a's recording, as `dyadkit import` takes it
    other : person b's recording; "FILE#WORD" for one person of a file that holds several
    offset_s : seconds to add to the times of `other`; None to find it
    mapping : TOML that says what a table's columns are

    Returns
    -------
    each stream as a `Trace`: session times in seconds with their 95 % half-widths, values in its
    unit. In a session of ours, a sample whose time is not known within 50 ms is left out; skin
    conductance is NaN where no skin was measured. Conditions last from their beginning to their
    end; a press of a wearable's button is a mark.

    Raises
    ------
    SessionError
        it cannot be read, or nothing puts both people on one clock
    MissingExtraError
        a form is read by a library that is not installed

    Examples
    --------
    The rate is the sensor's own, as estimated: here its oscillator runs 0.8 % fast.

    >>> dyad = load("session-12")
    >>> sorted(dyad.a.traces)
    ['battery', 'eda', 'ppg_ir', 'ppg_red']
    >>> round(dyad.a.traces["ppg_ir"].rate_hz, 1), dyad.a.traces["eda"].unit
    (100.8, 'microsiemens')
    >>> dyad.alignment.median_bound_s < 0.001
    True
    """
    if other is not None:
        named = read_mapping(Path(mapping)) if mapping is not None else None
        return import_pair(Path(path), Path(other), Joining(offset_s, mapping=named)).dyad
    if offset_s is not None or mapping is not None:
        raise ValueError("offset_s and mapping are of two recordings: give the other one as well")
    place = Path(path)
    if place.exists() and not (place.suffix == ".mcap" or (place / FILE_NAME).exists()):
        raise SessionError(
            f"{place} holds no {FILE_NAME}: it is no session. If it is one person's recording of "
            "another system, give the other person's as well"
        )
    return load_session(place)
