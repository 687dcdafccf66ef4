"""Profile of a session: the estimates on regulation that two signals of both people give.

Rules of this room: it only gathers estimates; what may be said of them is decided in `analysis`.

Start reading at `regulation.regulation_of` and `contexts.contrasts_of`; `occasion.Signal` is what
both are read from.
"""

from dyadkit.synchrony.profile.contexts import (
    Compared,
    Levels,
    Untested,
    against_the_rest,
    comparisons,
    contrasts_of,
)
from dyadkit.synchrony.profile.occasion import Signal, tried
from dyadkit.synchrony.profile.regulation import Regulation, regulation_of

__all__ = [
    "Compared",
    "Untested",
    "Levels",
    "Regulation",
    "Signal",
    "against_the_rest",
    "comparisons",
    "contrasts_of",
    "regulation_of",
    "tried",
]
