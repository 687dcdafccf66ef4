"""Latent profiles: which kinds of dynamics occur among many dyads."""

from dataclasses import dataclass

import numpy as np

from dyadkit.dyad.arrays import ArrayLike, Floats, Ints
from dyadkit.dyad.result import Result
from dyadkit.errors import SignalError
from dyadkit.synchrony.dynamics.mixture import best_mixture

_MIN_DYADS = 10
_NO_MORE_THAN_A_MENTION = 2.0
"""BIC differences below this are no evidence for more profiles (Raftery 1995)."""


@dataclass(frozen=True, slots=True, eq=False)
class LatentProfiles(Result):
    """Latent profiles: dyads sorted into kinds, as few as the data ask for.

    means : shape (profiles, measures), in the measures' units, largest profile first
    shares : shape (profiles,), share of dyads of each kind
    membership : shape (dyads, profiles), probability of each kind; rows add up to one
    profile : shape (dyads,), the likeliest kind of each dyad
    bic : shape (candidates,), for 1, 2, … profiles; of those within 2 of the smallest the
        fewest were chosen
    entropy : 1 when every dyad is sorted with certainty, 0 when none is
    """

    means: Floats
    shares: Floats
    membership: Floats
    profile: Ints
    bic: Floats
    entropy: float


@dataclass(frozen=True, slots=True, eq=False)
class ProfileContrast(Result):
    """Contrast of a variable between latent profiles.

    means : shape (profiles,), weighted by membership; eta_squared : share of variance between
    profiles; p : by permutation of the dyads
    """

    means: Floats
    eta_squared: float
    p: float
    dyads: int


def latent_profiles(measures: ArrayLike, max_profiles: int = 5, seed: int = 0) -> LatentProfiles:
    """Latent profiles of dyads by a Gaussian mixture of one covariance, their number by BIC.

    Profiles are a description of this sample; that there are two does not mean people come in
    two kinds. A few dozen dyads support two or three at most.

    Parameters
    ----------
    measures : shape (dyads, measures), one row a dyad, e.g. damping and coupling of both persons
    max_profiles : largest number of profiles to try

    Raises
    ------
    ValueError for another shape; SignalError for fewer than ten complete dyads, fewer than three
    dyads a measure, or a measure that does not vary

    Examples
    --------
    Damping and coupling (in any unit) of thirty dyads of one kind and fifteen of another:

    >>> rng = np.random.default_rng(4)
    >>> measures = np.concatenate([rng.normal(0.0, 1.0, (30, 2)), rng.normal(4.0, 1.0, (15, 2))])
    >>> found = latent_profiles(measures)
    >>> found.shares.round(2).tolist(), (found.means.round() + 0.0).tolist()
    ([0.67, 0.33], [[0.0, 0.0], [4.0, 4.0]])

    References
    ----------
    Fraley and Raftery 2002, J. Am. Stat. Assoc. 97, 611–631 (model EEE)
    """
    table = _checked(measures, max_profiles)
    rng = np.random.default_rng(seed)
    found = [best_mixture(table, count, rng) for count in range(1, max_profiles + 1)]
    bic = np.array([mixture.bic() for mixture in found])
    best = found[int(np.flatnonzero(bic <= bic.min() + _NO_MORE_THAN_A_MENTION)[0])]
    order = np.argsort(-best.shares)
    membership = best.membership[:, order]
    return LatentProfiles(
        means=best.means[order],
        shares=best.shares[order],
        membership=membership,
        profile=membership.argmax(axis=1),
        bic=bic,
        entropy=_entropy(membership),
    )


def contrast_profiles(
    profiles: LatentProfiles, variable: ArrayLike, permutations: int = 999, seed: int = 0
) -> ProfileContrast:
    """Contrast of `variable`, shape (dyads,), between profiles: as their predictor or outcome.

    The test does not know which came first. Dyads whose variable is NaN are left out.

    Raises
    ------
    ValueError for another length; SignalError for one profile only or a constant variable

    Examples
    --------
    >>> rng = np.random.default_rng(4)
    >>> measures = np.concatenate([rng.normal(0.0, 1.0, (30, 2)), rng.normal(4.0, 1.0, (15, 2))])
    >>> closeness = measures[:, 0] + rng.standard_normal(45)
    >>> found = contrast_profiles(latent_profiles(measures), closeness)
    >>> found.p, found.dyads
    (0.001, 45)
    """
    values = np.asarray(variable, dtype=float)
    if values.shape != (len(profiles.membership),):
        raise ValueError(f"one value a dyad is needed: {len(profiles.membership)} in all")
    known = np.isfinite(values)
    values, weights = values[known], profiles.membership[known]
    if weights.shape[1] < 2 or len(values) < _MIN_DYADS or np.ptp(values) == 0:
        raise SignalError("a contrast needs two profiles, ten dyads and a variable that varies")
    rng = np.random.default_rng(seed)
    observed = _eta_squared(values, weights)
    by_chance = [_eta_squared(rng.permutation(values), weights) for _ in range(permutations)]
    exceeding = int(np.sum(np.array(by_chance) >= observed - 1e-12))
    means = weights.T @ values / np.maximum(weights.sum(axis=0), 1e-12)
    return ProfileContrast(means, observed, (1 + exceeding) / (permutations + 1), len(values))


def _checked(measures: ArrayLike, max_profiles: int) -> Floats:
    table = np.asarray(measures, dtype=float)
    if table.ndim != 2 or max_profiles < 1:
        raise ValueError(
            "measures must have shape (dyads, measures), and max_profiles be at least 1"
        )
    if not np.isfinite(table).all():
        raise SignalError("some dyads have no value for a measure: leave them out first")
    dyads, count = table.shape
    if dyads < max(_MIN_DYADS, 3 * count) or dyads <= 2 * max_profiles:
        raise SignalError(
            f"{dyads} dyads are too few for {count} measures and {max_profiles} profiles"
        )
    if (np.ptp(table, axis=0) == 0).any():
        raise SignalError("a measure is the same for all dyads: it sorts nothing")
    return table


def _entropy(membership: Floats) -> float:
    dyads, profiles = membership.shape
    if profiles == 1:
        return 1.0
    doubt = -(membership * np.log(np.maximum(membership, 1e-300))).sum()
    return float(1 - doubt / (dyads * np.log(profiles)))


def _eta_squared(values: Floats, weights: Floats) -> float:
    masses = np.maximum(weights.sum(axis=0), 1e-12)
    means = weights.T @ values / masses
    between = float(masses @ (means - values.mean()) ** 2)
    return between / float(((values - values.mean()) ** 2).sum())
