"""Course of the verdicts along a session: windows long enough to tell anything."""

from dataclasses import dataclass

import numpy as np

from dyadkit.dyad.arrays import ArrayLike, Floats
from dyadkit.dyad.result import Result
from dyadkit.errors import SignalError
from dyadkit.synchrony.verdicts.estimate import PersonPair, Verdict, judge_persons, named

WINDOW_S = 600.0
STEP_S = 300.0
MIN_DURATION_S = 1200.0
"""Below two windows there is no course."""


@dataclass(frozen=True, slots=True, eq=False)
class VerdictCourse(Result):
    """Beliefs about each person in windows of ten minutes, twelve an hour, overlapping by half.

    times_s : shape (windows,), middles
    calmed, wound_up : shape (windows, 2), belief about a and b; NaN where a window cannot tell.
        For looking: each window is for itself, and none is corrected for their number
    """

    times_s: Floats
    window_s: float
    calmed: Floats
    wound_up: Floats

    def verdicts(self, person: int) -> list[Verdict]:
        """The likelier verdict of each window on person 0 (a) or 1 (b)."""
        return [
            Verdict.NO_ANSWER if np.isnan(calm) else named(calm, wound)
            for calm, wound in zip(self.calmed[:, person], self.wound_up[:, person], strict=True)
        ]


def follow_verdicts(a: ArrayLike, b: ArrayLike, rate_hz: float, seed: int = 0) -> VerdictCourse:
    """Course of the verdicts along a session of at least twenty minutes.

    Parameters as of `judge_persons`.

    Raises
    ------
    SignalError for a session below twenty minutes

    Examples
    --------
    >>> a, b = np.random.default_rng(1).standard_normal((2, 500)).cumsum(axis=1)
    >>> follow_verdicts(a, b, rate_hz=0.25).times_s.tolist()
    [300.0, 600.0, 900.0, 1200.0, 1500.0]
    """
    x, y = np.asarray(a, dtype=float), np.asarray(b, dtype=float)
    duration_s = len(x) / rate_hz
    if duration_s < MIN_DURATION_S:
        raise SignalError(
            f"{duration_s / 60:.0f} minutes are less than two windows of {WINDOW_S / 60:.0f}"
        )
    length, step = round(WINDOW_S * rate_hz), round(STEP_S * rate_hz)
    starts = np.arange(0, len(x) - length + 1, step)
    found = [_judged(x[k : k + length], y[k : k + length], rate_hz, seed) for k in starts]
    calmed, wound_up = (
        np.array([[getattr(one.a, of), getattr(one.b, of)] if one else (np.nan, np.nan)
                  for one in found])
        for of in ("calmed", "wound_up")
    )  # fmt: skip
    middles_s = np.asarray(starts + length / 2, dtype=float) / rate_hz
    return VerdictCourse(middles_s, WINDOW_S, calmed, wound_up)


def _judged(a: Floats, b: Floats, rate_hz: float, seed: int) -> PersonPair | None:
    try:
        return judge_persons(a, b, rate_hz, seed)
    except SignalError:
        return None
