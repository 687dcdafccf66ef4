"""How unlikely is a maximum: the exact null of all circular shifts and its extreme-value tail.

Circularly shifting one series keeps everything about both people except their alignment. The
largest value over all lags comes in clumps as wide as the lag window, so ranks over shifts
overstate the evidence; a Gumbel law fitted by moments, widened for the few independent shifts of a
short session, does not.
"""

from dataclasses import dataclass

import numpy as np
from scipy import ndimage, stats

from dyadkit.arrays import Bools, Floats
from dyadkit.errors import SignalError
from dyadkit.synchrony.chance.statistic import ShiftCurves

FEWEST_BLOCKS = 3.0
GUMBEL_SCALE = float(np.sqrt(6.0) / np.pi)


@dataclass(frozen=True, slots=True, eq=False)
class Excess:
    """How far the unshifted pair stands out from all admissible shifts, in standard deviations.

    members : shape (..., members), each member's largest value within the lag window
    null : shape (..., shifts), the best member at every admissible shift
    blocks : how many independent lag windows the admissible shifts hold
    """

    members: Floats
    null: Floats
    blocks: float

    @property
    def best(self) -> Floats:
        """The best member of the unshifted pair, shape (...)."""
        return np.asarray(self.members.max(axis=-1))


def admissible(usable: Bools, least_shift: int) -> Bools:
    """Which circular shifts serve as chance, shape (n,): usable and at least `least_shift` away."""
    shift = np.arange(len(usable))
    return usable & (np.minimum(shift, len(usable) - shift) >= least_shift)


def excess(curves: ShiftCurves, reach: int, least_shift: int) -> Excess:
    """Standardise each member's windowed maximum by its own admissible shifts.

    The unshifted pair counts as one more lag window, so that it cannot stand out for free.

    Parameters
    ----------
    curves : the statistic at every shift
    reach : largest lag, in samples; a lag window holds 2 reach + 1 shifts
    least_shift : smallest admissible circular shift, in samples

    Raises
    ------
    SignalError
        the session holds too few admissible shifts
    """
    width = 2 * reach + 1
    chosen = admissible(curves.usable, least_shift)
    blocks = float(chosen.sum() / width)
    if blocks < FEWEST_BLOCKS:
        raise SignalError(
            f"the session is too short for its largest lag: {blocks:.1f} independent shifts, "
            f"{FEWEST_BLOCKS:.0f} are needed; record longer or lower max_lag_s"
        )
    heights = np.where(curves.usable, np.abs(curves.values), 0.0)
    peaks = ndimage.maximum_filter1d(heights, width, axis=-1, mode="wrap")
    observed, others = peaks[..., :1], peaks[..., chosen]
    total = others.shape[-1] + width
    mean = (others.sum(axis=-1, keepdims=True) + width * observed) / total
    energy = ((others - mean) ** 2).sum(axis=-1, keepdims=True) + width * (observed - mean) ** 2
    spread = np.sqrt(energy / total)
    null = ((others - mean) / spread).max(axis=-2)
    return Excess(((observed - mean) / spread)[..., 0], null, blocks)


def tail_p(observed: float, null: Floats, blocks: float) -> float:
    """The chance of a maximum at least as large, beyond what ranks over few shifts can resolve.

    Parameters
    ----------
    observed : the unshifted pair's value
    null : shape (shifts,), the same at all admissible shifts
    blocks : how many of them are independent

    References
    ----------
    Gumbel 1958, moment estimates; the excess is shrunk and its tail widened as for a prediction
    from `blocks` normal values
    """
    excess = (observed - null.mean()) / null.std() / np.sqrt((blocks + 1.0) / (blocks - 1.0))
    p_large = -np.expm1(-np.exp(-(excess / GUMBEL_SCALE + np.euler_gamma)))
    return float(stats.t.sf(stats.norm.isf(p_large), blocks - 1.0))
