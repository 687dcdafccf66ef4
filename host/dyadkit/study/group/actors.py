"""Actor–partner view: does a person's measure go with another of their own, or the partner's."""

from dataclasses import dataclass

import numpy as np

from dyadkit.dyad.arrays import Floats
from dyadkit.dyad.result import Result
from dyadkit.errors import SignalError
from dyadkit.study.group.means import MIN_DYADS, components
from dyadkit.study.group.mixed import Component, fit_mixed
from dyadkit.study.group.sample import Sample


@dataclass(frozen=True, slots=True, eq=False)
class ActorPartner(Result):
    """Effects of a person's own predictor and of the partner's, in units of the outcome.

    actor, partner : with 95 % interval and two-sided p
    """

    actor: float
    actor_interval: tuple[float, float]
    actor_p: float
    partner: float
    partner_interval: tuple[float, float]
    partner_p: float
    partner_df: float
    dyads: int
    rows: int


def actor_partner(outcome: tuple[Sample, Sample], predictor: tuple[Floats, Floats]) -> ActorPartner:
    """Actor–partner interdependence of two measures, both people at once.

    Roles may differ in level.

    Parameters
    ----------
    outcome : of person a and of person b, a row a session each
    predictor : of a and of b, shape (n,)

    Raises
    ------
    SignalError
        fewer than four dyads have all four values

    Examples
    --------
    >>> rng = np.random.default_rng(3)
    >>> a, b = rng.standard_normal((2, 40))
    >>> of_a, of_b = (0.8 * b + rng.standard_normal(40), 0.8 * a + rng.standard_normal(40))
    >>> found = actor_partner((Sample.of(of_a), Sample.of(of_b)), (a, b))
    >>> found.partner_p < 0.01, found.actor_p > 0.05
    (True, True)

    References
    ----------
    Cook & Kenny 2005, Int. J. Behav. Dev. 29, 101–109
    """
    every = np.array([outcome[0].values, outcome[1].values, *predictor])
    rows = np.asarray(np.isfinite(every).all(axis=0))
    sample = outcome[0].kept(rows)
    if sample.dyad_count < MIN_DYADS:
        raise SignalError(f"{sample.dyad_count} dyads have all four values; {MIN_DYADS} are needed")
    own = np.concatenate([one[rows] for one in predictor])
    others = np.concatenate([one[rows] for one in predictor[::-1]])
    values = np.concatenate([one.values[rows] for one in outcome])
    role = np.repeat([0.5, -0.5], len(sample))
    fit = fit_mixed(
        values,
        {
            "mean": np.ones(len(values)),
            "role": role,
            "actor": own - own.mean(),
            "partner": others - others.mean(),
        },
        _components(sample),
    )
    return ActorPartner(
        actor=float(fit.effects[2]),
        actor_interval=fit.interval(2),
        actor_p=fit.p(2),
        partner=float(fit.effects[3]),
        partner_interval=fit.interval(3),
        partner_p=fit.p(3),
        partner_df=float(fit.df[3]),
        dyads=sample.dyad_count,
        rows=len(values),
    )


def _components(sample: Sample) -> dict[str, Component]:
    """What a dyad's sessions share, and of a session what both people share and what parts them.

    The last two together give both people any correlation, negative ones included.
    """
    count = len(sample)
    session, side = np.tile(np.arange(count), 2), np.repeat([1.0, -1.0], count)
    found = {
        name: Component(np.tile(one.levels, (2, 1)), np.tile(one.shares, (2, 1)))
        for name, one in components(sample).items()
        if name in ("dyad", "person")
    }
    found["together"] = Component.of(session)
    found["apart"] = Component.of(session, side)
    return found
