"""Empatica E4 recordings as evenly sampled series, for the sensors of virtual wearables."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from dyadkit.dyad.arrays import Floats
from dyadkit.dyad.series import Series
from dyadkit.errors import SessionError
from dyadkit.formats.readers import e4
from dyadkit.formats.sources import SourceFiles


@dataclass(frozen=True, slots=True, eq=False)
class E4Series:
    """Evenly sampled series: start in Unix seconds, rate, values of shape (n,)."""

    start_s: float
    rate_hz: float
    values: Floats

    @property
    def stop_s(self) -> float:
        """End of the last sample's period, Unix seconds."""
        return self.start_s + len(self.values) / self.rate_hz

    def between(self, start_s: float, stop_s: float) -> "E4Series":
        """The samples taken at start_s or later whose period ends by stop_s, Unix seconds."""
        first = max(0, int(np.ceil((start_s - self.start_s) * self.rate_hz - 1e-6)))
        last = max(first, int(np.floor((stop_s - self.start_s) * self.rate_hz + 1e-6)))
        return E4Series(self.start_s + first / self.rate_hz, self.rate_hz, self.values[first:last])


@dataclass(frozen=True, slots=True, eq=False)
class E4Recording:
    """Recording of one person; skin conductance is always there, the others may be None.

    bvp : blood volume pulse, in E4's own units; heart_rate_bpm : as E4 computed it
    """

    source: str
    eda_usiemens: E4Series
    bvp: E4Series | None
    heart_rate_bpm: E4Series | None


def read_e4(source: Path) -> E4Recording:
    """Read one person's E4 recording from a folder, a zip, or a `<prefix>` of compact files.

    Raises
    ------
    SessionError
        nothing there, several recordings where one is needed, or no skin conductance
    """
    found = SourceFiles(source)
    if not e4.recognises(found):
        for name in found.ending("eda.csv", "bvp.csv"):
            found.data(name)  # what cannot be read says why
        raise SessionError(f"{source} is no E4 recording: EDA.csv or BVP.csv are expected there")
    series = e4.read(found).series
    if "eda" not in series:
        raise SessionError(
            f"{source} holds no skin conductance (EDA.csv); an E4 recording needs it"
        )
    heart_rate = series.get("heart_rate_e4", series.get("heart_rate"))
    return E4Recording(
        str(source),
        _even(series["eda"]),
        _even(series["ppg"]) if "ppg" in series else None,
        None if heart_rate is None else _even(heart_rate),
    )


def _even(series: Series) -> E4Series:
    """A series as evenly sampled; where it has a time a sample, on a grid with holes filled in."""
    if series.rate_hz is not None:
        return E4Series(series.start_s, series.rate_hz, series.values)
    times_s = series.when_s
    rate_hz = round(1 / float(np.median(np.diff(times_s))), 3) if len(times_s) > 1 else 4.0
    grid_s = times_s[0] + np.arange(round((times_s[-1] - times_s[0]) * rate_hz) + 1) / rate_hz
    return E4Series(float(times_s[0]), rate_hz, np.interp(grid_s, times_s, series.values))
