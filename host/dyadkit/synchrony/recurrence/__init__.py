"""Cross-recurrence: how two people pass through the same states, in parallel and with a lag.

Makes no assumption of linearity or stationarity, but depends on a radius: put both people on one
scale first (z-scores, say) and compare only results of the same radius or recurrence rate.

Rule of this room: the plot is never held whole. Start reading at `plot.cross_recurrence`, then
`states` (what recurs), `lines` (how the plot is walked), `profile` (the chance level).
"""

from dyadkit.synchrony.recurrence.plot import Lags, Recurrence, cross_recurrence
from dyadkit.synchrony.recurrence.radius import max_distance, radius_for
from dyadkit.synchrony.recurrence.windows import WindowedRecurrence, Windows, windowed_recurrence

__all__ = [
    "Lags",
    "Recurrence",
    "WindowedRecurrence",
    "Windows",
    "cross_recurrence",
    "max_distance",
    "radius_for",
    "windowed_recurrence",
]
