"""Spectral model of two people's slow arousal, each pulled by the other after two seconds.

1. First order: (s + g) x = c g e^(-2s) y + drive: arousal falls back at a rate g, and the partner's
   level pulls it; c is the share of the partner's level it would settle at.
2. Second order: (s² + d s + k) x = (c k + v d s) e^(-2s) y + drive: it swings as well, and both the
   partner's level and its change pull.

Both drives may be correlated, always: what happens to both is no pull. A white floor a person holds
what the model does not: errors, what is left of breathing.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dyadkit.dyad.arrays import Bools, Floats

DELAY_S = 2.0
"""From a partner's arousal to one's own: the latency of sympathetic responses (Boucsein 2012)."""
DRIVE_CORRELATION_SPREAD = 0.4
TYPICAL_S = 20.0

Complexes = NDArray[np.complex128]


@dataclass(frozen=True, slots=True)
class Order:
    """Own dynamics of one order: names of parameters with the mean and spread of their priors.

    own : parameters of each person's dynamics; pull : of the partner's influence
    """

    own: tuple[tuple[float, float], ...]
    pull: tuple[tuple[float, float], ...]

    @property
    def size(self) -> int:
        """Parameters: own and pull, drive and floor of both, and the drives' correlation."""
        return 2 * (len(self.own) + len(self.pull) + 2) + 1

    def pulls(self, person: int) -> slice:
        """Places of the pull into one person."""
        start = 2 * len(self.own) + person * len(self.pull)
        return slice(start, start + len(self.pull))

    def prior(self) -> tuple[Floats, Floats]:
        """Mean and spread of every parameter."""
        amounts = ((-2.0, 2.0), (-2.0, 2.0))  # log of drive and floor, of a series of unit spread
        every = [*self.own * 2, *self.pull * 2, *amounts * 2, (0.0, DRIVE_CORRELATION_SPREAD)]
        mean, spread = np.array(every).T
        return mean, spread


FIRST = Order(((-np.log(TYPICAL_S), 0.8),), ((0.0, 0.8),))
SECOND = Order(((np.log(2 * np.pi / 30.0), 0.6), (np.log(0.4), 0.7)), ((0.0, 0.5), (0.0, 0.7)))
"""Log of the own angular frequency, and of the damping ratio."""


def spectra(order: Order, points: Floats, frequency_hz: Floats) -> Complexes:
    """Cross-spectra of points, shape (points, parameters) to (points, frequencies, 2, 2)."""
    response = _response(order, points, frequency_hz)
    drive = _drive(order, points)
    floor = np.exp(_amounts(order, points)[:, :, 1])
    found = response @ drive[:, None] @ np.conj(response).swapaxes(-1, -2)
    found[..., 0, 0] += floor[:, None, 0]
    found[..., 1, 1] += floor[:, None, 1]
    return np.asarray(found)


def variance_ratios(order: Order, points: Floats) -> Floats:
    """Variance with over without the partner's pull, under the same drives, shape (points, 2).

    Infinite where the pull would make arousal run away.
    """
    frequency_hz = np.concatenate([[0.0], np.geomspace(2e-4, 0.5, 240)])
    weight = np.gradient(frequency_hz)
    alone = points.copy()
    alone[:, order.pulls(0)] = alone[:, order.pulls(1)] = 0.0
    variances = []
    for one in (points, alone):
        response = _response(order, one, frequency_hz)
        power = response @ _drive(order, one)[:, None] @ np.conj(response).swapaxes(-1, -2)
        diagonal = np.stack([power[..., 0, 0].real, power[..., 1, 1].real], axis=-1)
        variances.append(np.einsum("f,pfk->pk", weight, diagonal))
    ratio = variances[0] / variances[1]
    return np.where(_stable(order, points, frequency_hz)[:, None], ratio, np.inf)


def _stable(order: Order, points: Floats, frequency_hz: Floats) -> Bools:
    """Whether the loop through both pulls does not encircle the point of no return (Nyquist)."""
    diagonal, pull = _equations(order, points, frequency_hz)
    loop = 1.0 - pull[..., 0] * pull[..., 1] / (diagonal[..., 0] * diagonal[..., 1])
    turn = np.angle(loop[:, 1:] / loop[:, :-1]).sum(axis=1)
    return np.asarray((np.abs(turn) < np.pi / 2) & (loop[:, 0].real > 0.0))


def _equations(order: Order, points: Floats, frequency_hz: Floats) -> tuple[Complexes, Complexes]:
    """Own terms and pulls of both people, shape (points, frequencies, 2) each."""
    s = 2j * np.pi * frequency_hz[None, :, None]
    count = len(order.own)
    own = points[:, : 2 * count].reshape(-1, 1, 2, count)
    pull = points[:, 2 * count : 2 * count + 2 * len(order.pull)]
    pull = pull.reshape(-1, 1, 2, len(order.pull))
    late = np.exp(-s * DELAY_S)
    if count == 1:
        rate = np.exp(own[..., 0])
        return np.asarray(s + rate), np.asarray(pull[..., 0] * rate * late)
    pace, damping = np.exp(own[..., 0]), np.exp(own[..., 1])
    resistance = 2.0 * damping * pace
    drawn = pull[..., 0] * pace**2 + pull[..., 1] * resistance * s
    return np.asarray(s**2 + resistance * s + pace**2), np.asarray(drawn * late)


def _response(order: Order, points: Floats, frequency_hz: Floats) -> Complexes:
    """From both drives to both people, shape (points, frequencies, 2, 2)."""
    diagonal, pull = _equations(order, points, frequency_hz)
    determinant = diagonal[..., 0] * diagonal[..., 1] - pull[..., 0] * pull[..., 1]
    scale = _unit(order, points)
    response = np.empty((*determinant.shape, 2, 2), dtype=complex)
    response[..., 0, 0], response[..., 1, 1] = diagonal[..., 1], diagonal[..., 0]
    response[..., 0, 1], response[..., 1, 0] = pull[..., 0], pull[..., 1]
    return np.asarray(response / determinant[..., None, None] * scale[:, None, None, :])


def _unit(order: Order, points: Floats) -> Floats:
    """Scale of each drive at which a person alone has power of about one at low frequency."""
    count = len(order.own)
    own = points[:, : 2 * count].reshape(-1, 2, count)
    return np.exp(own[..., 0] * count)


def _amounts(order: Order, points: Floats) -> Floats:
    """Log of drive and floor of both people, shape (points, 2, 2)."""
    start = 2 * (len(order.own) + len(order.pull))
    return points[:, start : start + 4].reshape(-1, 2, 2)


def _drive(order: Order, points: Floats) -> Floats:
    """Covariance of the drives, shape (points, 2, 2)."""
    size = np.exp(_amounts(order, points)[:, :, 0] / 2.0)
    shared = np.tanh(points[:, -1])
    found = size[:, :, None] * size[:, None, :]
    found[:, 0, 1] *= shared
    found[:, 1, 0] *= shared
    return found
