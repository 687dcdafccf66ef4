"""Inter-beat intervals and heart rate from another program, taken as given.

Your beats were found by Kubios, NeuroKit2, a chest strap or by hand, and corrected. They are not
found again: heart rate, variability and coupling come from your intervals as they are.
"""

import numpy as np

import dyadkit
from dyadkit.sim.people import bodies

# Person a: a list of inter-beat intervals in ms, each with the time of the beat that ends it.
# Person b: a heart rate once a second, as a watch exports it, with no beats behind it.
pair = bodies.meet(bodies.Encounter(), seconds=600.0, seed=2)
beats_s = pair.a.beats_s
intervals_ms = 1000 * np.diff(beats_s)
rate_bpm = pair.b.heart_rate_bpm[::16]

# Time stamps are needed: intervals added up drift off the session with each one that is missing.
# "ibi" and "heart_rate" are the names; ms become s, Hz becomes bpm, anything else is refused.
a = {"ibi": dyadkit.Series(intervals_ms, times_s=beats_s[1:], unit="ms")}
b = {"heart_rate": dyadkit.Series(rate_bpm, rate_hz=1.0, unit="bpm")}
result = dyadkit.analyze(dyadkit.from_arrays(a, b), seed=0)

# Variability needs beats. Where only a rate was given it is NaN, with the reason in the notes,
# instead of a number computed from a smoothed series, which would be far too small.
for name in ("a", "b"):
    body = getattr(result.physiology, name)
    print(f"{name}: {np.nanmean(body.heart_rate_bpm):.0f} bpm, RMSSD {body.hrv.rmssd_ms:.0f} ms")
    for note in body.notes:
        print(f"   {note}")

# Skin conductance was not recorded, so it is left out; heart rate is tested. The truth here is that
# b follows a by 1.5 s, which the interval holds. If the other program smoothed one of the rates
# over past beats, that person seems later by half of its window: programs lag, too.
found = result.coupling["heart_rate"]
low_s, high_s = found.lag_interval_s
print(f"heart rate: correlation {found.strength:+.2f}, p below 0.001: {found.p < 0.001}")
print(f"lag {found.lag_s:+.1f} s (95 % interval {low_s:+.1f} to {high_s:+.1f} s)")
print("left out:", ", ".join(f"{name} ({why})" for name, why in result.refusals.items()))
