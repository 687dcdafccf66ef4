"""Look at a recorded session before believing it: traces, gaps, quality, clock, heart rate.

    python look_at_a_session.py session-12

`./run demo --minutes 2 --out session-12` records such a session of two simulated people. Writes
heart-rate.png into the folder it runs in.
"""

import sys

import matplotlib.pyplot as plt
import numpy as np

import dyadkit

dyad = dyadkit.load(sys.argv[1])
print(f"{dyad.duration_s:.0f} s{', simulated' * dyad.simulated}")

# 1. Streams. `times_s` are seconds of the session for both people; the rate is what the sensor
#    really did, not what it was set to. A gap is a span without samples; a NaN is a sample whose
#    value means nothing, such as skin conductance while an electrode was off.
for name in ("a", "b"):
    for stream, trace in dyad.person(name).traces.items():
        print(
            f"{name} {stream:8s} {trace.rate_hz:5.1f} Hz, {len(trace.gaps_s)} gaps, "
            f"{np.isnan(trace.values).mean():.0%} NaN, {trace.unit}"
        )

# 2. The clock. Each wearable has its own; both were asked for the time over and over. The bound is
#    the 95 % half-width of a time difference between a and b. A lag below three times that is not
#    called anyone's lead. Physiology needs some 5 ms; 50 ms would already blur a lag of heart rate.
aligned = dyad.alignment
print(f"a against b within {1000 * aligned.median_bound_s:.2f} ms (95 %)")
print(f"time known in {aligned.known_share:.0%} of the session")

# 3. Trust. Each second of a pulse wave has a quality from 0 to 1; heart rate is NaN where too few
#    beats can be trusted. What is masked is not mended: look at the shares before the figures.
result = dyadkit.analyze(dyad, seed=0)
for name in ("a", "b"):
    quality = getattr(result.quality, name)
    print(
        f"{name}: {quality.pulse_trusted:.0%} of heart rate and "
        f"{quality.skin_trusted:.0%} of skin conductance can be trusted"
    )

# 4. Look at it. NaN draws nothing, so that a line that breaks is a heart nobody saw.
figure, axes = plt.subplots(figsize=(8, 3), layout="constrained")
for name in ("a", "b"):
    body = getattr(result.physiology, name)
    axes.plot(body.times_s, body.heart_rate_bpm, label=name)
axes.set_xlabel("session time (s)")
axes.set_ylabel("heart rate (bpm)")
axes.legend(title="person")
figure.savefig("heart-rate.png", dpi=120)
