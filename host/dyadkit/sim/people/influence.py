"""Influence of two simulated people on each other: their arousal, before any sensor.

An `Influence` draws both people's `Arousal`: sympathetic bursts and a slow level. `Follows` is the
demo's: b repeats a. `Oscillates` is two coupled stochastic oscillators whose regime follows from
their equations, with bursts that one person may answer; `Unfolds` is several such scenes in a row.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from dyadkit.dyad.arrays import Floats

RATE_HZ = 16.0
SETTLE_S = 120.0
_RESPONSES_PER_S = 1 / 10


@dataclass(frozen=True, slots=True)
class Arousal:
    """Sympathetic bursts and slow level of both people on a RATE_HZ grid, shape (n, 2).

    `bursts` are event amplitudes (mostly zero), `level` is a slow signal of about unit variance.
    """

    bursts: Floats
    level: Floats


class Influence(Protocol):
    """A model of how two people influence each other."""

    def arousal(self, random: np.random.Generator, seconds: float) -> Arousal:
        """Draw both people's arousal for so many seconds."""


@dataclass(frozen=True, slots=True)
class Follows:
    """Lead-lag: b follows a; a's bursts and slow level return in b, later and smaller.

    coupling : correlation of b's arousal with a's at the lag, -1 to 1 (with a negative coupling
        the bursts are not shared, the level is opposed)
    lag_s : how much later; negative when a follows b

    Examples
    --------
    >>> drawn = Follows(coupling=0.8, lag_s=2.0).arousal(np.random.default_rng(1), 600.0)
    >>> a, b = drawn.level.T
    >>> later = round(2.0 * RATE_HZ)
    >>> round(np.corrcoef(a[:-later], b[later:])[0, 1], 1)
    np.float64(0.8)
    """

    coupling: float
    lag_s: float = 1.5

    def arousal(self, random: np.random.Generator, seconds: float) -> Arousal:
        """Draw both people's arousal for so many seconds."""
        n, spare = round(seconds * RATE_HZ), round(abs(self.lag_s) * RATE_HZ)
        lead = draw_bursts(random, n + spare)
        level = draw_slow(random, n + spare)
        own_share = np.sqrt(1 - self.coupling**2)
        bursts = max(self.coupling, 0.0) * lead[:n] + own_share * draw_bursts(random, n)
        follower = self.coupling * level[:n] + own_share * draw_slow(random, n)
        columns = [(lead[spare:], level[spare:]), (bursts, follower)]
        if self.lag_s < 0:
            columns.reverse()
        return Arousal(
            np.stack([bursts for bursts, _ in columns], 1),
            np.stack([level for _, level in columns], 1),
        )


@dataclass(frozen=True, slots=True)
class Answers:
    """Answers of one person to the other's bursts: at `lag_s`, with `weight` of their size."""

    weight: float = 0.0
    lag_s: float = 1.5


SILENT = Answers()


@dataclass(frozen=True, slots=True)
class Oscillates:
    """Coupled stochastic oscillators: the level of both people; bursts may be answered.

    x'' = stiffness * x + damping * x' + coupling * y + velocity_coupling * y' + noise, the first
    of each pair in the equation of a, the second in that of b, in s^-2 and s^-1.
    answers : of a to b's own bursts, and of b to a's
    """

    stiffness: tuple[float, float]
    damping: tuple[float, float]
    coupling: tuple[float, float] = (0.0, 0.0)
    velocity_coupling: tuple[float, float] = (0.0, 0.0)
    answers: tuple[Answers, Answers] = (SILENT, SILENT)
    bursts_per_s: float = _RESPONSES_PER_S

    def arousal(self, random: np.random.Generator, seconds: float) -> Arousal:
        """Draw both people's arousal for so many seconds; equal drive for both."""
        level = drawn_level(random, [(self.drift(), seconds + SETTLE_S)])
        level = level[round(SETTLE_S * RATE_HZ) :]
        own = np.stack(
            [draw_bursts(random, len(level), self.bursts_per_s) for _ in range(2)], axis=1
        )
        return Arousal(self.answered(own), level / level.std())

    def drift(self) -> Floats:
        """Drift matrix of the state (a, a', b, b'), shape (4, 4)."""
        (k_a, k_b), (d_a, d_b) = self.stiffness, self.damping
        (c_a, c_b), (v_a, v_b) = self.coupling, self.velocity_coupling
        return np.array(
            [[0, 1, 0, 0], [k_a, d_a, c_a, v_a], [0, 0, 0, 1], [c_b, v_b, k_b, d_b]], dtype=float
        )

    def answered(self, own: Floats) -> Floats:
        """Both people's own bursts, shape (n, 2), with the answers to them."""
        bursts = own.copy()
        for person, answers in enumerate(self.answers):
            later = round(answers.lag_s * RATE_HZ)
            bursts[later:, person] += answers.weight * own[: len(own) - later, 1 - person]
        return bursts


@dataclass(frozen=True, slots=True)
class Unfolds:
    """Scenes in a row: what two people do to each other changes, as in a quarrel that is mended.

    scenes : what they do, and for how many seconds; the last lasts on
    """

    scenes: tuple[tuple[Oscillates, float], ...]

    def arousal(self, random: np.random.Generator, seconds: float) -> Arousal:
        """Draw both people's arousal; it goes on without a jump where the scene changes."""
        first, last = self.scenes[0][0], self.scenes[-1][0]
        spans = [(scene.drift(), lasts_s) for scene, lasts_s in self.scenes]
        level = drawn_level(random, [(first.drift(), SETTLE_S), *spans, (last.drift(), seconds)])
        level = level[round(SETTLE_S * RATE_HZ) :][: round(seconds * RATE_HZ)]
        own = np.stack(
            [draw_bursts(random, len(level), first.bursts_per_s) for _ in range(2)], axis=1
        )
        return Arousal(first.answered(own), level / level.std())


def drawn_level(random: np.random.Generator, spans: Sequence[tuple[Floats, float]]) -> Floats:
    """Level of both, shape (n, 2), under drift matrices that each hold for so many seconds."""
    from scipy.linalg import expm

    state, levels = np.zeros(4), []
    for drift, seconds in spans:
        step, n = expm(drift / RATE_HZ), round(seconds * RATE_HZ)
        kicks = random.standard_normal((n, 2)) / np.sqrt(RATE_HZ)
        level = np.empty((n, 2))
        for k in range(n):
            state = step @ state
            state[1::2] += kicks[k]
            level[k] = state[::2]
        levels.append(level)
    return np.concatenate(levels)


def draw_bursts(random: np.random.Generator, n: int, per_s: float = _RESPONSES_PER_S) -> Floats:
    """Event amplitudes: a Poisson train with log-normal sizes around one."""
    happens = random.random(n) < per_s / RATE_HZ
    return np.asarray(happens * random.lognormal(0.0, 0.5, n))


def draw_slow(random: np.random.Generator, n: int) -> Floats:
    """Noise between about 0.005 and 0.06 Hz, of unit variance over long times."""
    spare = round(SETTLE_S * RATE_HZ)
    noise = random.standard_normal(n + spare)
    frequency_hz = np.fft.rfftfreq(n + spare, 1 / RATE_HZ)
    shape = 1 / np.sqrt(1 + (frequency_hz / 0.03) ** 8) * (frequency_hz > 0.003)
    level = np.fft.irfft(np.fft.rfft(noise) * shape, n + spare)
    gain = np.sqrt(2 * np.sum(shape**2)) / np.sqrt(n + spare)
    return np.asarray(level[:n] / gain)
