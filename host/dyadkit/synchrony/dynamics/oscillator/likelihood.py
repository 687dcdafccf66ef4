"""Maximum likelihood of two coupled noise-driven oscillators, by Fisher scoring.

Everything here is in the fit's own units: each person's series standardised, time in radians of
the dyad's dominant oscillation. A parameter point is a vector of twelve, see `Parameter`.
"""

from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from dyadkit.dyad.arrays import Bools, Floats
from dyadkit.synchrony.dynamics.oscillator.kalman import Innovations, LinearModel, innovations


class Parameter(IntEnum):
    """Place of each parameter in a point; a's equation first, then b's."""

    STIFFNESS_A = 0
    DAMPING_A = 1
    COUPLING_A = 2
    VELOCITY_COUPLING_A = 3
    STIFFNESS_B = 4
    DAMPING_B = 5
    COUPLING_B = 6
    VELOCITY_COUPLING_B = 7
    LOG_DRIVE_A = 8
    LOG_DRIVE_B = 9
    LOG_NOISE_A = 10
    LOG_NOISE_B = 11


INTO_A = (Parameter.COUPLING_A, Parameter.VELOCITY_COUPLING_A)
INTO_B = (Parameter.COUPLING_B, Parameter.VELOCITY_COUPLING_B)
DRIVES = [Parameter.LOG_DRIVE_A, Parameter.LOG_DRIVE_B]

LOWEST = np.array([-400.0, -60.0, -60.0, -60.0] * 2 + [-14.0] * 4)
HIGHEST = np.array([60.0, 60.0, 60.0, 60.0] * 2 + [9.0] * 2 + [1.5] * 2)
_START_COVARIANCE = 4.0 * np.eye(4)
_DIFFERENCE = 1e-4
_ITERATIONS = 40
_ENOUGH = 1e-4
"""Stop when the next step promises less log-likelihood than this."""


@dataclass(frozen=True, slots=True)
class StandardisedPair:
    """Standardised samples, shape (n, 2), NaN where missing, `step` radians apart."""

    samples: Floats
    step: float


@dataclass(frozen=True, slots=True)
class Maximum:
    """The best point of a model: `free` parameters were fitted, the others held.

    information : Fisher information of the free parameters
    """

    point: Floats
    free: Bools
    log_likelihood: float
    information: Floats
    converged: bool

    def at_bounds(self) -> Bools:
        """Which parameters ran into `LOWEST` or `HIGHEST`, shape (12,)."""
        return self.free & ((self.point <= LOWEST) | (self.point >= HIGHEST))


def drift_of(points: Floats) -> Floats:
    """Drift matrices of parameter points, shape (points, 4, 4), state (a, a', b, b')."""
    drift = np.zeros((len(points), 4, 4))
    drift[:, 0, 1] = drift[:, 2, 3] = 1.0
    drift[:, 1] = points[:, 0:4]
    drift[:, 3, 2:] = points[:, 4:6]
    drift[:, 3, :2] = points[:, 6:8]
    return drift


def model_of(points: Floats) -> LinearModel:
    """The state-space model of parameter points, shape (points, 12)."""
    diffusion = np.zeros((len(points), 4, 4))
    diffusion[:, [1, 3], [1, 3]] = np.exp(points[:, 8:10])
    return LinearModel(drift_of(points), diffusion, np.exp(points[:, 10:12]), _START_COVARIANCE)


def innovations_at(series: StandardisedPair, points: Floats) -> Innovations:
    """Innovations of `series` at each of `points`, shape (points, 12)."""
    return innovations(model_of(points), series.samples, series.step)


def maximise(series: StandardisedPair, start: Floats, free: Bools) -> Maximum:
    """Climb from `start`, shape (12,), moving the `free` parameters only."""
    best = _slope(series, np.clip(start, LOWEST, HIGHEST), free)
    caution, converged = 1e-3, False
    for _ in range(_ITERATIONS):
        step, promise = best.step(caution)
        if promise < _ENOUGH:
            converged = True
            break
        tried = _slope(series, np.clip(best.point + step, LOWEST, HIGHEST), free)
        if tried.log_likelihood > best.log_likelihood:
            best, caution = tried, max(caution / 10, 1e-6)
        elif caution > 1e6:
            break
        else:
            caution *= 10
    return Maximum(best.point, free, best.log_likelihood, best.information, converged)


@dataclass(frozen=True, slots=True)
class _Slope:
    """Log-likelihood, gradient and Fisher information at one point."""

    point: Floats
    free: Bools
    log_likelihood: float
    gradient: Floats
    information: Floats

    def step(self, caution: float) -> tuple[Floats, float]:
        """A damped scoring step, shape (12,), and the log-likelihood a full one promises."""
        inward = self._inward()
        gradient, information = self.gradient[inward], self.information[np.ix_(inward, inward)]
        scale = np.diag(information) + 1e-6
        move = np.zeros(len(self.point))
        place = np.flatnonzero(self.free)[inward]
        move[place] = np.linalg.solve(information + caution * np.diag(scale), gradient)
        max_move = np.abs(move).max(initial=0.0)
        full = np.linalg.solve(information + 1e-9 * np.diag(scale), gradient)
        return move * min(1.0, 2.0 / max(max_move, 1e-12)), 0.5 * float(gradient @ full)

    def _inward(self) -> Bools:
        """Free parameters that are not pressed against a bound."""
        point, gradient = self.point[self.free], self.gradient
        low, high = LOWEST[self.free], HIGHEST[self.free]
        return ~((point <= low) & (gradient < 0) | (point >= high) & (gradient > 0))


def _slope(series: StandardisedPair, point: Floats, free: Bools) -> _Slope:
    moved = np.eye(len(point))[free] * _DIFFERENCE
    points = np.concatenate([point[None], point + moved, point - moved])
    found = innovations_at(series, points)
    log_likelihood = found.log_likelihood()
    count = len(moved)
    gradient = (log_likelihood[1 : count + 1] - log_likelihood[count + 1 :]) / (2 * _DIFFERENCE)
    return _Slope(point, free, float(log_likelihood[0]), gradient, _information(found, count))


def _information(found: Innovations, count: int) -> Floats:
    """Σ ∂e ∂e' / s + ½ Σ ∂s ∂s' / s², from central differences."""
    size = len(found.values)
    values = found.values.reshape(size, -1)
    seen = np.isfinite(values[0])
    values, variances = values[:, seen], found.variances.reshape(size, -1)[:, seen]
    by_value = (values[1 : count + 1] - values[count + 1 :]) / np.sqrt(variances[0])
    by_variance = (variances[1 : count + 1] - variances[count + 1 :]) / variances[0]
    total = by_value @ by_value.T + 0.5 * by_variance @ by_variance.T
    return np.asarray(total / (2 * _DIFFERENCE) ** 2)
