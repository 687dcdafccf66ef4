"""Slow arousal of two people, of known variance ratios: what each does without the other's pull.

A dyad is drawn once (own dynamics, pull), then simulated with drives; the same drives without the
pull give the truth: variance with over variance without the partner, in long simulation.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from worlds.people import wandering_wave

STEP_S = 0.25
SETTLING = 1200
TRUTH_REPLICATES = 120
CALMED, WOUND_UP = 0.95, 1.05
"""A variance ratio between these is no effect that anyone would name."""


class Pull(StrEnum):
    """How the two act on each other."""

    STRANGERS = "strangers"
    SHARED_DRIVE = "shared drive"
    INTO_A = "into a"
    CALMING_A = "calming a"
    MUTUAL = "mutual"


@dataclass(frozen=True, slots=True)
class Dynamics:
    """One dyad's dynamics: linear states, and what the pull does through `bend`.

    drift : shape (states, states), own dynamics of both, without pull, per second
    pull : shape (states, states), what the partner adds
    drive : shape (states, 2), how the two drives enter
    read : shape (2, states), each person's arousal
    correlation : of the two drives
    jumps : whether the drives are rare and large instead of Gaussian
    bend : what the pull of a state is passed through
    """

    drift: np.ndarray
    pull: np.ndarray
    drive: np.ndarray
    read: np.ndarray
    correlation: float = 0.0
    jumps: bool = False
    bend: Callable[[np.ndarray], np.ndarray] = np.asarray

    def drives(self, rng: np.random.Generator, steps: int, replicates: int) -> np.ndarray:
        """Increments of the drives, shape (steps, replicates, 2), of unit variance a second."""
        shape = (steps, replicates, 2)
        noise = rng.standard_normal(shape)
        if self.jumps:  # one jump in 6 s, of a Laplace law: responses to what happens
            noise = (rng.random(shape) < STEP_S / 6.0) * rng.laplace(size=shape)
            noise *= np.sqrt(6.0 / STEP_S / 2.0)
        shared = rng.standard_normal((steps, replicates, 1))
        share = self.correlation
        return np.sqrt(STEP_S) * (np.sqrt(1 - share) * noise + np.sqrt(share) * shared)

    def course(self, drives: np.ndarray, coupled: bool) -> np.ndarray:
        """Arousal of both, shape (steps - settling, replicates, 2)."""
        state = np.zeros((drives.shape[1], len(self.drift)))
        out = np.empty((len(drives), drives.shape[1], 2))
        own, pull = np.eye(len(self.drift)) + STEP_S * self.drift, STEP_S * self.pull
        for k, drive in enumerate(drives):
            moved = state @ own.T + drive @ self.drive.T
            state = moved + self.bend(state) @ pull.T if coupled else moved
            out[k] = state @ self.read.T
        return out[SETTLING:]

    def truth(self, seed: int = 0) -> tuple[float, float]:
        """Variance with over without the partner's pull, of a and of b."""
        rng = np.random.default_rng(seed)
        drives = self.drives(rng, SETTLING + 2400, TRUTH_REPLICATES)
        with_pull, without = (self.course(drives, coupled) for coupled in (True, False))
        ratio = with_pull.var(axis=(0, 1)) / without.var(axis=(0, 1))
        return float(ratio[0]), float(ratio[1])


@dataclass(frozen=True, slots=True)
class ArousalFamily:
    """A family of dyads: how dynamics are drawn for each pull."""

    name: str
    drawn: Callable[[np.random.Generator, Pull], Dynamics]


def heart_rates(
    dynamics: Dynamics, rng: np.random.Generator, seconds: float
) -> tuple[np.ndarray, np.ndarray]:
    """Heart rates of both at 4 Hz: arousal of 4 beats a minute, breathing, 0.1 Hz waves, errors."""
    steps = round(seconds / STEP_S)
    course = dynamics.course(dynamics.drives(rng, SETTLING + steps, 1), coupled=True)[:, 0]
    rates = []
    for person in range(2):
        arousal = course[:, person] / course[:, person].std()
        breath = wandering_wave(rng, steps, rng.uniform(0.2, 0.32), 0.1)
        mayer = wandering_wave(rng, steps, rng.uniform(0.09, 0.11), 0.1)
        errors = 0.3 * rng.standard_normal(steps)
        rates.append(75.0 + 4.0 * arousal + 1.5 * breath + 1.0 * mayer + errors)
    return rates[0], rates[1]


def named(ratio: float) -> str:
    """What should be said of a person with this variance ratio, if anything can be."""
    if ratio < CALMED:
        return "calmed"
    return "wound up" if ratio > WOUND_UP else "neither"


def signs(pull: Pull) -> tuple[float, float]:
    """Sign of the pull into a and into b."""
    return {
        Pull.STRANGERS: (0.0, 0.0),
        Pull.SHARED_DRIVE: (0.0, 0.0),
        Pull.INTO_A: (1.0, 0.0),
        Pull.CALMING_A: (-1.0, 1.0),
        Pull.MUTUAL: (1.0, 1.0),
    }[pull]


def correlation_of(pull: Pull) -> float:
    """Of the two drives."""
    return 0.4 if pull is Pull.SHARED_DRIVE else 0.0
