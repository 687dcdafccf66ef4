"""Hypotheses of coupling between two people: which there may be, and how believable each is."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

import numpy as np

from dyadkit.dyad.arrays import Floats
from dyadkit.synchrony.dynamics.oscillator.likelihood import INTO_A, INTO_B, Parameter
from dyadkit.synchrony.dynamics.oscillator.models import Models

PRIOR = {0: 0.55, 1: 0.25, 2: 0.20}
"""Belief before the data that so many of the two directions are coupled. Strangers come first."""

_WAYS = (0, 1, 2, 3)
"""Held at zero in one direction: nothing, the coupling, the velocity coupling, both."""


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """One way of being coupled: which coupling parameters are held at zero.

    directions : how many of the two directions are coupled
    weight : belief in it; all hypotheses together add up to one
    """

    held: tuple[Parameter, ...]
    directions: int
    weight: float


def hypotheses(models: Models, covariance: Floats) -> tuple[Hypothesis, ...]:
    """The sixteen ways of being coupled, weighed by the data.

    A person may be pulled by the partner's level, by its change, by both or by none: asking only
    for both spends two parameters on what one describes, and misses weak directions. Schwarz's
    approximation, with the number of periods seen as sample size (a period is about one
    independent observation); likelihood ratios are exact for the three fitted restrictions, from
    the curvature of the likelihood for the others.

    References
    ----------
    Schwarz 1978, Ann. Stat. 6, 461–464; Raftery 1995, Sociol. Methodol. 25, 111–163
    """
    penalty = float(np.log(max(models.periods, 2.0)))
    each = list(_ways(models, covariance))
    counts = {number: sum(one[1] == number for one in each) for number in PRIOR}
    scores = np.array(
        [
            np.log(PRIOR[directions] / counts[directions]) - 0.5 * (ratio - len(held) * penalty)
            for held, directions, ratio in each
        ]
    )
    weights = np.exp(scores - scores.max())
    weights /= weights.sum()
    return tuple(
        Hypothesis(held, directions, float(weight))
        for (held, directions, _), weight in zip(each, weights, strict=True)
    )


def _ways(models: Models, covariance: Floats) -> Iterator[tuple[tuple[Parameter, ...], int, float]]:
    """What each hypothesis holds, how many directions it leaves, and its likelihood ratio."""
    fitted = {
        INTO_B: models.ratio(models.without_a_to_b),
        INTO_A: models.ratio(models.without_b_to_a),
        INTO_A + INTO_B: models.ratio(models.uncoupled),
    }
    point = models.full.point
    for into_a, into_b in product(_WAYS, _WAYS):
        held = _held(INTO_A, into_a) + _held(INTO_B, into_b)
        directions = (into_a != 3) + (into_b != 3)
        places = list(held)
        curvature = np.linalg.pinv(covariance[np.ix_(places, places)])
        ratio = float(point[places] @ curvature @ point[places])
        yield held, directions, fitted.get(held, ratio)


def _held(into: tuple[Parameter, Parameter], way: int) -> tuple[Parameter, ...]:
    return tuple(parameter for bit, parameter in enumerate(into) if way >> bit & 1)
