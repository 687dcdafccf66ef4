"""Short stretches of trusted beats that nothing around confirms.

Movement that swings at the pace of a pulse looks like one for a few beats: the wave alone cannot
tell. A long stretch stands alone; a short one must beat about as fast as the long ones near it, and
so must one of any length in which an accelerometer felt movement.
"""

from dataclasses import dataclass, replace

import numpy as np

from dyadkit.dyad.arrays import Bools, Floats, Ints
from dyadkit.signals.ppg.beats import TRUSTED, Beats
from dyadkit.signals.ppg.intervals import MAX_INTERVAL_S, MIN_INTERVAL_S, crosses

STANDS_ALONE = 6  # intervals in a row that need no witness
NEAR_S = 45.0  # from a stretch on, a heart may have changed its pace
WITNESS = 10  # intervals of a long stretch, the nearest, that say how fast the heart beats
ALIKE = 0.15  # distance of log intervals that is no contradiction
SPREADS = 2.0  # times the spread of the witness, where its rhythm is uneven
UNCONFIRMED = 0.9 * TRUSTED  # the most that the quality of a beat is worth which nothing confirms


@dataclass(frozen=True, slots=True)
class _Stretch:
    """Trusted beats in a row: when, the logarithms of their intervals, how many of them still."""

    start_s: float
    stop_s: float
    logs: Floats
    still: int

    @property
    def stands_alone(self) -> bool:
        return self.still >= STANDS_ALONE


def confirmed(beats: Beats, moved: Bools | None = None) -> Beats:
    """The same beats, those of a short stretch that nothing confirms no longer trusted.

    Parameters
    ----------
    beats : of one channel
    moved : shape (seconds,), those in which an accelerometer felt movement; None: there is none
    """
    trusted = np.flatnonzero(beats.trusted)
    if len(trusted) == 0:
        return beats
    rows = np.split(trusted, np.flatnonzero(~_joined(beats, trusted)) + 1)
    stretches = [_stretch(beats.times_s[row], moved) for row in rows]
    witnesses = [one for one in stretches if one.stands_alone]
    stranded = np.zeros(len(beats), dtype=bool)
    for row, one in zip(rows, stretches, strict=True):
        stranded[row] = not (one.stands_alone or _agrees(one, witnesses))
    quality = np.where(stranded, np.minimum(beats.quality, UNCONFIRMED), beats.quality)
    return replace(beats, quality=quality)


def _joined(beats: Beats, trusted: Ints) -> Bools:
    """Which trusted beats follow the trusted one before without anything between."""
    length_s = np.diff(beats.times_s[trusted])
    joined = (np.diff(trusted) == 1) & (length_s >= MIN_INTERVAL_S) & (length_s <= MAX_INTERVAL_S)
    return np.asarray(joined & ~crosses(beats.times_s[trusted], beats.gaps_s))


def _stretch(times_s: Floats, moved: Bools | None) -> _Stretch:
    logs = np.log(np.diff(times_s))
    still = len(logs)
    if moved is not None:
        shaky = moved[np.minimum(times_s.astype(int), len(moved) - 1)]
        still -= int((shaky[1:] | shaky[:-1]).sum())
    return _Stretch(float(times_s[0]), float(times_s[-1]), logs, still)


def _agrees(one: _Stretch, witnesses: list[_Stretch]) -> bool:
    """Whether a short stretch is as fast as the long ones next to it, or in between."""
    before = [w.logs[-WITNESS:] for w in witnesses if 0 <= one.start_s - w.stop_s < NEAR_S][-1:]
    after = [w.logs[:WITNESS] for w in witnesses if 0 <= w.start_s - one.stop_s < NEAR_S][:1]
    near = before + after
    if len(one.logs) == 0 or not near:
        return False
    usual = [float(np.median(logs)) for logs in near]
    margin = max(ALIKE, SPREADS * max(_spread(logs) for logs in near))
    return min(usual) - margin <= float(np.median(one.logs)) <= max(usual) + margin


def _spread(logs: Floats) -> float:
    """Standard deviation of a normal sample with the same median deviation."""
    return 1.48 * float(np.median(np.abs(logs - np.median(logs))))
