"""Coupling by hand: one statistic against several nulls, beside SUSY and rMEA.

Three pairs: one that is coupled, one of strangers, one of strangers who drift. Which numbers tell
them apart, and why do the p values of one and the same pair differ?
"""

import numpy as np

from dyadkit.sim.people import bodies, influence
from dyadkit.synchrony import CircularShift, couple, rmea, susy
from dyadkit.synchrony.chance import ARSieve, PhaseRandomised, SegmentShuffle

RATE_HZ = 4.0


def skin(coupling: float, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Skin conductance of two simulated people for ten minutes, four times a second."""
    pair = bodies.meet(bodies.Encounter(influence.Follows(coupling, 1.5)), 600.0, seed)
    return pair.a.eda_usiemens[::4], pair.b.eda_usiemens[::4]


def words(p: float) -> str:
    """A p value as papers print it: how small it is below 0.001 rests on a law, not on counts."""
    return "< 0.001" if p < 0.001 else f"{p:.3f}"


drift = np.random.default_rng(7).standard_normal((2, 2400)).cumsum(axis=1)
pairs = {"coupled": skin(0.6, seed=3), "strangers": skin(0.0, seed=4), "drifting": tuple(drift)}

# A null is an answer to "what could have produced this without coupling?".
# - CircularShift moves b against a: everything about each person stays, only their timing goes.
#   All shifts are looked at, and a law of extremes is fitted to them: p can be very small.
# - The others draw new versions of b, here 99, so that p cannot fall below 1 / 100 whatever the
#   data. Each keeps less of b: its spectrum (PhaseRandomised), its autoregression (ARSieve), its
#   stretches of 30 s (SegmentShuffle). What a null does not keep it holds against chance.
nulls = {
    "shifts": CircularShift(),
    "phases": PhaseRandomised(count=99),
    "AR": ARSieve(count=99),
    "segments": SegmentShuffle(count=99),
}
print("p against        " + "".join(f"{name:>10s}" for name in nulls))
for name, (a, b) in pairs.items():
    p_values = [couple(a, b, RATE_HZ, null=null, seed=0).p for null in nulls.values()]
    print(f"{name:17s}" + "".join(f"{words(p):>10s}" for p in p_values))

# Lag and leader do not depend on the null. A positive lag means b follows a, everywhere.
found = couple(*pairs["coupled"], RATE_HZ)
print(f"coupled: {found.leader.value} leads by {found.lag_s:.1f} s")

# The numbers of two packages of the field, for comparison with published work. Neither is a test.
# SUSY's effect looks like a z-score and is none: its unit is the spread over lags, not a standard
# error. rMEA's grand average is about the same for strangers as for a couple, since absolute
# correlations of slow series are large by accident.
print("                 SUSY effect   rMEA average")
for name, (a, b) in pairs.items():
    effect = susy(a, b, RATE_HZ).effect_signed
    average = rmea(a, b, RATE_HZ).grand_average
    print(f"{name:17s}{effect:11.1f}{average:15.2f}")
