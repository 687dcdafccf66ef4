"""Synchrony over epochs: do both people's RSA rise and fall together from one 30 s to the next."""

import math
from dataclasses import dataclass

import numpy as np
from scipy import stats

from dyadkit.dyad.arrays import ArrayLike, Floats
from dyadkit.dyad.result import Result
from dyadkit.errors import SignalError
from dyadkit.synchrony.dynamics.pairs import Pair, pair_of
from dyadkit.synchrony.grid import check_lengths, checked_values
from dyadkit.synchrony.reported.lagged import interval_of, without_trend

MIN_EPOCHS = 8
"""A regression on both pasts has three coefficients; with fewer epochs its intervals are empty."""
_NAN = float("nan")


@dataclass(frozen=True, slots=True, eq=False)
class EpochSynchrony(Result):
    """Synchrony of two people over epochs, each centred on the own mean and trend.

    concurrent : correlation within the same epoch; b_after_a, a_after_b : one epoch later
    inertia : weight of the own last epoch in (a, b), with 95 % intervals
    coordination : weight of the partner's last epoch in (a, b), likewise
    epochs, coverage : epochs known of both, and their share
    """

    concurrent: float
    concurrent_interval: tuple[float, float]
    b_after_a: float
    b_after_a_interval: tuple[float, float]
    a_after_b: float
    a_after_b_interval: tuple[float, float]
    inertia: Pair
    inertia_interval: tuple[tuple[float, float], tuple[float, float]]
    coordination: Pair
    coordination_interval: tuple[tuple[float, float], tuple[float, float]]
    epochs: int
    coverage: float


def epoch_synchrony(a: ArrayLike, b: ArrayLike) -> EpochSynchrony:
    """Synchrony of a measure in epochs, such as ln RSA in 30 s: who varies with whom.

    Within-person centred, so that a child's lower RSA than the parent's does not count, nor a
    change in a line over the session. The lagged regression is that of inertia–coordination; noise
    of the measure moves weight from the own past to the partner's.

    Parameters
    ----------
    a, b : shape (epochs,), one value an epoch, NaN where it was not covered

    Raises
    ------
    ValueError
        different numbers of epochs
    SignalError
        fewer than eight epochs of both, or one person is constant

    Examples
    --------
    >>> rng = np.random.default_rng(3)
    >>> shared, own_a, own_b = rng.standard_normal((3, 20))
    >>> found = epoch_synchrony(5.0 + shared + 0.5 * own_a, 3.5 + shared + 0.5 * own_b)
    >>> found.epochs, found.concurrent > 0.6, found.concurrent_interval[0] > 0.0
    (20, True, True)

    References
    ----------
    Helm, Miller, Kahle, Troxel & Hastings 2018, Multivariate Behav. Res. 53, 521–543; Lunkenheimer,
    Tiberio, Skoranski, Buss & Cole 2018, Psychophysiology 55; Reed, Barnard & Butler 2015
    """
    x, y = checked_values(a, "a"), checked_values(b, "b")
    check_lengths(x, y)
    both = np.isfinite(x) & np.isfinite(y)
    if both.sum() < MIN_EPOCHS:
        raise SignalError(f"{int(both.sum())} epochs are known of both; {MIN_EPOCHS} are needed")
    x, y = without_trend(x), without_trend(y)
    (own_a, from_b), (own_b, from_a) = _on_pasts(x, y), _on_pasts(y, x)
    concurrent, later, earlier = _correlated(x, y), _correlated(x[:-1], y[1:]), _correlated(
        x[1:], y[:-1]
    )  # fmt: skip
    return EpochSynchrony(
        *concurrent,
        *later,
        *earlier,
        inertia=(own_a.weight, own_b.weight),
        inertia_interval=(own_a.interval, own_b.interval),
        coordination=pair_of(np.array([from_b.weight, from_a.weight])),
        coordination_interval=(from_b.interval, from_a.interval),
        epochs=int(both.sum()),
        coverage=float(both.mean()),
    )


def in_epochs(series: Floats, rate_hz: float, epoch_s: float = 30.0) -> Floats:
    """Mean of a series in each whole epoch; NaN where less than half of it is known.

    Examples
    --------
    >>> in_epochs(np.array([1.0, 3.0, np.nan, np.nan, 5.0]), rate_hz=1.0, epoch_s=2.0).tolist()
    [2.0, nan]
    """
    length = round(epoch_s * rate_hz)
    parts = series[: len(series) // length * length].reshape(-1, length)
    known = np.isfinite(parts)
    total = np.where(known, parts, 0.0).sum(axis=1)
    count = known.sum(axis=1)
    found = np.full(len(parts), _NAN)
    return np.asarray(np.divide(total, count, out=found, where=2 * count >= length))


@dataclass(frozen=True, slots=True)
class _Weight:
    weight: float
    interval: tuple[float, float]


def _correlated(x: Floats, y: Floats) -> tuple[float, tuple[float, float]]:
    """Correlation, and an interval with the epochs' own memory taken into account."""
    known = np.isfinite(x) & np.isfinite(y)
    if known.sum() < MIN_EPOCHS or not (np.ptp(x[known]) > 0.0 and np.ptp(y[known]) > 0.0):
        return _NAN, (_NAN, _NAN)
    r = float(np.corrcoef(x[known], y[known])[0, 1])
    memory = _next(x) * _next(y)
    alike = max(1.0, (1.0 + memory) / (1.0 - memory))
    return r, interval_of(r, known.sum() / alike)


def _next(series: Floats) -> float:
    """Correlation of one epoch with the next, as a first-order process has it."""
    now, then = series[:-1], series[1:]
    known = np.isfinite(now) & np.isfinite(then)
    if known.sum() < 3:
        return 0.0
    scale = float(np.nanvar(series)) * known.sum()
    return float(np.clip(now[known] @ then[known] / scale, 0.0, 0.95)) if scale > 0.0 else 0.0


def _on_pasts(own: Floats, other: Floats) -> tuple[_Weight, _Weight]:
    """Weights of the own and the partner's last epoch in the next, with intervals."""
    now = own[1:]
    design = np.column_stack([np.ones(len(now)), own[:-1], other[:-1]])
    whole = np.isfinite(now) & np.isfinite(design).all(axis=1)
    free = int(whole.sum()) - design.shape[1]
    if free < MIN_EPOCHS - design.shape[1]:
        return _Weight(_NAN, (_NAN, _NAN)), _Weight(_NAN, (_NAN, _NAN))
    columns, target = design[whole], now[whole]
    weights, *_ = np.linalg.lstsq(columns, target, rcond=None)
    left = target - columns @ weights
    spread = np.sqrt(float(left @ left) / free * np.diag(np.linalg.pinv(columns.T @ columns)))
    half = float(stats.t.ppf(0.975, free)) * spread
    found = [
        _Weight(float(w), (float(w - h), float(w + h)))
        if math.isfinite(w)
        else _Weight(_NAN, (_NAN, _NAN))
        for w, h in zip(weights[1:], half[1:], strict=True)
    ]
    return found[0], found[1]
