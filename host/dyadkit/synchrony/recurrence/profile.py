"""The diagonal profile of a cross-recurrence plot, and what chance gives for its peak.

Wrapping each late diagonal onto the early one it continues gives the profile at every circular
shift of b, so the whole null comes with the plot.
"""

from dataclasses import dataclass

import numpy as np
from scipy import ndimage, signal

from dyadkit.dyad.arrays import Bools, Floats, Ints
from dyadkit.errors import SignalError
from dyadkit.synchrony import misalignment


@dataclass(frozen=True, slots=True, eq=False)
class Profile:
    """Recurrences and known pairs by diagonal, from b earliest to b latest."""

    recurrences: Ints
    pairs: Ints

    @property
    def states(self) -> int:
        """Number of states of each person."""
        return (len(self.pairs) + 1) // 2

    @property
    def shares(self) -> Floats:
        """Share of each diagonal that recurs; NaN where no pair is known."""
        return _shares(self.recurrences, self.pairs)

    def peak(self, reach: int) -> int:
        """Lag of the highest share within ± `reach` samples."""
        centre = self.states - 1
        near = np.nan_to_num(self.shares[centre - reach : centre + reach + 1])
        return int(np.argmax(near)) - reach

    def wrapped(self) -> Floats:
        """The share that recurs at every circular shift 0 … states - 1 of b."""
        late, early = slice(self.states - 1, None), slice(0, self.states - 1)
        recurrences, pairs = self.recurrences[late].copy(), self.pairs[late].copy()
        recurrences[1:] += self.recurrences[early]
        pairs[1:] += self.pairs[early]
        return np.nan_to_num(_shares(recurrences, pairs))

    def chance(self, reach: int, min_shift: int) -> tuple[float, str]:
        """How unlikely the peak within ± `reach` is among all shifts of at least `min_shift`."""
        try:
            chosen = misalignment.admissible(self.states, min_shift)
        except SignalError:
            return float("nan"), "none: too short for circular shifts"
        peaks = ndimage.maximum_filter1d(self.wrapped(), 2 * reach + 1, mode="wrap")
        p = misalignment.p_among(float(peaks[0]), peaks[chosen])
        return p, f"all {len(chosen)} circular shifts of at least {min_shift} samples"


def pairs_by_lag(known_a: Bools, known_b: Bools) -> Ints:
    """How many pairs of known states lie on each diagonal, from b earliest to b latest."""
    pairs = signal.correlate(known_b.astype(float), known_a.astype(float), method="fft")
    return np.rint(pairs).astype(np.int64)


def _shares(recurrences: Ints, pairs: Ints) -> Floats:
    shares = np.full(len(pairs), np.nan)
    np.divide(recurrences, pairs, out=shares, where=pairs > 0)
    return shares
