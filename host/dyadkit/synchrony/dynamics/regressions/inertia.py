"""Inertia and coordination of a dyad: does a person follow their own past or the partner's."""

from dataclasses import dataclass

import numpy as np

from dyadkit.dyad.arrays import Floats
from dyadkit.dyad.result import Result
from dyadkit.errors import SignalError
from dyadkit.synchrony.dynamics.pairs import Pair, pair_of
from dyadkit.synchrony.dynamics.regressions.longform import LongForm, detrended, pairs_of
from dyadkit.synchrony.dynamics.regressions.regression import Regression, both_persons, regress


@dataclass(frozen=True, slots=True, eq=False)
class InertiaCoordination(Result):
    """Inertia and coordination of one dyad: regression of the present on both pasts, (a, b).

    inertia : weight of one's own past, 0 to 1 for a stationary person
    coordination : weight of the partner's past; above 0 the two move in phase, below 0 opposed
    inertia_r_squared, coordination_r_squared, r_squared : adjusted, of each alone and of both
    """

    dyad: int
    lag_samples: int
    inertia: Pair
    coordination: Pair
    inertia_r_squared: float
    coordination_r_squared: float
    r_squared: float


def fit_inertia_coordination(
    long_form: LongForm, lag_samples: int = 1
) -> tuple[InertiaCoordination, ...]:
    """Inertia and coordination: weights of one's own and the partner's past, dyad by dyad.

    A lagged regression cannot tell coordination from a shared schedule, and measurement noise
    moves weight from the own past to the partner's: compare dyads with it, not with zero.

    Parameters
    ----------
    long_form : rows of dyad, person (0, 1), time, value: shape (n, 4), or columns of those names
    lag_samples : how many samples back the past lies

    Raises
    ------
    ValueError for another table or lag; SignalError for a dyad too short or constant

    Examples
    --------
    b keeps half of its last value and adds 0.4 of a's; a lives on its own:

    >>> noise = np.random.default_rng(1).standard_normal((600, 2))
    >>> series = np.zeros((600, 2))
    >>> for now, before in zip(range(1, 600), range(599)):
    ...     series[now] = series[before] @ [[0.5, 0.4], [0.0, 0.5]] + noise[now]
    >>> table = {"dyad": [1] * 1200, "person": [0] * 600 + [1] * 600,
    ...          "time": [*range(600)] * 2, "value": series.T.ravel()}
    >>> found, = fit_inertia_coordination(table)
    >>> [round(one, 1) for one in (*found.inertia, *found.coordination)]
    [0.5, 0.5, 0.0, 0.4]

    References
    ----------
    Reed, Barnard and Butler 2015, Emotion 15, 463–476; Butler and Barnard 2019, Psychosom. Med. 81
    """
    if lag_samples < 1:
        raise ValueError(f"lag_samples must be at least one, not {lag_samples}")
    return tuple(
        _fit(dyad, detrended(pair), lag_samples) for dyad, pair in pairs_of(long_form).items()
    )


def _fit(dyad: int, pair: Floats, lag_samples: int) -> InertiaCoordination:
    usable = int(np.isfinite(pair[lag_samples:] + pair[:-lag_samples]).all(axis=1).sum())
    if usable < 10 or (np.nanstd(pair, axis=0) == 0).any():
        raise SignalError(f"dyad {dyad} has {usable} usable moments, or one person is constant")
    both = _regress(pair, lag_samples, [0, 1])
    weights = both.coefficients.reshape(2, 3)
    return InertiaCoordination(
        dyad=dyad,
        lag_samples=lag_samples,
        inertia=pair_of(weights[:, 1]),
        coordination=pair_of(weights[:, 2]),
        inertia_r_squared=_regress(pair, lag_samples, [0]).r_squared,
        coordination_r_squared=_regress(pair, lag_samples, [1]).r_squared,
        r_squared=both.r_squared,
    )


def _regress(pair: Floats, lag_samples: int, pasts: list[int]) -> Regression:
    """Present of each person on the past of oneself (0), the partner (1) or both."""
    past = pair[:-lag_samples]
    level = np.ones((len(past), 1))
    of_a = np.hstack([level, past[:, pasts]])
    of_b = np.hstack([level, past[:, [1 - place for place in pasts]]])
    target, design = pair[lag_samples:].T.reshape(-1), both_persons(of_a, of_b)
    whole = np.isfinite(target) & np.isfinite(design).all(axis=1)
    return regress(target[whole], design[whole])
