"""AcqKnowledge (.acq) of Biopac, by bioread: channels of their own rates, event markers."""

import io

import numpy as np

from dyadkit.dyad.series import Series
from dyadkit.dyad.traces import Mark
from dyadkit.errors import SessionError, extra
from dyadkit.formats.foreign import ForeignRecording, TimeBase
from dyadkit.formats.readers.vocabulary import kept_name, series_name, usual_unit
from dyadkit.formats.sources import SourceFiles

NAME = "AcqKnowledge"


def recognises(source: SourceFiles) -> bool:
    """Whether it is one .acq file."""
    return len(source.ending(".acq")) == 1


def read(source: SourceFiles) -> ForeignRecording:
    """Read every channel: known ones by their names here, others beside under their own.

    Raises
    ------
    SessionError
        damaged, or no channel in it is known
    """
    name = source.ending(".acq")[0]
    with extra("files"):
        import bioread
    try:
        file = bioread.read(io.BytesIO(source.data(name)))
    except SessionError:
        raise
    except Exception as error:  # noqa: BLE001 - bioread raises whatever damaged bytes lead to
        raise SessionError(f"{source.path} is a damaged AcqKnowledge file ({error})") from None
    if not file.channels:
        raise SessionError(f"{source.path} is a damaged AcqKnowledge file: no channel in it")
    created = file.earliest_marker_created_at
    start_s = 0.0 if created is None else created.timestamp()
    series: dict[str, Series] = {}
    for channel in file.channels:
        if not source.chooses(channel.name) or not len(channel.data):
            continue
        unit = channel.units.replace("microsiemens", "µS").replace("umho", "µS")
        known = series_name(source.without_choice(channel.name), unit)
        one = known if known and known not in series else kept_name(channel.name)
        values = np.asarray(channel.data, dtype=float)
        rate_hz = float(channel.samples_per_second)
        series[one] = Series(values, rate_hz, unit=usual_unit(known, unit), start_s=start_s)
    marks = tuple(
        Mark(start_s + at_s, start_s + at_s, one.text or "event")
        for one in file.event_markers or ()
        if (at_s := one.sample_index / file.samples_per_second) >= 0
    )
    base = TimeBase.OWN if created is None else TimeBase.UNIX
    return ForeignRecording(NAME, series, base, marks, source.taken)
