"""Test of following: do one person's events come after the other's, how late, who first."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dyadkit.dyad.arrays import Floats
from dyadkit.dyad.result import Result
from dyadkit.dyad.traces import Mark
from dyadkit.errors import SignalError
from dyadkit.synchrony.context.conditions import condition_spans
from dyadkit.synchrony.coupling.lag import Leader
from dyadkit.synchrony.following.law import p_of
from dyadkit.synchrony.following.score import LagScores, lag_scores
from dyadkit.synchrony.following.train import BINS_HZ, Train

LEVEL = 0.05
LAG_STEP_S = 0.5
MIN_DURATION_S = 120.0
TOP_DROP = 1.92
"""Half of the 95 % point of chi-square: lags whose log likelihood falls by less are in the
interval."""


@dataclass(frozen=True, slots=True)
class Search:
    """Where following is looked for: lags up to `max_lag_s`, given what was marked.

    max_lag_s : answers later than this do not count, up to 30 s
    marks : conditions whose own rates belong to chance

    Raises
    ------
    ValueError
        a lag below one second or above thirty
    """

    max_lag_s: float = 10.0
    marks: tuple[Mark, ...] = ()

    def __post_init__(self) -> None:
        """Refuse nonsense."""
        if not 1.0 <= self.max_lag_s <= 30.0:
            raise ValueError(f"max_lag_s of following must be 1 to 30 s, not {self.max_lag_s}")

    @property
    def lags_s(self) -> Floats:
        """The lags that are tried."""
        return np.asarray(np.arange(1, round(self.max_lag_s / LAG_STEP_S) + 1) * LAG_STEP_S)


SEARCH = Search()


@dataclass(frozen=True, slots=True, eq=False)
class Following(Result):
    """Following of one person by the other's events.

    p : chance of so much following at any lag, in the session or a part of it, if nobody follows
    lag_s, lag_interval_s : how much later the answers are; with a 95 % likelihood interval
    share : expected answers per event of the leader at that lag, beyond the follower's own rate
    share_interval : 95 %
    leader_events, follower_events : how many there were
    at_edge : the best lag is the last that was tried, so the true one may lie beyond
    dispersion : how much more the scores vary by chance than a Poisson rate's would
    """

    p: float
    lag_s: float
    lag_interval_s: tuple[float, float]
    share: float
    share_interval: tuple[float, float]
    leader_events: int
    follower_events: int
    at_edge: bool
    dispersion: float

    @property
    def latency_s(self) -> float:
        """The lag, as the latency of an answer."""
        return self.lag_s


@dataclass(frozen=True, slots=True, eq=False)
class EventCoupling(Result):
    """Coupling of two people's events, both directions under one error rate.

    p : smaller p of the two directions, by Šidák for having looked at two
    a_to_b, b_to_a : how b follows a, and a follows b
    leader : A where b follows a and the reverse is not shown; NEITHER where the lag is at the edge
    lag_s : of the direction that stands out more; positive when b follows a
    """

    p: float
    a_to_b: Following
    b_to_a: Following
    leader: Leader
    lag_s: float
    lag_interval_s: tuple[float, float]
    max_lag_s: float


def couple_events(a: Train, b: Train, search: Search = SEARCH) -> EventCoupling:
    """Coupling of two people's events: does either respond after the other did.

    Raises
    ------
    ValueError
        trains of different length
    SignalError
        fewer than five events of one, or less than two minutes

    Examples
    --------
    b answers half of a's responses three seconds later:

    >>> rng = np.random.default_rng(1)
    >>> own_a, own_b = rng.uniform(0, 600, (2, 80))
    >>> b_s = np.concatenate([own_b, own_a[:40] + 3.0])
    >>> found = couple_events(Train.of(own_a, 600.0), Train.of(b_s, 600.0))
    >>> found.p < 0.001, found.leader, round(found.lag_s)
    (True, <Leader.A: 'a'>, 3)
    """
    a_to_b, b_to_a = follows(a, b, search), follows(b, a, search)
    p = 1.0 - (1.0 - min(a_to_b.p, b_to_a.p)) ** 2
    ahead = a_to_b.p <= b_to_a.p
    top = a_to_b if ahead else b_to_a
    low, high = top.lag_interval_s
    return EventCoupling(
        p=p,
        a_to_b=a_to_b,
        b_to_a=b_to_a,
        leader=_leader(a_to_b, b_to_a),
        lag_s=top.lag_s if ahead else -top.lag_s,
        lag_interval_s=(low, high) if ahead else (-high, -low),
        max_lag_s=search.max_lag_s,
    )


def follows(leader: Train, follower: Train, search: Search = SEARCH) -> Following:
    """Following of one direction: does `follower` respond after `leader` did; errors as above."""
    if len(leader.counts) != len(follower.counts):
        raise ValueError(
            f"trains of {len(leader.counts)} and {len(follower.counts)} bins: put both on one time"
        )
    duration_s = len(leader.counts) / BINS_HZ
    if duration_s < MIN_DURATION_S:
        raise SignalError(f"{duration_s:.0f} s are too short: {MIN_DURATION_S:.0f} s are needed")
    leader.checked("one person")
    follower.checked("one person")
    found = scores_of(leader, follower, search)
    p, best = p_of(found)
    return _described(found, p, best, (leader.events, follower.events))


def scores_of(leader: Train, follower: Train, search: Search = SEARCH) -> LagScores:
    """Scores of one direction at every lag, as `follows` tests them."""
    indicators = _indicators(search.marks, len(leader.counts))
    return lag_scores(leader, follower, indicators, search.lags_s)


def _described(found: LagScores, p: float, best: int, events: tuple[int, int]) -> Following:
    share = float(found.gain[best])
    spread = abs(share / float(found.whole[best])) if found.whole[best] else float("inf")
    return Following(
        p=p,
        lag_s=_between(found.lags_s, found.whole, best),
        lag_interval_s=_interval(found.lags_s, found.whole, best),
        share=share,
        share_interval=(share - 1.96 * spread, share + 1.96 * spread),
        leader_events=events[0],
        follower_events=events[1],
        at_edge=best == len(found.lags_s) - 1,
        dispersion=found.rolls.dispersion,
    )


def _leader(a_to_b: Following, b_to_a: Following) -> Leader:
    """One leads where its direction alone holds after Šidák, and not at the edge of the lags."""
    sure = 1.0 - np.sqrt(1.0 - LEVEL)
    for one, other, who in ((a_to_b, b_to_a, Leader.A), (b_to_a, a_to_b, Leader.B)):
        if one.p <= sure and other.p > LEVEL and not one.at_edge:
            return who
    return Leader.NEITHER


def _between(lags_s: Floats, scores: Floats, best: int) -> float:
    """Top of the parabola through the best lag and its neighbours."""
    if not 0 < best < len(scores) - 1:
        return float(lags_s[best])
    left, middle, right = scores[best - 1 : best + 2]
    curvature = left - 2.0 * middle + right
    beside = 0.5 * float((left - right) / curvature) if curvature < 0.0 else 0.0
    return float(lags_s[best] + LAG_STEP_S * np.clip(beside, -0.5, 0.5))


def _interval(lags_s: Floats, scores: Floats, best: int) -> tuple[float, float]:
    """Lags whose likelihood is near the best one's, between steps by straight lines."""
    likelihood = 0.5 * np.maximum(scores, 0.0) ** 2
    short = likelihood[best] - likelihood > TOP_DROP
    low = np.flatnonzero(short[:best])
    high = np.flatnonzero(short[best:]) + best
    first = float(lags_s[low[-1]]) + LAG_STEP_S / 2 if len(low) else float(lags_s[0]) / 2
    last = float(lags_s[high[0]]) - LAG_STEP_S / 2 if len(high) else float(lags_s[-1])
    return first, last


def _indicators(marks: Sequence[Mark], count: int) -> Floats:
    """1 within each marked condition, one column a label but the first; shape (n, labels)."""
    times_s = (np.arange(count) + 0.5) / BINS_HZ
    spans = condition_spans(marks, count / BINS_HZ)
    labels = list(dict.fromkeys(one.label for one in spans))
    columns = np.zeros((count, len(labels)))
    for one in spans:
        inside = (times_s >= one.start_s) & (times_s < one.stop_s)
        columns[inside, labels.index(one.label)] = 1.0
    return columns
