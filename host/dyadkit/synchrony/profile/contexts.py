"""Contrasts of coupling and arousal between the conditions of a session, and around its events."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from itertools import combinations

import numpy as np
from scipy import signal

from dyadkit.dyad.arrays import Floats
from dyadkit.dyad.traces import Mark
from dyadkit.errors import SignalError
from dyadkit.synchrony.chance.correction import holm
from dyadkit.synchrony.context import (
    Contrast,
    Course,
    around_events,
    condition_spans,
    contrast_conditions,
    in_windows,
)
from dyadkit.synchrony.profile.occasion import Signal

WINDOW_S, STEP_S = 20.0, 20.0
"""Windows that do not overlap: whitening overlapping ones hides steps (4 of 12 found, not 12)."""
MAX_CONDITIONS = 4
MIN_EVENTS = 3


def contrasts_of(skin: Signal, marks: Sequence[Mark], lag_s: float) -> tuple[Contrast, ...]:
    """Contrasts of coupling at `lag_s` and of both people's arousal, for all that was marked.

    Every pair of conditions (of the first four) and every kind of event that came three times;
    p values are corrected by Holm for their number. Without marks, or with too little of each
    condition, there is none.

    Examples
    --------
    >>> from dyadkit.sim.people import bodies
    >>> met = bodies.meet(bodies.Encounter(), seconds=600.0, seed=1)      # no condition matters
    >>> skin = Signal(met.a.eda_usiemens[::4], met.b.eda_usiemens[::4], 4.0)
    >>> marks = Mark(0.0, 0.0, "rest", "condition"), Mark(300.0, 300.0, "talk", "condition")
    >>> [(found.measure, found.p < 0.05) for found in contrasts_of(skin, marks, lag_s=1.5)]
    [('coupling', False), ('arousal of a', False), ('arousal of b', False)]
    """
    duration_s = len(skin.a) / skin.rate_hz
    conditions = condition_spans(marks, duration_s)
    labels = list(dict.fromkeys(mark.label for mark in conditions))[:MAX_CONDITIONS]
    events = [mark for mark in marks if mark.kind == "event"]
    counts = Counter(mark.label for mark in events)
    found: list[Contrast] = []
    for measure, course in _courses(skin, lag_s):
        asked: list[Callable[[], Contrast]] = [
            partial(contrast_conditions, course, conditions, *pair)
            for pair in combinations(labels, 2)
        ]
        asked += [
            partial(around_events, course, events, label)
            for label, count in counts.items()
            if count >= MIN_EVENTS
        ]
        found += [replace(one, measure=measure) for one in _answered(asked)]
    corrected = holm({place: one.p for place, one in enumerate(found)})
    return tuple(replace(one, p=corrected[place]) for place, one in enumerate(found))


def _answered(asked: Sequence[Callable[[], Contrast]]) -> list[Contrast]:
    found = []
    for ask in asked:
        try:
            found.append(ask())
        except SignalError:
            continue
    return found


def _courses(skin: Signal, lag_s: float) -> list[tuple[str, Course]]:
    pair, shift = (skin.a, skin.b), round(lag_s * skin.rate_hz)
    estimates: dict[str, Callable[[Floats, Floats], float]] = {
        "coupling": lambda a, b: _correlation(a, b, shift),
        "arousal of a": lambda a, _: _mean(a),
        "arousal of b": lambda _, b: _mean(b),
    }
    try:
        return [
            (name, in_windows(pair, skin.rate_hz, estimate, WINDOW_S, STEP_S))
            for name, estimate in estimates.items()
        ]
    except SignalError:
        return []


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
