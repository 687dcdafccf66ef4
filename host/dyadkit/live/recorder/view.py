"""What a page is told four times a second: people, sentence, alarms, coupling, marks, as JSON."""

import math
from dataclasses import asdict, dataclass, field
from typing import Any

from dyadkit.analysis.findings import SIGNAL_WORDS
from dyadkit.capture.progress import Progress
from dyadkit.dyad.traces import PERSONS, PersonName
from dyadkit.live.bodies.follower import Follower
from dyadkit.live.bodies.pair import NEEDED_S, CouplingNow
from dyadkit.live.bodies.person import Vitals
from dyadkit.live.recorder.lights import (
    ORDER,
    Concern,
    LinkNow,
    Steady,
    concerns_of,
    disk_concerns,
)
from dyadkit.storage.mark_lines import MarkEntry, set_ns
from dyadkit.storage.marks import present_conditions, standing

View = dict[str, Any]


@dataclass(frozen=True, slots=True)
class MarkPad:
    """What one of the keys 1 to 9 marks: a moment, or a condition of so many planned seconds."""

    label: str
    kind: str = "event"
    planned_s: float | None = None


@dataclass
class PageLabels:
    """What people and keys are called on the page; codes and roles, never names."""

    title: str = ""
    codes: dict[PersonName, str] = field(default_factory=dict)
    roles: dict[PersonName, str] = field(default_factory=dict)
    pads: list[MarkPad] = field(default_factory=list)
    is_silent: bool = False
    is_blind: bool = False

    def view(self) -> View:
        """As the page takes it."""
        return {
            "title": self.title,
            "codes": {p: self.codes.get(p, "") for p in PERSONS},
            "roles": {p: self.roles.get(p, "") for p in PERSONS},
            "pads": [asdict(one) for one in self.pads],
            "silent": self.is_silent,
            "blind": self.is_blind,
        }


@dataclass(frozen=True, slots=True)
class Moment:
    """What a view is made of beside the bodies: session time, disk, and each link."""

    now_s: float
    disk_hours: float
    unsaved_s: float
    links: dict[PersonName, LinkNow]


def links_now(progress: Progress) -> dict[PersonName, LinkNow]:
    """Each link, from what the recording reports of itself."""
    return {
        person: LinkNow(person in progress.met, progress.silent_s.get(person, 0.0))
        for person in PERSONS
    }


def state_of(follower: Follower, moment: Moment, steady: Steady) -> View:
    """How both people and their coupling are, as a page shows it."""
    vitals = follower.vitals or {person: Vitals() for person in PERSONS}
    by_person = {
        person: concerns_of(person, vitals[person], moment.links[person]) for person in PERSONS
    }
    found = [one for concerns in by_person.values() for one in concerns]
    found += disk_concerns(moment.disk_hours, moment.unsaved_s)
    found.sort(key=lambda one: ORDER.index(one.light))
    people = {}
    for person in PERSONS:
        light, word = steady.of(person, by_person[person], moment.now_s)
        people[person] = {
            "light": light.value,
            "word": word,
            "concerns": [_concern(one) for one in by_person[person]],
            "silent_s": number(moment.links[person].silent_s),
            **_numbers(vitals[person]),
        }
    return {
        "now_s": number(moment.now_s),
        "begun_s": follower.begun_s,
        "disk_hours": number(moment.disk_hours),
        "unsaved_s": number(moment.unsaved_s),
        "people": people,
        "concerns": [_concern(one) for one in found],
        "coupling": coupling_view(follower.coupling),
        "needed_s": NEEDED_S,
    }


def marks_view(entries: list[MarkEntry], start_ns: int) -> View:
    """Marks and conditions so far, those undone among them."""
    kept = {set_ns(one) for one in standing(entries)[0]}
    shown = [
        {
            "at_s": number((one["at_ns"] - start_ns) * 1e-9),
            "label": str(one["label"]),
            "kind": one.get("kind"),
            "person": one.get("person"),
            "undone": set_ns(one) not in kept,
        }
        for one in entries
        if one.get("kind") != "undo"
    ]
    going = [str(one["label"]) for one in present_conditions(entries)]
    return {"kind": "marks", "marks": shown, "conditions": going}


def coupling_view(now: dict[str, CouplingNow]) -> View:
    """Coupling by signal, without any verdict: what is seen, and how far chance gets."""
    found = {}
    for name, words in SIGNAL_WORDS.items():
        one = now.get(name, CouplingNow())
        found[name] = {
            "words": words,
            "state": _coupling_state(one),
            "strength": number(one.strength),
            "lag_s": number(one.lag_s),
            "band": number(one.band),
            "have_s": number(one.have_s),
        }
    return found


def _coupling_state(one: CouplingNow) -> str:
    """Of five states, the one that holds."""
    if one.have_s < NEEDED_S:
        return "not yet"
    if math.isnan(one.strength) or math.isnan(one.band):
        return "unknown"
    if abs(one.strength) <= one.band:
        return "within"
    return "above" if one.strength > 0 else "opposite"


def _numbers(vitals: Vitals) -> View:
    words = {name: value for name, value in asdict(vitals).items() if isinstance(value, str)}
    numbers = {n: number(v) for n, v in asdict(vitals).items() if isinstance(v, float)}
    counts = ("battery_percent", "flash_hours", "sign")
    failed = vitals.failed_checks
    return {
        **words,
        **numbers,
        **{name: getattr(vitals, name) for name in counts},
        "failed_checks": None if failed is None else list(failed),
    }


def _concern(one: Concern) -> View:
    return {**asdict(one), "light": one.light.value}


def number(value: float) -> float | None:
    """A number as JSON knows it: NaN and infinite are none."""
    return round(value, 4) if math.isfinite(value) else None
