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
    drive : shape (n,), what a partner may respond to: the counts, or where it is known the root of
        the driver behind the waveform, which also holds what overlapped too much to be counted; of
        the same sum as the counts
    present : shape (n,), whether the person was measured
    """

    counts: Floats
    sizes: Floats
    drive: Floats
    present: Bools

    @classmethod
    def of(
        cls,
        times_s: ArrayLike,
        duration_s: float,
        sizes: ArrayLike | None = None,
        present: Bools | None = None,
        driver: Floats | None = None,
    ) -> "Train":
        """Events at `times_s` from the session's start, of any unit of size.

        present : shape (n,) at any rate over the whole session; everywhere if not given
        driver : shape (n,) in the same bins, how much was set off in each, of any unit

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
        return cls(began, height / usual, _drive(driver, began, measured), measured)

    def within(self, during: Bools) -> "Train":
        """The train from the first to the last moment of `during`, measured only within."""
        kept = np.flatnonzero(during)
        part = slice(int(kept[0]), int(kept[-1]) + 1)
        inside = during[part].astype(float)
        counts, sizes, drive = (one[part] * inside for one in (self.counts, self.sizes, self.drive))
        return Train(counts, sizes, drive, self.present[part] & during[part])

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


def _drive(driver: Floats | None, counts: Floats, measured: Bools) -> Floats:
    """The root of a driver: sizes of bursts spread too widely to be taken as they are."""
    if driver is None:
        return counts
    known = np.zeros(len(counts))
    shown = np.sqrt(np.maximum(np.nan_to_num(driver[: len(counts)]), 0.0))
    known[: len(shown)] = shown
    known[~measured] = 0.0
    total = float(known.sum())
    return known * (float(counts.sum()) / total) if total > 0.0 else counts


def _on_bins(present: Bools | None, count: int) -> Bools:
    if present is None:
        return np.ones(count, dtype=bool)
    places = (np.arange(count) + 0.5) / count * len(present)
    return np.asarray(present, dtype=bool)[places.astype(np.int64)]
