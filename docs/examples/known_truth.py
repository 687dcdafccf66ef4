"""Simulate dyads with known truth, and see what is found of it.

Before you trust a measure with your data, give it data of which you know everything. How often is a
coupling of your size found in sessions of your length, and how often one that is not there?
"""

import numpy as np

from dyadkit.sim.people import bodies, influence
from dyadkit.synchrony import couple

DYADS, SECONDS, LAG_S = 40, 300.0, 2.0

# `Follows` says what is true: b's arousal correlates with a's so strongly, so much later. Bodies
# turn arousal into heart beats and sweat, with levels, breathing and wanderings of their own.
print(f"{DYADS} dyads of {SECONDS / 60:.0f} minutes, b follows a by {LAG_S:.1f} s")
for coupling in (0.0, 0.1, 0.2, 0.4):
    encounter = bodies.Encounter(influence.Follows(coupling, LAG_S))
    pairs = [bodies.meet(encounter, SECONDS, seed) for seed in range(DYADS)]
    rates = [(one.a.heart_rate_bpm[::4], one.b.heart_rate_bpm[::4]) for one in pairs]  # at 4 Hz
    found = [couple(a, b, rate_hz=4.0) for a, b in rates]
    sure = [one for one in found if one.p <= 0.05]
    line = f"coupling {coupling:.1f}: found in {len(sure):2d} of {DYADS}"
    # A lag is worth reading only where there is coupling: elsewhere it is the largest of many
    # chance values, and may be anything.
    if coupling:
        line += f", median lag {np.median([one.lag_s for one in sure]):+.1f} s"
        right = sum(low <= LAG_S <= high for low, high in (one.lag_interval_s for one in sure))
        line += f", its interval holds the truth in {right}"
    print(line)

# At coupling 0.0 one in twenty is expected: that is what p <= 0.05 means, and all that it means.
# Forty dyads are few: run a thousand before you plan a study with such figures.
