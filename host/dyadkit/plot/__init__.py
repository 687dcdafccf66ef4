"""Figures of results, for papers, notebooks and the report: `dyadkit.plot.pair(result)`.

Every function takes a result and, if it shall draw into a figure of yours, `axes`; it gives the
axes. Without any it makes a figure as wide as a page of a journal: `axes.figure.savefig("x.pdf")`.

| asked | function |
|---|---|
| can it be trusted | `quality`, `trust`, `alignment`, `excerpt` (raw pulse and its beats) |
| both on one time line, one in detail | `pair`, `heart_rates`, `person` |
| together, who first, calmed, conditions: decided against chance | `against_chance` |
| at which lag, and when | `lag_profile`, `coupling_surface` |
| what each does after the other's responses | `answers` |
| calmed or wound up | `verdicts`, `verdict_course` |
| one dyad over weeks, all dyads of a study | `weeks`, `dyads` |
| on request | `coherence`, `phase`, `recurrence` |

Rules of this room: a result in, axes out; nothing is written, shown or kept. Nothing is tested
here, and no figure carries a p of its own: grey is what chance gives, by the session's decisions.
Blue and vermilion are a and b and nothing else, with their letters beside them.

>>> import dyadkit
>>> result = dyadkit.analyze(dyadkit.load("session-12"))
>>> axes = dyadkit.plot.pair(result)
>>> len(axes.child_axes)                      # heart rate, skin conductance, skin responses
3
>>> round(axes.figure.get_figwidth() * 25.4)  # mm: two columns
174
"""

from dyadkit.plot.coupling import answers, coupling_surface, lag_profile
from dyadkit.plot.dyads import dyads
from dyadkit.plot.people import excerpt, heart_rates, pair, person, quality
from dyadkit.plot.requested import coherence, phase, recurrence
from dyadkit.plot.scale import against_chance, trust
from dyadkit.plot.timing import alignment, weeks
from dyadkit.plot.verdicts import verdict_course, verdicts

__all__ = [
    "against_chance",
    "alignment",
    "answers",
    "coherence",
    "coupling_surface",
    "dyads",
    "excerpt",
    "heart_rates",
    "lag_profile",
    "pair",
    "person",
    "phase",
    "quality",
    "recurrence",
    "trust",
    "verdict_course",
    "verdicts",
    "weeks",
]
