"""Conditions of a session, each with a beginning and an end, from the marks as they were set."""

from collections.abc import Sequence

from dyadkit.dyad.traces import Mark

REST_LABELS = ("rest", "baseline")


def condition_spans(marks: Sequence[Mark], duration_s: float) -> tuple[Mark, ...]:
    """The conditions of a session in order of time, each with an end.

    A condition marked as an instant lasts until the next condition, or to the end of the session.

    Examples
    --------
    >>> marked = [Mark(0.0, 0.0, "rest", "condition"), Mark(300.0, 300.0, "play", "condition")]
    >>> [(one.label, one.stop_s) for one in condition_spans(marked, 900.0)]
    [('rest', 300.0), ('play', 900.0)]
    """
    conditions = sorted(
        (mark for mark in marks if mark.kind == "condition"), key=lambda mark: mark.start_s
    )
    ends = [*(mark.start_s for mark in conditions[1:]), duration_s][: len(conditions)]
    return tuple(
        mark
        if mark.stop_s > mark.start_s
        else Mark(mark.start_s, end, mark.label, "condition", mark.person)
        for mark, end in zip(conditions, ends, strict=True)
    )
