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
from dyadkit.synchrony.grid import MIN_COVERAGE
from dyadkit.synchrony.profile.occasion import Signal

WINDOW_S = 20.0
SHORT_WINDOW_S, SHORT_S = 10.0, 600.0
"""A declared condition of a minute or two loses too many windows to a sensor that is off: below ten
minutes it gets shorter ones, only where the usual are too few, because shorter find less."""
MAX_WINDOWS = 180
"""Longer sessions get longer windows: the test's cost grows with the cube of their number."""
MAX_CONDITIONS = 4
MIN_EVENTS = 3
_REST = "the other conditions"


@dataclass(frozen=True, slots=True)
class Levels:
    """What is compared between conditions, all on one grid from session time 0, NaN missing.

    skin : whose correlation at `lag_s` is the coupling
    pulse, pulse_lag_s : likewise of heart rate; None where that is not asked
    levels : by measure, a's and b's series, shape (n,); a window's value is its mean
    """

    skin: Signal
    lag_s: float
    levels: Mapping[str, tuple[Floats, Floats]]
    pulse: Signal | None = None
    pulse_lag_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Untested:
    """Comparison that the data cannot answer, and why; `second` is empty where none can be made."""

    measure: str
    first: str
    second: str
    why: str


@dataclass(frozen=True, slots=True)
class Compared:
    """Every comparison that was asked: those made, and those that could not be."""

    made: tuple[Contrast, ...] = ()
    untested: tuple[Untested, ...] = ()


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
    return comparisons(seen, marks).made


def comparisons(seen: Levels, marks: Sequence[Mark]) -> Compared:
    """Contrasts as of `contrasts_of`, and those that were asked and could not be answered."""
    duration_s = len(seen.skin.a) / seen.skin.rate_hz
    conditions = condition_spans(marks, duration_s)
    labels = list(dict.fromkeys(mark.label for mark in conditions))[:MAX_CONDITIONS]
    events = [mark for mark in marks if mark.kind == "event"]
    often = [label for label, count in Counter(one.label for one in events).items()
             if count >= MIN_EVENTS]  # fmt: skip
    if len(labels) < 2 and not often:
        return Compared()
    made: list[Contrast] = []
    untested: list[Untested] = []
    courses, absent = _courses(seen, max(WINDOW_S, duration_s / MAX_WINDOWS))
    for measure, course in courses.items():
        asked: list[tuple[tuple[str, str], Callable[[], Contrast]]] = [
            (pair, partial(contrast_conditions, course, _of(conditions, measure), *pair))
            for pair in combinations(labels, 2)
        ]
        asked += [((label, ""), partial(around_events, course, events, label)) for label in often]
        for pair, ask in asked:
            try:
                made.append(replace(ask(), measure=measure))
            except SignalError as refusal:
                untested.append(Untested(measure, *pair, str(refusal)))
    untested += [Untested(measure, "", "", why) for measure, why in absent.items()]
    return Compared(tuple(made), tuple(untested))


def _of(conditions: Sequence[Mark], measure: str) -> list[Mark]:
    """The conditions that a measure's person was in; of both people those that both were in."""
    who = measure[-1] if measure[-5:] in (" of a", " of b") else None
    return [one for one in conditions if one.person in (None, who)]


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
    rest = [one if one.label == condition else replace(one, label=_REST) for one in conditions]
    asked = partial(_against, seen, rest, measure, condition)
    try:
        return asked(max(WINDOW_S, duration_s / MAX_WINDOWS))
    except SignalError:
        if duration_s >= SHORT_S:
            raise
        return asked(SHORT_WINDOW_S)


def _against(
    seen: Levels, marks: Sequence[Mark], measure: str, condition: str, window_s: float
) -> Contrast:
    courses, absent = _courses(seen, window_s)
    if measure not in courses:
        raise SignalError(f"{measure}: {absent.get(measure, 'no such measure')}")
    return contrast_conditions(courses[measure], marks, condition, _REST)


def _courses(seen: Levels, window_s: float) -> tuple[dict[str, Course], dict[str, str]]:
    """The course of every measure, and why there is none of the others."""
    couplings = [("coupling", seen.skin, seen.lag_s)]
    if seen.pulse is not None:
        couplings.append(("heart rate coupling", seen.pulse, seen.pulse_lag_s))
    asked: dict[str, Callable[[], Course]] = {
        name: partial(
            in_windows, (pair.a, pair.b), pair.rate_hz,
            partial(_correlation, shift=round(lag_s * pair.rate_hz)), window_s, window_s,
        )
        for name, pair, lag_s in couplings
    }  # fmt: skip
    for measure, both in seen.levels.items():
        for person, series in zip(("a", "b"), both, strict=True):
            asked[f"{measure} of {person}"] = partial(
                _level_course, series, seen.skin.rate_hz, window_s
            )
    found: dict[str, Course] = {}
    absent: dict[str, str] = {}
    for name, ask in asked.items():
        try:
            found[name] = ask()
        except SignalError as refusal:
            absent[name] = str(refusal)
    return found, absent


def _level_course(series: Floats, rate_hz: float, window_s: float) -> Course:
    known = float(np.isfinite(series).mean())
    if known < MIN_COVERAGE:
        needed = f"known in {known:.0%} of the session, {MIN_COVERAGE:.0%} are needed"
        raise SignalError(needed if known else "nothing of it was recorded and can be trusted")
    return in_windows((series, series), rate_hz, lambda one, _: _mean(one), window_s, window_s)


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
