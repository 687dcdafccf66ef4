"""Trains of events: onsets of one person on a grid of quarter seconds."""

from dataclasses import dataclass

import numpy as np

from dyadkit.dyad.arrays import ArrayLike, Bools, Floats
from dyadkit.errors import SignalError

BINS_HZ = 4.0
"""Onsets of skin conductance responses are not known finer than a quarter of a second."""
MIN_EVENTS = 5


@dataclass(frozen=True, slots=True, eq=False)
class Train:
    """Events of one person in bins of a quarter second.

    counts : shape (n,), 1 where an event began
    sizes : shape (n,), its size, 0 elsewhere; of median 1 over the events
    present : shape (n,), whether the person was measured
    """

    counts: Floats
    sizes: Floats
    present: Bools

    @classmethod
    def of(
        cls,
        times_s: ArrayLike,
        duration_s: float,
        sizes: ArrayLike | None = None,
        present: Bools | None = None,
    ) -> "Train":
        """Events at `times_s` from the session's start, of any unit of size.

        present : shape (n,) at any rate over the whole session; everywhere if not given

        Raises
        ------
        ValueError
            sizes and times differ in number, or a duration that is not positive
        """
        times = np.asarray(times_s, dtype=float)
        heights = np.ones(len(times)) if sizes is None else np.asarray(sizes, dtype=float)
        if len(heights) != len(times):
            raise ValueError(f"{len(times)} events have {len(heights)} sizes")
        if not (np.isfinite(duration_s) and duration_s > 0.0):
            raise ValueError(f"duration_s must be a positive number of seconds, not {duration_s}")
        count = int(np.ceil(duration_s * BINS_HZ))
        measured = _on_bins(present, count)
        inside = np.isfinite(times) & (times >= 0.0) & (times < duration_s)
        places = np.minimum((times[inside] * BINS_HZ).astype(np.int64), count - 1)
        began, height = np.zeros(count), np.zeros(count)
        began[places] = 1.0
        np.maximum.at(height, places, np.nan_to_num(heights[inside]))
        began[~measured] = height[~measured] = 0.0
        usual = float(np.median(height[height > 0.0])) if (height > 0.0).any() else 1.0
        return cls(began, height / usual, measured)

    @property
    def events(self) -> int:
        """How many bins hold an event."""
        return int(self.counts.sum())

    def checked(self, name: str) -> "Train":
        """Itself; SignalError where it holds too few events to be asked."""
        if self.events < MIN_EVENTS:
            raise SignalError(
                f"{name} has {self.events} responses; at least {MIN_EVENTS} are needed"
            )
        return self


def _on_bins(present: Bools | None, count: int) -> Bools:
    if present is None:
        return np.ones(count, dtype=bool)
    places = (np.arange(count) + 0.5) / count * len(present)
    return np.asarray(present, dtype=bool)[places.astype(np.int64)]
