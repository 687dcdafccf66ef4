"""EDF, EDF+ and BDF: channels of their own rates, annotations as marks (edfio)."""

import datetime
import io
import re
from typing import TYPE_CHECKING

import numpy as np

from dyadkit.dyad.series import Series
from dyadkit.dyad.traces import Mark
from dyadkit.errors import SessionError, extra
from dyadkit.formats.arrays import UNIX_S
from dyadkit.formats.foreign import ForeignRecording, TimeBase
from dyadkit.formats.readers.vocabulary import kept_name, series_name, usual_unit
from dyadkit.formats.sources import SourceFiles

if TYPE_CHECKING:
    import edfio

NAME = "EDF"
HIDDEN_YEAR = 1985
"""What takes a date out of an EDF sets it to this year, the first that the format can say."""
ENDINGS = (".edf", ".bdf", ".rec")


def recognises(source: SourceFiles) -> bool:
    """Whether it is one EDF or BDF file."""
    names = source.ending(*ENDINGS)
    return len(names) == 1 and source.data(names[0])[:8] in (b"0       ", b"\xffBIOSEMI")


def read(source: SourceFiles) -> ForeignRecording:
    """Read every channel: known ones by their names here, others beside under their own.

    Raises
    ------
    SessionError
        damaged, or no channel in it is known
    """
    name = source.ending(*ENDINGS)[0]
    file = _file(source, name)
    start_s = _start(file)
    series: dict[str, Series] = {}
    known_any = False
    for signal in file.signals:
        if not source.chooses(signal.label) or not len(signal.data):
            continue
        unit = re.sub(r"^uS$", "µS", signal.physical_dimension)
        known = series_name(source.without_choice(signal.label), unit)
        known_any |= bool(known)
        one = known if known and known not in series else kept_name(signal.label)
        series[one] = Series(
            np.asarray(signal.data, dtype=float),
            rate_hz=float(signal.sampling_frequency),
            unit=usual_unit(known, unit),
            sensor=kept_name(signal.transducer_type) if signal.transducer_type else "",
            start_s=start_s,
        )
    if not known_any:
        held = ", ".join(signal.label for signal in file.signals)
        raise SessionError(f"{source.path} holds no channel that is known, but {held[:400]}")
    marks = tuple(_mark(one, start_s) for one in file.annotations)
    base = TimeBase.LOCAL if start_s > UNIX_S else TimeBase.OWN
    return ForeignRecording(NAME, series, base, marks, source.taken)


def _file(source: SourceFiles, name: str) -> "edfio.Edf | edfio.Bdf":
    with extra("files"):
        import edfio
    reader = edfio.read_bdf if name.lower().endswith(".bdf") else edfio.read_edf
    try:
        return reader(io.BytesIO(source.data(name)))
    except SessionError:
        raise
    except Exception as error:  # noqa: BLE001 - edfio raises whatever damaged bytes lead to
        raise SessionError(f"{source.path} is a damaged EDF ({error})") from None


def _start(file: "edfio.Edf | edfio.Bdf") -> float:
    """Start as if its local time were UTC; seconds of a day where the file hides which."""
    try:
        day = file.startdate
    except ValueError:  # it was taken out
        day = datetime.date.min
    days = (day - datetime.date(1970, 1, 1)).days if day.year > HIDDEN_YEAR else 0
    at = file.starttime
    seconds = 3600 * at.hour + 60 * at.minute + at.second + at.microsecond * 1e-6
    return 86_400.0 * days + seconds


def _mark(one: "edfio.EdfAnnotation", start_s: float) -> Mark:
    length_s = one.duration or 0.0
    at_s = start_s + one.onset
    return Mark(at_s, at_s + length_s, one.text, "condition" if length_s > 0 else "event")
