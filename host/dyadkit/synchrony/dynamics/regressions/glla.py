"""Coupled oscillators by derivative regression (GLLA): the field's usual way, for comparison."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dyadkit.dyad.arrays import Floats
from dyadkit.dyad.result import Result
from dyadkit.errors import SignalError
from dyadkit.synchrony.dynamics.pairs import Pair, pair_of
from dyadkit.synchrony.dynamics.regressions.longform import LongForm, detrended, pairs_of
from dyadkit.synchrony.dynamics.regressions.regression import Regression, both_persons, regress

BIAS = (
    "Derivative regression smooths the noise and the motion alike: on stationary noisy series it "
    "finds no damping where there is some, shrinks couplings by 30 to 60 % and gives velocity "
    "couplings of the wrong sign; its F test finds coupling in half of all uncoupled dyads. "
    "Use fit_oscillator for conclusions."
)


@dataclass(frozen=True, slots=True, eq=False)
class GllaFit(Result):
    """Derivative regression of one dyad; pairs are (equation of a, equation of b).

    Of all embeddings tried it is the one that fits best. Units follow the table's time. A coupling
    is NaN where both people's series are the same.

    tau, embedding : delay in samples and number of delayed copies
    r_squared, uncoupled_r_squared : adjusted, with and without the partner's terms
    period : 2π/√−stiffness; NaN where stiffness is not negative
    bias : what is known to be wrong with these numbers
    """

    dyad: int
    tau: int
    embedding: int
    stiffness: Pair
    damping: Pair
    coupling: Pair
    velocity_coupling: Pair
    uncoupled_stiffness: Pair
    uncoupled_damping: Pair
    r_squared: float
    uncoupled_r_squared: float
    period: Pair
    bias: str = BIAS


def fit_glla(
    long_form: LongForm, taus: Sequence[int], embeddings: Sequence[int], dt: float
) -> tuple[GllaFit, ...]:
    """Coupled oscillators of each dyad by generalised local linear approximation (GLLA).

    Biased: damping on stationary noisy series is estimated as zero, couplings come out 30–60 %
    too small, the sign of velocity coupling is near chance (see `BIAS`, also in each result).
    Gives the numbers of R's rties for the same `taus` and `embeddings`: each person is
    linearly detrended, moments where one is missing are dropped and the rest closed up, and the
    embedding with the highest adjusted R² of the coupled model is kept.

    Parameters
    ----------
    long_form : rows of dyad, person (0, 1), time, value: shape (n, 4), or columns of those names
    taus, embeddings : delays in samples and numbers of delayed copies to try
    dt : time between samples

    Raises
    ------
    ValueError for a table, embedding or dt that makes no sense; SignalError for too short a dyad

    Examples
    --------
    One-way coupling of 0.04 s⁻² into b, and own damping of -0.08 s⁻¹: the sign is right, the size
    and the damping are not.

    >>> from dyadkit.sim.people.influence import Oscillates
    >>> stiffness = -((2 * np.pi / 20) ** 2)                                # periods of 20 s
    >>> follows = Oscillates((stiffness, stiffness), (-0.08, -0.08), coupling=(0.0, 0.04))
    >>> level = follows.arousal(np.random.default_rng(2), 600.0).level[::16]          # at 1 Hz
    >>> table = {"dyad": [7] * 1200, "person": [0] * 600 + [1] * 600,
    ...          "time": [*range(600)] * 2, "value": level.T.ravel()}
    >>> found, = fit_glla(table, taus=[1], embeddings=[5, 7], dt=1.0)
    >>> round(found.coupling[1], 2), max(abs(one) for one in found.uncoupled_damping) < 0.01
    (0.02, True)

    References
    ----------
    Boker, Deboeck, Edler and Keel 2010, Generalized local linear approximation of derivatives;
    Butler and Barnard 2019, Psychosom. Med. 81, 697–707
    """
    _check(taus, embeddings, dt)
    return tuple(
        _best(dyad, detrended(pair), [(tau, count) for tau in taus for count in embeddings], dt)
        for dyad, pair in pairs_of(long_form).items()
    )


def derivatives(values: Floats, tau: int, embedding: int, dt: float) -> Floats:
    """Local level, slope and curvature of `values`, shape (n − (embedding−1)·tau, 3)."""
    offsets = (np.arange(embedding) - (embedding - 1) / 2) * tau * dt
    loadings = np.stack([offsets**order / math.factorial(order) for order in range(3)], axis=1)
    delayed = np.lib.stride_tricks.sliding_window_view(values, (embedding - 1) * tau + 1)
    return np.asarray(delayed[:, ::tau] @ np.linalg.pinv(loadings).T)


def _check(taus: Sequence[int], embeddings: Sequence[int], dt: float) -> None:
    if not taus or min(taus) < 1:
        raise ValueError("taus must be delays of at least one sample")
    if not embeddings or min(embeddings) < 3:
        raise ValueError("embeddings must be at least 3: a curvature needs three points")
    if not (np.isfinite(dt) and dt > 0):
        raise ValueError(f"dt must be a positive time between samples, not {dt}")


def _best(dyad: int, pair: Floats, embeddings: list[tuple[int, int]], dt: float) -> GllaFit:
    pair = pair[np.isfinite(pair).all(axis=1)]
    max_span = max(tau * (count - 1) for tau, count in embeddings)
    if len(pair) < max_span + 10 or (np.ptp(pair, axis=0) == 0).any():
        raise SignalError(
            f"dyad {dyad} has {len(pair)} moments with both persons present and varying; "
            f"at least {max_span + 10} are needed"
        )
    fits = [_fit(dyad, pair, embedding, dt) for embedding in embeddings]
    return max(fits, key=lambda fit: fit.r_squared)


def _fit(dyad: int, pair: Floats, embedding: tuple[int, int], dt: float) -> GllaFit:
    of_a, of_b = (derivatives(values, *embedding, dt) for values in pair.T)
    target = np.concatenate([of_a[:, 2], of_b[:, 2]])
    alone = regress(target, both_persons(of_a[:, :2], of_b[:, :2]))
    coupled = regress(
        target,
        both_persons(np.hstack([of_a[:, :2], of_b[:, :2]]), np.hstack([of_b[:, :2], of_a[:, :2]])),
    )
    if np.array_equal(pair[:, 0], pair[:, 1]):
        coupled = _without_partner(alone)
    own = coupled.coefficients.reshape(2, 4)
    single = alone.coefficients.reshape(2, 2)
    return GllaFit(
        dyad=dyad,
        tau=embedding[0],
        embedding=embedding[1],
        stiffness=pair_of(own[:, 0]),
        damping=pair_of(own[:, 1]),
        coupling=pair_of(own[:, 2]),
        velocity_coupling=pair_of(own[:, 3]),
        uncoupled_stiffness=pair_of(single[:, 0]),
        uncoupled_damping=pair_of(single[:, 1]),
        r_squared=coupled.r_squared,
        uncoupled_r_squared=alone.r_squared,
        period=pair_of(2 * np.pi / np.sqrt(np.where(own[:, 0] < 0, -own[:, 0], np.nan))),
    )


def _without_partner(alone: Regression) -> Regression:
    unknown = np.full((2, 2), np.nan)
    own = np.hstack([alone.coefficients.reshape(2, 2), unknown])
    return Regression(own.reshape(-1), alone.r_squared)
