"""Foreign recording: what another system stored of one person, before any session."""

from dataclasses import dataclass, field, replace
from enum import Enum

from dyadkit.dyad.result import Result
from dyadkit.dyad.series import Series
from dyadkit.dyad.traces import Mark


class TimeBase(Enum):
    """What the times of a recording count from; it decides how two recordings can be joined.

    Examples
    --------
    >>> TimeBase.UNIX.value
    'a clock set by a computer'
    """

    UNIX = "a clock set by a computer"
    LOCAL = "a computer's wall clock, whose time zone the file does not say"
    NETWORK = "one clock that all streams of the network share"
    OWN = "its own beginning"


@dataclass(frozen=True, slots=True)
class SourceFile:
    """File that a recording was read from: its name, size in bytes and SHA-256.

    Examples
    --------
    >>> SourceFile("EDA.csv", 1224, "9f86d081").name
    'EDA.csv'
    """

    name: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True, eq=False)
class ForeignRecording(Result):
    """Recording of one person as another system stored it.

    reader : which reader read it, as a person says it ("Empatica E4")
    series : by name, in the names and units of `dyadkit.from_arrays`; times in seconds of
        `time_base` (Unix seconds where that is UNIX or LOCAL)
    marks : on the same clock
    files : what was read, with hashes
    notes : what was left out, mended or assumed, a sentence each

    Examples
    --------
    >>> skin = Series([2.0, 2.1], rate_hz=4.0, unit="µS")
    >>> ForeignRecording("a table", {"eda": skin}, TimeBase.OWN).span_s
    (0.0, 0.5)
    """

    reader: str
    series: dict[str, Series]
    time_base: TimeBase
    marks: tuple[Mark, ...] = ()
    files: tuple[SourceFile, ...] = ()
    notes: tuple[str, ...] = field(default=())

    @property
    def span_s(self) -> tuple[float, float]:
        """First sample's time and the last one's end, in seconds of the recording's clock."""
        starts = [float(one.when_s[0]) for one in self.series.values()]
        stops = [float(one.when_s[-1]) + 1 / (one.rate_hz or 1e9) for one in self.series.values()]
        return min(starts), max(stops)

    def noting(self, *sentences: str) -> "ForeignRecording":
        """The same recording with more notes."""
        return replace(self, notes=(*self.notes, *sentences))
