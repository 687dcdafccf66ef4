"""Difference of a wandering course between two kinds of windows, by generalised least squares.

How a course wanders is not known, and one guess at it would claim too much. So the test is made
under many covariances, from white to a slow wander, and each counts by how well it fits.
"""

from dataclasses import dataclass

import numpy as np
from scipy import linalg, stats

from dyadkit.dyad.arrays import Floats
from dyadkit.errors import SignalError

MEMORIES = tuple(np.geomspace(0.25, 40.0, 10).tolist())
"""How long a course remembers, in windows: from hardly to a session."""
SHARES = (0.25, 0.5, 0.75, 1.0)
"""How much of its variance wanders; the rest is new in every window."""
WHITE_PRIOR = 0.05
TEMPERED = 0.6
"""Power of the likelihood: ten windows fit a too simple covariance too well."""
MIN_FREE = 2


@dataclass(frozen=True, slots=True)
class Difference:
    """Size of a difference, its 95 % interval, and p."""

    size: float
    interval: tuple[float, float]
    p: float


@dataclass(frozen=True, slots=True)
class _UnderCovariance:
    size: float
    error: float
    likelihood: float


def difference(places: Floats, values: Floats, side: Floats) -> Difference:
    """Difference between windows of two sides, with a drift in a line taken out.

    Parameters
    ----------
    places : shape (n,), of the windows in time, in steps of them
    values : shape (n,)
    side : shape (n,), 0.5 and -0.5

    Raises
    ------
    SignalError
        a side that is the same as the drift, too few windows, or values that do not vary
    """
    design = np.column_stack([np.ones(len(values)), places - places.mean(), side])
    free = len(values) - design.shape[1]
    if free < MIN_FREE or np.linalg.matrix_rank(design) < design.shape[1]:
        raise SignalError("too few windows to tell a difference from a drift")
    if np.ptp(values) == 0.0:
        raise SignalError("the course does not vary")
    scaled = (values - values.mean()) / values.std()
    apart = np.abs(places[:, None] - places)
    fits, priors = [_fitted(np.eye(len(values)), design, scaled)], [WHITE_PRIOR]
    each = (1.0 - WHITE_PRIOR) / (len(MEMORIES) * len(SHARES))
    for memory in MEMORIES:
        wander = np.exp(-apart / memory)
        for share in SHARES:
            covariance = share * wander + (1.0 - share + 1e-9) * np.eye(len(values))
            fits.append(_fitted(covariance, design, scaled))
            priors.append(each)
    return _averaged(fits, np.array(priors), free, float(values.std()))


def _fitted(covariance: Floats, design: Floats, values: Floats) -> _UnderCovariance:
    """Estimate, standard error and restricted log likelihood under one covariance."""
    root = linalg.cholesky(covariance, lower=True)
    whitened = linalg.solve_triangular(root, np.column_stack([design, values]), lower=True)
    columns, target = whitened[:, :-1], whitened[:, -1]
    gram = columns.T @ columns
    weights = np.linalg.solve(gram, columns.T @ target)
    left = target - columns @ weights
    free = len(values) - design.shape[1]
    variance = float(left @ left) / free
    error = float(np.sqrt(variance * np.linalg.inv(gram)[-1, -1]))
    likelihood = -np.log(np.diag(root)).sum() - 0.5 * np.linalg.slogdet(gram)[1]
    return _UnderCovariance(
        float(weights[-1]), error, float(likelihood - free / 2.0 * np.log(variance))
    )


def _averaged(fits: list[_UnderCovariance], priors: Floats, free: int, scale: float) -> Difference:
    likelihood = np.array([one.likelihood for one in fits])
    weights = priors * np.exp(TEMPERED * (likelihood - likelihood.max()))
    weights /= weights.sum()
    sizes, errors = (np.array([getattr(one, name) for one in fits]) for name in ("size", "error"))
    p = float(weights @ (2.0 * stats.t.sf(np.abs(sizes / errors), free)))
    size = float(weights @ sizes)
    error = float(np.sqrt(weights @ (errors**2 + (sizes - size) ** 2)))
    half = float(stats.t.ppf(0.975, free)) * error
    return Difference(scale * size, (scale * (size - half), scale * (size + half)), p)
