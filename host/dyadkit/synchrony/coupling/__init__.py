"""Coupling of two series: the default test, its windows, published modes and a streaming twin.

Rules of this room: only `couple` and `couple_with` decide, the rest describes; a statistic
(`BandScan`, `WindowMean`) knows nothing of chance, and a null nothing of the statistic's inside, so
each goes with each.

Start reading at `estimate.couple`, then `scan.BandScan` with `whitening`; `windows` is for looking,
`published` for comparison with other packages, `stimulus` for what both people were given.
"""

from dyadkit.synchrony.coupling.estimate import Coupling, CouplingWindows, couple, couple_with
from dyadkit.synchrony.coupling.lag import Leader
from dyadkit.synchrony.coupling.live import LiveCoupling
from dyadkit.synchrony.coupling.published import boker, bsync, rmea, susy
from dyadkit.synchrony.coupling.scan import BandScan
from dyadkit.synchrony.coupling.stimulus import remove_stimulus
from dyadkit.synchrony.coupling.strength import Strength, strength
from dyadkit.synchrony.coupling.windowmean import WindowMean
from dyadkit.synchrony.coupling.windows import (
    LagPeaks,
    WindowedCorrelation,
    leadership_asymmetry,
    pick_peaks,
    strongest,
    windowed_correlation,
)

__all__ = [
    "BandScan",
    "Coupling",
    "Leader",
    "LiveCoupling",
    "LagPeaks",
    "Strength",
    "WindowMean",
    "WindowedCorrelation",
    "CouplingWindows",
    "boker",
    "bsync",
    "couple",
    "couple_with",
    "leadership_asymmetry",
    "pick_peaks",
    "remove_stimulus",
    "rmea",
    "strength",
    "strongest",
    "susy",
    "windowed_correlation",
]
