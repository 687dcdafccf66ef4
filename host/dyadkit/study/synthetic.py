"""Synthetic studies with known effects, and what goes wrong in real ones: to try and test a study.

The people are simulated, and every session says so. Each dyad is recorded once, first apart, then
together; b follows a while they are together, more or less by dyad.
"""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from dyadkit.dyad.traces import PERSONS, Dyad, Mark, PersonName, PersonTraces, Trace
from dyadkit.errors import SessionError
from dyadkit.sessions.imported import about_dyad
from dyadkit.sim.people import bodies
from dyadkit.sim.people.influence import RATE_HZ, Follows
from dyadkit.storage.imported import ImportedSession, write_imported
from dyadkit.study.whole_files import write_whole

APART, TOGETHER = "apart", "together"
PLAN_NAME, TABLE_NAME = "study.toml", "participants.tsv"
_PLAN = """\
[study]
name = "Synthetic study of {dyads} dyads"
participants = "participants.tsv"

[roles]
a = "leader"
b = "follower"

[measures]
names = ["coupling_eda", "coupling_heart_rate"]
conditions = ["apart", "together"]

[exclude]
min_minutes = 5
min_skin_trusted = 0.5

[partners]
count = 10

[[hypothesis]]
name = "coupled while together"
measure = "coupling_eda"
test = "mean"
condition = "together"

[[hypothesis]]
name = "more while together"
measure = "coupling_eda"
test = "contrast"
condition = "together"
against = "apart"

[[hypothesis]]
name = "coupled while apart"
measure = "coupling_eda"
test = "mean"
condition = "apart"
primary = false

[[hypothesis]]
name = "more than with others"
measure = "coupling_eda"
test = "partners"
condition = "together"
primary = false
"""


@dataclass(frozen=True, slots=True)
class SyntheticStudy:
    """Synthetic study, before anything is drawn.

    coupling, spread : mean over dyads while together, and standard deviation between dyads
    minutes : of each of the two conditions
    dropped : dyads of which a session was planned and never recorded
    short : dyads whose session was broken off in the second condition
    dead : dyads in which b's skin electrode had no contact
    copied : dyads whose session is that of the dyad before under another name
    """

    dyads: int = 12
    coupling: float = 0.5
    spread: float = 0.1
    minutes: float = 5.0
    dropped: int = 0
    short: int = 0
    dead: int = 0
    copied: int = 0

    def __post_init__(self) -> None:
        if self.dyads < 1 or self.minutes <= 0 or not 0 <= self.coupling < 1:
            raise ValueError("a study has dyads, minutes, and a coupling from 0 to below 1")
        if self.dropped + self.short + self.dead + self.copied >= self.dyads:
            raise ValueError("not every dyad of a study can go wrong: name fewer, or more dyads")


def write_study(folder: Path, design: SyntheticStudy, seed: int = 0) -> Path:
    """Write a plan, its table and all sessions into a new folder; gives the plan.

    Raises
    ------
    SessionError
        the folder holds a study already, or cannot be written

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     plan = write_study(Path(folder), SyntheticStudy(dyads=2, minutes=0.5))
    ...     sorted(file.name for file in plan.parent.iterdir())
    ['participants.tsv', 'session-001', 'session-002', 'study.toml']
    """
    plan = folder / PLAN_NAME
    if plan.exists():
        raise SessionError(f"{folder} holds a study already; choose another folder")
    lines = ["session\tdyad\ta\tb\tage"]
    for number in range(design.dyads):
        name = f"session-{number + 1:03d}"
        age = 20 + int(np.random.default_rng([seed, number]).integers(40))
        lines.append(f"{name}\td{number + 1:03d}\tA{number + 1:03d}\tB{number + 1:03d}\t{age}")
        if number >= design.dropped:
            dyad = synthetic_dyad(design, number, seed)
            traces = {person: dyad.person(person).traces for person in PERSONS}
            about = about_dyad(dyad, {}, "both drawn at once")
            write_imported(folder / name, ImportedSession(traces, about))
    write_whole(folder / TABLE_NAME, ("\n".join(lines) + "\n").encode())
    write_whole(plan, _PLAN.format(dyads=design.dyads).encode())
    return plan


