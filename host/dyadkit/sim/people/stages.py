"""Stages of a paradigm: what raises arousal, and coupling that holds in some of them only."""

from dataclasses import dataclass

import numpy as np

from dyadkit.dyad.arrays import Floats
from dyadkit.sim.people.influence import RATE_HZ, Arousal, draw_bursts, draw_slow

SETTLING_S = 15.0
"""Time constant with which arousal follows a condition: heart rates of infants take that long to
rise in a still face, and longer to fall (Moore & Calkins 2004)."""


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage: how long it lasts, how far it raises both people's level, how they are coupled.

    raised : of a and b, in standard deviations of their own slow level
    coupling : of b with a, 0 to 1, as of `Follows`
    """

    seconds: float
    raised: tuple[float, float] = (0.0, 0.0)
    coupling: float = 0.0


@dataclass(frozen=True, slots=True)
class Staged:
    """Stages in a row: b follows a where a stage couples them, and conditions act on each.

    Examples
    --------
    >>> play, still_face = Stage(120.0), Stage(120.0, raised=(4.0, 0.0))
    >>> drawn = Staged((play, still_face)).arousal(np.random.default_rng(1), 240.0)
    >>> half = len(drawn.level) // 2
    >>> bool(drawn.level[half:, 0].mean() > drawn.level[:half, 0].mean() + 2.0)
    True
    """

    stages: tuple[Stage, ...]
    lag_s: float = 2.0

    def arousal(self, random: np.random.Generator, seconds: float) -> Arousal:
        """Draw both people's arousal; the last stage lasts on."""
        n, later = round(seconds * RATE_HZ), round(self.lag_s * RATE_HZ)
        coupled = self._over_time(n, [one.coupling for one in self.stages])
        own = np.sqrt(1.0 - coupled**2)
        lead, level = draw_bursts(random, n + later), draw_slow(random, n + later)
        bursts = coupled * lead[:n] + own * draw_bursts(random, n)
        follower = coupled * level[:n] + own * draw_slow(random, n)
        raised = [
            _settling(self._over_time(n, [one.raised[k] for one in self.stages])) for k in range(2)
        ]
        return Arousal(
            np.stack([lead[later:], bursts], 1),
            np.stack([level[later:] + raised[0], follower + raised[1]], 1),
        )

    def _over_time(self, n: int, values: list[float]) -> Floats:
        ends = np.cumsum([one.seconds for one in self.stages]) * RATE_HZ
        stage = np.searchsorted(ends, np.arange(n), side="right")
        return np.asarray(values)[np.minimum(stage, len(values) - 1)]


def _settling(steps: Floats) -> Floats:
    """Steps that are approached exponentially; the first holds from the beginning."""
    from scipy.signal import lfilter

    pole = np.exp(-1.0 / (SETTLING_S * RATE_HZ))
    first = steps[0] if len(steps) else 0.0
    return np.asarray(first + lfilter([1.0 - pole], [1.0, -pole], steps - first))
