"""Contrasts of an estimate between conditions or around events, and whether they are chance."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dyadkit.dyad.arrays import Floats
from dyadkit.dyad.result import Result
from dyadkit.dyad.traces import Mark
from dyadkit.errors import SignalError
from dyadkit.synchrony.context.course import Course
from dyadkit.synchrony.context.generalised import difference

_MIN_WINDOWS = 3
_ONE_ORDER = (
    "each condition came once, so a drift along the session looks the same as a difference "
    "between them; repeat the conditions in turn to tell them apart"
)


@dataclass(frozen=True, slots=True, eq=False)
class ConditionEstimate(Result):
    """Mean of a course within one condition, its standard deviation, and the windows used."""

    label: str
    mean: float
    deviation: float
    windows: int


@dataclass(frozen=True, slots=True, eq=False)
class Contrast(Result):
    """Difference of a course between two conditions, or after and before events.

    difference : `first` minus `second`, in the course's unit, by generalised least squares with a
        drift in a line; interval : 95 %
    p : of no difference, averaged over how slowly the course may wander (see `generalised`)
    note : what else could explain it; empty when nothing obvious
    measure : what the course was of
    """

    first: str
    second: str
    difference: float
    p: float
    windows: tuple[int, int]
    note: str = ""
    measure: str = ""
    interval: tuple[float, float] = (float("nan"), float("nan"))


def by_condition(course: Course, marks: Sequence[Mark]) -> tuple[ConditionEstimate, ...]:
    """The mean of `course` within each condition marked, in order of their first appearance.

    A window counts where its middle lies. NaN for a condition without a window.

    Examples
    --------
    >>> course = Course(np.array([30.0, 90.0, 150.0]), np.array([1.0, 2.0, 6.0]), window_s=60.0)
    >>> marks = Mark(0.0, 120.0, "rest", "condition"), Mark(120.0, 180.0, "play", "condition")
    >>> [(found.label, found.mean, found.windows) for found in by_condition(course, marks)]
    [('rest', 1.5, 2), ('play', 6.0, 1)]
    """
    labels = dict.fromkeys(mark.label for mark in marks if mark.kind == "condition")
    return tuple(_within(course, marks, label) for label in labels)


def contrast_conditions(course: Course, marks: Sequence[Mark], first: str, second: str) -> Contrast:
    """Difference of `course` between two conditions, by generalised least squares.

    A course wanders by itself, slowly or fast; the test averages over how, by what the course shows
    of it, so that alternating in equal steps costs nothing. Windows should not overlap. With
    conditions that came once each a drift cannot be told from a difference (see `note`).

    Raises
    ------
    SignalError where a condition has fewer than three windows

    Examples
    --------
    Twenty minutes of windows of 20 s, in which play raises a noisy course by half a unit:

    >>> begins_s, labels = (0, 200, 350, 600, 900, 1000, 1200), ("rest", "play") * 3
    >>> marks = [Mark(*span, label, "condition")
    ...          for *span, label in zip(begins_s, begins_s[1:], labels)]
    >>> times_s = 20.0 * np.arange(60) + 10.0
    >>> playing = sum((times_s >= one.start_s) & (times_s < one.stop_s) for one in marks[1::2])
    >>> noise = np.random.default_rng(0).standard_normal(60)
    >>> course = Course(times_s, 0.5 * playing + 0.3 * noise, window_s=20.0)
    >>> found = contrast_conditions(course, marks, "play", "rest")
    >>> round(found.difference, 1), found.p < 0.05, found.windows
    (0.3, True, (32, 28))

    References
    ----------
    Harville 1977, J. Am. Stat. Assoc. 72, 320–338 (restricted likelihood)
    """
    of_first, of_second = (_weights(course, marks, label) for label in (first, second))
    spans = [sum(mark.label == label for mark in marks) for label in (first, second)]
    note = _ONE_ORDER if max(spans) == 1 else ""
    return _contrasted(course, of_first, of_second, Names(first, second, note))


def around_events(
    course: Course, marks: Sequence[Mark], label: str, before_s: float = 60.0, after_s: float = 60.0
) -> Contrast:
    """Change of `course` from before to after events, tested as `contrast_conditions`.

    A window counts when its middle lies up to `before_s` before or `after_s` after an event.

    Raises
    ------
    ValueError for spans that are not positive; SignalError without enough windows around events

    Examples
    --------
    >>> touches = [Mark(at_s, at_s, "touch") for at_s in (150.0, 390.0, 510.0, 770.0, 980.0)]
    >>> times_s = 20.0 * np.arange(60) + 10.0
    >>> calmer = sum((times_s > one.start_s) & (times_s <= one.start_s + 60.0) for one in touches)
    >>> noise = np.random.default_rng(0).standard_normal(60)
    >>> course = Course(times_s, 0.3 * noise - calmer, window_s=20.0)
    >>> found = around_events(course, touches, "touch")
    >>> found.difference < -0.5, found.p < 0.05, found.first
    (True, True, 'after touch')
    """
    if not (before_s > 0 and after_s > 0):
        raise ValueError("before_s and after_s must be positive")
    before, after = np.zeros(len(course.times_s)), np.zeros(len(course.times_s))
    for mark in marks:
        if mark.label == label:
            since_s = course.times_s - mark.start_s
            after += (since_s > 0) & (since_s <= after_s)
            before += (since_s < 0) & (since_s >= -before_s)
    return _contrasted(course, after, before, Names(f"after {label}", f"before {label}", ""))


@dataclass(frozen=True, slots=True)
class Names:
    """What is compared with what, and what to beware of."""

    first: str
    second: str
    note: str


def _within(course: Course, marks: Sequence[Mark], label: str) -> ConditionEstimate:
    values = course.values[_weights(course, marks, label) > 0]
    values = values[np.isfinite(values)]
    if len(values) == 0:
        return ConditionEstimate(label, float("nan"), float("nan"), 0)
    return ConditionEstimate(label, float(values.mean()), float(values.std()), len(values))


def _weights(course: Course, marks: Sequence[Mark], label: str) -> Floats:
    inside = np.zeros(len(course.times_s))
    for mark in marks:
        if mark.label == label and mark.kind == "condition":
            inside[(course.times_s >= mark.start_s) & (course.times_s < mark.stop_s)] = 1.0
    return inside


def _contrasted(course: Course, up: Floats, down: Floats, names: Names) -> Contrast:
    known = np.isfinite(course.values) & (up != down)
    counts = (int((up[known] > 0).sum()), int((down[known] > 0).sum()))
    for name, count in zip((names.first, names.second), counts, strict=True):
        if count < _MIN_WINDOWS:
            raise SignalError(f"“{name}” has {count} windows, {_MIN_WINDOWS} are needed")
    side = np.sign(up[known] - down[known]) / 2.0
    places = course.times_s[known] / course.step_s()
    found = difference(places, course.values[known], side)
    return Contrast(
        names.first, names.second, found.size, found.p, counts, names.note, interval=found.interval
    )
