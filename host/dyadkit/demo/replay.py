"""Replay of other devices' recordings through the virtual wearables' own sensors.

The source's samples become sensor counts, the real firmware reads them, and what reaches the
session file is compared with what the sensors were given.
"""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from dyadkit.capture.session import RecordingPlan
from dyadkit.dyad.fingerprint import is_same
from dyadkit.dyad.traces import PERSONS, PersonName
from dyadkit.errors import SessionError
from dyadkit.formats.e4 import E4Recording, E4Series, read_e4
from dyadkit.sim.device.feed import SensorFeed

LEAD_IN_S = 12.0
MIN_OVERLAP_S = 60.0
_MIDDLE_COUNTS = 131_072
_MAX_SWING = 130_000
_FINEST_STEP = 100.0
_UPSAMPLED_HZ = 16.0
_E4_PPG_HZ = 64.0


@dataclass(frozen=True, slots=True, eq=False)
class ReplayPair:
    """Two people's recordings over the time they share, as sensor feeds.

    counts_per_unit : how each person's source units became counts around the ADC's middle
    start_s : when what they share began, Unix seconds by the files
    """

    feeds: dict[PersonName, SensorFeed]
    sources: dict[PersonName, str]
    counts_per_unit: dict[PersonName, float]
    overlap_s: float
    start_s: float

    @property
    def ppg_rate_hz(self) -> float:
        """Rate of both people's pulse samples."""
        return self.feeds["a"].ppg_rate_hz

    @property
    def seconds(self) -> float:
        """How long the recording takes, the lead-in included."""
        return self.overlap_s + LEAD_IN_S

    def plan(self, folder: Path, seed: int) -> RecordingPlan:
        """The recording plan of this pair; the session's date is the source's."""
        began = datetime.datetime.fromtimestamp(self.start_s - LEAD_IN_S, datetime.UTC)
        about = {
            "began_utc": began.isoformat(),
            "replayed_utc": datetime.datetime.now(datetime.UTC).isoformat(),
            "replayed": {person: Path(source).name for person, source in self.sources.items()},
            "counts_per_unit": self.counts_per_unit,
            "analyze_from_s": LEAD_IN_S,
        }
        return RecordingPlan(folder, duration_s=self.seconds, about=about, seed=seed)


def read_pair(a_source: Path, b_source: Path) -> ReplayPair:
    """Read two people's E4 recordings and cut them to the time they share.

    Raises
    ------
    SessionError
        a source is not an E4 recording, they share less than a minute, or are one and the same
    """
    recordings: dict[PersonName, E4Recording] = {"a": read_e4(a_source), "b": read_e4(b_source)}
    series = [s for one in recordings.values() for s in (one.eda_usiemens, one.bvp) if s]
    start_s = max(one.start_s for one in series)
    stop_s = min(one.stop_s for one in series)
    if stop_s - start_s < MIN_OVERLAP_S:
        raise SessionError(
            f"{a_source} and {b_source} share {max(stop_s - start_s, 0):.0f} s; at least "
            f"{MIN_OVERLAP_S:.0f} s at the same time are needed (are they of one session?)"
        )
    _refuse_same(recordings)
    scales = {person: _counts_per_unit(recordings[person].bvp) for person in PERSONS}
    feeds = {
        person: _feed(recordings[person], scales[person], start_s, stop_s) for person in PERSONS
    }
    sources = {person: recordings[person].source for person in PERSONS}
    return ReplayPair(feeds, sources, scales, stop_s - start_s, start_s)


def _refuse_same(recordings: Mapping[PersonName, E4Recording]) -> None:
    """Refuse one recording under two names: it would agree with itself."""
    for signal in ("eda_usiemens", "bvp"):
        a, b = (getattr(recordings[person], signal) for person in PERSONS)
        if a and b and is_same(a.values, b.values):
            raise SessionError(
                f"{recordings['a'].source} and {recordings['b'].source} hold the same samples: two "
                "people's recordings are needed"
            )


def _feed(one: E4Recording, counts_per_unit: float, start_s: float, stop_s: float) -> SensorFeed:
    """What the sensors feel: a still lead-in, then the source; no finger where no pulse is."""
    eda = one.eda_usiemens.between(start_s, stop_s)
    fine_s = np.arange(round((stop_s - start_s + LEAD_IN_S) * _UPSAMPLED_HZ)) / _UPSAMPLED_HZ
    coarse_s = LEAD_IN_S + eda.start_s - start_s + np.arange(len(eda.values)) / eda.rate_hz
    skin = np.interp(fine_s, coarse_s, eda.values)
    if one.bvp is None:
        dark = np.zeros((round(fine_s[-1] * _E4_PPG_HZ), 2), dtype=np.int64)
        return SensorFeed(dark, _E4_PPG_HZ, skin, _UPSAMPLED_HZ)
    bvp = one.bvp.between(start_s, stop_s)
    column = np.rint(_MIDDLE_COUNTS + counts_per_unit * bvp.values).astype(np.int64)
    column = np.concatenate([np.full(round(LEAD_IN_S * bvp.rate_hz), column[0]), column])
    return SensorFeed(np.stack([column, column], 1), bvp.rate_hz, skin, _UPSAMPLED_HZ)


def _counts_per_unit(bvp: E4Series | None) -> float:
    """Hundredths of a unit become whole counts unless the swing is too large for 18 bits."""
    if bvp is None:
        return _FINEST_STEP
    return float(min(_FINEST_STEP, _MAX_SWING // max(np.abs(bvp.values).max(), 1.0)))
