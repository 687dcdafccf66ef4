"""Excerpt of a person's raw pulse wave: some seconds as the sensor gave them, for looking."""

from dataclasses import dataclass

import numpy as np

from dyadkit.dyad.arrays import Floats
from dyadkit.dyad.result import Result
from dyadkit.dyad.traces import PERSONS, Dyad, PersonTraces
from dyadkit.signals import Physiology, PhysiologyPair

EXCERPT_S = 12.0
"""About as many beats as an eye compares: fourteen at 70 a minute."""


@dataclass(frozen=True, slots=True, eq=False)
class Excerpt(Result):
    """Raw pulse wave of some seconds of a session.

    start_s : session time of the first sample
    values : shape (n,), in `unit`, as measured; NaN where a sample is missing
    stream : which stream it is of
    """

    start_s: float
    rate_hz: float
    values: Floats
    unit: str
    stream: str

    @property
    def times_s(self) -> Floats:
        """Session time of each sample."""
        return np.asarray(self.start_s + np.arange(len(self.values)) / self.rate_hz)


def excerpts_of(dyad: Dyad, bodies: PhysiologyPair) -> dict[str, Excerpt]:
    """Excerpt of each person whose pulse wave was read, by name."""
    found = {
        name: _excerpt(dyad.person(name), body)
        for name, body in zip(PERSONS, (bodies.a, bodies.b), strict=True)
    }
    return {name: one for name, one in found.items() if one is not None}


def _excerpt(person: PersonTraces, body: Physiology) -> Excerpt | None:
    """The best seconds of a session; of equals, those nearest to its middle."""
    length = round(EXCERPT_S)
    quality = np.nan_to_num(body.quality.quality)
    if not body.colours or len(quality) < length:
        return None
    mean = np.convolve(quality, np.full(length, 1.0 / length), "valid")
    best = np.flatnonzero(mean >= mean.max() - 1e-6)
    first = int(best[np.argmin(np.abs(best - len(mean) / 2))])
    stream = body.colours[int(body.colour[first])]
    trace = person.traces[stream]
    values = trace.uniform(trace.rate_hz, float(first), first + EXCERPT_S)
    return Excerpt(float(first), trace.rate_hz, values, trace.unit, stream)
