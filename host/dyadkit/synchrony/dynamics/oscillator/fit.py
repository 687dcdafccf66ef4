"""Oscillator fit of two people's slow arousal: who pulls whom, and to what end."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np

from dyadkit.dyad.arrays import ArrayLike
from dyadkit.dyad.result import Result
from dyadkit.synchrony.dynamics.oscillator import behaviour
from dyadkit.synchrony.dynamics.oscillator.checks import ModelChecks, check
from dyadkit.synchrony.dynamics.oscillator.estimates import Phase, estimate, no_description, units
from dyadkit.synchrony.dynamics.oscillator.likelihood import LOWEST, Parameter
from dyadkit.synchrony.dynamics.oscillator.models import Models, fit_models
from dyadkit.synchrony.dynamics.oscillator.preparation import Prepared, prepare
from dyadkit.synchrony.dynamics.oscillator.regime import Belief, Regime
from dyadkit.synchrony.dynamics.pairs import Pair

_MIN_PERIODS = 4.0
_MIN_SAMPLES_PER_PERIOD = 3.0


class FitOutcome(StrEnum):
    """Outcome of an oscillator fit: whether it gave parameters, and if not, why."""

    FITTED = "fitted"
    OVERDAMPED = "overdamped"
    AT_BOUNDS = "at bounds"
    NOT_CONVERGED = "not converged"


_NOTES = {
    FitOutcome.FITTED: "",
    FitOutcome.OVERDAMPED: "at least one person's arousal does not swing here: what the partner "
    "does to it cannot be told, however long the recording; no parameters",
    FitOutcome.AT_BOUNDS: "an oscillation too slow or too fast for these data, or without any "
    "drive: no parameters",
    FitOutcome.NOT_CONVERGED: "the likelihood has no clear summit: no parameters, no tests",
}
_MISFIT = (
    "residuals are not white, or a plain autoregression describes these series better: "
    "read the parameters with care; the regime is undecided"
)


@dataclass(frozen=True, slots=True, eq=False)
class OscillatorFit(Result):
    """Two coupled oscillators, fitted to a dyad.

    x'' = stiffness·x + damping·x' + coupling·y + velocity_coupling·y' + noise. Pairs are
    (equation of a, equation of b); intervals are 95 %. Parameters are NaN unless `outcome` is
    FITTED, and p values too where the fit did not converge.

    stiffness, coupling : in s⁻²; damping, velocity_coupling : in s⁻¹. A coupling is in the unit
        of the person it acts on per unit of the partner
    p_coupled, p_a_to_b, p_b_to_a : likelihood-ratio tests of no coupling at all, none into b,
        none into a; with little power on arousal that does not oscillate
    period_s, damping_ratio : each person's own, as if alone
    variance_ratio : variance coupled over uncoupled under the same drive: below 1 the partner
        calms that person, above 1 amplifies. The sign of velocity coupling does not tell this
    modes : how the two swing together, slowest decay first
    growth : largest real eigenvalue, s⁻¹; above 0 arousal runs away
    phase : sign of the coupling, where its 95 % interval leaves out 0
    regime, regime_probability : the verdict, and the belief in the likeliest regime
    belief : in each regime
    drive, noise : standard deviations of the driving noise (per s^1.5) and of the measurement
    samples, coverage, rate_hz, duration_s : what the fit rests on, after averaging
    note : why nothing is shown, or what to beware of; empty when all is well
    """

    stiffness: Pair
    damping: Pair
    coupling: Pair
    velocity_coupling: Pair
    stiffness_interval: tuple[Pair, Pair]
    damping_interval: tuple[Pair, Pair]
    coupling_interval: tuple[Pair, Pair]
    velocity_coupling_interval: tuple[Pair, Pair]
    p_coupled: float
    p_a_to_b: float
    p_b_to_a: float
    period_s: Pair
    damping_ratio: Pair
    variance_ratio: Pair
    variance_ratio_interval: tuple[Pair, Pair]
    modes: tuple[behaviour.OscillationMode, ...]
    growth: float
    growth_interval: Pair
    phase: Phase
    regime: Regime
    regime_probability: float
    belief: Belief
    drive: Pair
    noise: Pair
    checks: ModelChecks
    outcome: FitOutcome
    samples: int
    coverage: float
    rate_hz: float
    duration_s: float
    note: str


def fit_oscillator(a: ArrayLike, b: ArrayLike, rate_hz: float, seed: int = 0) -> OscillatorFit:
    """Damping, coupling and regime of two people's slow arousal, with tests and intervals.

    Kalman maximum likelihood of two coupled linear stochastic oscillators with measurement noise,
    in continuous time, after a linear detrend and averaging to about 1 Hz. With periods of 25 s,
    five minutes decide whether and in which direction two people are coupled, ten the sign of
    mutual velocity coupling. Test coupling with `coupling.couple` first; this describes it.

    Parameters
    ----------
    a, b : shape (n,), arousal of each person (heart rate, skin conductance level), NaN missing
    rate_hz : samples per second, 1 to 4 for arousal with periods of 10 s and longer
    seed : of the draws that intervals of derived numbers and beliefs are read from

    Raises
    ------
    ValueError for unequal series; SignalError where too little was measured or nothing varies

    Examples
    --------
    b follows a, and a does not mind:

    >>> from dyadkit.sim.people.influence import Oscillates
    >>> stiffness = -((2 * np.pi / 20) ** 2)                                # periods of 20 s
    >>> follows = Oscillates((stiffness, stiffness), (-0.08, -0.08), coupling=(0.0, 0.04))
    >>> a, b = follows.arousal(np.random.default_rng(0), 600.0).level[::16].T         # at 1 Hz
    >>> found = fit_oscillator(a, b, rate_hz=1.0)
    >>> str(found.regime), found.p_a_to_b < 0.001, found.p_b_to_a > 0.05
    ('one-way', True, True)
    >>> [round(one) for one in found.period_s], round(found.coupling[1], 2)
    ([20, 20], 0.05)

    References
    ----------
    Butler and Randall 2013, Emotion Rev. 5, 202–210 (coregulation as coupled oscillation);
    Harvey 1989, Forecasting, structural time series models and the Kalman filter, ch. 3, 9
    """
    prepared = prepare(a, b, rate_hz)
    models = fit_models(prepared)
    outcome = _outcome(prepared, models)
    fitted = outcome is FitOutcome.FITTED
    checks = check(prepared, models.full, models.ratio(models.uncoupled))
    described = estimate(prepared, models, seed).description() if fitted else no_description()
    if not checks.passed():
        described["regime"] = Regime.UNDECIDED
    present = np.isfinite(prepared.series.samples)
    return OscillatorFit(
        **described,
        **_tests(models),
        checks=checks,
        outcome=outcome,
        samples=int(present.sum() // 2),
        coverage=float(present.mean()),
        rate_hz=prepared.rate_hz,
        duration_s=prepared.duration_s,
        note=_MISFIT if fitted and not checks.passed() else _NOTES[outcome],
    )


def _outcome(prepared: Prepared, models: Models) -> FitOutcome:
    """Whether the fit may be shown, the commonest reason against it first.

    1. A person without an own period does not swing. That is asked before convergence: where both
       hold, it is the one that says why.
    2. Without four summits neither parameters nor tests mean anything.
    3. A parameter at its bound was stopped, not estimated. Measurement noise at its lower bound is
       the exception: it says that nothing but arousal was measured.
    4. Nor is a period estimated that was seen less than four times, or sampled less than three
       times: a drift, or an alias.
    """
    equations = (models.full.point * units(prepared))[None, :8]
    period_s = behaviour.own_period_s(equations)[0]
    if np.isnan(period_s).any():
        return FitOutcome.OVERDAMPED
    if not models.converged():
        return FitOutcome.NOT_CONVERGED
    slowest_s = prepared.duration_s / _MIN_PERIODS
    fastest_s = _MIN_SAMPLES_PER_PERIOD / prepared.rate_hz
    bounded = models.full.at_bounds()
    noiseless = models.full.point <= LOWEST
    bounded[Parameter.LOG_NOISE_A :] &= ~noiseless[Parameter.LOG_NOISE_A :]
    if bounded.any() or (period_s > slowest_s).any() or (period_s < fastest_s).any():
        return FitOutcome.AT_BOUNDS
    return FitOutcome.FITTED


def _tests(models: Models) -> dict[str, Any]:
    restricted = {
        "p_coupled": models.uncoupled,
        "p_a_to_b": models.without_a_to_b,
        "p_b_to_a": models.without_b_to_a,
    }
    if not models.converged():
        return dict.fromkeys(restricted, float("nan"))
    return {name: models.p_value(fit) for name, fit in restricted.items()}
