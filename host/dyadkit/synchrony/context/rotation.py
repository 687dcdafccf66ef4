"""Rotation test, the chance level of a difference along a session: marks at every other place."""

import numpy as np

from dyadkit.dyad.arrays import Floats
from dyadkit.errors import SignalError
from dyadkit.synchrony.context.course import Course

_MIN_ROTATIONS = 19
_HIGHEST_ORDER = 8


def rotation_p(course: Course, contrast: Floats) -> tuple[float, int]:
    """Probability that `contrast`, shape (n,), goes with `course` by chance; number of rotations.

    Course and contrast are first whitened by the course's own autoregression: turned in a circle,
    a slow course would be torn at its ends, and the real place look special (15 % false positives
    at 5 % nominal; 2 to 7 % after whitening). Rotations by less than one window are left out.
    """
    values = course.values - np.nanmean(course.values)
    weights = autoregression(values)
    white, aimed = _filtered(values, weights), _filtered(contrast - contrast.mean(), weights)
    nearest = int(np.ceil(course.window_s / course.step_s()))
    shifts = range(nearest, len(white) - nearest + 1)
    if len(shifts) < _MIN_ROTATIONS:
        raise SignalError(
            f"only {len(shifts)} rotations of the marks are possible, {_MIN_ROTATIONS} are "
            "needed: a longer session or shorter steps help"
        )
    white = np.where(np.isfinite(white), white - np.nanmean(white), 0.0)
    aimed = aimed - aimed.mean()
    observed = abs(float(white @ aimed))
    chance = np.array([abs(float(white @ np.roll(aimed, shift))) for shift in shifts])
    exceeding = int(np.sum(chance >= observed * (1 - 1e-12)))
    return (1 + exceeding) / (len(shifts) + 1), len(shifts)


def autoregression(values: Floats) -> Floats:
    """Weights of the past in an autoregression of the order with the smallest BIC (0 to 8)."""
    order = min(_HIGHEST_ORDER, len(values) // 6)
    past = np.stack([values[order - lag : len(values) - lag] for lag in range(order + 1)], axis=1)
    past = past[np.isfinite(past).all(axis=1)]
    if len(past) < 3 * (order + 1):
        return np.empty(0)
    fits = [_least_squares(past, count) for count in range(order + 1)]
    return min(fits, key=lambda fit: fit[0])[1]


def _least_squares(past: Floats, order: int) -> tuple[float, Floats]:
    present, before = past[:, 0], past[:, 1 : order + 1]
    weights = np.linalg.lstsq(before, present, rcond=None)[0]
    left = present - before @ weights
    count = len(present)
    spread = max(float(left @ left) / count, 1e-300)
    return count * np.log(spread) + order * np.log(count), np.asarray(weights)


def _filtered(values: Floats, weights: Floats) -> Floats:
    """Values minus what their past predicts, shape (n − order,); NaN where a past is missing."""
    order = len(weights)
    rest = values[order:].copy()
    for lag, weight in enumerate(weights, start=1):
        rest -= weight * values[order - lag : len(values) - lag]
    return rest
