"""Gaussian mixtures with a common covariance, by expectation–maximisation."""

from dataclasses import dataclass

import numpy as np

from dyadkit.dyad.arrays import Floats

_RESTARTS = 10
_ITERATIONS = 300
_ENOUGH = 1e-7
_NARROWEST = 1e-3
"""Variance added to every measure, relative to that of all rows: no profile shrinks to nothing."""


@dataclass(frozen=True, slots=True)
class Mixture:
    """A Gaussian mixture whose profiles share one covariance.

    means : shape (profiles, measures); shares : (profiles,); covariance : (measures, measures);
    membership : (rows, profiles), rows add up to one
    """

    means: Floats
    shares: Floats
    covariance: Floats
    membership: Floats
    log_likelihood: float

    def bic(self) -> float:
        """Schwarz's criterion, smaller is better."""
        profiles, measures = self.means.shape
        parameters = profiles * measures + profiles - 1 + measures * (measures + 1) // 2
        return float(parameters * np.log(len(self.membership)) - 2 * self.log_likelihood)


def best_mixture(table: Floats, count: int, rng: np.random.Generator) -> Mixture:
    """The likeliest of ten climbs from distant rows of `table`, shape (rows, measures).

    References
    ----------
    Dempster, Laird and Rubin 1977, J. R. Stat. Soc. B 39, 1–38; Arthur and Vassilvitskii 2007
    """
    restarts = 1 if count == 1 else _RESTARTS
    fits = [_climb(table, _distant_rows(table, count, rng)) for _ in range(restarts)]
    return max(fits, key=lambda fit: fit.log_likelihood)


def _distant_rows(table: Floats, count: int, rng: np.random.Generator) -> Floats:
    """Starting means: rows drawn with probability by squared distance from those before."""
    scaled = table / table.std(axis=0)
    chosen = [int(rng.integers(len(table)))]
    while len(chosen) < count:
        distance = np.min([((scaled - scaled[row]) ** 2).sum(axis=1) for row in chosen], axis=0)
        chosen.append(int(rng.choice(len(table), p=distance / distance.sum())))
    return table[chosen]


def _climb(table: Floats, means: Floats) -> Mixture:
    spread = np.diag(table.var(axis=0))
    mixture = _expect(table, means, np.full(len(means), 1 / len(means)), spread)
    for _ in range(_ITERATIONS):
        weights = mixture.membership.sum(axis=0) + 1e-12
        means = mixture.membership.T @ table / weights[:, None]
        covariance = _within(table, means, mixture.membership) + _NARROWEST * spread
        following = _expect(table, means, weights / weights.sum(), covariance)
        gain = following.log_likelihood - mixture.log_likelihood
        mixture = following
        if abs(gain) < _ENOUGH:
            break
    return mixture


def _within(table: Floats, means: Floats, membership: Floats) -> Floats:
    covariance = np.zeros((table.shape[1], table.shape[1]))
    for mean, weight in zip(means, membership.T, strict=True):
        rest = table - mean
        covariance += (weight * rest.T) @ rest
    return covariance / len(table)


def _expect(table: Floats, means: Floats, shares: Floats, covariance: Floats) -> Mixture:
    whitening = np.linalg.inv(np.linalg.cholesky(covariance))
    distance = (((table[:, None] - means) @ whitening.T) ** 2).sum(axis=2)
    constant = -0.5 * table.shape[1] * np.log(2 * np.pi) + np.log(np.diag(whitening)).sum()
    joint = np.log(shares) + constant - 0.5 * distance
    total = np.logaddexp.reduce(joint, axis=1)
    membership = np.exp(joint - total[:, None])
    return Mixture(means, shares, covariance, membership, float(total.sum()))
