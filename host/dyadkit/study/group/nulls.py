"""Tests that combine the dyads' own p values: is any dyad coupled, and how many at least."""

from dataclasses import dataclass

import numpy as np
from scipy import stats

from dyadkit.dyad.arrays import Floats
from dyadkit.dyad.result import Result
from dyadkit.errors import SignalError
from dyadkit.study.group.sample import Sample

MIN_P = 1e-12
"""A session's p is not known beyond that: its tail is extrapolated."""
LEVEL = 0.05


@dataclass(frozen=True, slots=True, eq=False)
class Prevalence(Result):
    """How many dyads are coupled.

    p_any : of the global null, that no dyad is
    p_majority : that at most half of them are
    min_coupled : how many are, at 95 % confidence
    significant : how many are at p ≤ 0.05, uncorrected: chance alone gives one in twenty
    """

    dyads: int
    p_any: float
    p_majority: float
    min_coupled: int
    significant: int


def prevalence(sample: Sample) -> Prevalence:
    """Global null and prevalence from one p a dyad, sessions of a dyad combined before.

    Partial conjunctions: that at least u of n dyads are coupled is tested by the n - u + 1 largest
    p values, which says nothing of the strength of any.

    Raises
    ------
    SignalError
        no dyad has a p

    Examples
    --------
    One coupled dyad of twelve: some dyad is coupled, most are not shown to be.

    >>> p = np.append(np.linspace(0.1, 0.95, 11), 1e-9)
    >>> found = prevalence(Sample.of(np.zeros(12)).with_p(p))
    >>> found.p_any < 0.001, found.min_coupled, found.p_majority > 0.05
    (True, 1, True)

    References
    ----------
    Fisher 1925; Benjamini & Heller 2008, Biometrics 64, 1215–1222
    """
    p = np.sort(p_of_dyads(sample))
    count = len(p)
    if count == 0:
        raise SignalError("no dyad has a test of its own")
    tails = [_combined(p[needed - 1 :]) for needed in range(1, count + 1)]
    # What is shown of u dyads is shown only if it is of fewer, too.
    shown = np.maximum.accumulate(tails)
    return Prevalence(
        dyads=count,
        p_any=float(tails[0]),
        p_majority=float(shown[count // 2]) if count > 1 else float(tails[0]),
        min_coupled=int((shown <= LEVEL).sum()),
        significant=int((p <= LEVEL).sum()),
    )


MIN_STRANGERS = 20
"""Fewer p values of strangers do not tell how a test behaves in a study."""


def sober(p: Floats, of_strangers: Floats) -> Floats:
    """P values made as large as the study's own strangers ask for; never smaller.

    A test that is right on the whole can run at 7 % instead of 5 in one study's people, and a
    hundred dyads add that up. Strangers' p values follow p^k on average; the same is undone here.

    Examples
    --------
    >>> bold = np.linspace(0.01, 0.99, 50) ** 1.5
    >>> bool(np.isclose(np.median(sober(bold, bold)), 0.5, atol=0.02))
    True
    """
    known = of_strangers[np.isfinite(of_strangers)]
    if len(known) < MIN_STRANGERS:
        return p
    power = -1.0 / float(np.mean(np.log(np.clip(known, MIN_P, 1.0))))
    return np.asarray(p ** min(1.0, power))


def p_of_dyads(sample: Sample) -> Floats:
    """One p a dyad, in order of ids: those of its sessions combined."""
    known = sample.kept(np.isfinite(sample.p))
    number = known.numbers_of_dyads()
    count = int(number.max()) + 1 if len(number) else 0
    return np.array([_combined(known.p[number == k]) for k in range(count)])


def _combined(p: Floats) -> float:
    """Fisher's combination of p values: it notices one small p among many."""
    statistic = -2.0 * np.log(np.clip(p, MIN_P, 1.0)).sum()
    return float(stats.chi2.sf(statistic, 2 * len(p)))
