"""Rehearsal of a kit: two people of the right ages go through it, with its drop-out and marks."""

from collections.abc import Iterator
from dataclasses import replace
from enum import Enum

import numpy as np

from dyadkit.demo.paradigms.kit import Kit, Paradigm
from dyadkit.demo.paradigms.nights import night_of
from dyadkit.dyad.arrays import Floats
from dyadkit.dyad.traces import PERSONS, Dyad, PersonName, PersonTraces, Trace
from dyadkit.sim.people import bodies
from dyadkit.sim.people.influence import RATE_HZ
from dyadkit.sim.people.stages import Stage, Staged

SERIES_HZ = 4.0
LAG_S = 2.0
_FIRST, _LAST = 0.15, 0.85
"""Coupling at the first and the last of the visits, where it grows."""


class Truth(Enum):
    """What is true of the people of a rehearsal: the kit's effect, or nothing at all."""

    EFFECT = "effect"
    STRANGERS = "strangers"


def paired(kit: Kit, truth: Truth, seed: int, visit: int = 0, spare_s: float = 0.0) -> bodies.Pair:
    """Two bodies that go through one session of the kit; they stay `spare_s` longer."""
    stages = tuple(_stage(kit, one.stage(), truth, visit) for one in kit.conditions)
    encounter = bodies.Encounter(Staged(stages, LAG_S), *kit.bodies)
    return bodies.meet(encounter, kit.seconds + spare_s, seed + 1000 * visit)


def rehearse(kit: Kit, truth: Truth, seed: int) -> Iterator[Dyad]:
    """Sessions of a kit as beats, skin conductance or movement, one for each visit.

    Examples
    --------
    >>> from dyadkit.demo.paradigms.kits import KITS
    >>> dyad, = rehearse(KITS[Paradigm.STILL_FACE], Truth.EFFECT, seed=1)
    >>> dyad.duration_s, [mark.label for mark in dyad.marks], dyad.a.about.band.value
    (360.0, ['play', 'still face', 'reunion'], 'infant')
    """
    for visit in range(kit.visits):
        if kit.paradigm is Paradigm.NIGHT:
            people = night_of(kit.seconds, seed, follows=truth is Truth.EFFECT)
        else:
            pair = paired(kit, truth, seed, visit)
            people = (_traces(pair.a, kit, "a"), _traces(pair.b, kit, "b"))
        a, b = (
            PersonTraces(_without(kit, name, traces), participant, about=about)
            for name, traces, participant, about in zip(
                PERSONS, people, _codes(kit), kit.people, strict=True
            )
        )
        name = f"{kit.paradigm.value} {visit + 1}"
        yield Dyad(a, b, kit.marks(), kit.seconds, name, simulated=True)


def _codes(kit: Kit) -> tuple[str, str]:
    return f"SIM-{kit.roles[0]}", f"SIM-{kit.roles[1]}"


def _stage(kit: Kit, stage: Stage, truth: Truth, visit: int) -> Stage:
    if truth is Truth.STRANGERS:
        return Stage(stage.seconds)
    if kit.visits == 1:
        return stage
    share = visit / (kit.visits - 1)
    return replace(stage, coupling=_FIRST + share * (_LAST - _FIRST))


def _traces(body: bodies.Signals, kit: Kit, person: PersonName) -> dict[str, Trace]:
    """Inter-beat intervals, and skin conductance from one year on."""
    ends_s, ibi_s = body.beats_s[1:], np.diff(body.beats_s)
    traces = {"ibi": Trace(ends_s, ibi_s, "s", 1.0 / float(ibi_s.mean()))}
    if kit.people[PERSONS.index(person)].age_years >= 1.0:
        eda = body.eda_usiemens[:: round(RATE_HZ / SERIES_HZ)]
        times_s = np.arange(len(eda)) / SERIES_HZ
        traces["eda"] = Trace(times_s, eda, "microsiemens", SERIES_HZ)
    return traces


def _without(kit: Kit, person: PersonName, traces: dict[str, Trace]) -> dict[str, Trace]:
    """The traces with what a sensor that came off did not see."""
    for off in kit.off:
        if off.person == person:
            traces = {name: _cut(one, off.start_s, off.stop_s) for name, one in traces.items()}
    return traces


def _cut(trace: Trace, start_s: float, stop_s: float) -> Trace:
    seen = (trace.times_s < start_s) | (trace.times_s >= stop_s)
    gap_s: Floats = np.array([[start_s, stop_s]])
    return replace(trace, times_s=trace.times_s[seen], values=trace.values[seen], gaps_s=gap_s)
