"""How near is the same: radii that make dyads comparable."""

import numpy as np

from dyadkit.dyad.arrays import ArrayLike
from dyadkit.synchrony.recurrence.lines import squared_distances
from dyadkit.synchrony.recurrence.states import StateSpace, checked_states

THINNED_STATES = 1000


def max_distance(a: ArrayLike, b: ArrayLike, embedding: int = 1, delay: int = 1) -> float:
    """The largest distance of any two states: the unit in which some tools give their radius."""
    x, y, space = checked_states(a, b, 1.0, StateSpace(embedding, delay))
    max_squared = max(np.nan_to_num(block).max() for block in squared_distances(x, y, space))
    return float(np.sqrt(max_squared))


def radius_for(
    a: ArrayLike, b: ArrayLike, rate_percent: float, embedding: int = 1, delay: int = 1
) -> float:
    """The radius at which about `rate_percent` of all pairs of states recur.

    Comparing dyads at equal recurrence rate keeps RR from deciding every other measure. Found on
    at most a thousand evenly chosen states of each person.
    """
    if not 0.0 < rate_percent < 100.0:
        raise ValueError(f"rate_percent must lie between 0 and 100, not {rate_percent}")
    x, y, space = checked_states(a, b, 1.0, StateSpace(embedding, delay))
    chosen = np.linspace(0, len(x) - space.span - 1, THINNED_STATES).astype(np.int64)
    squares = sum(
        np.square(x[chosen + start, None] - y[chosen + start]) for start in space.starts()
    )
    return float(np.sqrt(np.nanpercentile(squares, rate_percent)))
