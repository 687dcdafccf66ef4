"""Chance level of a maximum over lags: all circular shifts, and their extreme-value tail.

Circularly shifting one series keeps everything about both people except their alignment. The
largest value over all lags comes in clumps as wide as the lag window, so ranks over shifts
overstate the evidence; an extreme-value law fitted by moments does not. A short session has few
independent shifts, so the moments borrow strength from phase-randomised versions of the same
curves, the less the longer the session.
"""

from dataclasses import dataclass

import numpy as np
from scipy import fft, ndimage, stats

from dyadkit.dyad.arrays import Bools, Floats
from dyadkit.errors import SignalError
from dyadkit.synchrony.chance.statistic import ShiftCurves

MIN_BLOCKS = 3.0
LENT_BLOCKS = 10.0  # what the phase-randomised curves weigh, in independent shifts
DRAWN_BLOCKS = 24.0
BLOCKS_PER_WINDOW = 1.5  # sliding lag windows overlap, and tell more than separate ones
LAW = stats.genextreme(0.1)  # this shape gave 0.7, 4.7, 19 and 51 % where 1, 5, 20 and 50 were due
LAW_MEAN, LAW_SPREAD = float(LAW.mean()), float(LAW.std())
MIN_LAW_P = 1e-3  # below, the law's tail is continued as an exponential
JOINT = (float(LAW.isf(MIN_LAW_P)) - LAW_MEAN) / LAW_SPREAD


@dataclass(frozen=True, slots=True, eq=False)
class LagWindows:
    """Where lags are searched and which shifts serve as chance, in steps of the grid.

    reach : largest lag; a lag window holds 2 reach + 1 shifts
    min_shift : smallest admissible circular shift
    """

    reach: int
    min_shift: int

    @property
    def width(self) -> int:
        """Shifts in one lag window."""
        return 2 * self.reach + 1

    def admissible(self, usable: Bools) -> Bools:
        """Which circular shifts serve as chance, shape (n,).

        Raises
        ------
        SignalError
            the session holds too few of them
        """
        shift = np.arange(len(usable))
        chosen = usable & (np.minimum(shift, len(usable) - shift) >= self.min_shift)
        blocks = chosen.sum() / self.width
        if blocks < MIN_BLOCKS:
            raise SignalError(
                "too little was recorded of both at once to know what chance gives: record about "
                f"{MIN_BLOCKS / max(blocks, 0.5):.1f} times as long, or search shorter lags "
                "(--max-lag-s)"
            )
        return np.asarray(chosen)

    def heights(self, values: Floats) -> Floats:
        """The largest magnitude within the lag window around every shift."""
        return np.asarray(
            ndimage.maximum_filter1d(np.abs(values), self.width, axis=-1, mode="wrap")
        )


@dataclass(frozen=True, slots=True, eq=False)
class Excess:
    """How far the unshifted pair stands out from all admissible shifts, in standard deviations.

    members : shape (..., members), each member's largest value within the lag window
    observed : shape (...), all members of the unshifted pair together
    null : shape (..., shifts), the same at every admissible shift
    lent : shape (..., draws), the same in phase-randomised curves; empty where none were drawn
    blocks : how many independent lag windows the admissible shifts hold
    """

    members: Floats
    observed: Floats
    null: Floats
    lent: Floats
    blocks: float


def excess(
    curves: ShiftCurves, windows: LagWindows, rng: np.random.Generator | None = None
) -> Excess:
    """Standardise each member's windowed maximum by its own admissible shifts, then combine them.

    The unshifted pair counts as one more lag window, so that it cannot stand out for free.

    Parameters
    ----------
    curves : the statistic at every shift
    windows : largest lag and smallest shift
    rng : draws the phase-randomised curves that short sessions borrow from; none without it

    Raises
    ------
    SignalError
        the session holds too few admissible shifts
    """
    chosen = windows.admissible(curves.usable)
    blocks = float(chosen.sum() / windows.width)
    values = np.where(curves.usable, curves.values, 0.0)
    heights = windows.heights(values)
    unshifted, others = heights[..., :1], heights[..., chosen]
    lent = _lent(values, windows, rng)
    parts = ((unshifted, 1.0), (others, blocks), (lent, LENT_BLOCKS))
    mean, spread = _moments(parts)
    members, *rest = ((part - mean) / spread for part, _ in parts)
    observed, null, loan = (combined(part, curves.weights) for part in (members, *rest))
    return Excess(members[..., 0], observed[..., 0], null, loan, blocks)


def combined(members: Floats, weights: Floats) -> Floats:
    """One excess of many, shape (..., members, n) to (..., n): the log of their mean likelihood.

    As if each member's excess were the log of a likelihood ratio and `weights` its prior: more
    power than the largest member where a coupling shows in several, and hardly less where in one.
    """
    if members.shape[-1] == 0:
        return np.asarray(members.sum(axis=-2))
    top = members.max(axis=-2)
    likelihood = np.exp(members - top[..., None, :]) * weights[:, None]
    return np.asarray(top + np.log(likelihood.sum(axis=-2)))


def tail_p(found: Excess) -> float:
    """The chance of a maximum at least as large, beyond what ranks over few shifts can resolve.

    References
    ----------
    Jenkinson 1955, the extreme-value law, here with moment estimates; the excess is shrunk and its
    tail widened as for a prediction from so many normal values
    """
    parts = ((found.null, found.blocks), (found.lent, LENT_BLOCKS))
    mean, spread = _moments(parts)
    count = BLOCKS_PER_WINDOW * sum(weight for part, weight in parts if part.size)
    above = float((found.observed - mean[0]) / spread[0]) / np.sqrt((count + 1.0) / (count - 1.0))
    return float(stats.t.sf(stats.norm.isf(chance_above(above)), count - 1.0))


def chance_above(deviations: float) -> float:
    """How often a maximum lies so many standard deviations above its mean.

    The law is bounded and would promise certainty; far out an exponential tail takes over.
    """
    if deviations > JOINT:
        return float(MIN_LAW_P * np.exp(-np.pi / np.sqrt(6.0) * (deviations - JOINT)))
    return float(LAW.sf(LAW_MEAN + LAW_SPREAD * deviations))


def _lent(values: Floats, windows: LagWindows, rng: np.random.Generator | None) -> Floats:
    """Heights of curves with the same spectra and random phases, shape (..., members, draws)."""
    if rng is None:
        return values[..., :0]
    n = values.shape[-1]
    size = np.abs(fft.rfft(values))
    draws = int(np.ceil(DRAWN_BLOCKS * windows.width / n))
    turns = np.exp(2j * np.pi * rng.random((draws, size.shape[-1])))
    lent = [windows.heights(np.asarray(fft.irfft(size * turn, n))) for turn in turns]
    return np.concatenate(lent, axis=-1)


def _moments(parts: tuple[tuple[Floats, float], ...]) -> tuple[Floats, Floats]:
    """Mean and standard deviation along the last axis of weighted groups, dimension kept."""
    kept = [(part, weight) for part, weight in parts if part.size]
    total = sum(weight for _, weight in kept)
    mean = sum(weight * part.mean(axis=-1, keepdims=True) for part, weight in kept) / total
    spread = sum(
        weight * np.mean((part - mean) ** 2, axis=-1, keepdims=True) for part, weight in kept
    )
    return np.asarray(mean), np.sqrt(np.asarray(spread) / total)
