"""Regime of a dyad: do two people calm each other or wind each other up, and how believably."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from dyadkit.dyad.arrays import Bools, Floats
from dyadkit.dyad.result import Result
from dyadkit.synchrony.dynamics.oscillator.hypotheses import hypotheses
from dyadkit.synchrony.dynamics.oscillator.models import Models


class Regime(StrEnum):
    """Regime of a dyad: what the coupling does to the two people; `str` gives the word.

    COREGULATION: coupled both ways, and the pair varies less than the two would alone, or one
    person is calmed without the pair being amplified. CODYSREGULATION: coupled both ways, and the
    pair varies more. ONE_WAY: only one follows. UNDECIDED: these data do not tell.
    """

    COREGULATION = "coregulation"
    CODYSREGULATION = "codysregulation"
    ONE_WAY = "one-way"
    UNCOUPLED = "uncoupled"
    UNDECIDED = "undecided"


CALMED = 0.8
"""A variance ratio below this is a person calmed by a fifth or more."""
AMPLIFIED = 1.1
"""A pair's variance ratio above this is amplified even if one person is calmed."""
DECIDED = 0.65
"""Belief needed to name a regime: at ten minutes of 25 s periods 3 to 4 % of verdicts are wrong."""


@dataclass(frozen=True, slots=True, eq=False)
class Belief(Result):
    """Belief in each regime: shares that add up to one, NaN where nothing could be described."""

    coregulation: float
    codysregulation: float
    one_way: float
    uncoupled: float

    def regime(self) -> Regime:
        """The regime believed at least `DECIDED`, else undecided."""
        likeliest, highest = self._highest()
        return likeliest if highest >= DECIDED else Regime.UNDECIDED

    def highest(self) -> float:
        """Belief in the likeliest regime."""
        return self._highest()[1]

    def likeliest(self) -> Regime:
        """The regime believed most, decided or not."""
        return self._highest()[0]

    def _highest(self) -> tuple[Regime, float]:
        shares = {
            Regime.COREGULATION: self.coregulation,
            Regime.CODYSREGULATION: self.codysregulation,
            Regime.ONE_WAY: self.one_way,
            Regime.UNCOUPLED: self.uncoupled,
        }
        return max(shares.items(), key=lambda item: item[1])


def believe(models: Models, covariance: Floats, ratios: Floats) -> Belief:
    """Belief in each regime.

    Between coupled both ways, one way or not at all as `hypotheses` weighs them; between calming
    and amplifying by the share of `ratios`, parametric draws of both variance ratios, shape
    (draws, 2), of the full model.
    """
    by_directions = [0.0, 0.0, 0.0]
    for hypothesis in hypotheses(models, covariance):
        by_directions[hypothesis.directions] += hypothesis.weight
    none, one, both = by_directions
    calming = float(np.mean(is_calming(ratios)))
    return Belief(both * calming, both * (1 - calming), one, none)


def is_calming(ratios: Floats) -> Bools:
    """Whether each pair of variance ratios, shape (draws, 2), is coregulation."""
    with np.errstate(divide="ignore"):
        pair = np.exp(np.log(ratios).mean(axis=1))
    return np.asarray((pair < 1) | ((ratios.min(axis=1) < CALMED) & (pair < AMPLIFIED)))
