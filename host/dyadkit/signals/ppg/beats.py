"""Pulse beats of one recording: what `find_beats` and `LiveBeats` give."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Self

import numpy as np

from dyadkit.dyad.arrays import Bools, Floats, Ints
from dyadkit.dyad.result import Result

COLUMNS = ("times_s", "quality", "amplitude", "baseline", "timing_error_s", "cut_off")
TRUSTED = 0.5  # the least quality at which a beat or a second counts


@dataclass(frozen=True, slots=True, eq=False)
class Beats(Result):
    """Pulse beats of one recording; arrays of shape (n,), in time order.

    times_s : the middle of each pulse's rise, sub-sample, seconds from the first sample
    quality : 0..1; below `TRUSTED` (0.5) the beat is a guess from its neighbours
    amplitude : trough to crest, in the units of the input (AC)
    baseline : the slow level under the beat, in the units of the input (DC)
    duration_s : length of the recording
    gaps_s : shape (g, 2), spans without contact or without samples
    timing_error_s : standard error of each time: what noise in the wave moves a beat by; 0 where
        the times were given
    cut_off : whether the wave was at a limit of the sensor around the beat

    Examples
    --------
    >>> import numpy as np
    >>> quality, pulse, level = np.array([1.0, 0.3, 0.9]), np.full(3, 20.0), np.full(3, 2000.0)
    >>> beats = Beats(np.array([0.5, 1.3, 2.2]), quality, pulse, level, duration_s=3.0)
    >>> beats.trusted.tolist(), beats.where(beats.trusted).times_s.tolist()
    ([True, False, True], [0.5, 2.2])
    """

    times_s: Floats
    quality: Floats
    amplitude: Floats
    baseline: Floats
    duration_s: float
    gaps_s: Floats = field(default_factory=lambda: np.empty((0, 2)))
    timing_error_s: Floats = field(default_factory=lambda: np.empty(0))
    cut_off: Bools = field(default_factory=lambda: np.empty(0, dtype=bool))

    def __post_init__(self) -> None:
        for name in ("timing_error_s", "cut_off"):
            given = getattr(self, name)
            if len(given) != len(self.times_s):
                object.__setattr__(self, name, np.zeros(len(self.times_s), dtype=given.dtype))

    def __len__(self) -> int:
        return len(self.times_s)

    @property
    def trusted(self) -> Bools:
        """Which beats are seen rather than guessed, shape (n,)."""
        return self.quality >= TRUSTED

    def where(self, chosen: Bools | Ints) -> Self:
        """The same recording with only the chosen beats, by mask or index."""
        columns: dict[str, Any] = {name: getattr(self, name)[chosen] for name in COLUMNS}
        return replace(self, **columns)

    def later(self, shift_s: float) -> Self:
        """The same beats `shift_s` later."""
        return replace(
            self,
            times_s=self.times_s + shift_s,
            duration_s=self.duration_s + shift_s,
            gaps_s=self.gaps_s + shift_s,
        )


def join(parts: Sequence[Beats]) -> Beats:
    """Beats of several parts in time order, with the duration and gaps of the last."""
    columns: dict[str, Any] = {
        name: np.concatenate([getattr(part, name) for part in parts]) for name in COLUMNS
    }
    return replace(parts[-1], **columns).where(np.argsort(columns["times_s"], kind="stable"))


def no_beats(duration_s: float) -> Beats:
    """Beats of a recording in which nothing can be seen: none, and one gap from end to end."""
    nothing = np.empty(0)
    whole = np.array([[0.0, duration_s]])
    return Beats(nothing, nothing, nothing, nothing, duration_s, whole)


def perfusion_percent(beats: Beats) -> Floats:
    """Perfusion index: pulse amplitude over the slow level (AC/DC), in percent, shape (n,).

    NaN where the level is not positive: the input was not raw counts, or the beat is not trusted.

    Examples
    --------
    >>> import numpy as np
    >>> quality, pulse, level = np.array([0.9, 0.3]), np.full(2, 20.0), np.full(2, 2000.0)
    >>> perfusion_percent(Beats(np.array([0.5, 1.3]), quality, pulse, level, 2.0)).tolist()
    [1.0, nan]
    """
    known = beats.trusted & (beats.baseline > 0)
    ratio = np.full(len(beats), np.nan)
    ratio[known] = 100 * beats.amplitude[known] / beats.baseline[known]
    return ratio
