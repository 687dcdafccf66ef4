"""SessionOrigin of a session: where it comes from, when it began, and what was worn.

`provenance` holds the words for sessions in which no one was recorded by these wearables.
"""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from dyadkit.dyad.result import Result
from dyadkit.dyad.traces import Dyad, PersonTraces

CALIBRATION_DAY_0 = date(2000, 1, 1)
"""From which wearables count the day of their calibration."""


class Whence(StrEnum):
    """Where a session comes from; whatever shows a result of it names one of these four."""

    RECORDED = "recorded"
    IMPORTED = "imported"
    REPLAYED = "replayed"
    SIMULATED = "simulated"


@dataclass(frozen=True, slots=True, eq=False)
class Worn(Result):
    """Equipment of one person; empty where a session does not tell.

    wearable : its identity; firmware : the build it ran
    calibrated : ISO date of the skin sensor's calibration, or "never"
    rates_hz : effective rate of each stream, by name
    """

    wearable: str = ""
    firmware: str = ""
    calibrated: str = ""
    rates_hz: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class SessionOrigin(Result):
    """SessionOrigin of a session.

    began : when second 0 was, ISO 8601; empty where nothing is known
    sha256 : of the stored session; empty where it was not stored
    """

    whence: Whence
    began: str = ""
    sha256: str = ""
    a: Worn = field(default_factory=Worn)
    b: Worn = field(default_factory=Worn)


def origin_of(dyad: Dyad) -> SessionOrigin:
    """SessionOrigin of a dyad.

    Examples
    --------
    >>> from dyadkit.sim.people import bodies
    >>> str(origin_of(bodies.perfect_dyad(bodies.meet(bodies.Encounter(), 60.0, seed=1))).whence)
    'simulated'
    """
    return SessionOrigin(_whence(dyad), dyad.began, dyad.sha256, _worn(dyad.a), _worn(dyad.b))


def _whence(dyad: Dyad) -> Whence:
    if dyad.replayed:
        return Whence.REPLAYED
    if dyad.simulated:
        return Whence.SIMULATED
    return Whence.RECORDED if dyad.a.wearable or dyad.b.wearable else Whence.IMPORTED


def _worn(person: PersonTraces) -> Worn:
    rates_hz = {name: trace.rate_hz for name, trace in person.traces.items()}
    return Worn(person.wearable, person.firmware, person.calibrated, rates_hz)
