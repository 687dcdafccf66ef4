"""Real partners against partners of other dyads: what a shared schedule or task cannot explain."""

from collections.abc import Sequence

import numpy as np

from dyadkit.dyad.arrays import Floats
from dyadkit.errors import SignalError
from dyadkit.study.group.means import Effect, mean_effect
from dyadkit.study.group.sample import Sample

MIN_PARTNERS = 3
"""Fewer partners cannot tell how much two who never met agree."""


def beyond_strangers(real: Sample, a_with: Sequence[Floats], b_with: Sequence[Floats]) -> Effect:
    """How much more real partners agree than those who never met, at the same time of the session.

    What person a shares with anybody, and person b with anybody, is taken off: two people who
    follow the schedule closely agree without having met.

    Parameters
    ----------
    real : one row a session
    a_with, b_with : of each row, person a with others' b, and others' a with person b, shape
        (partners,); NaN where they share too little

    Raises
    ------
    SignalError
        fewer than four dyads that can be compared

    Examples
    --------
    All agree by 0.2, whether they met or not:

    >>> rng = np.random.default_rng(2)
    >>> real = Sample.of(0.2 + 0.05 * rng.standard_normal(12))
    >>> others = 0.2 + 0.05 * rng.standard_normal((2, 12, 8))
    >>> beyond_strangers(real, *others).p > 0.05
    True
    """
    means = np.array([[_mean(one) for one in every] for every in (a_with, b_with)])
    grand = float(np.nanmean(means)) if np.isfinite(means).any() else float("nan")
    differences = real.with_values(real.values - means[0] - means[1] + grand)
    known = differences.known()
    if known.dyad_count == 0:
        raise SignalError(f"no dyad has {MIN_PARTNERS} partners of other dyads to compare with")
    return mean_effect(known)


def _mean(values: Floats) -> float:
    known = values[np.isfinite(values)]
    return float(known.mean()) if len(known) >= MIN_PARTNERS else float("nan")
