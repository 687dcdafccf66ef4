"""Conditions: rest against talk, and what the profile says of them.

You marked what happened when. Is there more coupling, or more arousal, in one condition than in
the other, or does it only look so because both wander?
"""

import numpy as np

import dyadkit
from dyadkit.analysis.decision import About
from dyadkit.sim.people import bodies, influence

# 1. Rest and talk in turn: once each would not do, a drift would look the same. What a design can
#    show is computed before anyone is recorded:
#    dyadkit plan-session --conditions rest,talk --minutes 28 --repeats 5
lengths_s = [150, 210, 180, 120, 210, 150, 120, 180, 150, 210]
starts_s = np.cumsum([0, *lengths_s[:-1]])
marks = [
    dyadkit.Mark(float(start), float(start + length), ("rest", "talk")[i % 2], "condition")
    for i, (start, length) in enumerate(zip(starts_s, lengths_s, strict=True))
]

# 2. Two simulated people: while they talk b's skin follows a's, at rest it goes its own way. With a
#    recording the marks are in the session already: `dyadkit mark`, or the keys 1-9 of `record`.
seconds = float(sum(lengths_s))
together = bodies.meet(bodies.Encounter(influence.Follows(0.9, 1.5)), seconds, seed=15)
apart = bodies.meet(bodies.Encounter(influence.Follows(0.0)), seconds, seed=16)
times_s = np.arange(len(together.a.eda_usiemens)) / influence.RATE_HZ
talk = np.zeros(len(times_s))
for mark in marks:
    if mark.label == "talk":
        talk[(times_s >= mark.start_s) & (times_s < mark.stop_s)] = 1.0
talk = np.convolve(talk, np.ones(160) / 160, "same")  # 10 s to get into it, and out
skin_a = together.a.eda_usiemens[::4]  # at 4 Hz
skin_b = (talk * together.b.eda_usiemens + (1 - talk) * apart.b.eda_usiemens)[::4]

dyad = dyadkit.from_arrays(
    {"eda": dyadkit.Series(skin_a, rate_hz=4.0, unit="µS")},
    {"eda": dyadkit.Series(skin_b, rate_hz=4.0, unit="µS")},
    marks,
)
result = dyadkit.analyze(dyad, seed=0)

# 3. What may be said: every statement, shown or not, and what each does not mean. Every pair of
#    conditions is compared in coupling and in each person's levels, within the session's budget.
for statement in result.about(About.CONTEXT):
    print("-", statement.sentence)
    if statement.limits:
        print("    but:", statement.limits)

# 4. A condition named rest or baseline is the dyad's own yardstick. Cautions are named only of what
#    is shown, above the same signal at that rest.
for caution in (*result.about(About.CAUTION), *result.about(About.LIMIT)):
    print(caution.sentence)
    print("    but:", caution.limits)
