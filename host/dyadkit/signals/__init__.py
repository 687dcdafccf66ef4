"""From raw photoplethysmogram and skin conductance to series one can trust."""

from dataclasses import dataclass

import numpy as np

from dyadkit.dyad.result import Result
from dyadkit.dyad.traces import PERSONS, Dyad, Mark, PersonName
from dyadkit.errors import SignalError
from dyadkit.signals.physiology import Physiology, read_body

__all__ = ["Physiology", "PhysiologyPair", "extract"]


@dataclass(frozen=True, slots=True, eq=False)
class PhysiologyPair(Result):
    """The physiology of both people; both series run on the same 4 Hz grid."""

    a: Physiology
    b: Physiology


def extract(dyad: Dyad) -> PhysiologyPair:
    """Beats, heart rate, breathing and skin conductance of both people, on the session line.

    Gaps stay gaps: what was not seen is NaN, and a missing stream gives a series of NaN.

    Raises
    ------
    SignalError
        the session holds no samples with a known time
    """
    duration_s = _duration_s(dyad)
    a, b = (
        read_body(dyad.person(name), duration_s, _events_s(dyad.marks, name)) for name in PERSONS
    )
    return PhysiologyPair(a, b)


def _events_s(marks: tuple[Mark, ...], name: PersonName) -> list[float]:
    """When something happened to this person, or to both."""
    return [
        mark.start_s
        for mark in marks
        if mark.kind == "event" and mark.person in (None, name) and np.isfinite(mark.start_s)
    ]


def _duration_s(dyad: Dyad) -> float:
    if np.isfinite(dyad.duration_s):
        return dyad.duration_s
    ends = [
        float(np.nanmax(trace.times_s))
        for person in (dyad.a, dyad.b)
        for trace in person.traces.values()
        if np.isfinite(trace.times_s).any()
    ]
    if not ends or max(ends) <= 0:
        raise SignalError("no sample of this session has a known time: check its clock log")
    return max(ends)
