"""Coupling of a group of dyads: each against chance, all together, and a shared environment."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import combinations

import numpy as np
from scipy import stats

from dyadkit.dyad.arrays import ArrayLike, Bools, Floats, Ints
from dyadkit.dyad.result import Result
from dyadkit.synchrony.chance.correction import holm
from dyadkit.synchrony.chance.extreme import LagWindows, excess
from dyadkit.synchrony.chance.question import MIN_SHIFT_S, Question
from dyadkit.synchrony.chance.shifts import CircularShift
from dyadkit.synchrony.chance.statistic import Statistic, reach
from dyadkit.synchrony.coupling.estimate import check_lag
from dyadkit.synchrony.coupling.scan import BandScan
from dyadkit.synchrony.grid import check_rate, checked_pair

LEVEL = 0.05
DRAWS = 9999
MIN_DYADS = 2


@dataclass(frozen=True, slots=True, eq=False)
class GroupCoupling(Result):
    """Coupling of a group of dyads.

    p : shape (dyads,), each against its own circular shifts
    q : shape (dyads,), false-discovery rate at which each would be called coupled
    found : shape (dyads,), q <= 0.05
    p_any : is any dyad coupled, against its own circular shifts: the smallest p, corrected (Holm)
    p_together : are dyads like these coupled on the whole: their mean deviate against its spread
        over clusters, so that one strongly coupled dyad does not speak for twelve
    p_partner : are real partners more coupled than same-time partners from other dyads; shared
        schedules, tasks and stimuli cannot explain that; NaN with fewer than two dyads
    excess : shape (dyads, dyads), row a, column b: real dyads on the diagonal, in standard
        deviations over circular shifts
    clusters : shape (dyads,), dyads that share a person, in one session or several, are one cluster
        and count once
    draws, seed : of the exchange of partners
    samples : shape (dyads,), how many both people share
    null : what `p` was compared with
    warnings : what the figures do not support
    """

    p: Floats
    q: Floats
    found: Bools
    p_together: float
    p_partner: float
    excess: Floats
    statistic: str
    rate_hz: float
    max_lag_s: float
    samples: Ints
    null: str
    draws: int
    seed: int
    warnings: tuple[str, ...]
    p_any: float = float("nan")
    clusters: Ints = field(default_factory=lambda: np.empty(0, dtype=np.int64))


def assess(
    dyads: Sequence[tuple[ArrayLike, ArrayLike]],
    rate_hz: float,
    max_lag_s: float = 5.0,
    statistic: Statistic | None = None,
    seed: int = 0,
    people: Sequence[tuple[str, str]] | None = None,
) -> GroupCoupling:
    """Test of coupling in a group of dyads recorded under one schedule.

    Roles must be constant: person a of every dyad plays the same role. Sessions of different length
    are compared over the shorter one from their start.

    Parameters
    ----------
    dyads : pairs of series, each on one grid from the session's start, NaN where missing
    rate_hz : samples per second
    max_lag_s : lags are searched up to this; a `statistic` brings its own
    statistic : the band scan if not given
    people : who a and b of each dyad are; several sessions of one dyad, and the dyads of a family,
        are told by it. All are different people if not given

    Raises
    ------
    ValueError
        fewer than two dyads that share nobody, or nonsense in one of them
    SignalError
        a dyad has too little data

    Examples
    --------
    Six pairs of strangers saw one film: coupled by their own shifts, not by exchanged partners.

    >>> rng = np.random.default_rng(0)
    >>> film = rng.standard_normal(1200)
    >>> dyads = [tuple(film + rng.standard_normal((2, 1200))) for _ in range(6)]
    >>> found = assess(dyads, rate_hz=4.0)
    >>> found.p_together < 0.001, found.p_partner > 0.05, len(found.warnings)
    (True, True, 1)

    References
    ----------
    Benjamini & Hochberg 1995, J. R. Stat. Soc. B 57, 289–300; Holm 1979
    """
    scan = statistic or BandScan(max_lag_s)
    check_rate(rate_hz)
    check_lag(scan.max_lag_s, rate_hz)
    if len(dyads) < MIN_DYADS:
        raise ValueError("a group needs at least two dyads: use couple for one")
    clusters = _clusters(people, len(dyads))
    pairs = [checked_pair(a, b, rate_hz) for a, b in dyads]
    rng = np.random.default_rng(seed)
    p = np.array([_own_p(scan, pair, rate_hz, seed) for pair in pairs])
    q = stats.false_discovery_control(p)
    matrix = _every_pair(scan, pairs, rate_hz)
    p_together, p_partner = _together(p, clusters), _partners(matrix, clusters, rng)
    return GroupCoupling(
        p=p,
        q=q,
        found=q <= LEVEL,
        p_together=p_together,
        p_partner=p_partner,
        excess=matrix,
        statistic=scan.name,
        rate_hz=float(rate_hz),
        max_lag_s=scan.max_lag_s,
        samples=np.array([np.isfinite(a + b).sum() for a, b in pairs]),
        null="circular shift",
        draws=DRAWS,
        seed=seed,
        warnings=_warnings(p_together, p_partner, int(clusters.max()) + 1),
        p_any=min(holm(dict(enumerate(p.tolist()))).values()),
        clusters=clusters,
    )


def _own_p(scan: Statistic, pair: tuple[Floats, Floats], rate_hz: float, seed: int) -> float:
    """As `couple` gives it."""
    return CircularShift().judge(Question.about(scan, *pair, rate_hz), seed).p


def _windows(scan: Statistic, rate_hz: float) -> LagWindows:
    min_shift_s = max(MIN_SHIFT_S, 3.0 * scan.max_lag_s)
    return LagWindows(reach(scan, rate_hz), round(min_shift_s * scan.grid_hz(rate_hz)))


def _every_pair(scan: Statistic, pairs: list[tuple[Floats, Floats]], rate_hz: float) -> Floats:
    """Excess of every a with every b at the same time."""
    windows = _windows(scan, rate_hz)
    whole = [tuple(scan.prepared(one, rate_hz) for one in pair) for pair in pairs]
    matrix = np.empty((len(pairs), len(pairs)))
    for row, column in np.ndindex(matrix.shape):
        a, b = pairs[row][0], pairs[column][1]
        n = min(len(a), len(b))
        together = checked_pair(a[:n], b[:n], rate_hz)
        prepared = [
            ready if len(one) == n else scan.prepared(cut, rate_hz)
            for ready, one, cut in zip(
                (whole[row][0], whole[column][1]), (a, b), together, strict=True
            )
        ]
        matrix[row, column] = excess(scan.curves(*prepared), windows).observed
    return matrix


def _clusters(people: Sequence[tuple[str, str]] | None, count: int) -> Ints:
    """Cluster of each dyad, numbered from 0: dyads that a chain of shared people joins are one.

    Raises
    ------
    ValueError
        people of another number of dyads, or fewer than two clusters
    """
    named = people or [(f"a {k}", f"b {k}") for k in range(count)]
    if len(named) != count:
        raise ValueError(f"people of {len(named)} dyads were given, series of {count}")
    number = np.arange(count)
    for first, second in combinations(range(count), 2):
        if set(named[first]) & set(named[second]):
            number[number == number[second]] = number[first]
    found = np.unique(number, return_inverse=True)[1]
    if found.max() + 1 < MIN_DYADS:
        raise ValueError("all dyads share people: a group needs two that do not")
    return np.asarray(found, dtype=np.int64)


def _together(p: Floats, clusters: Ints) -> float:
    """Are dyads coupled on the whole: a t test of their p-values' deviates, a cluster each.

    Each p comes from all of a dyad's shifts. Drawing single shifts and ranking their sum has been
    measured to call 11 % of groups of strangers coupled: shifts come in clumps.
    """
    deviates = stats.norm.isf(np.clip(p, 1e-300, 1.0 - 1e-9))
    means = np.bincount(clusters, deviates) / np.bincount(clusters)
    spread = max(float(means.std(ddof=1)), 1e-9) / np.sqrt(len(means))
    return float(stats.t.sf(means.mean() / spread, len(means) - 1))


def _partners(matrix: Floats, clusters: Ints, rng: np.random.Generator) -> float:
    """Permutation p of the mean excess of real partners: partners exchanged between clusters."""
    count = int(clusters.max()) + 1
    within = np.eye(count)[clusters]
    sizes = within.sum(axis=0)
    means = within.T @ matrix @ within / np.outer(sizes, sizes)
    real = within.T @ np.diag(matrix) / sizes
    means[np.diag_indices(count)] = real
    orders = rng.permuted(np.tile(np.arange(count), (DRAWS, 1)), axis=1)
    null = means[np.arange(count), orders].sum(axis=1)
    return float((1 + np.sum(null >= real.sum() - 1e-12)) / (DRAWS + 1))


def _warnings(p_together: float, p_partner: float, count: int) -> tuple[str, ...]:
    if p_together > LEVEL or p_partner <= LEVEL:
        return ()
    few = f"; with {count} dyads that comparison can hardly succeed" if count < 5 else ""
    return (
        "only the circular shift supports coupling: same-time partners from other dyads agree as "
        f"much (p = {p_partner:.2f}), so a shared schedule or stimulus may explain it{few}",
    )
