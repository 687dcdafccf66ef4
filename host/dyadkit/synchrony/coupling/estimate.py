"""Test of coupling against chance: are two series coupled, how strongly, who leads by how much."""

from dataclasses import dataclass

import numpy as np

from dyadkit.dyad.arrays import ArrayLike, Floats
from dyadkit.dyad.result import Result
from dyadkit.synchrony.chance.extreme import excess
from dyadkit.synchrony.chance.question import Null, NullResult, Question
from dyadkit.synchrony.chance.shifts import CircularShift
from dyadkit.synchrony.chance.statistic import Contributions, Statistic
from dyadkit.synchrony.coupling.lag import Leader, Peak, lag_interval, leader_of, peak
from dyadkit.synchrony.coupling.scan import BandScan
from dyadkit.synchrony.coupling.whitening import informative_hz
from dyadkit.synchrony.grid import LAG_CONVENTION, checked_pair


@dataclass(frozen=True, slots=True, eq=False)
class CouplingWindows(Result):
    """Course of a coupling through the session, at its lag.

    times_s : shape (k,), centres, from the start of the series
    strength : shape (k,), the correlation in each stretch; NaN where data are missing
    """

    times_s: Floats
    strength: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Coupling(Result):
    """Coupling of two series: strength, lag and leader, with what chance gives.

    strength : correlation at the lag, -1 … 1; negative when one rises as the other falls
    lag_s : positive when b follows a
    lag_interval_s : 95 % bootstrap interval of the lag
    p : against the null
    leader : who moves first, NEITHER unless p <= 0.05, the interval excludes zero, and the lag is
        not the last that was tried: the true one may then lie beyond
    windows : the course of the coupling through the session
    coverage : share of the samples present in both people
    null : what it was compared with
    statistic : which statistic; `member` is the row of it (the band) that stood out most
    samples : how many samples both people share
    informative_hz : of a and b, the highest frequency that holds anything of the person; a series
        that was smoothed holds nothing above
    """

    strength: float
    lag_s: float
    lag_interval_s: tuple[float, float]
    p: float
    leader: Leader
    windows: CouplingWindows
    coverage: float
    null: NullResult
    statistic: str
    member: int
    samples: int
    rate_hz: float
    max_lag_s: float
    seed: int
    convention: str = LAG_CONVENTION
    informative_hz: tuple[float, float] = (float("nan"), float("nan"))

    @property
    def at_edge(self) -> bool:
        """Whether the lag is the last that was tried, so that the true one may lie beyond."""
        return is_at_edge(self.lag_s, self.max_lag_s, self.rate_hz)


def couple(
    a: ArrayLike,
    b: ArrayLike,
    rate_hz: float,
    max_lag_s: float = 5.0,
    null: Null | None = None,
    seed: int = 0,
) -> Coupling:
    """Test of lagged synchrony between two series: the whitened band scan against chance.

    Slow drifts that both share (longer than 100 s) are removed. A stimulus or schedule that both
    share is not: remove it with `remove_stimulus`, compare with `chance.PseudoDyads`, or give what
    was marked to `couple_with(BandScan(max_lag_s, marks=marks), …)`.

    Parameters
    ----------
    a, b : shape (n,), one grid, NaN where missing, at least a minute
    rate_hz : samples per second
    max_lag_s : lags are searched up to this, either way, to 30 s
    null : what chance is; every admissible circular shift if not given
    seed : of the lag's bootstrap and of random nulls

    Returns
    -------
    Coupling; a positive lag means b follows a

    Raises
    ------
    ValueError
        lengths differ, or a rate or lag is nonsense
    SignalError
        too short for the lag, constant, or mostly missing

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> a = rng.standard_normal(1206).cumsum()
    >>> b = 0.5 * a[:1200] + 0.5 * rng.standard_normal(1200).cumsum()
    >>> found = couple(a[6:], b, rate_hz=4.0)
    >>> found.p < 0.001, round(found.lag_s, 1), found.leader
    (True, 1.5, <Leader.A: 'a'>)

    References
    ----------
    Haugh 1976, J. Am. Stat. Assoc. 71, 378–385 (cross-correlation of whitened series); Jenkinson
    1955 (the extreme-value law behind p)
    """
    return couple_with(BandScan(max_lag_s), a, b, rate_hz, null, seed)


def couple_with(
    statistic: Statistic,
    a: ArrayLike,
    b: ArrayLike,
    rate_hz: float,
    null: Null | None = None,
    seed: int = 0,
) -> Coupling:
    """The test of `couple` with another statistic, for instance `WindowMean`.

    Parameters, result and errors as for `couple`; the statistic brings the largest lag.

    Examples
    --------
    >>> from dyadkit.synchrony.coupling import WindowMean
    >>> rng = np.random.default_rng(1)
    >>> a = rng.standard_normal(1206)
    >>> b = 0.5 * a[:1200] + 0.5 * rng.standard_normal(1200)
    >>> found = couple_with(WindowMean(max_lag_s=10.0), a[6:], b, rate_hz=4.0)
    >>> found.statistic, found.p < 0.001, round(found.lag_s, 1)
    ('window mean', True, 1.5)
    """
    x, y = checked_pair(a, b, rate_hz)
    check_lag(statistic.max_lag_s, rate_hz)
    question = Question.about(statistic, x, y, rate_hz)
    by_chance = (null or CircularShift()).judge(question, seed)
    member = int(excess(question.curves, question.windows()).members.argmax())
    parts = statistic.contributions(question.prepared_a, question.prepared_b, member, rate_hz)
    around = np.arange(-question.reach, question.reach + 1)
    top = peak(question.curves.strengths[member, around])
    interval = lag_interval(parts, float(np.sign(top.height)), seed)
    both = np.isfinite(x) & np.isfinite(y)
    return Coupling(
        strength=top.height,
        lag_s=top.lag / question.grid_hz,
        lag_interval_s=(interval[0] / question.grid_hz, interval[1] / question.grid_hz),
        p=by_chance.p,
        leader=_leader(by_chance.p, interval, top, question),
        windows=_course(parts, top),
        coverage=float(both.mean()),
        null=by_chance,
        statistic=statistic.name,
        member=member,
        samples=int(both.sum()),
        rate_hz=float(rate_hz),
        max_lag_s=question.reach / question.grid_hz,
        seed=seed,
        informative_hz=(informative_hz(x, rate_hz), informative_hz(y, rate_hz)),
    )


def is_at_edge(lag_s: float, max_lag_s: float, rate_hz: float) -> bool:
    """Whether a lag lies within a sample of the furthest that was tried."""
    return abs(lag_s) > max_lag_s - 1.0 / rate_hz


def _leader(p: float, interval: tuple[float, float], top: Peak, question: Question) -> Leader:
    if is_at_edge(top.lag, question.reach, 1.0):
        return Leader.NEITHER
    return leader_of(p, interval)


def check_lag(max_lag_s: float, rate_hz: float) -> None:
    """Raise ValueError unless the largest lag is a finite time of at least one sample."""
    if not (np.isfinite(max_lag_s) and max_lag_s * rate_hz >= 1.0):
        raise ValueError(
            f"max_lag_s must be at least one sample ({1.0 / rate_hz:g} s), not {max_lag_s}"
        )


def _course(parts: Contributions, top: Peak) -> CouplingWindows:
    column = round(top.lag) + parts.sums.shape[1] // 2
    sums, weights = parts.sums[:, column], parts.weights[:, column]
    enough = weights > 0.25 * weights.max()
    strength = np.where(enough, sums / np.where(enough, weights, 1.0), np.nan)
    return CouplingWindows(parts.times_s, strength)
