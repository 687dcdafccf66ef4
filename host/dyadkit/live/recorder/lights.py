"""Traffic lights and alarms: what is wrong with each person now, the worst first, in words.

The limits are those by which a session is judged afterwards, so that a light says no other thing
than `info` will.
"""

from dataclasses import dataclass
from enum import Enum

from dyadkit.capture.preflight import Preflight
from dyadkit.capture.progress import SILENCE_S
from dyadkit.dyad.traces import PersonName
from dyadkit.live.bodies.person import Vitals
from dyadkit.sessions.usability import MAX_BOUND_S, MAX_LOST, MIN_TRUSTED

OFF_S = SILENCE_S
"""A sensor is off once it does not touch for so long, as a link that is silent: with the way to
the page an alarm is seen within three seconds."""
STEADY_S = 5.0
"""A light is good again once nothing was wrong for so long, or it would flicker."""
MIN_BATTERY_HOURS, MIN_DISK_HOURS = 0.5, 1.0
"""Before these run out somebody can still end a condition well and change what is empty."""
FILLING_S = 1.0


class TrafficLight(Enum):
    """How one person is, from worst to best."""

    ACT = "act"
    LOOK = "look"
    FILL = "fill"
    WAIT = "wait"
    GOOD = "good"


ORDER = list(TrafficLight)


@dataclass(frozen=True, slots=True)
class Concern:
    """One thing that is not well: `key` names it for as long as it lasts.

    word : on the light; says : the fault in a line; how : what to do
    """

    key: str
    light: TrafficLight
    word: str
    says: str
    how: str = ""
    person: str = ""


@dataclass(frozen=True, slots=True)
class LinkNow:
    """One link now: whether it ever was up, and for how long nothing has come."""

    is_met: bool
    silent_s: float
    complaint: str = ""


def concerns_of(person: PersonName, vitals: Vitals, link: LinkNow) -> list[Concern]:
    """What is not well with one person, the worst first."""
    if not link.is_met:
        says = f"{person}: {link.complaint}" if link.complaint else f"{person} is being connected"
        return [Concern(f"{person} wait", TrafficLight.WAIT, "Waiting", says, person=person)]
    if link.silent_s > SILENCE_S:
        return [_lost_link(person, link.silent_s)]
    filling = _filling(person, vitals)
    found = [*_contacts(person, vitals), *_doubts(person, vitals), *filling]
    if filling:  # what is late is on its way
        found = [one for one in found if one.key != f"{person} lost"]
    return sorted(found, key=lambda one: ORDER.index(one.light))


def worst_of(concerns: list[Concern]) -> TrafficLight:
    """The light that the worst of them asks for."""
    return min((one.light for one in concerns), key=ORDER.index, default=TrafficLight.GOOD)


def disk_concerns(disk_hours: float, unsaved_s: float) -> list[Concern]:
    """What is not well with the computer's disk."""
    found = []
    if unsaved_s > SILENCE_S:
        found.append(
            Concern(
                "disk stuck",
                TrafficLight.ACT,
                "Not saved",
                f"nothing saved for {unsaved_s:.0f} s",
                "Make room on the disk. Nothing is lost yet: the wearables keep all.",
            )  # fmt: skip
        )
    if disk_hours < MIN_DISK_HOURS:
        found.append(
            Concern(
                "disk full",
                TrafficLight.ACT,
                "Disk",
                f"the disk holds {disk_hours * 60:.0f} minutes more",
                "Make room on it.",
            )  # fmt: skip
        )
    return found


def _lost_link(person: PersonName, silent_s: float) -> Concern:
    return Concern(
        f"{person} link", TrafficLight.ACT, "Link lost", f"{person}: link lost {clock(silent_s)}",
        f"Keep going. {person} records on its own while it has power; the gap fills later. "
        "Move this computer closer.", person,
    )  # fmt: skip


def _contacts(person: PersonName, vitals: Vitals) -> list[Concern]:
    found = []
    if vitals.pulse_off_s > OFF_S:
        found.append(
            Concern(
                f"{person} pulse",
                TrafficLight.ACT,
                "Sensor off",
                f"{person}: pulse sensor off the skin",
                "Fasten it; bright light must not reach it.",
                person,
            )  # fmt: skip
        )
    if vitals.skin_off_s > OFF_S:
        found.append(
            Concern(
                f"{person} skin",
                TrafficLight.ACT,
                "Sensor off",
                f"{person}: skin electrodes off",
                "Press both electrodes for 5 s. Still off: new gel, then wait 5 minutes.",
                person,
            )  # fmt: skip
        )
    return found


def _doubts(person: PersonName, vitals: Vitals) -> list[Concern]:
    """What is worth a look when there is time for one."""
    charge, needed = vitals.battery_percent, Preflight().min_battery_percent
    looks = [
        (vitals.clear < MIN_TRUSTED, "clear", "pulse unclear",
         "Fasten the sensor; a warm, still hand is clearest."),
        (vitals.lost > MAX_LOST, "lost", f"{vitals.lost:.0%} of the last minute has not come yet",
         "Bring the wearable closer; what is missing is fetched later."),
        (vitals.bound_s > MAX_BOUND_S, "sync", f"clock known to ± {vitals.bound_s * 1e3:.0f} ms",
         "Bring the wearable closer for a minute."),
        (charge is not None and charge < needed, "battery", f"battery at {charge} %",
         "Charge it before the next session."),
        (bool(vitals.failed_checks and set(vitals.failed_checks) - {"calibration"}), "self-test",
         f"self-test: {', '.join(vitals.failed_checks or ())}", "dyadkit doctor says more."),
    ]  # fmt: skip
    found = [
        Concern(f"{person} {key}", TrafficLight.LOOK, "Look", f"{person}: {says}", how, person)
        for is_so, key, says, how in looks
        if is_so
    ]
    if vitals.battery_hours < MIN_BATTERY_HOURS:
        minutes = vitals.battery_hours * 60
        says = f"{person}: battery lasts {minutes:.0f} minutes more"
        found.append(
            Concern(f"{person} power", TrafficLight.ACT, "Battery", says, "Plug it in.", person)
        )
    return found


def _filling(person: PersonName, vitals: Vitals) -> list[Concern]:
    if vitals.missing_s < FILLING_S:
        return []
    says = f"{person} is back. Filling: {clock(vitals.missing_s)} still to come"
    return [Concern(f"{person} fill", TrafficLight.FILL, "Filling", says, "Nothing to do.", person)]


class Steady:
    """Lights that get worse at once, and better only after `STEADY_S`."""

    def __init__(self) -> None:
        self._shown: dict[str, tuple[TrafficLight, str, float]] = {}

    def of(self, person: str, concerns: list[Concern], now_s: float) -> tuple[TrafficLight, str]:
        """TrafficLight and word of one person."""
        light = worst_of(concerns)
        word = concerns[0].word if concerns else "Good"
        shown, said, since_s = self._shown.get(person, (light, word, now_s))
        is_worse = ORDER.index(light) <= ORDER.index(shown) or shown is TrafficLight.WAIT
        if is_worse or now_s - since_s >= STEADY_S or light is TrafficLight.FILL:
            self._shown[person] = light, word, now_s
            return light, word
        return shown, said


def clock(seconds: float) -> str:
    """Minutes and seconds, as 0:28."""
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"
