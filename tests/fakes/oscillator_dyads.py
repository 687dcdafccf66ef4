"""Simulated dyads whose equations are known: the truth the dynamics tests compare with."""

import numpy as np
from scipy import linalg

PERIOD_S = 25.0
STIFFNESS = -((2 * np.pi / PERIOD_S) ** 2)

UNCOUPLED = {"stiffness": (STIFFNESS, STIFFNESS), "damping": (-0.08, -0.08)}
B_CALMS_A = UNCOUPLED | {"damping": (-0.02, -0.20), "coupling": (0.02, 0.02)}
WINDING_UP = UNCOUPLED | {
    "damping": (-0.05, -0.05),
    "coupling": (0.03, 0.03),
    "velocity_coupling": (-0.04, -0.04),
}
A_DRIVES_B = UNCOUPLED | {"coupling": (0.0, 0.03), "velocity_coupling": (0.0, -0.04)}
OPPOSED = UNCOUPLED | {"coupling": (-0.02, -0.02)}


def drift_of(stiffness, damping, coupling=(0.0, 0.0), velocity_coupling=(0.0, 0.0)):
    """Drift matrix of the state (a, a', b, b')."""
    k, d, c, v = stiffness, damping, coupling, velocity_coupling
    return np.array(
        [[0, 1, 0, 0], [k[0], d[0], c[0], v[0]], [0, 0, 0, 1], [c[1], v[1], k[1], d[1]]], float
    )


def simulate(seed, equations, seconds=600, noise=0.1):
    """A dyad at 1 Hz, shape (n, 2), stationary, measured with `noise` standard deviations."""
    drift = drift_of(**equations)
    transition = linalg.expm(drift)
    stationary = linalg.solve_continuous_lyapunov(drift, -np.diag([0.0, 1.0, 0.0, 1.0]))
    driving = linalg.sqrtm(stationary - transition @ stationary @ transition.T).real
    rng = np.random.default_rng(seed)
    state = linalg.sqrtm(stationary).real @ rng.standard_normal(4)
    pairs = np.empty((seconds, 2))
    for row in pairs:
        state = transition @ state + driving @ rng.standard_normal(4)
        row[:] = state[[0, 2]]
    return pairs + noise * pairs.std(axis=0) * rng.standard_normal(pairs.shape)


def true_variance_ratio(equations):
    """Variance coupled over uncoupled of a and b, from the Lyapunov equation."""

    def variances(drift):
        return np.diag(linalg.solve_continuous_lyapunov(drift, -np.diag([0.0, 1.0, 0.0, 1.0])))

    alone = {name: equations[name] for name in ("stiffness", "damping")}
    return (variances(drift_of(**equations)) / variances(drift_of(**alone)))[[0, 2]]
