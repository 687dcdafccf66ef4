"""Windowed measures of other packages, number for number, with this package's lag sign.

For comparison with published work. Their own significance rules are not reproduced: read as a
z-score, SUSY's effect size calls 76 % of independent pairs synchronous. Use `couple` to decide.

Rule of this room: a number changes only where the original's does. Start reading at `segments` (the
simplest); `shared` holds what all refuse and report, `smoothing` the loess under `peaks`.
"""

from dyadkit.synchrony.coupling.published.peaks import Boker, boker
from dyadkit.synchrony.coupling.published.segments import Susy, susy
from dyadkit.synchrony.coupling.published.windows import Bsync, Rmea, bsync, rmea

__all__ = ["Boker", "Bsync", "Rmea", "Susy", "boker", "bsync", "rmea", "susy"]
