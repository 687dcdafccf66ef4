"""One dyad over weeks: what changes from the first to the last of its sessions."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from scipy import stats

from dyadkit.analysis.findings import Findings
from dyadkit.dyad.arrays import Floats
from dyadkit.dyad.result import Result
from dyadkit.dyad.saving import save
from dyadkit.errors import SignalError
from dyadkit.synchrony.chance.correction import holm
from dyadkit.synchrony.context import SharedToSelf, Shift, Trend, shift_of, trend
from dyadkit.version import __version__

MIN_SESSIONS = 2
MIN_TREND = 5
NORMAL_95 = 1.959964
LIKE_LENGTHS = 1.5
_SURE = 0.05
_NAN = float("nan")

MEASURES: dict[str, tuple[str, Callable[[Findings], float]]] = {
    "coupling_eda": ("shared variance of skin conductance", lambda one: _strength(one, "eda")),
    "coupling_heart_rate": (
        "shared variance of heart rate",
        lambda one: _strength(one, "heart_rate"),
    ),
    "answers_a": ("answers of a, beyond the own rate", lambda one: _answered(one, "b_to_a")),
    "answers_b": ("answers of b, beyond the own rate", lambda one: _answered(one, "a_to_b")),
    "settling_rate_a": ("settling of a, per second", lambda one: _rate(one, "recovery_a")),
    "settling_rate_b": ("settling of b, per second", lambda one: _rate(one, "recovery_b")),
    "damping_a": ("own damping ratio of a", lambda one: _damping(one, 0)),
    "damping_b": ("own damping ratio of b", lambda one: _damping(one, 1)),
}
"""What is followed: its words, and how it is read from a session; NaN where that cannot tell."""
SHARED, SELF_A, SELF_B = "coupling_eda", "settling_rate_a", "settling_rate_b"
"""What tells shared from self-regulation: skin conductance has both most often."""


@dataclass(frozen=True, slots=True, eq=False)
class VisitContrast(Result):
    """Contrast of the last session with the first, in one measure; p_corrected by Holm."""

    measure: str
    difference: float
    interval: tuple[float, float]
    p: float
    p_corrected: float

    def sentence(self) -> str:
        """The contrast in plain words."""
        low, high = self.interval
        size = f"difference {self.difference:+.2f}, 95 % {low:+.2f} to {high:+.2f}"
        if self.p_corrected > _SURE:
            return f"Last session against first: no difference shown in {self.measure} ({size})."
        way = "stronger" if self.difference > 0 else "weaker"
        return f"Last session against first: {self.measure} is {way} ({size}); two are no trend."


@dataclass(frozen=True, slots=True, eq=False)
class Weeks(Result):
    """Measures of one dyad's sessions in order of time, with the trend of each.

    sources, days : of each session; days since the first, shape (sessions,)
    durations_s : of each session, shape (sessions,)
    values : by measure of `MEASURES`, shape (sessions,); NaN where a session could not tell
    regimes : of each session, as its verdicts on the two people name it
    trends, refusals : by measure, its change over the sessions, or why there is none
    p_corrected : of each trend, by Holm for their number
    contrasts : of two to four sessions, the last against the first in coupling: no trend
    shared_to_self : whether coupling fades while both come to settle faster by themselves; None
        where one of the three has no trend
    notes : what makes the sessions hard to compare
    replayed : what sessions are a replay of; empty for what wearables recorded
    """

    sources: tuple[str, ...]
    participants: tuple[str, str]
    days: Floats
    durations_s: Floats
    values: dict[str, Floats]
    regimes: tuple[str, ...]
    trends: dict[str, Trend]
    p_corrected: dict[str, float]
    refusals: dict[str, str]
    shared_to_self: SharedToSelf | None
    notes: tuple[str, ...]
    simulated: bool
    seed: int
    version: str
    replayed: tuple[str, ...] = ()
    contrasts: tuple[VisitContrast, ...] = ()

    def save(self, path: str | Path) -> None:
        """Write a page (.html) or its JSON twin (.json); errors as `saving.save`."""
        save(self, path)

    def sentences(self) -> list[str]:
        """Changes over the sessions, in plain words."""
        reported = [_changed(name, self.trends[name]) for name in self.trends if self._sure(name)]
        if self.trends and not reported:
            reported = [
                "No measure changes over the sessions more than their order by chance gives."
            ]
        reported += [one.sentence() for one in self.contrasts]
        if self.shared_to_self is not None:
            reported.append(_SHIFTS[self.shared_to_self.shift])
        reasons = dict.fromkeys(self.refusals.values())
        reported += [f"No trend of {self._words(reason)}: {reason}." for reason in reasons]
        return [*reported, *self.notes]

    def _sure(self, name: str) -> bool:
        return self.p_corrected[name] <= _SURE

    def _words(self, reason: str) -> str:
        return ", ".join(
            MEASURES[name][0] for name in self.refusals if self.refusals[name] == reason
        )


_SHIFTS = {
    Shift.FROM_SHARED_TO_SELF: "From shared to self-regulation: coupling fades while both come to "
    "settle faster by themselves. Both can have causes outside the two people.",
    Shift.FROM_SELF_TO_SHARED: "From self- to shared regulation: coupling grows while both come to "
    "settle more slowly by themselves. Both can have causes outside the two people.",
    Shift.NOT_SHOWN: "A move between shared and self-regulation is not shown; that does not mean "
    "that there is none.",
}


@dataclass(frozen=True, slots=True, eq=False)
class Visit:
    """One session of the dyad: when it began, in days, and what was found in it."""

    day: float
    findings: Findings


def over_weeks(visits: Sequence[Visit], seed: int = 0, primary: str = "") -> Weeks:
    """Every measure of one dyad's sessions, and its trend (Sen 1968; p by Kendall, Holm-corrected).

    primary : the measure of `MEASURES` that was declared before: its p is not corrected, and the
        others are asked only once it changes

    Raises
    ------
    ValueError
        fewer than two sessions, sessions of different people, or a measure that there is not
    """
    if primary and primary not in MEASURES:
        raise ValueError(f"there is no measure {primary}: declare one of {', '.join(MEASURES)}")
    if len(visits) < MIN_SESSIONS:
        raise ValueError(f"{len(visits)} session cannot change: give at least {MIN_SESSIONS}")
    visits = sorted(visits, key=lambda visit: visit.day)
    found = [visit.findings for visit in visits]
    days = np.array([visit.day for visit in visits]) - visits[0].day
    values = {name: np.array([read(one) for one in found]) for name, (_, read) in MEASURES.items()}
    trends, refusals = _trends(days, values)
    corrected = _corrected({name: each.p for name, each in trends.items()}, primary)
    return Weeks(
        sources=tuple(one.source for one in found),
        participants=_same_people(found),
        days=days,
        durations_s=np.array([one.duration_s for one in found]),
        values=values,
        regimes=tuple(
            str(one.person.regime) if one.person else "cannot be progressed" for one in found
        ),
        trends=trends,
        p_corrected=corrected,
        refusals=refusals,
        shared_to_self=_shift(trends, corrected),
        notes=_notes(found, days),
        simulated=any(one.simulated for one in found),
        seed=seed,
        version=__version__,
        replayed=tuple(name for one in found for name in one.replayed),
        contrasts=_contrasts(found) if len(found) < MIN_TREND and days[-1] >= 1.0 else (),
    )


def _corrected(p: dict[str, float], primary: str) -> dict[str, float]:
    """By Holm for all; with a primary measure for the others, and these only behind it."""
    if not primary:
        return holm(p)
    first = p.get(primary, 1.0)
    others = holm({name: one for name, one in p.items() if name != primary})
    behind = {name: max(first, one) for name, one in others.items()}
    return behind | ({primary: first} if primary in p else {})


def _shift(trends: dict[str, Trend], corrected: dict[str, float]) -> SharedToSelf | None:
    """Where coupling and both people's settling point together, each by its corrected p."""
    if not {SHARED, SELF_A, SELF_B} <= set(trends):
        return None
    names = (SHARED, SELF_A, SELF_B)
    return shift_of(*(replace(trends[name], p=corrected[name]) for name in names))


