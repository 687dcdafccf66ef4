"""Quality of the alignment of two people's clocks, minute by minute, for reports and `info`."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

import numpy as np

from dyadkit.clock.clockmap import ClockMap, Reason, Stretch
from dyadkit.dyad.arrays import Floats, Ints
from dyadkit.dyad.result import Result
from dyadkit.dyad.traces import PERSONS, Alignment, PersonName

MINUTE_S = 60.0
_SLIVER_S = 5.0  # so short an end belongs to the minute before
_LOOKS = 12


@dataclass(frozen=True, slots=True, eq=False)
class Spell(Result):
    """A run of minutes whose alignment is alike; one line of a report.

    first, last : numbers of the minutes, from 0, both included
    state : what most of each minute is: in sync, extrapolated or unknown
    bound_s : typical 95 % half-width of a time difference between the persons, NaN where unknown
    exchanges : per minute with `a` and with `b`; interval_s : connection interval of `a` and `b`,
        NaN where none was inferred
    since_contact_s : of `a` and `b`, since the last exchange at the spell's end; NaN before any

    Examples
    --------
    >>> Spell(0, 4, "in sync", 4e-5, (59.0, 60.0), (0.03, 0.03), (0.8, 0.2)).to_dict()["state"]
    'in sync'
    """

    first: int
    last: int
    state: str
    bound_s: float
    exchanges: tuple[float, float]
    interval_s: tuple[float, float]
    since_contact_s: tuple[float, float]


def alignment(clocks: ClockMap, duration_s: float) -> Alignment:
    """Quality of a clock map's alignment in each minute of a session's first `duration_s` seconds.

    Each minute is looked at a dozen times; the worse of the two persons decides.

    Raises
    ------
    ValueError
        when `duration_s` is not positive

    Examples
    --------
    >>> from pathlib import Path
    >>> from dyadkit import clock
    >>> from dyadkit.sessions.sync_log import read_log
    >>> found = alignment(clock.solve(read_log(Path("session-12"))), duration_s=100.0)
    >>> found.in_sync, bool(found.worst_bound_s < 1e-3)
    (array([1., 1.]), True)
    """
    if not duration_s > 0:
        raise ValueError(f"a session lasts longer than {duration_s} s")
    minutes_s = np.arange(0.0, max(duration_s - _SLIVER_S, MINUTE_S), MINUTE_S)
    lengths_s = np.diff(minutes_s, append=duration_s)
    looks_s = minutes_s[:, None] + lengths_s[:, None] * (np.arange(_LOOKS) + 0.5) / _LOOKS
    seen = [_seen(clocks, person, looks_s.ravel()) for person in PERSONS]
    reasons = np.maximum(*(reasons for reasons, _ in seen)).reshape(looks_s.shape)
    bounds_s = np.hypot(*(bounds_s for _, bounds_s in seen)).reshape(looks_s.shape)
    contacts = [_contact(clocks, person, minutes_s, minutes_s + lengths_s) for person in PERSONS]
    exchanges, interval_s, since_s = (np.stack(x, axis=1) for x in zip(*contacts, strict=True))
    in_sync = (reasons == Reason.IN_CONTACT).mean(axis=1)
    extrapolated = (reasons == Reason.EXTRAPOLATED).mean(axis=1)
    return Alignment(
        minutes_s=minutes_s,
        in_sync=in_sync,
        extrapolated=extrapolated,
        unknown=1 - in_sync - extrapolated,
        bound_s=_middle(bounds_s),
        exchanges=exchanges.astype(np.int64),
        interval_s=interval_s,
        since_contact_s=since_s,
    )


def spells(found: Alignment) -> Iterator[Spell]:
    """The minutes of an alignment, alike neighbours taken together, in order of time.

    Neighbours are alike in state and connection intervals, and in the bound to about a half.

    Examples
    --------
    >>> from pathlib import Path
    >>> from dyadkit import clock
    >>> from dyadkit.sessions.sync_log import read_log
    >>> found = alignment(clock.solve(read_log(Path("session-12"))), duration_s=100.0)
    >>> [(spell.first, spell.last, spell.state) for spell in spells(found)]
    [(0, 1, 'in sync')]
    """
    shares = np.stack([found.in_sync, found.extrapolated, found.unknown])
    states = np.array(["in sync", "extrapolated", "unknown"])[shares.argmax(axis=0)]
    steps = np.round(2 * np.log2(np.nan_to_num(found.bound_s, nan=1.0)))  # half as wide again
    alike = [
        (state, step, *intervals)
        for state, step, intervals in zip(
            states.tolist(), steps.tolist(), np.nan_to_num(found.interval_s).tolist(), strict=True
        )
    ]
    for (state, *_), group in groupby(range(len(alike)), key=alike.__getitem__):
        rows = list(group)
        yield Spell(
            rows[0],
            rows[-1],
            state,
            float(_middle(found.bound_s[rows][None])[0]),
            _pair(found.exchanges[rows].mean(axis=0)),
            _pair(found.interval_s[rows[0]]),
            _pair(found.since_contact_s[rows[-1]]),
        )


def _pair(values: Floats) -> tuple[float, float]:
    return float(values[0]), float(values[1])


def _seen(clocks: ClockMap, person: PersonName, session_s: Floats) -> tuple[Ints, Floats]:
    """The best reason of any boot at each moment, and that boot's bound."""
    best = np.full(len(session_s), int(Reason.NO_CONTACT))
    bounds_s = np.full(len(session_s), np.nan)
    for stretch in _stretches(clocks, person):
        device_s = stretch.device_at(session_s)
        reasons = stretch.reasons(device_s)
        better = reasons < best
        best[better] = reasons[better]
        bounds_s[better] = stretch.place(device_s)[1][better]
    return best, bounds_s


def _contact(
    clocks: ClockMap, person: PersonName, starts_s: Floats, ends_s: Floats
) -> tuple[Floats, ...]:
    """Exchanges, interval and time since the last exchange per minute."""
    stretches = _stretches(clocks, person)
    none = np.empty(0)
    exchanged_s = np.sort(np.concatenate([none, *(s.place(s.exchanged_s)[0] for s in stretches)]))
    at_s = np.concatenate([none, *(s.place(s.interval_at_s)[0] for s in stretches)])
    interval_s = np.concatenate([none, *(s.interval_s for s in stretches)])
    until = np.searchsorted(exchanged_s, ends_s)
    count = until - np.searchsorted(exchanged_s, starts_s)
    latest_s = np.append(exchanged_s, np.nan)[until - 1]
    typical_s = [
        _middle(interval_s[(at_s >= start) & (at_s < end)][None])[0]
        for start, end in zip(starts_s.tolist(), ends_s.tolist(), strict=True)
    ]
    return count.astype(float), np.array(typical_s), ends_s - latest_s


def _stretches(clocks: ClockMap, person: PersonName) -> list[Stretch]:
    return [s for s in clocks.stretches if s.person == person and not s.repeated]


def _middle(rows: Floats) -> Floats:
    """Median of each row without its NaN; NaN if nothing is left."""
    found = [np.median(row[np.isfinite(row)]) if np.isfinite(row).any() else np.nan for row in rows]
    return np.array(found, dtype=float)
