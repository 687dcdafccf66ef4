"""Transfer entropy without a model, from nearest neighbours (Kraskov, Stögbauer & Grassberger)."""

import numpy as np
from scipy import spatial, special

from dyadkit.dyad.arrays import Floats, Ints
from dyadkit.errors import SignalError
from dyadkit.synchrony.directed.regression import Target

MIN_ROWS = 50


def neighbour_nats(target: Target, other: Floats, neighbours: int) -> float:
    """Transfer entropy of `other`, shape (rows, n), into the target beyond its own past, in nats.

    First algorithm of Kraskov et al. 2004 for conditional mutual information, maximum norm, every
    column standardised. Can come out slightly negative.
    """
    known = target.known_with(other)
    if known.sum() < MIN_ROWS:
        raise SignalError(
            f"{int(known.sum())} samples without gaps are too few for nearest neighbours: "
            f"at least {MIN_ROWS} are needed"
        )
    own, past, source = (
        _standardised(part[known]) for part in (target.values[:, None], target.past, other)
    )
    tree = spatial.cKDTree(np.hstack([own, past, source]))
    distances = np.asarray(tree.query(tree.data, [neighbours + 1], p=np.inf)[0])
    radius = np.nextafter(distances[:, 0], 0.0)
    counts = (_within(np.hstack(parts), radius) for parts in ([own, past], [source, past], [past]))
    with_own, with_source, alone = (special.digamma(count) for count in counts)
    return float(special.digamma(neighbours) + np.mean(alone - with_own - with_source))


def _within(points: Floats, radius: Floats) -> Ints:
    """Number of points, itself included, nearer than each point's own radius."""
    tree = spatial.cKDTree(points)
    return np.asarray(tree.query_ball_point(points, radius, p=np.inf, return_length=True))


def _standardised(columns: Floats) -> Floats:
    spread = columns.std(axis=0)
    return np.asarray((columns - columns.mean(axis=0)) / np.where(spread > 0.0, spread, 1.0))
