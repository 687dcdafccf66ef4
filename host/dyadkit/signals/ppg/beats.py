"""The beats of one recording: what `find_beats` and `LiveBeats` give."""

from dataclasses import dataclass, field

import numpy as np

from dyadkit.arrays import Bools, Floats
from dyadkit.result import Result

TRUSTED = 0.5  # the least quality at which a beat or a second counts


@dataclass(frozen=True, slots=True, eq=False)
class Beats(Result):
    """Pulse beats of one recording; arrays of shape (n,), in time order.

    times_s : steepest rise of each pulse, sub-sample, seconds from the first sample
    quality : 0..1; below `TRUSTED` (0.5) the beat is a guess from its neighbours
    amplitude : trough to crest, in the units of the input (AC)
    baseline : the slow level under the beat, in the units of the input (DC)
    duration_s : length of the recording
    gaps_s : shape (g, 2), spans without contact or without samples
    """

    times_s: Floats
    quality: Floats
    amplitude: Floats
    baseline: Floats
    duration_s: float
    gaps_s: Floats = field(default_factory=lambda: np.empty((0, 2)))

    def __len__(self) -> int:
        return len(self.times_s)

    @property
    def trusted(self) -> Bools:
        """Which beats are seen rather than guessed, shape (n,)."""
        return self.quality >= TRUSTED

    def where(self, chosen: Bools) -> "Beats":
        """The same recording with only the chosen beats."""
        return Beats(
            self.times_s[chosen],
            self.quality[chosen],
            self.amplitude[chosen],
            self.baseline[chosen],
            self.duration_s,
            self.gaps_s,
        )


def no_beats(duration_s: float) -> Beats:
    """A recording in which nothing can be seen."""
    nothing = np.empty(0)
    whole = np.array([[0.0, duration_s]])
    return Beats(nothing, nothing, nothing, nothing, duration_s, whole)


def perfusion_percent(beats: Beats) -> Floats:
    """Pulse amplitude over the slow level (AC/DC), in percent, shape (n,).

    NaN where the level is not positive: the input was not raw counts, or the beat is not trusted.
    """
    known = beats.trusted & (beats.baseline > 0)
    ratio = np.full(len(beats), np.nan)
    ratio[known] = 100 * beats.amplitude[known] / beats.baseline[known]
    return ratio
