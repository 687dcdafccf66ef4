"""Simulated dyads that span the regimes of regulation, each with its truth.

Every dyad is another pair of people: periods, damping, coupling, lags and how fast each settles are
drawn; what the coupling does to their variances follows from the equations and is checked.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from dyadkit.dyad.arrays import Floats
from dyadkit.sim.people.bodies import RISE_S, Body, Encounter
from dyadkit.sim.people.influence import Answers, Oscillates


class SimulatedRegime(StrEnum):
    """A regime of regulation between two simulated people."""

    UNCOUPLED = "uncoupled"
    ONE_WAY = "one-way"
    CALMING = "coregulation"
    WINDING_UP = "codysregulation, in phase"
    OPPOSED = "codysregulation, anti-phase"

    @property
    def regime(self) -> str:
        """The regime's name as an analysis should give it."""
        return self.value.split(",")[0]


@dataclass(frozen=True, slots=True)
class Scenario:
    """An encounter and what is true of it.

    variance_ratio : of a and b, coupled over uncoupled, from the equations
    answer_lag_s : how late b answers a's bursts
    settles_s : from the peak of a's and b's skin conductance response (SCR) until 63 % of it are
        gone
    """

    regime: SimulatedRegime
    encounter: Encounter
    variance_ratio: tuple[float, float]
    answer_lag_s: float
    settles_s: tuple[float, float]


def scenario(regime: SimulatedRegime, seed: int) -> Scenario:
    """Draw a dyad of that kind; equal seeds give equal dyads."""
    random = np.random.default_rng([seed, 23, *regime.value.encode()])
    equations = _EQUATIONS[regime](random)
    lag_s = float(random.uniform(1.25, 3.5))
    influence = Oscillates(
        **equations,
        answers=(Answers(), Answers(float(random.uniform(0.6, 0.9)), lag_s)),
        bursts_per_s=1 / 15,
    )
    decay_s = random.uniform(1.5, 3.5, 2)
    bodies = [
        Body(
            heart_rate_bpm=float(random.uniform(62, 82)),
            breaths_per_minute=float(random.uniform(13, 18)),
            tonic_usiemens=float(random.uniform(3, 8)),
            response_usiemens=float(random.uniform(0.3, 0.6)),
            decay_s=float(one),
            level_bpm=5.0,
            burst_bpm=1.0,
            wander_bpm=0.3,
            breath_bpm=1.0,
        )
        for one in decay_s
    ]
    settles_s = tuple(settling_s(one) for one in decay_s)
    return Scenario(
        regime,
        Encounter(influence, bodies[0], bodies[1]),
        variance_ratio(influence),
        lag_s,
        (settles_s[0], settles_s[1]),
    )


def variance_ratio(influence: Oscillates) -> tuple[float, float]:
    """Variance of a and b coupled over uncoupled, from the Lyapunov equation."""
    alone = Oscillates(influence.stiffness, influence.damping)
    coupled, apart = (_variances(each.drift()) for each in (influence, alone))
    return float(coupled[0] / apart[0]), float(coupled[1] / apart[1])


def settling_s(decay_s: float, rise_s: float = RISE_S) -> float:
    """From the peak of a skin conductance response until 63 % of its height are gone."""
    times_s = np.arange(0.0, 20.0 * decay_s, 1e-3)
    height = np.exp(-times_s / decay_s) - np.exp(-times_s / rise_s)
    peak = int(height.argmax())
    return float(np.argmax(height[peak:] <= np.exp(-1.0) * height[peak]) * 1e-3)


def _variances(drift: Floats) -> Floats:
    from scipy.linalg import solve_continuous_lyapunov

    covariance = solve_continuous_lyapunov(drift, -np.diag([0.0, 1.0, 0.0, 1.0]))
    return np.asarray(np.diag(covariance)[[0, 2]])


_Equations = dict[str, tuple[float, float]]


def _periods(random: np.random.Generator) -> tuple[float, float]:
    """Stiffness of two people whose periods are alike, 20 to 28 s."""
    period_s = random.uniform(20, 28) * random.uniform(0.95, 1.05, 2)
    stiffness = -((2 * np.pi / period_s) ** 2)
    return float(stiffness[0]), float(stiffness[1])


def _damping(random: np.random.Generator, low: float, high: float) -> tuple[float, float]:
    return float(-random.uniform(low, high)), float(-random.uniform(low, high))


def _uncoupled(random: np.random.Generator) -> _Equations:
    return {"stiffness": _periods(random), "damping": _damping(random, 0.06, 0.10)}


def _one_way(random: np.random.Generator) -> _Equations:
    pull, brake = float(random.uniform(0.025, 0.035)), float(-random.uniform(0.03, 0.05))
    return _uncoupled(random) | {"coupling": (0.0, pull), "velocity_coupling": (0.0, brake)}


def _calming(random: np.random.Generator) -> _Equations:
    """A well-damped b takes a's swings over, and pays for it."""
    pull = float(random.uniform(0.02, 0.026))
    damping = float(-random.uniform(0.015, 0.025)), float(-random.uniform(0.18, 0.24))
    return {"stiffness": _periods(random), "damping": damping, "coupling": (pull, pull)}


def _winding_up(random: np.random.Generator) -> _Equations:
    pull, brake = float(random.uniform(0.025, 0.03)), float(-random.uniform(0.03, 0.04))
    coupled = {"coupling": (pull, pull), "velocity_coupling": (brake, brake)}
    return {"stiffness": _periods(random), "damping": _damping(random, 0.05, 0.07)} | coupled


def _opposed(random: np.random.Generator) -> _Equations:
    push = float(-random.uniform(0.022, 0.028))
    return _uncoupled(random) | {"coupling": (push, push)}


_EQUATIONS: dict[SimulatedRegime, Callable[[np.random.Generator], _Equations]] = {
    SimulatedRegime.UNCOUPLED: _uncoupled,
    SimulatedRegime.ONE_WAY: _one_way,
    SimulatedRegime.CALMING: _calming,
    SimulatedRegime.WINDING_UP: _winding_up,
    SimulatedRegime.OPPOSED: _opposed,
}
