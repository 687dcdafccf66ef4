"""What coupling looks like by chance: nulls, their p-values, and a check of the whole test."""

from dyadkit.synchrony.chance.question import Null, Question, Verdict
from dyadkit.synchrony.chance.shifts import CircularShift
from dyadkit.synchrony.chance.statistic import Contributions, ShiftCurves, Statistic

__all__ = [
    "CircularShift",
    "Contributions",
    "Null",
    "Question",
    "ShiftCurves",
    "Statistic",
    "Verdict",
]
