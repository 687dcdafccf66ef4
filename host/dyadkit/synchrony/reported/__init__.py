"""Reported numbers: what papers on dyads print, with an interval, and none of it a verdict.

Concurrent and lagged correlation, synchrony over epochs, the state space grid, heart rate around
coded behaviour. They let a session be compared with the literature; whether two people are coupled
at all is asked by `couple` and `couple_events`, whose errors are counted.

Rules of this room: a correlation of slow series has few independent samples, and its interval says
so; no sentence is made of these numbers.

Start reading at `lagged.cross_correlation`.
"""

from dyadkit.synchrony.reported.behaviour import EventLocked, event_locked
from dyadkit.synchrony.reported.epochs import EpochSynchrony, epoch_synchrony
from dyadkit.synchrony.reported.lagged import CrossCorrelation, cross_correlation
from dyadkit.synchrony.reported.state_grid import StateGrid, state_space_grid

__all__ = [
    "CrossCorrelation",
    "EpochSynchrony",
    "EventLocked",
    "StateGrid",
    "cross_correlation",
    "epoch_synchrony",
    "event_locked",
    "state_space_grid",
]
