"""Recurrence radii that make dyads comparable: how near is the same."""

import numpy as np

from dyadkit.dyad.arrays import ArrayLike
from dyadkit.synchrony.recurrence.lines import squared_distances
from dyadkit.synchrony.recurrence.states import StateSpace, checked_states

THINNED_STATES = 1000


def max_distance(a: ArrayLike, b: ArrayLike, embedding: int = 1, delay: int = 1) -> float:
    """The largest distance of any two states: the unit in which some tools give their radius.

    Parameters and errors as in `cross_recurrence`; in the unit of a and b.

    Examples
    --------
    >>> x = np.linspace(0.0, 1.0, 50)
    >>> max_distance(x, x + 1.0)
    2.0
    """
    x, y, space = checked_states(a, b, 1.0, StateSpace(embedding, delay))
    max_squared = max(np.nan_to_num(block).max() for block in squared_distances(x, y, space))
    return float(np.sqrt(max_squared))


def radius_for(
    a: ArrayLike, b: ArrayLike, rate_percent: float, embedding: int = 1, delay: int = 1
) -> float:
    """The radius at which about `rate_percent` of all pairs of states recur.

    Comparing dyads at equal recurrence rate keeps RR from deciding every other measure. Found on
    at most a thousand evenly chosen states of each person.

    Parameters
    ----------
    a, b, embedding, delay : as in `cross_recurrence`
    rate_percent : recurrence rate wanted, between 0 and 100

    Raises
    ------
    ValueError
        a rate outside 0 to 100; else as `cross_recurrence`

    Examples
    --------
    >>> from dyadkit.synchrony.recurrence import cross_recurrence
    >>> a, b = np.random.default_rng(0).standard_normal((2, 600))
    >>> round(cross_recurrence(a, b, radius_for(a, b, rate_percent=5.0)).RR, 1)
    5.0
    """
    if not 0.0 < rate_percent < 100.0:
        raise ValueError(f"rate_percent must lie between 0 and 100, not {rate_percent}")
    x, y, space = checked_states(a, b, 1.0, StateSpace(embedding, delay))
    chosen = np.linspace(0, len(x) - space.span - 1, THINNED_STATES).astype(np.int64)
    squares = sum(
        np.square(x[chosen + start, None] - y[chosen + start]) for start in space.starts()
    )
    return float(np.sqrt(np.nanpercentile(squares, rate_percent)))
