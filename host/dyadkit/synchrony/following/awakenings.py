"""Awakenings of two who sleep near each other: does one wake within a minute of the other."""

from dataclasses import dataclass

import numpy as np

from dyadkit.dyad.arrays import ArrayLike, Floats
from dyadkit.dyad.result import Result
from dyadkit.errors import SignalError

MAX_LAG_S = 60.0
MIN_AWAKENINGS = 5
NEAR_S, FAR_S, STEP_S = 180.0, 1800.0, 7.5
"""Chance: awakenings moved by 3 to 30 minutes either way. Further would compare evening with
morning, when everybody wakes more often; nearer is still within the lags."""


@dataclass(frozen=True, slots=True, eq=False)
class SharedAwakenings(Result):
    """Awakenings that follow the partner's within `max_lag_s`, both ways and together.

    p : of as many in either direction, by Šidák for having looked at two
    b_after_a, a_after_b : share of the leader's awakenings that are followed
    expected : both shares by chance
    p_b_after_a, p_a_after_b : alone
    lag_s : median of what follows in the direction that stands out more; positive: b after a
    awakenings : of a and b
    """

    p: float
    b_after_a: float
    a_after_b: float
    expected: tuple[float, float]
    p_b_after_a: float
    p_a_after_b: float
    lag_s: float
    awakenings: tuple[int, int]
    max_lag_s: float
    null: str


def couple_awakenings(
    a_s: ArrayLike, b_s: ArrayLike, duration_s: float, max_lag_s: float = MAX_LAG_S
) -> SharedAwakenings:
    """Test whether either wakes within `max_lag_s` of the other's awakening.

    Raises
    ------
    ValueError
        lags below a second or above three minutes
    SignalError
        fewer than five awakenings of one, or less than two hours

    Examples
    --------
    An infant wakes 20 times a night, the parent 15 s after half of these and by herself:

    >>> rng = np.random.default_rng(0)
    >>> infant_s = np.sort(rng.uniform(0, 28_000, 20))
    >>> parent_s = np.concatenate([infant_s[::2] + 15.0, rng.uniform(0, 28_000, 6)])
    >>> found = couple_awakenings(infant_s, parent_s, 28_800.0)
    >>> found.p < 0.05, found.b_after_a >= 0.5, round(found.lag_s)
    (True, True, 15)
    """
    if not 1.0 <= max_lag_s <= NEAR_S:
        raise ValueError(f"max_lag_s must be 1 to {NEAR_S:.0f} s, not {max_lag_s}")
    if duration_s < 4 * FAR_S:
        raise SignalError(f"{duration_s / 3600:.1f} h are too short: two hours are needed")
    a, b = (_checked(one, name) for one, name in ((a_s, "a"), (b_s, "b")))
    forth, back = _direction(a, b, duration_s, max_lag_s), _direction(b, a, duration_s, max_lag_s)
    ahead = forth[2] <= back[2]
    latencies_s = _latencies(*((a, b) if ahead else (b, a)), max_lag_s)
    lag_s = float(np.median(latencies_s)) if len(latencies_s) else float("nan")
    return SharedAwakenings(
        p=1.0 - (1.0 - min(forth[2], back[2])) ** 2,
        b_after_a=forth[0],
        a_after_b=back[0],
        expected=(forth[1], back[1]),
        p_b_after_a=forth[2],
        p_a_after_b=back[2],
        lag_s=lag_s if ahead else -lag_s,
        awakenings=(len(a), len(b)),
        max_lag_s=max_lag_s,
        null=f"awakenings moved by {NEAR_S / 60:.0f} to {FAR_S / 60:.0f} minutes either way",
    )


def _checked(times_s: ArrayLike, name: str) -> Floats:
    times = np.sort(np.asarray(times_s, dtype=float))
    times = np.asarray(times[np.isfinite(times)])
    if len(times) < MIN_AWAKENINGS:
        raise SignalError(f"{name} wakes {len(times)} times; {MIN_AWAKENINGS} are needed")
    return times


def _direction(
    leader: Floats, follower: Floats, duration_s: float, max_lag_s: float
) -> tuple[float, float, float]:
    """Share of the leader's awakenings that are followed, by chance, and p.

    1. Counts at neighbouring moves overlap within the lag, so they are smoothed by nothing and
       read from a negative binomial law of their mean and variance: ranks of few moves are coarse.
    2. The law is never narrower than Poisson's: few counts can look alike by accident.
    """
    seen = _followed(leader, follower, max_lag_s)
    steps = np.arange(NEAR_S, FAR_S + STEP_S, STEP_S)
    moved = np.array([
        _followed(leader, np.mod(follower + shift, duration_s), max_lag_s)
        for shift in np.concatenate([-steps, steps])
    ])  # fmt: skip
    share, expected = seen / len(leader), float(moved.mean()) / len(leader)
    return share, expected, _tail(seen, float(moved.mean()), float(moved.var(ddof=1)))


def _tail(seen: int, mean: float, variance: float) -> float:
    """P of a count of `seen` or more, half of its own probability counted (mid-p)."""
    from scipy import stats

    mean = max(mean, 1e-3)
    size = mean**2 / max(variance - mean, 1e-6 * mean)  # endless: Poisson's law
    law = stats.nbinom(size, size / (size + mean))
    return float(law.sf(seen) + 0.5 * law.pmf(seen))


def _followed(leader: Floats, follower: Floats, max_lag_s: float) -> int:
    ordered = np.sort(follower)
    first = np.searchsorted(ordered, leader, side="right")
    last = np.searchsorted(ordered, leader + max_lag_s, side="right")
    return int((last > first).sum())


def _latencies(leader: Floats, follower: Floats, max_lag_s: float) -> Floats:
    """Time from each of the leader's awakenings to the next of the follower, within the lag."""
    places = np.searchsorted(follower, leader, side="right")
    there = places < len(follower)
    after_s = follower[places[there]] - leader[there]
    return np.asarray(after_s[after_s <= max_lag_s])
