"""What coupling looks like by chance: nulls, their p-values, and a check of the whole test."""

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
