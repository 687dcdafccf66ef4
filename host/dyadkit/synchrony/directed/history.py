"""How much of the past to look at: chosen for each direction by BIC, or fixed."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from dyadkit.dyad.arrays import Floats
from dyadkit.synchrony.directed.regression import Target, gain, lagged

SHORTEST_HISTORY = 2


@dataclass(frozen=True, slots=True)
class Plan:
    """Own history, longest and shortest history of the other, and where it starts, in samples."""

    own: int
    longest_other: int
    shortest_other: int
    delay: int

    @property
    def start(self) -> int:
        """The first sample that has all its past."""
        return max(self.own, self.longest_other + self.delay - 1)


class History(Protocol):
    """How much of the past to look at."""

    def plan(self, series: Floats, rate_hz: float, most: int) -> Plan:
        """For predicting `series`, with at most `most` samples."""


@dataclass(frozen=True, slots=True)
class ByBIC:
    """Histories by the Bayesian information criterion, chosen anew for each shift as well.

    At least two samples, at most `longest_s` seconds and `most_samples` samples.
    """

    longest_s: float = 5.0
    most_samples: int = 40

    def plan(self, series: Floats, rate_hz: float, most: int) -> Plan:
        """Own history by BIC now; the other's when it is known."""
        longest = min(round(self.longest_s * rate_hz), self.most_samples, most)
        longest = max(longest, SHORTEST_HISTORY)
        rows = series[longest:]
        alone = Target(rows, np.empty((len(rows), 0)), longest)
        own = gain(alone, lagged(series, 1, longest, longest)).best(SHORTEST_HISTORY)
        return Plan(own, longest, SHORTEST_HISTORY, 1)


BY_BIC = ByBIC()


@dataclass(frozen=True, slots=True)
class Fixed:
    """Histories in samples, and the most recent sample of the other that counts, `delay` back."""

    own: int
    other: int
    delay: int = 1

    def __post_init__(self) -> None:
        """Refuse nonsense."""
        if min(self.own, self.other, self.delay) < 1:
            raise ValueError("own, other and delay are counts of samples, at least 1")

    def plan(self, series: Floats, rate_hz: float, most: int) -> Plan:
        """As given, whatever the series."""
        return Plan(self.own, self.other, self.other, self.delay)
