"""Contrast of two conditions across dyads, by sign-flips: conditions exchanged within dyads.

If a condition makes no difference, each dyad's difference might as well have the other sign. No
distribution is assumed but that. Dyads that share a person are flipped together.
"""

from dataclasses import dataclass, replace

import numpy as np

from dyadkit.dyad.arrays import Floats
from dyadkit.errors import SignalError
from dyadkit.study.group.means import Effect, mean_effect
from dyadkit.study.group.sample import Sample, per_dyad

MIN_CLUSTERS = 6
"""2 of 2^6 sign patterns are as extreme as any: p 0.03 is the smallest of six dyads."""
ALL_UP_TO = 13
"""Clusters up to which every pattern is tried: 8 192."""
DRAWS = 9999


@dataclass(frozen=True, slots=True)
class Paired:
    """Both conditions' estimates of one measure."""

    condition: Sample
    against: Sample

    def differences(self) -> Sample:
        """One difference a dyad that has both; the first condition less the second."""
        first, second = per_dyad(self.condition.known()), per_dyad(self.against.known())
        place = {name: k for k, name in enumerate(second.dyads)}
        kept = first.kept(np.array([name in place for name in first.dyads], dtype=bool))
        other = [place[name] for name in kept.dyads]
        return replace(
            kept,
            values=kept.values - second.values[other],
            errors=np.hypot(kept.errors, second.errors[other]),
            amounts=1.0 / (1.0 / kept.amounts + 1.0 / second.amounts[other]),
        )


def contrast(differences: Sample, seed: int = 0) -> Effect:
    """Mean difference between two conditions over dyads, p by sign-flips.

    The interval is that of the mixed model; with fewer than six clusters of dyads without a person
    in common p is that model's, too, and a note says so.

    Raises
    ------
    SignalError
        fewer than four dyads were in both conditions

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> found = contrast(Sample.of(0.1 + 0.1 * rng.standard_normal(12)))
    >>> found.p < 0.05, found.dyads
    (True, 12)

    References
    ----------
    Fisher 1935; Winkler et al. 2014, NeuroImage 92, 381–397 (exchangeability blocks)
    """
    effect = mean_effect(differences)
    sums = np.bincount(differences.clusters(), differences.values).astype(float)
    if len(sums) < MIN_CLUSTERS:
        note = f"{len(sums)} groups of dyads are too few for sign-flips: p is the model's"
        return replace(effect, notes=(*effect.notes, note))
    return replace(effect, p=flipped_p(sums, seed))


def flipped_p(values: Floats, seed: int = 0) -> float:
    """Two-sided p of a sum against all, or many random, patterns of signs.

    Raises
    ------
    SignalError
        all values are 0
    """
    if not np.any(values):
        raise SignalError("no dyad differs between the conditions")
    observed = abs(values.sum()) * (1.0 - 1e-12)
    if len(values) <= ALL_UP_TO:
        patterns = np.arange(2 ** len(values))
        signs = 1.0 - 2.0 * ((patterns[:, None] >> np.arange(len(values))) & 1)
        return float(np.mean(np.abs(signs @ values) >= observed))
    rng = np.random.default_rng(seed)
    signs = rng.choice((-1.0, 1.0), (DRAWS, len(values)))
    return float((1 + np.sum(np.abs(signs @ values) >= observed)) / (DRAWS + 1))
