"""Do these two calm each other or wind each other up: the regime and the probability behind it."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from dyadkit.arrays import Bools, Floats
from dyadkit.result import Result
from dyadkit.synchrony.dynamics.models import Models


class Regime(StrEnum):
    """What the coupling does to the two people; `str` gives the word.

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
DECIDED = 0.7
"""Belief needed to name a regime."""


@dataclass(frozen=True, slots=True, eq=False)
class Belief(Result):
    """Share of belief in each regime; they add up to one. NaN where nothing could be described."""

    coregulation: float
    codysregulation: float
    one_way: float
    uncoupled: float

    def regime(self) -> Regime:
        """The regime believed at least `DECIDED`, else undecided."""
        likeliest, highest = self._likeliest()
        return likeliest if highest >= DECIDED else Regime.UNDECIDED

    def highest(self) -> float:
        """Belief in the likeliest regime."""
        return self._likeliest()[1]

    def _likeliest(self) -> tuple[Regime, float]:
        shares = {
            Regime.COREGULATION: self.coregulation,
            Regime.CODYSREGULATION: self.codysregulation,
            Regime.ONE_WAY: self.one_way,
            Regime.UNCOUPLED: self.uncoupled,
        }
        return max(shares.items(), key=lambda item: item[1])


def believe(models: Models, ratios: Floats) -> Belief:
    """Belief in each regime.

    Between coupled both ways, one way or not at all by Schwarz's approximation, with the number
    of periods seen as sample size (a period is about one independent observation of damping and
    coupling); between calming and amplifying by the share of `ratios`, parametric draws of both
    variance ratios, shape (draws, 2).

    References
    ----------
    Schwarz 1978, Ann. Stat. 6, 461–464; Raftery 1995, Sociol. Methodol. 25, 111–163
    """
    penalty = np.log(max(models.periods, 2.0))
    restrictions = (models.without_a_to_b, models.without_b_to_a, models.uncoupled)
    lost = np.array([0, 2, 2, 4])
    ratio = np.array([0.0, *(models.ratio(restricted) for restricted in restrictions)])
    weights = np.exp(-0.5 * (ratio - lost * penalty - (ratio - lost * penalty).min()))
    both, only_b_to_a, only_a_to_b, none = (weights / weights.sum()).tolist()
    calming = float(np.mean(is_calming(ratios)))
    return Belief(both * calming, both * (1 - calming), only_a_to_b + only_b_to_a, none)


def is_calming(ratios: Floats) -> Bools:
    """Whether each pair of variance ratios, shape (draws, 2), is coregulation."""
    with np.errstate(divide="ignore"):
        pair = np.exp(np.log(ratios).mean(axis=1))
    return np.asarray((pair < 1) | ((ratios.min(axis=1) < CALMED) & (pair < AMPLIFIED)))
