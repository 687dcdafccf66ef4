"""Autoregressive models of one person's series, and gaps filled with what they expect.

Filled values let filters and surrogates pass over gaps; they are never shown or counted as data.
"""

import numpy as np
from scipy import linalg

from dyadkit.dyad.arrays import Bools, Floats
from dyadkit.synchrony.grid import bridged

HIGHEST_ORDER = 16
FILL_ROUNDS = 2


def burg(series: Floats, order: int = HIGHEST_ORDER) -> Floats:
    """Autoregressive prediction-error filters, shape (..., order + 1), zero beyond the BIC's order.

    Burg's recursion stays stable near unit roots, where least squares does not.

    References
    ----------
    Burg 1975; Schwarz 1978
    """
    n = series.shape[-1]
    forward, backward = series, series
    trial = np.zeros((*series.shape[:-1], order + 1))
    trial[..., 0] = 1.0
    best, power = trial.copy(), np.mean(series**2, axis=-1)
    lowest = n * np.log(power)
    for m in range(1, order + 1):
        ahead, behind = forward[..., 1:], backward[..., :-1]
        energy = np.sum(ahead**2, axis=-1) + np.sum(behind**2, axis=-1)
        reflection = (-2.0 * np.sum(ahead * behind, axis=-1) / energy)[..., None]
        trial[..., : m + 1] += reflection * trial[..., m::-1]
        forward, backward = ahead + reflection * behind, behind + reflection * ahead
        power = power * (1.0 - reflection[..., 0] ** 2)
        score = n * np.log(power) + m * np.log(n)
        best = np.where((score < lowest)[..., None], trial, best)
        lowest = np.minimum(score, lowest)
    return best


def filled(series: Floats) -> Floats:
    """Each series, shape (..., n), with its gaps filled by what its own autoregression expects."""
    missing = np.isnan(series)
    values = bridged(series)
    if missing.any():
        for _ in range(FILL_ROUNDS):
            filters = burg(values)
            for row in np.ndindex(series.shape[:-1]):
                values[row] = expected(values[row], missing[row], filters[row])
    return values


def expected(values: Floats, missing: Bools, coefficients: Floats) -> Floats:
    """`values` with the missing ones replaced by their conditional mean under an autoregression.

    The conditional mean minimises the energy of the prediction errors: a banded linear system.

    1. With the gaps at 0, `pull` is half the energy's slope at each missing sample: the prediction
       errors, filtered once more backwards. Beyond both ends all samples count as 0, which is why
       the convolution is the full one.
    2. The energy's curvature between two samples depends only on how far apart they are, and is 0
       beyond the order. So only missing samples that near each other share an equation.
    3. Row k of `band` couples each missing sample with the k-th missing one after it, which may lie
       much later: the index into `energy` is cut at the order to stay inside, and what is further
       apart gets 0. At most as many rows as missing samples.
    4. A series without gaps has an empty system and stays as it is.
    """
    where = np.flatnonzero(missing)
    order = len(coefficients) - 1
    answer = np.where(missing, 0.0, values)
    pull = np.correlate(np.convolve(answer, coefficients), coefficients, mode="valid")[where]
    energy = np.correlate(coefficients, coefficients, mode="full")[order:]
    band = np.zeros((min(order + 1, len(where)), len(where)))
    for k in range(len(band)):
        apart = where[k:] - where[: len(where) - k]
        near = energy[np.minimum(apart, order)]
        band[k, : len(where) - k] = np.where(apart <= order, near, 0.0)
    if len(where):
        answer[where] = linalg.solveh_banded(band, -pull, lower=True)
    return answer
