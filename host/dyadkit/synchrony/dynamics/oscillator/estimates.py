"""Estimates of the coupled model in people's units, each with its doubt, from its best point."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np

from dyadkit.dyad.arrays import Floats
from dyadkit.synchrony.dynamics.oscillator import behaviour
from dyadkit.synchrony.dynamics.oscillator.likelihood import DRIVES, Maximum, Parameter, drift_of
from dyadkit.synchrony.dynamics.oscillator.models import Models
from dyadkit.synchrony.dynamics.oscillator.preparation import Prepared
from dyadkit.synchrony.dynamics.oscillator.regime import Belief, Regime, believe
from dyadkit.synchrony.dynamics.pairs import Pair, pair_of

_DRAWS = 400
_NORMAL_95 = 1.959964
_NAN = float("nan")
_NAN_PAIR = (_NAN, _NAN)
_NAN_PAIRS = (_NAN_PAIR, _NAN_PAIR)

_PLACES = {
    "stiffness": (Parameter.STIFFNESS_A, Parameter.STIFFNESS_B),
    "damping": (Parameter.DAMPING_A, Parameter.DAMPING_B),
    "coupling": (Parameter.COUPLING_A, Parameter.COUPLING_B),
    "velocity_coupling": (Parameter.VELOCITY_COUPLING_A, Parameter.VELOCITY_COUPLING_B),
}
_NOISES = [Parameter.LOG_NOISE_A, Parameter.LOG_NOISE_B]


class Phase(StrEnum):
    """Phase of a dyad, the sign of its coupling: do the two pull the same way, or apart."""

    IN_PHASE = "in-phase"
    ANTI_PHASE = "anti-phase"
    UNDECIDED = "undecided"


@dataclass(frozen=True, slots=True)
class Estimates:
    """The coupled model's best point, its covariance and draws from both."""

    prepared: Prepared
    models: Models
    covariance: Floats
    draws: Floats

    def description(self) -> dict[str, Any]:
        """Every field of the result that rests on the parameters."""
        equations = self._point()[None, :8] * units(self.prepared)[:8]
        return {
            **self._parameters(),
            **self._amounts(),
            **self._fate(),
            "period_s": pair_of(behaviour.own_period_s(equations)[0]),
            "damping_ratio": pair_of(behaviour.own_damping_ratio(equations)[0]),
            "modes": behaviour.modes(drift_of(equations)[0], self.prepared.scale),
            "phase": self._phase(),
        }

    def _point(self) -> Floats:
        return self.models.full.point

    def _parameters(self) -> dict[str, Any]:
        factors = units(self.prepared)
        values = self._point() * factors
        half = _NORMAL_95 * np.sqrt(np.diag(self.covariance)) * factors
        found: dict[str, Any] = {}
        for name, places in _PLACES.items():
            found[name] = pair_of(values[list(places)])
            found[name + "_interval"] = tuple(
                (float(values[k] - half[k]), float(values[k] + half[k])) for k in places
            )
        return found

    def _amounts(self) -> dict[str, Any]:
        """Driving and measurement noise, as standard deviations in the people's units."""
        deviations = np.exp(self._point() / 2)
        scale = np.array(self.prepared.scale)
        drive = deviations[DRIVES] * scale * self.prepared.radians_per_s**1.5
        return {"drive": pair_of(drive), "noise": pair_of(deviations[_NOISES] * scale)}

    def _fate(self) -> dict[str, Any]:
        """Where the coupling leads: variances, growth and regime."""
        speed = self.prepared.radians_per_s
        points = np.concatenate([self._point()[None], self.draws])
        drift, drive = drift_of(points), np.exp(points[:, DRIVES])
        ratios = behaviour.variance_ratios(drift, drive)
        growth = behaviour.growth(drift) * speed
        belief = believe(self.models, self.covariance, ratios[1:])
        return {
            "variance_ratio": pair_of(ratios[0]),
            "variance_ratio_interval": tuple(_interval(person) for person in ratios[1:].T),
            "growth": float(growth[0]),
            "growth_interval": _interval(growth[1:]),
            "regime": belief.regime(),
            "regime_probability": belief.highest(),
            "belief": belief,
        }

    def _phase(self) -> Phase:
        couplings = self.draws[:, list(_PLACES["coupling"])].sum(axis=1)
        low, high = _interval(couplings)
        if low <= 0 <= high:
            return Phase.UNDECIDED
        return Phase.IN_PHASE if low > 0 else Phase.ANTI_PHASE


def estimate(prepared: Prepared, models: Models, seed: int) -> Estimates:
    """The estimates of a fit that converged to an oscillating pair; `seed` of their draws."""
    covariance = _covariance(models.full) * models.small_sample()
    rng = np.random.default_rng(seed)
    spread = np.linalg.cholesky(covariance + 1e-12 * np.eye(len(covariance)))
    draws = models.full.point + rng.standard_normal((_DRAWS, len(covariance))) @ spread.T
    return Estimates(prepared, models, covariance, draws)


def no_description() -> dict[str, Any]:
    """The same fields when there is nothing to describe."""
    singles = dict.fromkeys(_PLACES, _NAN_PAIR)
    pairs = dict.fromkeys(
        [*(name + "_interval" for name in _PLACES), "variance_ratio_interval"], _NAN_PAIRS
    )
    also = dict.fromkeys(
        ["drive", "noise", "period_s", "damping_ratio", "variance_ratio", "growth_interval"],
        _NAN_PAIR,
    )
    return {
        **singles,
        **pairs,
        **also,
        "modes": (),
        "growth": _NAN,
        "phase": Phase.UNDECIDED,
        "regime": Regime.UNDECIDED,
        "regime_probability": _NAN,
        "belief": Belief(_NAN, _NAN, _NAN, _NAN),
    }


def units(prepared: Prepared) -> Floats:
    """Factors from the fit's units to seconds and the people's own units, shape (12,)."""
    speed = prepared.radians_per_s
    a_per_b = prepared.scale[0] / prepared.scale[1]
    into_a = [speed**2, speed, speed**2 * a_per_b, speed * a_per_b]
    into_b = [speed**2, speed, speed**2 / a_per_b, speed / a_per_b]
    return np.array(into_a + into_b + [1.0] * 4)


def _covariance(fit: Maximum) -> Floats:
    """Inverse Fisher information, shape (12, 12); 0 for what is held or at its bound."""
    known = (fit.free & ~fit.at_bounds())[fit.free]
    places = np.flatnonzero(fit.free)[known]
    covariance = np.zeros((len(fit.point), len(fit.point)))
    covariance[np.ix_(places, places)] = np.linalg.inv(fit.information[np.ix_(known, known)])
    return covariance


def _interval(draws: Floats) -> Pair:
    """Middle 95 %, by order statistics so that infinite draws count."""
    return pair_of(np.nanquantile(draws, [0.025, 0.975], method="inverted_cdf"))
