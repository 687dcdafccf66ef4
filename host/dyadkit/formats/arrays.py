"""Arrays of any origin as a Dyad: two people's series on one time line, in the package's units."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from dyadkit.dyad.arrays import Floats
from dyadkit.dyad.people import NOBODY_KNOWN, Person
from dyadkit.dyad.series import Series
from dyadkit.dyad.traces import PERSONS, Dyad, Mark, PersonName, PersonTraces, Trace, holes
from dyadkit.dyad.units import (
    BEATS_PER_MINUTE,
    CONDUCTANCE,
    MICROSIEMENS,
    SECONDS,
    Convert,
    plain,
)

SKIN = ("eda", "eda_tonic", "eda_phasic")
UNIX_S = 1e8
"""Times beyond this (1973) are taken for Unix time; seconds of a session never get there."""

_KNOWN: dict[str, tuple[str, dict[str, Convert], str]] = {
    **dict.fromkeys(SKIN, ("microsiemens", MICROSIEMENS, CONDUCTANCE)),
    "heart_rate": ("bpm", BEATS_PER_MINUTE, "bpm or Hz"),
    "ibi": ("s", SECONDS, "s or ms"),
}
"""By name of a series: the package's unit, how others become it, and which those are."""


def from_arrays(
    a: Mapping[str, Series],
    b: Mapping[str, Series],
    marks: Sequence[Mark] = (),
    alignment_bound_s: float = 0.0,
    people: tuple[Person, Person] = (NOBODY_KNOWN, NOBODY_KNOWN),
) -> Dyad:
    """Two people's series as a Dyad that `analyze` takes like a recorded one.

    A pulse wave is called `ppg`, skin conductance `eda`. What another program extracted is taken
    as given instead: inter-beat intervals `ibi`, `heart_rate`, and the components `eda_tonic` and
    `eda_phasic`. Series of other names are kept beside them. Resistance and other units of
    conductance become µS; intervals become seconds; a unit that is none of these is refused.

    Parameters
    ----------
    a, b : series by name; `ibi` has a time for each interval, that of the beat that ends (or
        begins) it, or none: give `times_s`
    marks : events and conditions, on the clock of the series
    alignment_bound_s : 95 % half-width of the time difference between a and b: 0 for one recorder
    people : who a and b are, as far as numbers depend on it: age, pregnancy, arrhythmia, sites

    Raises
    ------
    ValueError
        a unit that is not known, a person without series, or two people who share no time

    Examples
    --------
    >>> import numpy as np
    >>> skin = {"eda": Series(np.full(2400, 5.0), rate_hz=4.0, unit="µS")}
    >>> ohms = {"eda": Series(np.full(2400, 200.0), rate_hz=4.0, unit="kOhm")}
    >>> dyad = from_arrays(skin, ohms, [Mark(0.0, 300.0, "rest", "condition")])
    >>> dyad.duration_s, float(dyad.b.traces["eda"].values[0])
    (600.0, 5.0)
    """
    if not (np.isfinite(alignment_bound_s) and alignment_bound_s >= 0):
        raise ValueError(f"alignment_bound_s is {alignment_bound_s}: give seconds, 0 or more")
    given: dict[PersonName, Mapping[str, Series]] = {"a": a, "b": b}
    for person in PERSONS:
        if not given[person]:
            raise ValueError(f"person {person} has no series: a dyad needs both")
    origin_s = _origin_s([*a.values(), *b.values()])
    bound_s = alignment_bound_s / np.sqrt(2)
    traces = {
        person: {
            name: _trace(f"{name} of {person}", name, one, origin_s, bound_s)
            for name, one in given[person].items()
        }
        for person in PERSONS
    }
    _refuse_apart(traces)
    ends_s = [_end_s(one) for both in traces.values() for one in both.values()]
    return Dyad(
        PersonTraces(traces["a"], about=people[0]),
        PersonTraces(traces["b"], about=people[1]),
        tuple(
            replace(mark, start_s=mark.start_s - origin_s, stop_s=mark.stop_s - origin_s)
            for mark in marks
        ),
        duration_s=float(max(ends_s)),
        source="arrays",
    )


def _origin_s(every: Sequence[Series]) -> float:
    """The earliest sample where all times are Unix times; else the series' own zero."""
    starts_s = [float(one.when_s[0]) for one in every]
    if min(starts_s) > UNIX_S:
        return min(starts_s)
    if max(starts_s) > UNIX_S:
        raise ValueError(
            "some series begin in Unix time and some do not: give all on one clock (start_s for "
            "series of a rate)"
        )
    return 0.0


def _trace(place: str, name: str, given: Series, origin_s: float, bound_s: float) -> Trace:
    times_s = given.when_s - origin_s
    unit, values = _converted(place, name, given)
    pauses_s = holes(times_s)
    steps = len(times_s) - 1 - len(pauses_s)
    covered_s = float(times_s[-1] - times_s[0] - np.diff(pauses_s).sum())
    rate_hz = given.rate_hz or (steps / covered_s if steps else 1.0)
    return Trace(
        times_s,
        values,
        unit,
        rate_hz,
        pauses_s if name != "ibi" else np.empty((0, 2)),
        np.full(len(times_s), bound_s),
        sensor=given.sensor.lower(),
    )


def _converted(place: str, name: str, given: Series) -> tuple[str, Floats]:
    """Unit and values as the package has them."""
    if name not in _KNOWN:
        return given.unit, given.values
    unit, table, accepted = _KNOWN[name]
    convert = table.get(plain(given.unit))
    if convert is None:
        raise ValueError(
            f"{place} is in {given.unit or 'no unit'}, which cannot be made {unit}: give it in "
            f"{accepted}"
        )
    return unit, convert(given.values)


def is_convertible(name: str, unit: str) -> bool:
    """Whether a series of this name can be taken in this unit; others than ours are as they are.

    Examples
    --------
    >>> is_convertible("eda", "kOhm"), is_convertible("eda", "counts"), is_convertible("acc_x", "")
    (True, False, True)
    """
    return name not in _KNOWN or plain(unit) in _KNOWN[name][1]


def _end_s(one: Trace) -> float:
    return float(one.times_s[-1] + 1 / one.rate_hz)


def _refuse_apart(traces: Mapping[PersonName, Mapping[str, Trace]]) -> None:
    spans = {
        person: (
            min(float(one.times_s[0]) for one in both.values()),
            max(_end_s(one) for one in both.values()),
        )
        for person, both in traces.items()
    }
    (a_start_s, a_stop_s), (b_start_s, b_stop_s) = spans["a"], spans["b"]
    if min(a_stop_s, b_stop_s) <= max(a_start_s, b_start_s):
        raise ValueError(
            f"a is there from {a_start_s:.1f} to {a_stop_s:.1f} s and b from {b_start_s:.1f} to "
            f"{b_stop_s:.1f} s: they share no time; put both on one clock first"
        )