def _contrasts(found: Sequence[Findings]) -> tuple[VisitContrast, ...]:
    """Coupling of the last session less that of the first, each with its own jackknife error."""
    first, last = found[0].strength, found[-1].strength
    raw = {}
    for name in first.keys() & last.keys():
        errors = [np.diff(one.interval)[0] / (2 * NORMAL_95) for one in (first[name], last[name])]
        error = float(np.hypot(*errors))
        raw[name] = (last[name].value - first[name].value, error)
    p = {name: float(2 * stats.norm.sf(abs(size) / error)) for name, (size, error) in raw.items()}
    corrected = holm(p)
    return tuple(
        VisitContrast(
            MEASURES[f"coupling_{name}"][0],
            size,
            (size - NORMAL_95 * error, size + NORMAL_95 * error),
            p[name],
            corrected[name],
        )
        for name, (size, error) in sorted(raw.items())
    )


def _same_people(found: Sequence[Findings]) -> tuple[str, str]:
    first = found[0]
    for one in found[1:]:
        if one.participants != first.participants:
            raise ValueError(
                f"{one.source} is of participants {_who(one)}, {first.source} of {_who(first)}: "
                "give sessions of one dyad, each person always as the same of a and b"
            )
    return first.participants


def _who(found: Findings) -> str:
    return " and ".join(code or "unknown" for code in found.participants)


