"""Example results to draw: ten simulated minutes of two people, and five weeks of them."""

from dataclasses import replace
from functools import cache

from dyadkit.analysis.whole import Analysis, analyze
from dyadkit.dyad.traces import Mark
from dyadkit.sim.people.bodies import Encounter, meet, perfect_dyad
from dyadkit.study.weeks import Visit, Weeks, over_weeks
from dyadkit.study.whole_report import DyadEffect

MINUTES = 10.0
SESSIONS = 5


@cache
def session(seed: int = 3) -> Analysis:
    """Analysis of a session with two conditions, made once.

    Examples
    --------
    >>> session().origin.whence.value, [mark.label for mark in session().marks]
    ('simulated', ['rest', 'talk'])
    """
    dyad = perfect_dyad(meet(Encounter(), 60 * MINUTES, seed))
    half_s = 30 * MINUTES
    marks = (
        Mark(0.0, half_s, "rest", "condition"),
        Mark(half_s, 2 * half_s, "talk", "condition"),
    )
    return analyze(replace(dyad, marks=marks), seed=0)


@cache
def weeks() -> Weeks:
    """The same session a week apart, with a coupling that fades: drawn, not simulated, weeks.

    Examples
    --------
    >>> weeks().days.tolist()
    [0.0, 7.0, 14.0, 21.0, 28.0]
    """
    found = session()
    return over_weeks([Visit(7.0 * k, _faded(found, 1.0 - 0.15 * k)) for k in range(SESSIONS)])


def effects() -> tuple[DyadEffect, ...]:
    """Effects of four made-up dyads, each beside what strangers give.

    Examples
    --------
    >>> len(effects())
    4
    """
    values = (0.05, 0.12, 0.21, 0.3)
    return tuple(
        DyadEffect("coupling_eda", "", f"dyad-{k}", value, (value - 0.1, value + 0.1), 0.01 * k)
        for k, value in enumerate(values, start=1)
    )


def _faded(found: Analysis, share: float) -> Analysis:
    strength = {name: replace(one, value=one.value * share) for name, one in found.strength.items()}
    return replace(found, strength=strength, source=f"week-{share:.2f}")
