"""Contrasts of coupling and of every signal's level between conditions, and around events."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import combinations

import numpy as np
from scipy import signal

from dyadkit.dyad.arrays import Floats
from dyadkit.dyad.traces import Mark
from dyadkit.errors import SignalError
from dyadkit.synchrony.context import (
    Contrast,
    Course,
    around_events,
    condition_spans,
    contrast_conditions,
    in_windows,
)
from dyadkit.synchrony.profile.occasion import Signal

WINDOW_S = 20.0
SHORT_WINDOW_S, SHORT_S = 10.0, 600.0
"""In a session below ten minutes a sensor that is off for 25 s would cost half of the windows of a
condition; the test takes neighbouring windows for alike."""
MAX_WINDOWS = 180
"""Longer sessions get longer windows: the test's cost grows with the cube of their number."""
MAX_CONDITIONS = 4
MIN_EVENTS = 3
_REST = "the other conditions"


@dataclass(frozen=True, slots=True)
class Levels:
    """What is compared between conditions, all on one grid from session time 0, NaN missing.

    skin : whose correlation at `lag_s` is the coupling
    levels : by measure, a's and b's series, shape (n,); a window's value is its mean
    """

    skin: Signal
    lag_s: float
    levels: Mapping[str, tuple[Floats, Floats]]


def contrasts_of(seen: Levels, marks: Sequence[Mark]) -> tuple[Contrast, ...]:
    """Contrasts of coupling and of both people's levels, for all that was marked.

    Every pair of conditions (of the first four) and every kind of event that came three times; p is
    of each alone. Without marks, or with too little of each condition, there is none.

    Examples
    --------
    >>> from dyadkit.sim.people import bodies
    >>> met = bodies.meet(bodies.Encounter(), seconds=600.0, seed=1)      # no condition matters
    >>> skin = Signal(met.a.eda_usiemens[::4], met.b.eda_usiemens[::4], 4.0)
    >>> seen = Levels(skin, 1.5, {"skin conductance": (skin.a, skin.b)})
    >>> marks = Mark(0.0, 0.0, "rest", "condition"), Mark(300.0, 300.0, "talk", "condition")
    >>> [found.measure for found in contrasts_of(seen, marks)]
    ['coupling', 'skin conductance of a', 'skin conductance of b']
    """
    duration_s = len(seen.skin.a) / seen.skin.rate_hz
    conditions = condition_spans(marks, duration_s)
    labels = list(dict.fromkeys(mark.label for mark in conditions))[:MAX_CONDITIONS]
    events = [mark for mark in marks if mark.kind == "event"]
    often = [label for label, count in Counter(one.label for one in events).items()
             if count >= MIN_EVENTS]  # fmt: skip
    if len(labels) < 2 and not often:
        return ()
    found: list[Contrast] = []
    for measure, course in _courses(seen, max(WINDOW_S, duration_s / MAX_WINDOWS)):
        asked: list[Callable[[], Contrast]] = [
            partial(contrast_conditions, course, conditions, *pair)
            for pair in combinations(labels, 2)
        ]
        asked += [partial(around_events, course, events, label) for label in often]
        found += [replace(one, measure=measure) for one in _answered(asked)]
    return tuple(found)


def against_the_rest(seen: Levels, marks: Sequence[Mark], measure: str, condition: str) -> Contrast:
    """One condition against all others together, in one measure: a question declared beforehand.

    With others before and after it, a drift along the session is no difference.

    Raises
    ------
    SignalError
        the measure was not recorded, or the condition was not marked or is too short
    """
    duration_s = len(seen.skin.a) / seen.skin.rate_hz
    conditions = condition_spans(marks, duration_s)
    labels = list(dict.fromkeys(one.label for one in conditions))
    if condition not in labels or len(labels) < 2:
        raise SignalError(f"“{condition}” is not marked among other conditions")
    window_s = SHORT_WINDOW_S if duration_s < SHORT_S else WINDOW_S
    courses = dict(_courses(seen, max(window_s, duration_s / MAX_WINDOWS)))
    if measure not in courses:
        raise SignalError(f"{measure} is not measured well enough")
    rest = [one if one.label == condition else replace(one, label=_REST) for one in conditions]
    return contrast_conditions(courses[measure], rest, condition, _REST)


def _answered(asked: Sequence[Callable[[], Contrast]]) -> list[Contrast]:
    found = []
    for ask in asked:
        try:
            found.append(ask())
        except SignalError:
            continue
    return found


def _courses(seen: Levels, window_s: float) -> list[tuple[str, Course]]:
    skin, shift = seen.skin, round(seen.lag_s * seen.skin.rate_hz)
    found = [
        _course(
            "coupling", (skin.a, skin.b), lambda a, b: _correlation(a, b, shift), seen, window_s
        )
    ]
    for measure, pair in seen.levels.items():
        for person, series in zip(("a", "b"), pair, strict=True):
            name = f"{measure} of {person}"
            found.append(_course(name, (series, series), lambda a, _: _mean(a), seen, window_s))
    return [one for one in found if one is not None]


def _course(
    name: str,
    pair: tuple[Floats, Floats],
    estimate: Callable[[Floats, Floats], float],
    seen: Levels,
    window_s: float,
) -> tuple[str, Course] | None:
    try:
        return name, in_windows(pair, seen.skin.rate_hz, estimate, window_s, window_s)
    except SignalError:
        return None


def _mean(values: Floats) -> float:
    known = values[np.isfinite(values)]
    return float(known.mean()) if 2 * len(known) >= len(values) else float("nan")


def _correlation(a: Floats, b: Floats, shift: int) -> float:
    """Fisher's z of the detrended window, b taken `shift` samples later."""
    first, second = (a[: len(a) - shift], b[shift:]) if shift >= 0 else (a[-shift:], b[:shift])
    known = np.isfinite(first) & np.isfinite(second)
    if 2 * known.sum() < len(a):
        return float("nan")
    x, y = signal.detrend(first[known]), signal.detrend(second[known])
    scale = float(np.sqrt((x @ x) * (y @ y)))
    return float(np.arctanh(np.clip(x @ y / scale, -0.999, 0.999))) if scale > 0 else float("nan")
