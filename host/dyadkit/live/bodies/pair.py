"""Coupling of two people as known now, beside what misaligned parts of the same two give.

The rows are those of `windowed_correlation` on the whole of both series, whatever has come. Beside
each stands a chance band: how strong the strongest correlation is when one person's present is laid
over the other's past, 30 s and more ago. Nothing is tested and no p-value is shown: who looks again
and again would find something. The report tests once.
"""

from collections import deque
from dataclasses import dataclass, field

import numpy as np

from dyadkit.analysis.findings import RATE_HZ, SIGNAL_WORDS
from dyadkit.dyad.arrays import Floats
from dyadkit.dyad.traces import PERSONS, PersonName
from dyadkit.live.bodies.drawn import Lanes
from dyadkit.live.bodies.person import DecidedSeries
from dyadkit.synchrony.coupling import LiveCoupling, strongest
from dyadkit.synchrony.coupling.windows import window_grid, window_rows

PATIENCE_S = 10.0
"""One who is silent for longer is left out of the rows; the other's go on to be decided."""
APART_S = 30.0
"""As far apart as a circular shift must be in the report's own test."""
MISALIGNED_EACH = 8
"""Misaligned windows that are looked at with each row."""
REMEMBERED_S = 600
"""Of chance, in seconds: the past ten minutes, since what a body does changes."""
CHANCE_SHARE = 0.95
NEEDED_S = 300.0
"""Below that the band is too narrow: measured, see docs/accuracy/live.md."""


@dataclass(frozen=True, slots=True)
class CouplingNow:
    """Coupling of one signal now: NaN while it is not known.

    strength, lag_s : the strongest correlation of the last 30 s and its lag; positive: b follows a
    band : how far from 0 misaligned parts get, 19 times of 20
    have_s : of both, so far
    """

    strength: float = float("nan")
    lag_s: float = float("nan")
    band: float = float("nan")
    at_s: float = float("nan")
    have_s: float = 0.0


@dataclass
class LivePair:
    """Coupling of both people in each signal, row by row, as soon as both are decided."""

    lanes: Lanes
    series: dict[PersonName, dict[str, DecidedSeries]]
    now: dict[str, CouplingNow] = field(default_factory=dict)
    _signals: dict[str, "_Signal"] = field(default_factory=dict)

    def advance(self, now_s: float) -> None:
        """Use what is decided up to now."""
        for name in SIGNAL_WORDS:
            a, b = (self.series[person][name] for person in PERSONS)
            signal = self._signals.setdefault(name, _Signal())
            late = int((now_s - PATIENCE_S) * RATE_HZ)
            until = min(max(a.decided, late), max(b.decided, late))
            for row in signal.advance(_until(a, until), _until(b, until)):
                self.now[name] = row
                self.lanes.add(f"coupling/{name}", [row.at_s], [row.strength])
                self.lanes.add(f"coupling/{name}/lag", [row.at_s], [row.lag_s])
                self.lanes.add(f"coupling/{name}/band", [row.at_s], [row.band])

    def pushed(self, name: str) -> tuple[Floats, Floats]:
        """Both series of a signal as far as the rows rest on them."""
        found = self._signals[name]
        return found.a[: found.length], found.b[: found.length]


def _until(series: DecidedSeries, stop: int) -> Floats:
    """The series up to a grid point; what was never decided is missing."""
    short = max(0, stop - len(series.values))
    return np.r_[series.values[:stop], np.full(short, np.nan)] if short else series.values[:stop]


class _Signal:
    """One signal of both, as far as it was pushed, and what chance gave."""

    def __init__(self) -> None:
        self.a, self.b = np.empty(0), np.empty(0)
        self.length = 0
        self._live = LiveCoupling(RATE_HZ)
        self._grid = window_grid(RATE_HZ, 30.0, 1.0, 5.0)
        self._chance: deque[float] = deque(maxlen=REMEMBERED_S * MISALIGNED_EACH)
        self._turn = 0

    def advance(self, a: Floats, b: Floats) -> list[CouplingNow]:
        """Push what is new; the rows it completed."""
        if len(a) <= self.length:
            return []
        new = slice(self.length, len(a))
        self.a, self.b = np.r_[self.a, a[new]], np.r_[self.b, b[new]]
        self.length = len(a)
        rows = self._live.push(a[new], b[new])
        if len(rows.r):
            self._look_at_chance()
        have_s = float(np.sum(np.isfinite(self.a) & np.isfinite(self.b))) / RATE_HZ
        ends_s = rows.times_s + rows.window_s / 2
        return [
            CouplingNow(*strongest(row, rows.lags_s), self._band(), float(at_s), have_s)
            for row, at_s in zip(rows.r, ends_s, strict=True)
        ]

    def _look_at_chance(self) -> None:
        """Lay the newest window of one over windows of the other's past, a few at a time."""
        span, apart = self._grid.span, int(APART_S * RATE_HZ)
        starts = np.arange(self.length - span - apart - span, -1, -apart // 2)
        for _ in range(min(MISALIGNED_EACH, len(starts))):
            past = int(starts[self._turn % len(starts)])
            here, there = slice(self.length - span, self.length), slice(past, past + span)
            x, y = (
                (self.a[here], self.b[there]) if self._turn % 2 else (self.a[there], self.b[here])
            )
            self._turn += 1
            row = window_rows(x, y, self._grid)[0]
            size = abs(strongest(row, self._grid.lags / RATE_HZ)[0])
            if np.isfinite(size):
                self._chance.append(size)

    def _band(self) -> float:
        return float(np.quantile(self._chance, CHANCE_SHARE)) if self._chance else float("nan")
