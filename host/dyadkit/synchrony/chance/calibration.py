"""False-positive rate on people who never met: how often a test cries wolf on your own data."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats

from dyadkit.dyad.arrays import ArrayLike, Floats
from dyadkit.dyad.result import Result
from dyadkit.synchrony.chance.question import Null, Question
from dyadkit.synchrony.chance.shifts import CircularShift
from dyadkit.synchrony.chance.statistic import Statistic
from dyadkit.synchrony.grid import checked_pair, checked_values

LEVEL = 0.05
ACCEPTED = (0.03, 0.07)


@dataclass(frozen=True, slots=True)
class Unpaired:
    """Which pairs of series serve as people who cannot be coupled.

    sessions : one label per series; series of one session are never paired; empty if all differ
    pairs : at most so many, drawn at random

    Examples
    --------
    >>> chosen = Unpaired(sessions=("first", "first", "second")).chosen(3, np.random.default_rng(0))
    >>> sorted(chosen)                                  # 0 and 1 sat together, so they are no pair
    [(0, 2), (1, 2)]
    """

    sessions: tuple[int | str, ...] = ()
    pairs: int = 300

    def chosen(self, count: int, rng: np.random.Generator) -> list[tuple[int, int]]:
        """Pairs of numbers of series; ValueError where labels miss or no two may be paired."""
        if self.sessions and len(self.sessions) != count:
            raise ValueError(f"{len(self.sessions)} session labels for {count} series")
        labels = self.sessions or tuple(range(count))
        pairs = itertools.combinations(range(count), 2)
        every = [(i, j) for i, j in pairs if labels[i] != labels[j]]
        if not every:
            raise ValueError("calibration needs at least two series of different sessions")
        order = rng.permutation(len(every))[: self.pairs]
        return [every[k] for k in order]


@dataclass(frozen=True, slots=True, eq=False)
class NullCalibration(Result):
    """False-positive rate of a test: how often unpaired people were called coupled at p <= 0.05.

    rate : share of the pairs; interval : its 95 % interval (Wilson)
    p : shape (pairs,), all p-values
    statistic, null : what was tried
    warnings : filled when the rate leaves 3-7 %
    """

    rate: float
    interval: tuple[float, float]
    p: Floats
    pairs: int
    statistic: str
    null: str
    rate_hz: float
    max_lag_s: float
    seed: int
    warnings: tuple[str, ...]


def calibrate(
    series: Sequence[ArrayLike],
    rate_hz: float,
    statistic: Statistic | None = None,
    null: Null | None = None,
    unpaired: Unpaired | None = None,
    seed: int = 0,
) -> NullCalibration:
    """The false-positive rate of a statistic and a null on series of people who never met.

    Parameters
    ----------
    series : one per person, each of shape (n,), NaN where missing; pairs are cut to the shorter one
    rate_hz : samples per second
    statistic, null : as for `couple_with`; the defaults of `couple` if not given
    unpaired : which pairs to form; all pairs of different series, at most 300, if not given

    Raises
    ------
    ValueError
        fewer than two series that may be paired
    SignalError
        a series is too short, constant or mostly missing

    Examples
    --------
    >>> strangers = np.random.default_rng(0).standard_normal((8, 1200)).cumsum(axis=1)
    >>> found = calibrate(strangers, rate_hz=4.0)
    >>> found.pairs, round(found.rate, 2), [round(end, 2) for end in found.interval]
    (28, 0.07, [0.02, 0.23])

    References
    ----------
    Wilson 1927, J. Am. Stat. Assoc. 22, 209–212 (the interval)
    """
    if statistic is None:
        from dyadkit.synchrony.coupling.scan import BandScan  # which itself needs this package

        statistic = BandScan()
    people = [checked_values(one, f"series {k}") for k, one in enumerate(series)]
    chosen = (unpaired or Unpaired()).chosen(len(people), np.random.default_rng(seed))
    results = []
    for k, (i, j) in enumerate(chosen):
        n = min(len(people[i]), len(people[j]))
        pair = checked_pair(people[i][:n], people[j][:n], rate_hz)
        question = Question.about(statistic, *pair, rate_hz)
        results.append((null or CircularShift()).judge(question, seed + k))
    p = np.array([one.p for one in results])
    found = stats.binomtest(int(np.sum(p <= LEVEL)), len(p))
    low, high = found.proportion_ci(0.95, method="wilson")
    return NullCalibration(
        rate=float(found.statistic),
        interval=(float(low), float(high)),
        p=p,
        pairs=len(p),
        statistic=statistic.name,
        null=results[0].name,
        rate_hz=float(rate_hz),
        max_lag_s=statistic.max_lag_s,
        seed=seed,
        warnings=_warnings(found.statistic, (low, high), len(p)),
    )


def _warnings(rate: float, interval: tuple[float, float], pairs: int) -> tuple[str, ...]:
    if ACCEPTED[0] <= rate <= ACCEPTED[1]:
        return ()
    low, high = interval
    if low <= LEVEL <= high:
        meaning = "too few pairs to tell whether that holds"
    elif rate > LEVEL:
        meaning = "do not trust p <= 0.05"
    else:
        meaning = "p is cautious, and true coupling is missed"
    return (
        f"{rate:.1%} of {pairs} unpaired pairs were called coupled (95 % interval {low:.1%} to "
        f"{high:.1%}) where 5 % are due: {meaning}",
    )
