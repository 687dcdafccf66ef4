"""Chance levels of coupling: surrogates as nulls, their p-values, and a check of the whole test.

A null says what two people's series would look like without coupling: `CircularShift` (the default)
breaks only the timing between them, the `Surrogates` draw one series anew, `PseudoDyads` brings
partners from other sessions and alone can tell a shared schedule from coupling.

Rules of this room: a null that destroys a person's own rhythm is refused (`SampleShuffle`); the
same seed gives the same p for any number of workers; a p that rests on few values says so.

Start reading at `question` (a statistic of one pair, and what a null answers), then `shifts` and
`extreme`, where the default p comes from; `calibration` tells whether a test keeps its promise.
"""

from dyadkit.synchrony.chance.calibration import NullCalibration, Unpaired, calibrate
from dyadkit.synchrony.chance.pseudo import PseudoDyads, SessionTime
from dyadkit.synchrony.chance.question import Null, NullResult, Question
from dyadkit.synchrony.chance.shifts import CircularShift
from dyadkit.synchrony.chance.statistic import Contributions, ShiftCurves, Statistic
from dyadkit.synchrony.chance.surrogates import (
    IAAFT,
    ARSieve,
    PhaseRandomised,
    SampleShuffle,
    SegmentShuffle,
    Surrogates,
)

__all__ = [
    "IAAFT",
    "ARSieve",
    "NullCalibration",
    "CircularShift",
    "Contributions",
    "Null",
    "PhaseRandomised",
    "PseudoDyads",
    "Question",
    "SampleShuffle",
    "SegmentShuffle",
    "SessionTime",
    "ShiftCurves",
    "Statistic",
    "Surrogates",
    "Unpaired",
    "NullResult",
    "calibrate",
]
