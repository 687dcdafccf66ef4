"""Heart rhythm: whether the intervals of a recording are those that the sinus node sets."""

from enum import StrEnum

import numpy as np

from dyadkit.dyad.arrays import Bools, Floats
from dyadkit.signals.ppg.intervals import IntervalKind, Intervals

MIN_INTERVALS = 30  # fewer do not tell a rhythm
# Of the mean interval: what breathing moves successive intervals by is below the first in all but
# the young and trained, and never reaches the second; fibrillation is at 0.15 to 0.4.
UNEVEN, NEVER_SINUS = 0.10, 0.25
ORDER = 3  # intervals before that tell the next one where breath and pressure move them
FORESEEN = 0.4  # share of the variance told by them, below which nothing tells the next interval
BEYOND_NOISE = 4.0  # standard errors: noise alone does this once in ten thousand intervals
MANY_EARLY, MOSTLY_EARLY = 0.05, 0.20  # share of intervals that touch an early or late beat


class HeartRhythm(StrEnum):
    """Rhythm of a recording: of the sinus node, with many early beats, irregular, or unknown.

    Variability is an index of vagal tone in the first, in the second only over the intervals
    between early beats, in the third not at all.

    Examples
    --------
    >>> HeartRhythm.IRREGULAR.value, HeartRhythm("sinus").vagal
    ('irregular', True)
    """

    SINUS = "sinus"
    EARLY_BEATS = "many early beats"
    IRREGULAR = "irregular"
    UNKNOWN = "unknown"

    @property
    def vagal(self) -> bool:
        """Whether variability between normal intervals may be read as vagal."""
        return self is not HeartRhythm.IRREGULAR

    @property
    def notes(self) -> tuple[str, ...]:
        """What it takes away from variability, in a sentence; none in sinus rhythm."""
        if self is HeartRhythm.IRREGULAR:
            return ("irregular heart rhythm: its variability is not vagal here",)
        if self is HeartRhythm.EARLY_BEATS:
            return ("many early beats: variability is that of the intervals between them",)
        return ()


def heart_rhythm(found: Intervals, min_rmssd_ms: float) -> HeartRhythm:
    """Rhythm of the measured intervals of one recording.

    Irregular where successive intervals differ by more than any breath makes them, or by much with
    nothing in the intervals before that tells the next one (atrial fibrillation), or where every
    fifth interval touches an early beat.

    Parameters
    ----------
    found : inter-beat intervals of the whole recording
    min_rmssd_ms : the least that RMSSD may be once noise is taken off: noise is no rhythm;
        NaN where too little was seen to tell

    Examples
    --------
    >>> import numpy as np
    >>> from dyadkit.signals.ppg import Beats, intervals
    >>> one, random = np.ones(200), np.random.default_rng(1)
    >>> times_s = np.cumsum(0.7 * np.exp(0.2 * random.standard_normal(200)))
    >>> fibrillation = intervals(Beats(times_s, one, one, one, duration_s=150.0))
    >>> heart_rhythm(fibrillation, min_rmssd_ms=190.0).value
    'irregular'

    References
    ----------
    Dash et al. 2009, Ann Biomed Eng 37(9): variability and unpredictability of intervals
    """
    measured = found.normal | (found.kind == IntervalKind.ECTOPIC)
    if measured.sum() < MIN_INTERVALS or not found.normal.any():
        return HeartRhythm.UNKNOWN
    early = float((_clearly_early(found) & measured).sum() / measured.sum())
    uneven = min_rmssd_ms / (1e3 * float(found.interval_s[found.normal].mean()))
    if early > MOSTLY_EARLY or uneven > NEVER_SINUS:
        return HeartRhythm.IRREGULAR
    if uneven > UNEVEN and _foreseen(found) < FORESEEN:
        return HeartRhythm.IRREGULAR
    if early > MANY_EARLY:
        return HeartRhythm.EARLY_BEATS
    return HeartRhythm.SINUS if np.isfinite(uneven) else HeartRhythm.UNKNOWN


def _clearly_early(found: Intervals) -> Bools:
    """Intervals with an early or late beat that differ from the one before beyond any noise."""
    step_s = np.abs(np.diff(found.interval_s, prepend=found.interval_s[0]))
    noise_s = np.hypot(found.error_s, np.r_[found.error_s[0], found.error_s[:-1]])
    return np.asarray((found.kind == IntervalKind.ECTOPIC) & (step_s > BEYOND_NOISE * noise_s))


def _foreseen(found: Intervals) -> float:
    """Share of the variance of normal intervals that those before tell, in unbroken runs."""
    rows = np.flatnonzero(_unbroken(found)[ORDER:]) + ORDER
    if len(rows) < MIN_INTERVALS:
        return 1.0
    length_s = found.interval_s - found.interval_s[found.normal].mean()
    before: Floats = np.stack([length_s[rows - lag] for lag in range(1, ORDER + 1)], axis=1)
    weights = np.linalg.lstsq(before, length_s[rows], rcond=None)[0]
    left = length_s[rows] - before @ weights
    return float(1 - (left @ left) / (length_s[rows] @ length_s[rows]))


def _unbroken(found: Intervals) -> Bools:
    """Which intervals end a run of `ORDER` + 1 normal ones, each beginning where one ended."""
    joined = found.normal & found.follows
    run = found.normal.copy()
    for lag in range(ORDER):
        run[lag + 1 :] &= joined[1 : len(joined) - lag] & found.normal[: len(joined) - lag - 1]
    run[:ORDER] = False
    return np.asarray(run)
