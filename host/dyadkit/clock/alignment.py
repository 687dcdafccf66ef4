"""How well two people are aligned, minute by minute: what reports and `info` tell the user."""

from dataclasses import dataclass

import numpy as np

from dyadkit.arrays import Floats, Ints
from dyadkit.clock.clockmap import ClockMap, Reason, Stretch
from dyadkit.result import Result
from dyadkit.trace import PERSONS, PersonName

MINUTE_S = 60.0
_LOOKS = 12
_CLAIM_PER_BOUND = 3.0


@dataclass(frozen=True, slots=True, eq=False)
class Alignment(Result):
    """Alignment of `a` and `b` per minute of session time, m minutes.

    minutes_s : shape (m,), when each minute begins
    in_sync, extrapolated, unknown : shape (m,), shares of the minute; both persons count, so the
        worse of the two decides; they add up to 1
    bound_s : shape (m,), typical 95 % half-width of a time difference between the persons; NaN
        where unknown
    exchanges : shape (m, 2), two-way exchanges with `a` and with `b`; in the field with `b` only
    interval_s : shape (m, 2), connection interval inferred; NaN where none was
    since_contact_s : shape (m, 2), from the last exchange to the end of the minute; NaN before
        the first
    """

    minutes_s: Floats
    in_sync: Floats
    extrapolated: Floats
    unknown: Floats
    bound_s: Floats
    exchanges: Ints
    interval_s: Floats
    since_contact_s: Floats

    @property
    def finest_lag_s(self) -> float:
        """The finest lead or lag that may be claimed: three times the usual bound."""
        known = self.bound_s[np.isfinite(self.bound_s)]
        return _CLAIM_PER_BOUND * float(np.median(known)) if len(known) else float("nan")


def alignment(clocks: ClockMap, duration_s: float) -> Alignment:
    """Summary of a clock map over the session's first `duration_s` seconds.

    Raises
    ------
    ValueError
        when `duration_s` is not positive
    """
    if not duration_s > 0:
        raise ValueError(f"a session lasts longer than {duration_s} s")
    minutes_s = np.arange(0.0, duration_s, MINUTE_S)
    looks_s = minutes_s[:, None] + MINUTE_S * (np.arange(_LOOKS) + 0.5) / _LOOKS
    seen = [_seen(clocks, person, looks_s.ravel()) for person in PERSONS]
    reasons = np.maximum(*(reasons for reasons, _ in seen)).reshape(looks_s.shape)
    bounds_s = np.hypot(*(bounds_s for _, bounds_s in seen)).reshape(looks_s.shape)
    contacts = [_contact(clocks, person, minutes_s) for person in PERSONS]
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


def _contact(clocks: ClockMap, person: PersonName, minutes_s: Floats) -> tuple[Floats, ...]:
    """Exchanges, interval and time since the last exchange per minute."""
    stretches = _stretches(clocks, person)
    none = np.empty(0)
    exchanged_s = np.sort(np.concatenate([none, *(s.place(s.exchanged_s)[0] for s in stretches)]))
    at_s = np.concatenate([none, *(s.place(s.interval_at_s)[0] for s in stretches)])
    interval_s = np.concatenate([none, *(s.interval_s for s in stretches)])
    ends_s = minutes_s + MINUTE_S
    until = np.searchsorted(exchanged_s, ends_s)
    count = until - np.searchsorted(exchanged_s, minutes_s)
    latest_s = np.append(exchanged_s, np.nan)[until - 1]
    typical_s = [
        _middle(interval_s[(at_s >= start) & (at_s < start + MINUTE_S)][None])[0]
        for start in minutes_s.tolist()
    ]
    return count.astype(float), np.array(typical_s), ends_s - latest_s


def _stretches(clocks: ClockMap, person: PersonName) -> list[Stretch]:
    return [s for s in clocks.stretches if s.person == person and not s.repeated]


def _middle(rows: Floats) -> Floats:
    """Median of each row without its NaN; NaN if nothing is left."""
    found = [np.median(row[np.isfinite(row)]) if np.isfinite(row).any() else np.nan for row in rows]
    return np.array(found, dtype=float)
