"""Physiology around coded behaviour: heart rate locked to the onset of a cry, a gaze, a touch."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dyadkit.dyad.arrays import ArrayLike, Floats, Ints
from dyadkit.dyad.result import Result
from dyadkit.errors import SignalError
from dyadkit.synchrony import misalignment
from dyadkit.synchrony.grid import check_rate, checked_values
from dyadkit.synchrony.misalignment import SHIFTS, Shifts

MIN_EVENTS = 5
BASELINE_S = 5.0
EARLY_S, LATE_S = (0.0, 5.0), (5.0, 15.0)
"""Orienting slows the heart within seconds; defence and crying speed it up after (Graham 1979)."""


@dataclass(frozen=True, slots=True, eq=False)
class EventLocked(Result):
    """Event-locked average of a series: change from the 5 s before each onset.

    offsets_s, change : shape (n,), time after the onset, and mean change over events
    spread : shape (n,), standard error over events
    early, late : mean change at 0 to 5 and 5 to 15 s, with 95 % intervals over events
    p_early, p_late : two-sided, of the onsets moved together around the session
    events : onsets with enough of the series known
    """

    offsets_s: Floats
    change: Floats
    spread: Floats
    early: float
    early_interval: tuple[float, float]
    p_early: float
    late: float
    late_interval: tuple[float, float]
    p_late: float
    events: int
    null: str
    rate_hz: float


def event_locked(
    series: ArrayLike, onsets_s: Sequence[float], rate_hz: float, null: Shifts = SHIFTS
) -> EventLocked:
    """Event-locked average of one person's series, such as heart rate at the partner's cries.

    Chance: all onsets moved around the session by one random time, which keeps their pattern and
    the series' own course. Two things that both follow a schedule agree beyond it.

    Parameters
    ----------
    series : shape (n,), from session time 0; NaN is missing
    onsets_s : begins of one kind of behaviour

    Raises
    ------
    ValueError
        a rate that makes no sense
    SignalError
        fewer than five onsets within what was measured, a constant series, too short for shifts

    Examples
    --------
    A heart that slows by 4 beats a minute for some seconds after each of ten cries:

    >>> rng = np.random.default_rng(0)
    >>> cries_s = np.sort(rng.uniform(30.0, 570.0, 10))
    >>> since_s = np.arange(2400)[:, None] / 4.0 - cries_s
    >>> slowed = (4.0 * ((since_s > 0) & (since_s < 5))).sum(axis=1)
    >>> found = event_locked(140.0 + rng.standard_normal(2400) - slowed, cries_s, rate_hz=4.0)
    >>> round(found.early), found.p_early < 0.01, found.p_late > 0.05
    (-4, True, True)
    """
    check_rate(rate_hz)
    values = checked_values(series, "the series")
    places = np.rint(np.asarray(onsets_s, dtype=float) * rate_hz).astype(np.int64)
    offsets = np.arange(round(-BASELINE_S * rate_hz), round(LATE_S[1] * rate_hz) + 1)
    if len(places) < MIN_EVENTS or len(values) < 2 * len(offsets):
        raise SignalError(
            f"{len(places)} onsets in {len(values) / rate_hz:.0f} s: "
            f"{MIN_EVENTS} are needed in {2 * len(offsets) / rate_hz:.0f} s or more"
        )
    courses = _courses(values, places, offsets)
    kept = courses[np.isfinite(courses).mean(axis=1) > 0.5] if len(courses) else courses
    if len(kept) < MIN_EVENTS:
        raise SignalError(f"{len(kept)} onsets lie in what was measured; {MIN_EVENTS} are needed")
    after_s = offsets / rate_hz
    shifts = null.drawn(len(values), rate_hz)
    moved = [_courses(values, (places + shift) % len(values), offsets) for shift in shifts]
    early, p_early = _tested(kept, moved, _within(after_s, EARLY_S))
    late, p_late = _tested(kept, moved, _within(after_s, LATE_S))
    return EventLocked(
        offsets_s=after_s,
        change=_mean(kept),
        spread=_spread(kept),
        early=float(early.mean()),
        early_interval=_over_events(early),
        p_early=p_early,
        late=float(late.mean()),
        late_interval=_over_events(late),
        p_late=p_late,
        events=len(kept),
        null=f"{len(shifts)} circular shifts of all onsets by at least {null.min_shift_s:g} s",
        rate_hz=rate_hz,
    )


def _courses(values: Floats, places: Ints, offsets: Ints) -> Floats:
    """Change from the baseline around each onset that lies whole in the session."""
    whole = (places + offsets[0] >= 0) & (places + offsets[-1] < len(values))
    cut = values[places[whole][:, None] + offsets]
    before = cut[:, offsets < 0]
    known = np.isfinite(before).sum(axis=1, keepdims=True)
    level = np.where(
        known > 0, np.nansum(before, axis=1, keepdims=True) / np.maximum(known, 1), np.nan
    )
    return np.asarray(cut - level)


def _within(after_s: Floats, span_s: tuple[float, float]) -> Ints:
    return np.flatnonzero((after_s >= span_s[0]) & (after_s < span_s[1]))


def _changes(courses: Floats, columns: Ints) -> Floats:
    """Mean change of each event within some columns, of the events where it is known."""
    part = courses[:, columns]
    count = np.isfinite(part).sum(axis=1)
    found = np.nansum(part, axis=1)[count > 0] / count[count > 0]
    return np.asarray(found)


def _tested(kept: Floats, moved: list[Floats], columns: Ints) -> tuple[Floats, float]:
    seen = _changes(kept, columns)
    chance = [_changes(one, columns) for one in moved]
    null = np.array([one.mean() if len(one) else 0.0 for one in chance])
    return seen, misalignment.p_among(
        abs(float(seen.mean()) - float(null.mean())), np.abs(null - null.mean())
    )


def _mean(courses: Floats) -> Floats:
    known = np.isfinite(courses)
    return np.asarray(np.nansum(courses, axis=0) / np.maximum(known.sum(axis=0), 1))


def _spread(courses: Floats) -> Floats:
    known = np.isfinite(courses).sum(axis=0)
    centred = np.nan_to_num(courses - _mean(courses))
    return np.asarray(
        np.sqrt((centred**2).sum(axis=0) / np.maximum(known - 1, 1) / np.maximum(known, 1))
    )


def _over_events(changes: Floats) -> tuple[float, float]:
    from scipy import stats

    half = float(stats.t.ppf(0.975, len(changes) - 1) * changes.std(ddof=1) / np.sqrt(len(changes)))
    return float(changes.mean()) - half, float(changes.mean()) + half
