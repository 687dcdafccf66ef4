"""Sensor marks: when a sensor left the skin and came back, as notes among the session's marks."""

import numpy as np

from dyadkit.dyad.arrays import Bools
from dyadkit.dyad.traces import PERSONS, Mark, PersonName
from dyadkit.signals import Physiology, PhysiologyPair
from dyadkit.signals.reason import SignalFault
from dyadkit.signals.seconds import StreamQuality

MIN_OFF_S = 5
"""A sensor that is off for less was touched, not taken off."""
MIN_ON_S = 5
"""One that is on for less is still being put on."""


def sensor_marks(bodies: PhysiologyPair) -> tuple[Mark, ...]:
    """A note for each time a sensor was off the skin for five seconds or more, and one for its end.

    Off from the beginning, or until the end, is a note at the other side only.
    """
    found = [
        mark
        for person in PERSONS
        for sensor, quality in _sensors(bodies.person(person))
        for mark in _of_sensor(person, sensor, off_spans(_off(quality)), len(quality.quality))
    ]
    return tuple(sorted(found, key=lambda mark: mark.start_s))


def _sensors(body: Physiology) -> list[tuple[str, StreamQuality]]:
    found = [("pulse sensor", body.quality)] if body.colours else []
    return [*found, *(("skin sensor", body.streams["eda"]) for _ in range("eda" in body.streams))]


def _off(quality: StreamQuality) -> Bools:
    """Seconds without contact that were recorded: what a link lost says nothing of the sensor."""
    faults = quality.reasons
    return np.asarray((faults & int(SignalFault.NO_CONTACT)) > 0)


def off_spans(off: Bools) -> list[tuple[int, int]]:
    """First second and the one after the last of each time a sensor was off.

    Examples
    --------
    >>> off_spans(np.array([0, 1, 1, 1, 1, 1, 0, 1, 1, 0, 0, 0, 0, 0, 1, 0], dtype=bool))
    [(1, 9)]
    """
    edges = np.flatnonzero(np.diff(np.r_[False, off, False].astype(np.int8)))
    joined: list[tuple[int, int]] = []
    for first, last in edges.reshape(-1, 2).tolist():
        if joined and first - joined[-1][1] < MIN_ON_S:
            joined[-1] = (joined[-1][0], last)
        else:
            joined.append((first, last))
    return [(first, last) for first, last in joined if last - first >= MIN_OFF_S]


def _of_sensor(
    person: PersonName, sensor: str, spans: list[tuple[int, int]], seconds: int
) -> list[Mark]:
    found = []
    for first, last in spans:
        edges = [(first, "off")] * (first > 0) + [(last, "on")] * (last < seconds)
        found += [
            Mark(float(at), float(at), f"{sensor} of {person} {what}", "note", person)
            for at, what in edges
        ]
    return found
