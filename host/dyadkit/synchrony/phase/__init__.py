"""Phase locking of two people in one frequency band, from slow arousal to EEG gamma.

PLV asks how steady the phase difference is; PLI and wPLI ignore a difference of zero or half a
turn, which one electrical source seen by both amplifiers would also give. All are high by chance
in narrow bands and short recordings: read them with their p.

Rules of this room: a filter never moves a phase; what leans on a gap is left out, not filled.
Start reading at `estimate.locking`, then `pair` and `band`; `circular` sums up one angle a dyad.
"""

from dyadkit.synchrony.misalignment import Shifts
from dyadkit.synchrony.phase.circular import Angles, angles
from dyadkit.synchrony.phase.estimate import Locking, locking

__all__ = ["Angles", "Locking", "Shifts", "angles", "locking"]
