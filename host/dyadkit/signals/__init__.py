"""Physiology of two people out of their traces: pulse, breathing and skin conductance.

Rules of this room: arrays in, frozen results out; no file, no radio, no clock. What was not seen
stays a gap or NaN, and every estimate travels with a quality or an error of its own.

Start reading at `extract`, then `physiology.read_body`: one person. `ppg` gives pulse beats,
inter-beat intervals (IBI) and heart rate, `eda` skin conductance level (SCL) and responses (SCR);
`colour` joins the beats of several LED colours; `hrv` (with the limits of `spread`), `rhythm` and
`respiration` need beats only.
`contact` says which samples cannot carry a pulse, `quality` and `seconds` how far each second can
be trusted, `reason` why not.
"""

from dataclasses import dataclass

import numpy as np

from dyadkit.dyad.result import Result
from dyadkit.dyad.traces import PERSONS, Dyad, Mark, PersonName
from dyadkit.errors import SignalError
from dyadkit.signals.physiology import SERIES_HZ, Physiology, read_body

__all__ = ["Physiology", "PhysiologyPair", "extract"]


@dataclass(frozen=True, slots=True, eq=False)
class PhysiologyPair(Result):
    """The physiology of both people; the series of both run on the same 4 Hz grid.

    Examples
    --------
    >>> from dyadkit.sim.people.bodies import Encounter, meet, perfect_dyad
    >>> both = extract(perfect_dyad(meet(Encounter(), 30, seed=1)))
    >>> len(both.a.times_s), bool((both.a.times_s == both.b.times_s).all())
    (120, True)
    """

    a: Physiology
    b: Physiology

    def person(self, name: PersonName) -> Physiology:
        """One person's physiology by name."""
        return self.a if name == "a" else self.b


def extract(dyad: Dyad) -> PhysiologyPair:
    """Beats, heart rate, breathing and skin conductance of both people, on the session line.

    Gaps stay gaps: what was not seen is NaN, and a missing stream gives a series of NaN and a
    sentence in `Physiology.notes`.

    Parameters
    ----------
    dyad : read are the streams `ppg_ir`, `ppg_green`, `ppg_red`, `eda`, `acc_x`, `acc_y` and
        `acc_z`, and the marks of kind "event"

    Returns
    -------
    `Physiology` of `a` and `b`; the series have shape (4 · duration in seconds,)

    Raises
    ------
    SignalError
        the session holds no samples with a known time, or is shorter than a quarter of a second

    Examples
    --------
    >>> import numpy as np
    >>> from dyadkit.sim.people.bodies import Encounter, meet, perfect_dyad
    >>> both = extract(perfect_dyad(meet(Encounter(), 60, seed=1)))
    >>> round(both.a.hrv.mean_bpm), round(both.b.hrv.mean_bpm)
    (69, 76)
    >>> round(float(np.nanmedian(both.b.tonic_usiemens)), 1)
    5.9
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
        if not dyad.duration_s * SERIES_HZ >= 1:
            raise SignalError(
                f"the session lasts {dyad.duration_s:g} s: there is nothing to look at"
            )
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