def _trends(days: Floats, values: dict[str, Floats]) -> tuple[dict[str, Trend], dict[str, str]]:
    trends: dict[str, Trend] = {}
    refusals: dict[str, str] = {}
    for name, each in values.items():
        try:
            trends[name] = trend(days, each)
        except SignalError as refusal:
            refusals[name] = str(refusal)
    return trends, refusals


def _notes(found: Sequence[Findings], days: Floats) -> tuple[str, ...]:
    notes = []
    if days[-1] < 1.0:
        notes.append("All sessions are of one day: what changes over weeks cannot be asked.")
    count = len(np.unique(np.floor(days)))
    if len(found) >= MIN_TREND and 2.0 / math.factorial(count) * len(MEASURES) > _SURE:
        notes.append(
            f"{count} sessions cannot show a trend at all: even a perfect order gives p = "
            f"{min(1.0, 2.0 / math.factorial(count) * len(MEASURES)):.2f} after correction for "
            f"{len(MEASURES)} measures; {_enough()} would."
        )
    lengths = [one.duration_s for one in found]
    if max(lengths) > LIKE_LENGTHS * min(lengths):
        notes.append(
            f"The sessions last {min(lengths) / 60:.1f} to {max(lengths) / 60:.1f} minutes: shared "
            "variance is the same number at any length, but less sure in shorter ones; compare "
            "other measures over sessions of like length."
        )
    return tuple(notes)


def _enough() -> int:
    """Sessions whose perfect order could be progressed from chance in every measure."""
    return next(n for n in range(5, 20) if 2.0 / math.factorial(n) * len(MEASURES) <= _SURE)


def _changed(name: str, found: Trend) -> str:
    words, way = MEASURES[name][0], "grows" if found.slope_per_week > 0 else "falls"
    low, high = found.interval
    return (
        f"{words[:1].upper()}{words[1:]} {way} by {abs(found.slope_per_week):.2g} a week "
        f"(95 % {low:+.2g} to {high:+.2g}, {found.sessions} sessions)."
    )


def _strength(found: Findings, name: str) -> float:
    return found.strength[name].value if name in found.strength else _NAN


def _answered(found: Findings, way: str) -> float:
    return float(getattr(found.events, way).share) if found.events else _NAN


def _rate(found: Findings, whose: str) -> float:
    return 1 / float(getattr(found.responses, whose).usual_s) if found.responses else _NAN


def _damping(found: Findings, person: int) -> float:
    fit = found.dynamics
    return fit.damping_ratio[person] if fit and not fit.note else _NAN
