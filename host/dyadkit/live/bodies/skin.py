"""One stretch of skin conductance samples: level and responses as they are decided."""

import numpy as np

from dyadkit.analysis.findings import RATE_HZ
from dyadkit.dyad.arrays import Floats
from dyadkit.live.bodies.drawn import LaneSlice
from dyadkit.live.bodies.pulse import BlockTimes
from dyadkit.signals.eda import LiveEda
from dyadkit.signals.eda.live import WINDOW_S

MAX_BRIDGE_S = WINDOW_S
"""After a longer pause nothing of what is remembered is left: a new stretch begins."""
_NOTHING = np.empty(0)


class SkinStretch:
    """Reading of a stretch of conductance in µS: what is decided of it is given once.

    tonic, conductance : level, and level with responses, on the session's 4 Hz grid, since the
        last `take_new`
    """

    def __init__(self, rate_hz: float, first: int) -> None:
        self.next = first
        self._live = LiveEda(rate_hz)
        self._rate_hz, self._first = rate_hz, first
        self._times = BlockTimes(rate_hz)
        self._decided_s, self._decided = _NOTHING, np.empty((2, 0))
        self._responses: list[tuple[float, float]] = []
        self._grid: int | None = None

    def follows(self, counter: int) -> bool:
        """Whether a block that begins with this sample belongs to this stretch."""
        return 0 <= counter - self.next <= MAX_BRIDGE_S * self._rate_hz

    def push(self, counter: int, usiemens: Floats, last_s: float) -> LaneSlice:
        """Take a block; gives its samples with their times."""
        missing = counter - self.next
        self.next = counter + len(usiemens)
        times_s = self._times.note(self.next - 1, len(usiemens), last_s)
        found = self._live.push(np.r_[np.full(missing, np.nan), usiemens])
        at_s = self._times.at(self._first + found.times_s * self._rate_hz)
        self._decided_s = np.r_[self._decided_s, at_s]
        self._decided = np.c_[self._decided, np.stack([found.tonic, found.phasic])]
        for one in found.responses:
            peak_s = self._times.at(np.array([self._first + one.peak_s * self._rate_hz]))[0]
            self._responses.append((float(peak_s), one.amplitude_usiemens))
        return LaneSlice(times_s, usiemens)

    def new_series(self) -> tuple[LaneSlice, LaneSlice]:
        """Level (SCL) and level with responses on the session's 4 Hz grid, decided and not given.

        The last decided sample stays, so that the next line begins with it.
        """
        nothing = LaneSlice(_NOTHING, _NOTHING)
        if len(self._decided_s) < 2:
            return nothing, nothing
        begin = int(np.ceil(self._decided_s[0] * RATE_HZ)) if self._grid is None else self._grid
        stop = int(np.floor(self._decided_s[-1] * RATE_HZ)) + 1
        if stop <= begin:
            return nothing, nothing
        grid_s = np.arange(begin, stop) / RATE_HZ
        tonic, phasic = (np.interp(grid_s, self._decided_s, part) for part in self._decided)
        self._grid = stop
        self._decided_s, self._decided = self._decided_s[-1:], self._decided[:, -1:]
        return LaneSlice(grid_s, tonic), LaneSlice(grid_s, tonic + phasic)

    def new_responses(self) -> LaneSlice:
        """Responses (SCR) decided since: times of their peaks, and amplitudes in µS."""
        found, self._responses = self._responses, []
        times_s, sizes = np.array(found, dtype=float).reshape(-1, 2).T
        return LaneSlice(times_s, sizes)
