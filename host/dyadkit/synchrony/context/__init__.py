"""When and for whom: estimates by condition, around events, against own rest, over sessions."""

from dyadkit.synchrony.context.conditions import REST_LABELS, condition_spans
from dyadkit.synchrony.context.contrast import (
    ConditionEstimate,
    Contrast,
    around_events,
    by_condition,
    contrast_conditions,
)
from dyadkit.synchrony.context.course import Course, in_windows
from dyadkit.synchrony.context.rest import Rest, at_rest
from dyadkit.synchrony.context.sessions import SharedToSelf, Shift, Trend, shared_to_self, trend

__all__ = [
    "REST_LABELS",
    "ConditionEstimate",
    "Contrast",
    "Course",
    "Rest",
    "SharedToSelf",
    "Shift",
    "Trend",
    "around_events",
    "at_rest",
    "by_condition",
    "condition_spans",
    "contrast_conditions",
    "in_windows",
    "shared_to_self",
    "trend",
]
