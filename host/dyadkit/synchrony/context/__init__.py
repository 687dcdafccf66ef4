"""Context of an estimate: conditions, events, each person's own resting baseline, and sessions.

A `Course` is any estimate in windows along a session; everything else compares its values.

Rules of this room: windows are never taken for independent; what a design cannot tell apart stands
in a `note`.

Start reading at `course.in_windows`, then `contrast` and the test under it, `generalised`;
`design` tells before a recording what it can show.
"""

from dyadkit.synchrony.context.conditions import REST_LABELS, condition_spans
from dyadkit.synchrony.context.contrast import (
    ConditionEstimate,
    Contrast,
    around_events,
    by_condition,
    contrast_conditions,
)
from dyadkit.synchrony.context.course import Course, in_windows
from dyadkit.synchrony.context.design import DesignPower, design_power
from dyadkit.synchrony.context.rest import Rest, at_rest
from dyadkit.synchrony.context.sessions import (
    SharedToSelf,
    Shift,
    Trend,
    shared_to_self,
    shift_of,
    trend,
)

__all__ = [
    "REST_LABELS",
    "ConditionEstimate",
    "Contrast",
    "Course",
    "DesignPower",
    "Rest",
    "SharedToSelf",
    "Shift",
    "Trend",
    "around_events",
    "at_rest",
    "by_condition",
    "condition_spans",
    "contrast_conditions",
    "design_power",
    "in_windows",
    "shared_to_self",
    "shift_of",
    "trend",
]
