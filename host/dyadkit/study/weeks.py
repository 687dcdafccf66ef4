"""One dyad over weeks: what changes from the first to the last of its sessions."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from dyadkit.analysis.findings import Findings
from dyadkit.dyad.arrays import Floats
from dyadkit.dyad.result import Result
from dyadkit.dyad.saving import save
from dyadkit.errors import SignalError
from dyadkit.synchrony.chance.correction import holm
from dyadkit.synchrony.context import SharedToSelf, Shift, Trend, shared_to_self, trend
from dyadkit.version import __version__

MIN_SESSIONS = 2
LIKE_LENGTHS = 1.5
_SURE = 0.05
_NAN = float("nan")

MEASURES: dict[str, tuple[str, Callable[[Findings], float]]] = {
    "coupling_eda": ("coupling of skin conductance", lambda one: _strength(one, "eda")),
    "coupling_heart_rate": ("coupling of heart rate", lambda one: _strength(one, "heart_rate")),
    "answers_a": ("answers of a, share above chance", lambda one: _answered(one, "b_to_a")),
    "answers_b": ("answers of b, share above chance", lambda one: _answered(one, "a_to_b")),
    "settling_rate_a": ("settling of a, per second", lambda one: _rate(one, "recovery_a")),
    "settling_rate_b": ("settling of b, per second", lambda one: _rate(one, "recovery_b")),
    "damping_a": ("own damping ratio of a", lambda one: _damping(one, 0)),
    "damping_b": ("own damping ratio of b", lambda one: _damping(one, 1)),
}
"""What is followed: its words, and how it is read from a session; NaN where that cannot tell."""
SHARED, SELF_A, SELF_B = "coupling_eda", "settling_rate_a", "settling_rate_b"
"""What tells shared from self-regulation: skin conductance has both most often."""


@dataclass(frozen=True, slots=True, eq=False)
class Weeks(Result):
    """Measures of one dyad's sessions in order of time, with the trend of each.

    sources, days : of each session; days since the first, shape (sessions,)
    durations_s : of each session, shape (sessions,)
    values : by measure of `MEASURES`, shape (sessions,); NaN where a session could not tell
    regimes : of each session
    trends, refusals : by measure, its change over the sessions, or why there is none
    p_corrected : of each trend, by Holm for their number
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


def over_weeks(visits: Sequence[Visit], seed: int = 0) -> Weeks:
    """Every measure of one dyad's sessions, and its trend (Sen 1968; p by Kendall, Holm-corrected).

    Raises
    ------
    ValueError
        fewer than two sessions, or sessions of different people
    """
    if len(visits) < MIN_SESSIONS:
        raise ValueError(f"{len(visits)} session cannot change: give at least {MIN_SESSIONS}")
    visits = sorted(visits, key=lambda visit: visit.day)
    found = [visit.findings for visit in visits]
    days = np.array([visit.day for visit in visits]) - visits[0].day
    values = {name: np.array([read(one) for one in found]) for name, (_, read) in MEASURES.items()}
    trends, refusals = _trends(days, values)
    return Weeks(
        sources=tuple(one.source for one in found),
        participants=_same_people(found),
        days=days,
        durations_s=np.array([one.duration_s for one in found]),
        values=values,
        regimes=tuple(str(one.dynamics.regime) if one.dynamics else "undecided" for one in found),
        trends=trends,
        p_corrected=holm({name: each.p for name, each in trends.items()}),
        refusals=refusals,
        shared_to_self=shared_to_self(days, values[SHARED], values[SELF_A], values[SELF_B])
        if {SHARED, SELF_A, SELF_B} <= set(trends)
        else None,
        notes=_notes(found),
        simulated=any(one.simulated for one in found),
        seed=seed,
        version=__version__,
        replayed=tuple(name for one in found for name in one.replayed),
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
    trends, refusals = {}, {}
    for name, each in values.items():
        try:
            trends[name] = trend(days, each)
        except SignalError as refusal:
            refusals[name] = str(refusal)
    return trends, refusals


def _notes(found: Sequence[Findings]) -> tuple[str, ...]:
    lengths = [one.duration_s for one in found]
    if max(lengths) <= LIKE_LENGTHS * min(lengths):
        return ()
    return (
        f"The sessions last {min(lengths) / 60:.1f} to {max(lengths) / 60:.1f} minutes: in shorter "
        "ones chance alone gives more coupling, so compare sessions of like length.",
    )


def _changed(name: str, found: Trend) -> str:
    words, way = MEASURES[name][0], "grows" if found.slope_per_week > 0 else "falls"
    low, high = found.interval
    return (
        f"{words[:1].upper()}{words[1:]} {way} by {abs(found.slope_per_week):.2g} a week "
        f"(95 % {low:+.2g} to {high:+.2g}, {found.sessions} sessions)."
    )


def _strength(found: Findings, name: str) -> float:
    return abs(found.coupling[name].strength) if name in found.coupling else _NAN


def _answered(found: Findings, way: str) -> float:
    if found.responses is None:
        return _NAN
    answer = getattr(found.responses, way)
    return float(answer.probability - answer.chance_probability)


def _rate(found: Findings, whose: str) -> float:
    return 1 / float(getattr(found.responses, whose).usual_s) if found.responses else _NAN


def _damping(found: Findings, person: int) -> float:
    return found.dynamics.damping_ratio[person] if found.dynamics else _NAN
