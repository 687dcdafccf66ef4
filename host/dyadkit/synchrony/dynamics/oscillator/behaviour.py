"""Behaviour of a pair of coupled oscillators: variances, modes, growth, from its equations."""

from dataclasses import dataclass

import numpy as np

from dyadkit.dyad.arrays import Bools, Floats
from dyadkit.dyad.result import Result


@dataclass(frozen=True, slots=True, eq=False)
class OscillationMode(Result):
    """Mode of a pair of oscillators: one way in which the two people swing together.

    period_s : NaN for a mode that decays without swinging
    decay_s : time to fall to 1/e; negative when the mode grows
    damping_ratio : 0 swings for ever, 1 no longer swings, below 0 grows
    balance : amplitude of b over that of a, each in its own standard deviations
    phase_rad : by how much b is ahead of a, −π to π; near 0 in phase, near ±π opposed
    """

    period_s: float
    decay_s: float
    damping_ratio: float
    balance: float
    phase_rad: float


def own_period_s(equations: Floats) -> Floats:
    """Period of each person without the other, shape (points, 2); NaN where overdamped."""
    stiffness, damping = equations[:, [0, 4]], equations[:, [1, 5]]
    squared = -stiffness - damping**2 / 4
    return np.asarray(2 * np.pi / np.sqrt(np.where(squared > 0, squared, np.nan)))


def own_damping_ratio(equations: Floats) -> Floats:
    """Damping of each person without the other over critical damping, shape (points, 2)."""
    stiffness, damping = equations[:, [0, 4]], equations[:, [1, 5]]
    return np.asarray(-damping / (2 * np.sqrt(np.where(stiffness < 0, -stiffness, np.nan))))


def variance_ratios(drift: Floats, drive: Floats) -> Floats:
    """Variance of each person coupled over uncoupled under the same drive, shape (points, 2).

    Infinite where only the coupled pair is unstable, 0 where only the person alone is, NaN where
    both are. drift : shape (points, 4, 4); drive : noise intensities, shape (points, 2)
    """
    alone = drift.copy()
    alone[:, 1, 2:] = alone[:, 3, :2] = 0.0
    together, apart = _variances(drift, drive), _variances(alone, drive)
    with np.errstate(invalid="ignore"):
        return np.asarray(together / apart)


def _variances(drift: Floats, drive: Floats) -> Floats:
    """Stationary variances of both positions; infinite where that person's part is unstable."""
    identity = np.eye(4)
    system = np.einsum("pij,kl->pikjl", drift, identity) + np.einsum(
        "ij,pkl->pikjl", identity, drift
    )
    noise = np.zeros((len(drift), 4, 4))
    noise[:, 1, 1], noise[:, 3, 3] = drive.T
    solved = np.linalg.solve(system.reshape(-1, 16, 16), -noise.reshape(-1, 16, 1))
    variances = solved.reshape(-1, 4, 4)[:, [0, 2], [0, 2]]
    return np.where(_stable(drift), variances, np.inf)


def _stable(drift: Floats) -> Bools:
    """Whether each person's series has a stationary variance, shape (points, 2)."""
    couplings = drift[:, [1, 1, 3, 3], [2, 3, 0, 1]]
    coupled = np.any(couplings != 0, axis=1, keepdims=True)
    joint = growth(drift)[:, None] < 0
    own = np.maximum(drift[:, [1, 3], [0, 2]], drift[:, [1, 3], [1, 3]]) < 0
    return np.asarray(np.where(coupled, joint, own))


def growth(drift: Floats) -> Floats:
    """Largest real part of the eigenvalues, shape (points,): above 0 the dyad runs away."""
    return np.asarray(np.linalg.eigvals(drift).real.max(axis=1))


def modes(drift: Floats, scale: tuple[float, float]) -> tuple[OscillationMode, ...]:
    """The modes of one drift matrix, shape (4, 4), slowest decay first."""
    values, vectors = np.linalg.eig(drift)
    found = [
        _mode(value, vector[2] / scale[1], vector[0] / scale[0])
        for value, vector in zip(values, vectors.T, strict=True)
        if value.imag >= 0
    ]
    return tuple(sorted(found, key=lambda mode: 1 / mode.decay_s))


def _mode(value: complex, of_b: complex, of_a: complex) -> OscillationMode:
    value = complex(value)
    return OscillationMode(
        period_s=2 * np.pi / value.imag if value.imag > 0 else float("nan"),
        decay_s=-1 / value.real,
        damping_ratio=-value.real / abs(value),
        balance=float(abs(of_b) / max(abs(of_a), 1e-300)),
        phase_rad=float(np.angle(of_b * np.conj(of_a))),
    )
