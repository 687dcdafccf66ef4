"""Kit of a paradigm: who comes, what happens when, what is asked, and what can go wrong."""

from dataclasses import dataclass
from enum import StrEnum

from dyadkit.dyad.people import Person
from dyadkit.dyad.traces import Mark, PersonName
from dyadkit.sim.people.bodies import Body
from dyadkit.sim.people.stages import Stage

_TAKEN = ("e", "u")
"""Keys that end a condition and undo a mark."""


class Paradigm(StrEnum):
    """Paradigms there are kits for."""

    STILL_FACE = "still-face"
    CONFLICT = "conflict"
    THERAPY = "therapy"
    PROCEDURE = "procedure"
    NIGHT = "night"
    VISITS = "visits"


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition: its label, its length, and what it does to two people where the effect is."""

    label: str
    seconds: float
    raised: tuple[float, float] = (0.0, 0.0)
    coupling: float = 0.0

    def stage(self) -> Stage:
        """As the simulator draws it."""
        return Stage(self.seconds, self.raised, self.coupling)


@dataclass(frozen=True, slots=True)
class SensorOff:
    """A sensor that comes off and is put on again."""

    person: PersonName
    start_s: float
    stop_s: float


@dataclass(frozen=True, slots=True)
class Kit:
    """Kit of one paradigm.

    people, bodies, roles : who a and b are, their physiology, what the sheet calls them
    conditions : in order; they are marked as they begin
    off : a sensor that comes off in the rehearsal
    primary : the question of the plan (`analysis.primary.Primary`), or the measure of `weeks`
    sentence : words of the one sentence the kit can give
    power : how often it is given where the effect is, and among strangers, from the accuracy page
    placement, steps, comes_off : of the sheet
    visits : sessions of the same people; 1 for all but one kit
    """

    paradigm: Paradigm
    title: str
    people: tuple[Person, Person]
    bodies: tuple[Body, Body]
    roles: tuple[str, str]
    conditions: tuple[Condition, ...]
    off: tuple[SensorOff, ...]
    primary: str
    sentence: str
    power: str
    placement: tuple[str, ...]
    steps: tuple[str, ...]
    comes_off: str
    visits: int = 1

    @property
    def seconds(self) -> float:
        """Length of one session."""
        return sum(one.seconds for one in self.conditions)

    @property
    def keys(self) -> dict[str, str]:
        """Letter of each condition, as `record --conditions` gives them: the first one free."""
        found: dict[str, str] = {}
        for label in dict.fromkeys(one.label for one in self.conditions):
            free = [one for one in label.lower() if one.isalpha() and one not in (*found, *_TAKEN)]
            found[free[0]] = label
        return found

    def marks(self) -> tuple[Mark, ...]:
        """The conditions as marks."""
        marks, start_s = [], 0.0
        for one in self.conditions:
            marks.append(Mark(start_s, start_s + one.seconds, one.label, "condition"))
            start_s += one.seconds
        return tuple(marks)
