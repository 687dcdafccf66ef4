"""Own rate of a person's events: what past events, slow drifts and marked conditions predict.

A Poisson regression on quarter seconds, with penalties that keep a rate finite where events are few
(Truccolo et al. 2005, J. Neurophysiol. 93, 1074–1089).
"""

from dataclasses import dataclass

import numpy as np
from scipy import linalg, signal

from dyadkit.dyad.arrays import Bools, Floats
from dyadkit.synchrony.following.train import BINS_HZ, Train

MEMORIES_S = (1.0, 4.0, 12.0, 40.0)
"""From the refractory second to a minute of higher arousal."""
SIZE_MEMORY_S = 4.0
SIZE_OF_NOTE = 0.4
"""In median sizes: 0.1 µS where a usual response has 0.25."""
SLOWEST_S = 100.0
"""Cosines down to this period stand for drift; faster changes in common count as following."""
HISTORY_PENALTY, DRIFT_PENALTY = 0.3, 4.0
MAX_STEPS, STILL = 30, 1e-6


@dataclass(frozen=True, slots=True, eq=False)
class Intensity:
    """Fitted rate of one person's events over a stretch, events per bin.

    design : shape (n, columns); rate : shape (n,), 0 where not measured
    surplus : shape (n,), events less the rate
    penalties, weights : shape (columns,)
    """

    design: Floats
    rate: Floats
    surplus: Floats
    penalties: Floats
    weights: Floats


def design_of(train: Train, conditions: Floats) -> tuple[Floats, Floats]:
    """Columns of a person's own past and the marked conditions, and the penalty of each.

    conditions : shape (n, labels), 1 within each; none where nothing was marked
    """
    counts = train.counts
    memories = [np.log1p(_faded(counts, memory)) for memory in MEMORIES_S]
    sizes = np.log1p(_faded(train.sizes, SIZE_MEMORY_S) / SIZE_OF_NOTE)
    recent = [_recent(counts, 1, 4), _recent(counts, 5, 8)]
    history = np.column_stack([*memories, *recent, sizes])
    columns = np.column_stack([np.ones(len(counts)), history, conditions])
    penalties = np.concatenate([
        [0.0], np.full(history.shape[1], HISTORY_PENALTY),
        np.full(conditions.shape[1], DRIFT_PENALTY),
    ])  # fmt: skip
    return columns, penalties


def fitted(counts: Floats, present: Bools, design: Floats, penalties: Floats) -> Intensity:
    """The rate of a stretch, by penalised iterated least squares; drift is added to its design."""
    drift = _cosines(len(counts))
    columns = np.column_stack([design, drift])
    columns[:, 1:] -= columns[:, 1:].mean(axis=0)
    penalty = np.concatenate([penalties, np.full(drift.shape[1], DRIFT_PENALTY)])
    shown = present.astype(float)
    weights = np.zeros(columns.shape[1])
    weights[0] = np.log(max(float(counts.sum()), 0.5) / max(float(shown.sum()), 1.0))
    for _ in range(MAX_STEPS):
        rate = np.exp(np.minimum(columns @ weights, 0.0)) * shown
        pull = columns.T @ (counts - rate) - penalty * weights
        curvature = (columns * rate[:, None]).T @ columns + np.diag(penalty + 1e-9)
        step = linalg.solve(curvature, pull, assume_a="pos")
        weights = weights + step * min(1.0, 3.0 / max(float(np.abs(step).max()), 1e-12))
        if np.abs(step).max() < STILL:
            break
    rate = np.exp(np.minimum(columns @ weights, 0.0)) * shown
    return Intensity(columns, rate, (counts - rate) * shown, penalty, weights)


def _faded(values: Floats, memory_s: float) -> Floats:
    """Sum of past values, each faded by its age; the present bin not among them."""
    pole = np.exp(-1.0 / (memory_s * BINS_HZ))
    return np.asarray(signal.lfilter([0.0, pole], [1.0, -pole], values))


def _recent(counts: Floats, first: int, last: int) -> Floats:
    kernel = np.zeros(last + 1)
    kernel[first:] = 1.0
    return np.asarray(signal.lfilter(kernel, [1.0], counts))


def _cosines(count: int) -> Floats:
    slowest = int(2.0 * count / BINS_HZ / SLOWEST_S)
    turns = np.pi * (np.arange(count) + 0.5) / count
    return np.cos(turns[:, None] * np.arange(1, slowest + 1))
