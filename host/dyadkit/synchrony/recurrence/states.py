"""State spaces: two series as paths of states, checked before they are compared."""

from dataclasses import dataclass

import numpy as np

from dyadkit.dyad.arrays import ArrayLike, Bools, Floats
from dyadkit.errors import SignalError
from dyadkit.synchrony.grid import check_lengths, checked_values

MIN_STATES = 10


@dataclass(frozen=True, slots=True)
class StateSpace:
    """How a series becomes a path of states: `embedding` samples, `delay` samples apart."""

    embedding: int = 1
    delay: int = 1

    @property
    def span(self) -> int:
        """Samples from a state's first coordinate to its last."""
        return (self.embedding - 1) * self.delay

    def starts(self) -> range:
        """Offset of each coordinate from the state's first sample."""
        return range(0, self.span + 1, self.delay)

    def known(self, series: Floats) -> Bools:
        """Which states have all their coordinates."""
        states = len(series) - self.span
        present = np.isfinite(series)
        known: Bools = np.logical_and.reduce([present[s : s + states] for s in self.starts()])
        return known


def checked_states(
    a: ArrayLike, b: ArrayLike, radius: float, space: StateSpace
) -> tuple[Floats, Floats, StateSpace]:
    """Both series and their state space, or the sentence that says why they have none."""
    x, y = checked_values(a, "a"), checked_values(b, "b")
    check_lengths(x, y)
    if not radius > 0.0:
        raise ValueError(f"radius must be a positive distance, not {radius}")
    if space.embedding < 1 or space.delay < 1:
        raise ValueError("embedding and delay are counts of samples, at least 1")
    if len(x) - space.span < MIN_STATES:
        raise SignalError(
            f"{len(x)} samples give {max(len(x) - space.span, 0)} states of {space.embedding} "
            f"coordinates {space.delay} apart; at least {MIN_STATES} are needed"
        )
    if not (space.known(x).any() and space.known(y).any()):
        raise SignalError("gaps leave no complete state: lower the embedding or fill short gaps")
    return x, y, space


def known_pairs(x: Floats, y: Floats, space: StateSpace) -> int:
    """How many pairs of states are known."""
    return int(space.known(x).sum()) * int(space.known(y).sum())
