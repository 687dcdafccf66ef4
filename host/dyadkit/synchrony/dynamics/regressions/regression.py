"""Least squares through the origin, as the regression models of dyads use it."""

from dataclasses import dataclass

import numpy as np

from dyadkit.dyad.arrays import Floats


@dataclass(frozen=True, slots=True)
class Regression:
    """Coefficients and adjusted R² of a regression without a common intercept."""

    coefficients: Floats
    r_squared: float


def regress(target: Floats, predictors: Floats) -> Regression:
    """Fit `target`, shape (n,), on `predictors`, shape (n, k); R² is about zero, adjusted."""
    coefficients, _, rank, _ = np.linalg.lstsq(predictors, target, rcond=None)
    left = target - predictors @ coefficients
    count = len(target)
    unexplained = float(left @ left) / float(target @ target)
    adjusted = 1 - unexplained * count / (count - int(rank))
    return Regression(np.asarray(coefficients), adjusted)


def both_persons(of_a: Floats, of_b: Floats) -> Floats:
    """One design for both equations, each with its own coefficients, shape (2 n, 2 k)."""
    nothing = np.zeros_like(of_a)
    return np.asarray(np.block([[of_a, nothing], [nothing, of_b]]))
