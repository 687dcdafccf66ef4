"""The coupled model of a dyad, and what is left of it without one or both directions."""

from dataclasses import dataclass

import numpy as np
from scipy import stats

from dyadkit.dyad.arrays import Bools, Floats
from dyadkit.synchrony.dynamics.oscillator.likelihood import (
    INTO_A,
    INTO_B,
    Maximum,
    Parameter,
    StandardisedPair,
    innovations_at,
    maximise,
)
from dyadkit.synchrony.dynamics.oscillator.preparation import Prepared

_SMALL_SAMPLE = 1.6
"""Likelihood ratios are divided by 1 + 1.6 / periods: found by simulation at 12 to 48 periods."""


@dataclass(frozen=True, slots=True)
class Models:
    """Maximum-likelihood fits of the coupled model and its three restrictions.

    periods : how many periods of the dominant oscillation were seen, see `Prepared`
    """

    full: Maximum
    without_a_to_b: Maximum
    without_b_to_a: Maximum
    uncoupled: Maximum
    periods: float

    def ratio(self, restricted: Maximum) -> float:
        """Likelihood ratio over `restricted`, corrected for small samples; NaN without summits."""
        if not self.converged():
            return float("nan")
        ratio = 2 * (self.full.log_likelihood - restricted.log_likelihood)
        return max(0.0, ratio) / self.small_sample()

    def small_sample(self) -> float:
        """How much wider than at infinite length estimates scatter, as a factor on variances."""
        return 1 + _SMALL_SAMPLE / self.periods

    def p_value(self, restricted: Maximum) -> float:
        """Probability of so large a ratio if `restricted` were true."""
        lost = int(self.full.free.sum() - restricted.free.sum())
        return float(stats.chi2.sf(self.ratio(restricted), lost))

    def converged(self) -> bool:
        """Whether every one of the four climbs ended on a summit."""
        fits = (self.full, self.without_a_to_b, self.without_b_to_a, self.uncoupled)
        return all(fit.converged for fit in fits)


def fit_models(prepared: Prepared) -> Models:
    """Fit the uncoupled model, the coupled one from there, then each restriction from both.

    Refitting the restrictions from the coupled optimum matters: on series that are no oscillators
    the likelihood has several summits, and a restriction left on a lower one looks rejected.
    Where the coupled model has no summit, the restrictions are not tried: it stands for them.
    """
    series = prepared.series
    alone = maximise(series, _start(prepared), _free(INTO_A + INTO_B))
    full = maximise(series, alone.point, _free(()))
    if not full.converged:
        return Models(full, full, full, full, prepared.periods_seen())
    without_a_to_b, without_b_to_a, uncoupled = (
        _restricted(series, held, full, alone) for held in (INTO_B, INTO_A, INTO_A + INTO_B)
    )
    return Models(full, without_a_to_b, without_b_to_a, uncoupled, prepared.periods_seen())


def _free(held: tuple[Parameter, ...]) -> Bools:
    free = np.ones(len(Parameter), dtype=bool)
    free[list(held)] = False
    return free


def _restricted(
    series: StandardisedPair, held: tuple[Parameter, ...], full: Maximum, alone: Maximum
) -> Maximum:
    start = full.point.copy()
    start[list(held)] = 0.0
    found = maximise(series, start, _free(held))
    if found.log_likelihood >= alone.log_likelihood - 1e-3:
        return found
    return maximise(series, alone.point, _free(held))


def _start(prepared: Prepared) -> Floats:
    """Best of a few damping ratios and noise levels, chosen for each person alone."""
    damping, noise = np.meshgrid([0.15, 0.5, 1.2], [0.01, 0.1, 0.4])
    points = np.stack(
        [
            _alone(prepared.peaks, float(d), float(r))
            for d, r in zip(damping.flat, noise.flat, strict=True)
        ]
    )
    found = innovations_at(prepared.series, points)
    misfit = np.log(found.variances) + found.values**2 / found.variances
    best_of_a, best_of_b = np.nansum(misfit, axis=1).argmin(axis=0)
    start = points[best_of_a].copy()
    of_b = [Parameter.STIFFNESS_B, Parameter.DAMPING_B, Parameter.LOG_DRIVE_B]
    start[[*of_b, Parameter.LOG_NOISE_B]] = points[best_of_b][[*of_b, Parameter.LOG_NOISE_B]]
    return np.asarray(start)


def _alone(peaks: tuple[float, float], damping: float, noise: float) -> Floats:
    """Two uncoupled oscillators at `peaks` whose standardised variance is one."""
    own = np.array(peaks)
    point = np.zeros(len(Parameter))
    point[[Parameter.STIFFNESS_A, Parameter.STIFFNESS_B]] = -(own**2)
    point[[Parameter.DAMPING_A, Parameter.DAMPING_B]] = -damping * own
    drive = 2 * (1 - noise) * damping * own**3
    point[[Parameter.LOG_DRIVE_A, Parameter.LOG_DRIVE_B]] = np.log(drive)
    point[[Parameter.LOG_NOISE_A, Parameter.LOG_NOISE_B]] = np.log(noise)
    return point