def synthetic_dyad(design: SyntheticStudy, number: int, seed: int) -> Dyad:
    """One session of a synthetic study, with what goes wrong in it."""
    wrong = number - design.dropped
    is_short, wrong = 0 <= wrong < design.short, wrong - design.short
    is_dead, wrong = 0 <= wrong < design.dead, wrong - design.dead
    if 0 <= wrong < design.copied:
        number -= 1
    dyad = _drawn(design, number, seed)
    if is_short:
        dyad = _cut(dyad, 1.2 * 60.0 * design.minutes)
    if is_dead:
        dyad = replace(dyad, b=_without_contact(dyad.b))
    return dyad


def _drawn(design: SyntheticStudy, number: int, seed: int) -> Dyad:
    rng = np.random.default_rng([seed, number, 1])
    coupling = float(np.clip(design.coupling + design.spread * rng.standard_normal(), 0.0, 0.95))
    seconds = 60.0 * design.minutes
    people = bodies.Encounter(
        a=bodies.Body(float(rng.normal(68.0, 6.0))),
        b=bodies.Body(float(rng.normal(74.0, 6.0)), 13.5, 6.0, 0.5),
    )
    parts = [
        bodies.meet(replace(people, influence=Follows(each)), seconds, int(rng.integers(2**31)))
        for each in (0.0, coupling if design.coupling else 0.0)
    ]
    persons = {person: _joined([getattr(part, person) for part in parts]) for person in PERSONS}
    marks = (
        Mark(0.0, seconds, APART, "condition"),
        Mark(seconds, 2 * seconds, TOGETHER, "condition"),
    )
    return Dyad(
        _person(persons["a"], "a", number),
        _person(persons["b"], "b", number),
        marks,
        duration_s=2 * seconds,
        source="synthetic",
        simulated=True,
        notes=("The people of this session are simulated.",),
    )


def _joined(parts: list[bodies.Signals]) -> dict[str, np.ndarray]:
    skin = [one.tonic_usiemens + one.phasic_usiemens for one in parts]
    # The second part goes on at the level at which the first ended.
    skin[1] = skin[1] + float(skin[0][-1] - skin[1][0])
    return {
        "eda": np.maximum(np.concatenate(skin), 0.05),
        "heart_rate": np.concatenate([one.heart_rate_bpm for one in parts]),
    }


def _person(series: dict[str, np.ndarray], person: PersonName, number: int) -> PersonTraces:
    units = {"eda": "microsiemens", "heart_rate": "bpm"}
    traces = {
        name: Trace(np.arange(len(values)) / RATE_HZ, values, units[name], RATE_HZ)
        for name, values in series.items()
    }
    return PersonTraces(traces, participant=f"{person.upper()}{number + 1:03d}")


def _cut(dyad: Dyad, stop_s: float) -> Dyad:
    people = {
        person: replace(
            dyad.person(person),
            traces={
                name: replace(one, times_s=one.times_s[: _before(one, stop_s)],
                              values=one.values[: _before(one, stop_s)])
                for name, one in dyad.person(person).traces.items()
            },
        )
        for person in PERSONS
    }  # fmt: skip
    marks = tuple(replace(one, stop_s=min(one.stop_s, stop_s)) for one in dyad.marks)
    return replace(dyad, a=people["a"], b=people["b"], marks=marks, duration_s=stop_s)


def _before(trace: Trace, stop_s: float) -> int:
    return int(np.searchsorted(trace.times_s, stop_s))


def _without_contact(person: PersonTraces) -> PersonTraces:
    """An electrode without contact gives the sensor's zero."""
    skin = person.traces["eda"]
    flat = replace(skin, values=np.full(len(skin), 0.0))
    return replace(person, traces={**person.traces, "eda": flat})
