"""Granger causality and transfer entropy in both directions: who predicts whom.

How much of the past to look at is chosen by BIC for each direction and never less than two
samples: with one, the faster signal looks like the leader. The textbook F test is too liberal on
slow physiological series, so p comes from circular shifts. Prediction is not causation: a common
input that reaches one person earlier looks the same.

Rule of this room: what is chosen by the data is chosen anew at every shift: chance has it too.
Start reading at `flow.transfer_entropy`, then `history` and `estimators`, over `regression`.
"""

from dyadkit.synchrony.directed.estimators import Gaussian, Neighbours
from dyadkit.synchrony.directed.flow import Directed, Flow, granger, transfer_entropy
from dyadkit.synchrony.directed.history import ByBIC, Fixed
from dyadkit.synchrony.misalignment import Shifts

__all__ = [
    "ByBIC",
    "Directed",
    "Fixed",
    "Flow",
    "Gaussian",
    "Neighbours",
    "Shifts",
    "granger",
    "transfer_entropy",
]
