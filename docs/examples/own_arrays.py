"""From your own arrays to a report.

You have two people's skin conductance and pulse wave as arrays, from whatever recorded them, and
want beats, responses, coupling against chance and a page to read.

Writes report.html and report.json into the folder it runs in.
"""

import numpy as np

import dyadkit
from dyadkit.sim.people import bodies

# 1. Arrays. Here two simulated people, of whom b follows a by 1.5 s, so that the script runs
#    anywhere. Yours would come from a file: np.loadtxt, pandas, scipy.io.loadmat, ...
pair = bodies.meet(bodies.Encounter(), seconds=300.0, seed=1)
pulse_times_s = np.arange(300 * 50) / 50.0
arrays = {
    person: {
        "skin": body.eda_usiemens,  # microsiemens, 16 times a second
        "pulse": bodies.ppg_counts(body, pulse_times_s, seed=1)[:, 0],  # any unit, 50 a second
    }
    for person, body in (("a", pair.a), ("b", pair.b))
}

# 2. Ten seconds of a are missing: NaN, never a value that looks measured. Nothing is filled in.
arrays["a"]["skin"][16 * 100 : 16 * 110] = np.nan

# 3. A Series says what an array is: how often it was sampled and in which unit. "eda" and "ppg"
#    are the names that `analyze` looks for; kOhm, nS and others become µS. Give `times_s` instead
#    of `rate_hz` where samples came unevenly.
series = {
    person: {
        "eda": dyadkit.Series(one["skin"], rate_hz=16.0, unit="µS"),
        "ppg": dyadkit.Series(one["pulse"], rate_hz=50.0),
    }
    for person, one in arrays.items()
}

# 4. Both on one time line. If two devices recorded, each with a clock of its own, say how well you
#    aligned them: lags finer than three times the bound are then not called anyone's lead.
dyad = dyadkit.from_arrays(series["a"], series["b"], alignment_bound_s=0.05)

# 5. Everything in one call. Equal seeds give equal numbers, to the last digit.
result = dyadkit.analyze(dyad, seed=0)

for name in ("a", "b"):
    body = getattr(result.physiology, name)
    low_ms, high_ms = body.hrv.rmssd_interval_ms
    print(
        f"{name}: {body.hrv.mean_bpm:.0f} bpm, RMSSD {low_ms:.0f} to {high_ms:.0f} ms, "
        f"SCL {np.nanmedian(body.tonic_usiemens):.1f} µS, "
        f"{len(body.responses) / (result.duration_s / 60):.1f} SCR per minute"
    )
known = np.isfinite(result.physiology.a.tonic_usiemens).mean()
print(f"skin conductance of a is known {known:.0%} of the time")

# 6. What may be said, in sentences; the page has the figures. The second sentence stands there
#    until partners from other sessions rule it out: see partner_or_schedule.py.
for sentence in result.sentences():
    print("-", sentence)
result.save("report.html")
result.save("report.json")
