"""Shape of one skin conductance response (SCR), as a curve and as a recursion.

A Bateman function (Alexander et al. 2005): sweat fills the ducts with one time constant and
leaves them with a slower one. Sampled, it obeys a recursion of order two, so that the driver
behind a phasic curve follows from three neighbouring values of it (Greco et al. 2016).
"""

from dataclasses import dataclass

import numpy as np

from dyadkit.dyad.arrays import Floats

MAX_DECAYS = 12  # a response is over after this many decay times


def curve(rise_s: float, decay_s: float, rate_hz: float) -> Floats:
    """Response to one unit of driver, highest value 1, shape (12 · decay_s · rate_hz - 1,)."""
    steps = np.arange(1, round(MAX_DECAYS * decay_s * rate_hz)) / rate_hz
    shape = np.exp(-steps / decay_s) - np.exp(-steps / rise_s)
    return np.asarray(shape / shape.max())


@dataclass(frozen=True, slots=True)
class Bateman:
    """Recursion cause[k] = now[k]·r[k] + last[k]·r[k-1] + before[k]·r[k-2], each shape (n,).

    The first two rows say instead that a response already under way may decay, but not faster
    than any response does.
    """

    now: Floats
    last: Floats
    before: Floats

    @classmethod
    def of(cls, points: int, rise_s: float, decay_s: float, rate_hz: float) -> "Bateman":
        """The recursion whose unit cause gives `curve`."""
        slow, fast = np.exp(-1.0 / (rate_hz * np.array([decay_s, rise_s])))
        scale = 1.0 / curve(rise_s, decay_s, rate_hz)[0]
        now, last, before = (
            np.full(points, scale * weight) for weight in (1.0, -(slow + fast), slow * fast)
        )
        now[0], last[0], last[1], before[:2] = 1.0, 0.0, -slow * scale, 0.0
        return cls(now, last, before)

    def cause(self, phasic: Floats) -> Floats:
        """The driver behind `phasic`, shape (n,)."""
        cause = self.now * phasic
        cause[1:] += self.last[1:] * phasic[:-1]
        cause[2:] += self.before[2:] * phasic[:-2]
        return cause

    def transposed(self, force: Floats) -> Floats:
        """The transpose of `cause`, shape (n,)."""
        pull = self.now * force
        pull[:-1] += (self.last * force)[1:]
        pull[:-2] += (self.before * force)[2:]
        return pull

    def normal_bands(self, diagonal: Floats) -> tuple[Floats, Floats, Floats]:
        """Main, first and second lower diagonal of causeᵀ · diag(diagonal) · cause."""
        squares = Bateman(self.now**2, self.last**2, self.before**2)
        first = (diagonal * self.now * self.last)[1:]
        first[:-1] += (diagonal * self.last * self.before)[2:]
        return squares.transposed(diagonal), first, (diagonal * self.now * self.before)[2:]
