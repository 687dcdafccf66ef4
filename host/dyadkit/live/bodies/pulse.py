"""One stretch of pulse samples that follow each other: beats and heart rate as they are decided."""

from dataclasses import replace

import numpy as np

from dyadkit.analysis.findings import RATE_HZ
from dyadkit.dyad.arrays import Floats, Ints
from dyadkit.live.bodies.drawn import LaneSlice
from dyadkit.signals.contact import Sensor
from dyadkit.signals.ppg import Beats, LiveBeats, heart_rate
from dyadkit.signals.ppg.beats import join
from dyadkit.signals.ppg.live import DECISION_LAG_S, STEP_S, WINDOW_S
from dyadkit.signals.quality import quality_of

SETTLE_S = 2.0
"""A moment's heart rate is a line to the middle of the next interval: the beat after it must be in.
At 30 beats per minute that is two seconds."""
MAX_BRIDGE_S = WINDOW_S
"""After a longer pause nothing of what is remembered is left: a new stretch begins."""


class BlockTimes:
    """Session time of the samples of a stretch, by their number, from the last of each block."""

    def __init__(self, rate_hz: float) -> None:
        self._rate_hz = rate_hz
        self._numbers: list[int] = []
        self._times_s: list[float] = []

    def note(self, number: int, count: int, last_s: float) -> Floats:
        """Times of a block of `count` samples whose last has this number and time."""
        if not self._numbers:
            self._numbers.append(number - count + 1)
            self._times_s.append(last_s - (count - 1) / self._rate_hz)
        if number > self._numbers[-1]:
            self._numbers.append(number)
            self._times_s.append(max(last_s, self._times_s[-1]))
        self._forget()
        return self.at(np.arange(number - count + 1, number + 1))

    def at(self, numbers: Ints | Floats) -> Floats:
        """Session times of samples; beyond the last block they go on at the usual rate."""
        beyond = np.maximum(numbers - self._numbers[-1], 0.0) / self._rate_hz
        return np.asarray(np.interp(numbers, self._numbers, self._times_s) + beyond)

    def _forget(self) -> None:
        """Keep a minute and more of blocks, not a session of them."""
        if len(self._numbers) > 4096:
            del self._numbers[:2048], self._times_s[:2048]


class PulseStretch:
    """Reading of a stretch of one colour's counts: what is decided of it is given once.

    Parameters
    ----------
    rate_hz : nominal, as the wearable announced it
    first : number of the first sample
    """

    def __init__(self, rate_hz: float, sensor: Sensor, first: int) -> None:
        self.next = first
        self.trust: Floats = np.empty(0)
        self._live = LiveBeats(rate_hz, sensor)
        self._rate_hz, self._first = rate_hz, first
        self._times = BlockTimes(rate_hz)
        self._beats: Beats | None = None
        self._new: Beats | None = None
        self._decided_s = -np.inf
        self._grid = 0

    @property
    def sign(self) -> int:
        """1 where blood raises the counts, -1 where it lowers them, 0 while that is not known."""
        return int(self._live.polarity)

    def follows(self, counter: int) -> bool:
        """Whether a block that begins with this sample belongs to this stretch."""
        return 0 <= counter - self.next <= MAX_BRIDGE_S * self._rate_hz

    def push(self, counter: int, samples: Floats, last_s: float) -> LaneSlice:
        """Take a block; gives its samples with their times."""
        missing = counter - self.next
        self.next = counter + len(samples)
        times_s = self._times.note(self.next - 1, len(samples), last_s)
        decided = self._live.push(np.r_[np.full(missing, np.nan), samples])
        if len(decided) or self._beats is None:
            self._keep(decided)
        self._decided_s = float(times_s[-1]) - DECISION_LAG_S - STEP_S
        return LaneSlice(times_s, samples)

    def new_beats(self) -> LaneSlice:
        """Beats decided since the last push, with their quality."""
        found, self._new = self._new, None
        if found is None:
            return LaneSlice(np.empty(0), np.empty(0))
        return LaneSlice(found.times_s, found.quality)

    def new_heart_rate(self) -> LaneSlice:
        """Heart rate on the session's 4 Hz grid, as far as it is decided and was not given."""
        if self._beats is None or not np.isfinite(self._decided_s):
            return LaneSlice(np.empty(0), np.empty(0))
        stop = int((self._decided_s - SETTLE_S) * RATE_HZ) + 1
        start = self._grid or max(0, int(self._times.at(np.array([self._first]))[0] * RATE_HZ))
        if stop <= start:
            return LaneSlice(np.empty(0), np.empty(0))
        self._grid = stop
        grid_s = np.arange(start, stop) / RATE_HZ
        return LaneSlice(grid_s, _bpm_at(self._beats, grid_s))

    def bpm(self, now_s: float) -> float:
        """Heart rate now, of beats that are not decided yet, too; NaN where it is not trusted."""
        if self._beats is None:
            return float("nan")
        shown = join([self._beats, self._in_session(self._live.provisional)])
        bpm = _bpm_at(shown, np.arange(now_s - SETTLE_S, now_s, 1 / RATE_HZ))
        known = bpm[np.isfinite(bpm)]
        return float(known[-1]) if len(known) else float("nan")

    def look(self) -> None:
        """Judge the wave of the last seconds."""
        if self._live.reading is not None:
            self.trust = quality_of(self._live.reading).quality

    def _keep(self, decided: Beats) -> None:
        """Keep the beats of the last `WINDOW_S`, in session time."""
        placed = self._in_session(decided)
        self._new = placed if self._new is None else join([self._new, placed])
        kept = placed if self._beats is None else join([self._beats, placed])
        self._beats = kept.where(kept.times_s > kept.times_s[-1] - WINDOW_S) if len(kept) else kept

    def _in_session(self, beats: Beats) -> Beats:
        """The same beats in session time."""
        at_s, ends_s = (
            self._times.at(self._first + times_s * self._rate_hz)
            for times_s in (beats.times_s, beats.gaps_s)
        )
        return replace(beats, times_s=at_s, gaps_s=ends_s)


def _bpm_at(beats: Beats, grid_s: Floats) -> Floats:
    """Heart rate at times of the 4 Hz grid, shape as `grid_s`, by the one way there is."""
    if not len(beats):
        return np.full(len(grid_s), np.nan)
    start_s = grid_s[0] - WINDOW_S
    gaps_s = np.clip(beats.gaps_s - start_s, 0.0, None)
    lately = replace(
        beats.where(beats.times_s >= start_s),
        duration_s=float(grid_s[-1] - start_s) + 1.0,
        gaps_s=gaps_s[gaps_s[:, 1] > gaps_s[:, 0]],
    )
    shifted = replace(lately, times_s=lately.times_s - start_s)
    bpm = heart_rate(shifted, RATE_HZ).bpm
    return np.asarray(bpm[np.rint((grid_s - start_s) * RATE_HZ).astype(int)])
