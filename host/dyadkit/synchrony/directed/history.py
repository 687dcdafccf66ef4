"""Histories: how much of the past to look at, chosen for each direction by BIC, or fixed."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from dyadkit.dyad.arrays import Floats
from dyadkit.synchrony.directed.regression import Target, gain, lagged

MIN_HISTORY = 2


@dataclass(frozen=True, slots=True)
class HistoryPlan:
    """Own history, longest and shortest history of the other, and where it starts, in samples."""

    own: int
    max_other: int
    min_other: int
    delay: int

    @property
    def start(self) -> int:
        """The first sample that has all its past."""
        return max(self.own, self.max_other + self.delay - 1)


class History(Protocol):
    """A rule for how much of the past to look at."""

    def plan(self, series: Floats, rate_hz: float, max_history: int) -> HistoryPlan:
        """For predicting `series`, with at most `max_history` samples."""


@dataclass(frozen=True, slots=True)
class ByBIC:
    """Histories by the Bayesian information criterion, chosen anew for each shift as well.

    At least two samples, at most `max_s` seconds and `max_samples` samples.

    Examples
    --------
    >>> series = np.zeros(600)
    >>> for now, kick in enumerate(np.random.default_rng(0).standard_normal(597), start=3):
    ...     series[now] = 0.8 * series[now - 3] + kick               # the past that matters: three
    >>> ByBIC(max_s=10.0).plan(series, rate_hz=1.0, max_history=100).own
    3

    References
    ----------
    Schwarz 1978, Ann. Stat. 6, 461–464
    """

    max_s: float = 5.0
    max_samples: int = 40

    def plan(self, series: Floats, rate_hz: float, max_history: int) -> HistoryPlan:
        """Own history by BIC now; the other's when it is known."""
        max_order = min(round(self.max_s * rate_hz), self.max_samples, max_history)
        max_order = max(max_order, MIN_HISTORY)
        rows = series[max_order:]
        alone = Target(rows, np.empty((len(rows), 0)), max_order)
        own = gain(alone, lagged(series, 1, max_order, max_order)).best(MIN_HISTORY)
        return HistoryPlan(own, max_order, MIN_HISTORY, 1)


BY_BIC = ByBIC()


@dataclass(frozen=True, slots=True)
class Fixed:
    """Histories in samples, and the most recent sample of the other that counts, `delay` back.

    Raises
    ------
    ValueError
        a count below 1

    Examples
    --------
    >>> from dyadkit.synchrony.directed import granger
    >>> a, b = np.random.default_rng(0).standard_normal((2, 300))
    >>> b[3:] += a[:-3]
    >>> [granger(a, b, 1.0, Fixed(1, 1, delay)).a_to_b.p < 0.05 for delay in (2, 3)]
    [False, True]
    """

    own: int
    other: int
    delay: int = 1

    def __post_init__(self) -> None:
        """Refuse nonsense."""
        if min(self.own, self.other, self.delay) < 1:
            raise ValueError("own, other and delay are counts of samples, at least 1")

    def plan(self, series: Floats, rate_hz: float, max_history: int) -> HistoryPlan:
        """As given, whatever the series."""
        return HistoryPlan(self.own, self.other, self.other, self.delay)
