"""Lead–lag of a coupling: who leads, by how much, and how sure, from a bootstrap interval."""

from dataclasses import dataclass
from enum import Enum

import numpy as np

from dyadkit.dyad.arrays import Floats
from dyadkit.synchrony.chance.statistic import Contributions

DRAWS = 400
LEVEL = 0.95
FINEST = 0.1  # a parabola places a peak no better than this share of a sample


class Leader(Enum):
    """Leader of a dyad: who moves first.

    NEITHER: no coupling shown, or both directions remain possible.
    """

    A = "a"
    B = "b"
    NEITHER = "neither"


@dataclass(frozen=True, slots=True)
class Peak:
    """Where a signed curve over lags is largest in magnitude; `lag` in samples, fractional."""

    lag: float
    height: float


def peak(curve: Floats) -> Peak:
    """The peak of a curve over the lags -reach … reach, placed between samples by a parabola."""
    sign, top = _top(curve[None, :])
    place = _refined(curve[None, :] * sign[:, None], top)[0]
    return Peak(float(place - len(curve) // 2), float(curve[top[0]]))


def lag_interval(parts: Contributions, sign: float, seed: int) -> tuple[float, float]:
    """95 % interval of the peak's lag in samples, by resampling stretches of the session.

    Only peaks of the given sign count: the question is where, not whether.
    """
    rng = np.random.default_rng(seed)
    count = len(parts.sums)
    weights = rng.multinomial(count, np.full(count, 1.0 / count), size=DRAWS).astype(float)
    curves = sign * (weights @ parts.sums) / np.maximum(weights @ parts.weights, 1e-12)
    lags = _refined(curves, curves.argmax(axis=1)) - parts.sums.shape[1] // 2
    low, high = np.quantile(lags, [(1.0 - LEVEL) / 2.0, (1.0 + LEVEL) / 2.0])
    furthest = parts.sums.shape[1] // 2
    return max(float(low) - FINEST, -furthest), min(float(high) + FINEST, furthest)


def leader_of(p: float, interval: tuple[float, float]) -> Leader:
    """A when b surely follows a, B when a surely follows b."""
    if p <= 1.0 - LEVEL and interval[0] > 0.0:
        return Leader.A
    if p <= 1.0 - LEVEL and interval[1] < 0.0:
        return Leader.B
    return Leader.NEITHER


def _top(curves: Floats) -> tuple[Floats, Floats]:
    top = np.abs(curves).argmax(axis=1)
    return np.sign(curves[np.arange(len(curves)), top]), top


def _refined(curves: Floats, top: Floats) -> Floats:
    """Parabola through the peak and its neighbours; a peak at the border stays there."""
    rows, last = np.arange(len(curves)), curves.shape[1] - 1
    inner = np.clip(top, 1, max(last - 1, 1))
    if last < 2:
        return top.astype(float)
    before, here, after = (curves[rows, inner + k] for k in (-1, 0, 1))
    bend = before - 2.0 * here + after
    offset = np.where(bend < 0.0, 0.5 * (before - after) / np.where(bend < 0.0, bend, 1.0), 0.0)
    return np.where(inner == top, top + np.clip(offset, -0.5, 0.5), top)
