"""Reactivity and recovery: how a person changes from baseline to task, and comes back after it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from dyadkit.analysis.tables.cells import TableCell, TableSpan
from dyadkit.analysis.tables.layout import condition_stretches, conditions_of
from dyadkit.dyad.arrays import Floats
from dyadkit.dyad.result import Result
from dyadkit.dyad.traces import PERSONS, Mark, PersonName
from dyadkit.signals import Physiology, PhysiologyPair
from dyadkit.signals.physiology import SERIES_HZ
from dyadkit.synchrony.context import REST_LABELS

MEASURES = ("heart_rate", "ln_rsa", "rmssd", "scl", "ns_scr")
SMOOTH_S = 10.0
"""Means of so long are compared with half of the way back: a breath or two, and a response."""
LEVEL_S = 30.0
"""Of the end of a stressor: what a person comes back from."""
MIN_HALF_TIME_S = 2.0
"""A heart takes two beats, skin a second of rise and one of fall: a faster half time is noise."""
_UNKNOWN = (float("nan"), float("nan"))


@dataclass(frozen=True, slots=True, eq=False)
class Reaction(Result):
    """Change of one measure of one person from the baseline to a condition, and its recovery.

    condition, baseline : what is compared with what
    difference, interval : condition minus baseline, in the measure's unit; RSA withdrawal is the
        drop of `ln_rsa`, a difference below 0; the interval is from those of both cells
    half_time_s : after the condition, until half of the way back to the baseline is gone for heart
        rate and SCL; NaN where it was not higher, or half was not reached before the next condition
        ended
    watched_s : how long it was looked for
    """

    person: str
    measure: str
    unit: str
    condition: str
    baseline: str
    difference: float
    interval: tuple[float, float]
    half_time_s: float = float("nan")
    watched_s: float = float("nan")


def baseline_of(labels: Sequence[str]) -> str:
    """The label of the baseline: the first that says rest or baseline, else the first there is.

    Examples
    --------
    >>> baseline_of(["talk", "rest before", "task"]), baseline_of(["play", "still face"])
    ('rest before', 'play')
    """
    resting = [label for label in labels if set(label.lower().split()) & set(REST_LABELS)]
    return (resting or [*labels, ""])[0]


def reactions(
    bodies: PhysiologyPair, marks: Sequence[Mark], conditions: Sequence[TableCell]
) -> tuple[Reaction, ...]:
    """Reactivity of both people in every condition against their baseline; none without two.

    `conditions` is the condition table of the same session.
    """
    return tuple(
        one
        for person in PERSONS
        for one in _of_person(person, bodies.person(person), marks, conditions)
    )


def _of_person(
    person: PersonName, body: Physiology, marks: Sequence[Mark], conditions: Sequence[TableCell]
) -> Iterator[Reaction]:
    spans = {one.condition: one for one in condition_stretches(marks, person, len(body.times_s))}
    baseline = baseline_of(list(spans))
    if len(spans) < 2:
        return
    cells = {(one.condition, one.measure): one for one in conditions if one.person == person}
    ends = _ends(conditions_of(marks, person, len(body.times_s)), len(body.times_s))
    for label in spans:
        for measure in MEASURES if label != baseline else ():
            now, before = cells[label, measure], cells[baseline, measure]
            halved, watched_s = _recovery(body, measure, spans[baseline], ends[label])
            yield Reaction(
                person, measure, now.unit, label, baseline, now.value - before.value,
                _difference(now, before), halved, watched_s,
            )  # fmt: skip


def _difference(now: TableCell, before: TableCell) -> tuple[float, float]:
    """Interval of a difference of two cells that are taken as independent."""
    size = now.value - before.value
    low = np.hypot(now.value - now.interval[0], before.interval[1] - before.value)
    high = np.hypot(now.interval[1] - now.value, before.value - before.interval[0])
    return float(size - low), float(size + high)


def _ends(conditions: Sequence[Mark], samples: int) -> dict[str, tuple[float, float]]:
    """By label, when the condition last ended, and until when its recovery may be watched."""
    found = {}
    for k, mark in enumerate(conditions):
        follower = conditions[k + 1] if k + 1 < len(conditions) else None
        found[mark.label] = (mark.stop_s, follower.stop_s if follower else samples / SERIES_HZ)
    return found


def _recovery(
    body: Physiology, measure: str, rest: TableSpan, ends_s: tuple[float, float]
) -> tuple[float, float]:
    """Half time after a condition, and how long it was watched; NaN for other measures."""
    series = {"heart_rate": body.heart_rate_bpm, "scl": body.tonic_usiemens}.get(measure)
    watched_s = max(ends_s[1] - ends_s[0], 0.0)
    if series is None or rest.start_s >= ends_s[0] or watched_s < SMOOTH_S:
        return _UNKNOWN
    resting = rest.of(series)
    if not np.isfinite(resting).any():
        return _UNKNOWN
    return half_time_s(series, float(np.nanmean(resting)), ends_s), watched_s


def half_time_s(series: Floats, resting: float, watched_s: tuple[float, float]) -> float:
    """Seconds from the end of a stressor until half of the rise above rest is gone.

    Parameters
    ----------
    series : shape (n,), at 4 Hz from session time 0, NaN missing
    resting : the level of rest
    watched_s : when the stressor ended, and until when recovery is looked for

    Returns
    -------
    seconds; NaN where nothing had risen, half was not reached, the moment was not seen, or it would
    be faster than any body is

    Examples
    --------
    >>> times_s = np.arange(0, 300, 0.25)
    >>> heart = 70 + 20 * np.where(times_s < 100, 1.0, np.exp(-(times_s - 100) / 30))
    >>> round(half_time_s(heart, 70.0, (100.0, 300.0)))        # 30 s · ln 2
    21
    """
    end, last = (round(at_s * SERIES_HZ) for at_s in watched_s)
    before = series[max(end - round(LEVEL_S * SERIES_HZ), 0) : end]
    if not np.isfinite(before).any():
        return float("nan")
    rise = float(np.nanmean(before)) - resting
    noise = float(np.nanstd(before)) / 2.0
    smooth = _smoothed(series[end:last])
    below = np.flatnonzero(smooth <= resting + rise / 2.0)
    if not rise > noise or not len(below) or not np.isfinite(smooth[: below[0] + 1]).all():
        return float("nan")
    halved_s = float(below[0]) / SERIES_HZ
    return halved_s if halved_s >= MIN_HALF_TIME_S else float("nan")


def _smoothed(after: Floats) -> Floats:
    """Centred means; NaN where less than half is known; shorter at the beginning."""
    reach = round(SMOOTH_S * SERIES_HZ) // 2
    known = np.isfinite(after)
    kernel = np.ones(2 * reach + 1)
    if len(after) < len(kernel):
        return np.full(len(after), np.nan)
    count = np.convolve(known, kernel, "same")
    total = np.convolve(np.where(known, after, 0.0), kernel, "same")
    room = np.convolve(np.ones(len(after)), kernel, "same")
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(2 * count >= room, total / count, np.nan)
