"""Joining of two foreign recordings to a dyad: one time line, with what it is known by and to.

From the best: one clock that both were recorded by; marks that both have, or one event; an offset
that the user gives; and two clocks set by computers, which agree only as far as computers do.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum

import numpy as np

from dyadkit.dyad.series import Series
from dyadkit.dyad.traces import Dyad, Mark, PersonName
from dyadkit.errors import SessionError
from dyadkit.formats.arrays import from_arrays
from dyadkit.formats.foreign import ForeignRecording, TimeBase

COMPUTERS_BOUND_S = 1.0
"""95 % half-width taken for two computers' clocks: nobody measured it. Clocks set over a network
are within some 0.1 s, wearables that took the time of one a while ago drift by seconds a week."""
NETWORK_BOUND_S = 0.005
"""Of streams of one network, by their measured offsets (LSL's own tests: below 1 ms on a wire)."""
EVENT_BOUND_S = 0.3
"""Of one event: two people's hands on two keys, or a clap seen in two files. Taken for an offset
whose precision nobody gave, too."""
MIN_SHARED_MARKS = 2
MAX_MARK_SPREAD_S = 1.0


class JoinedBy(Enum):
    """How two recordings were put on one clock; its value ends "both are joined by ...".

    Examples
    --------
    >>> JoinedBy.OFFSET.value
    'an offset that was given'
    """

    ONE_FILE = "the clock of the file that holds both"
    NETWORK = "the clock of the network that recorded both"
    MARKS = "marks that both recordings have"
    EVENT = "one event that both recordings have"
    OFFSET = "an offset that was given"
    COMPUTERS = "the clocks of the devices, as computers set them"


@dataclass(frozen=True, slots=True)
class Joined:
    """How a and b were joined: b's times plus `offset_s`, within `bound_s` (95 % half-width)."""

    by: JoinedBy
    offset_s: float
    bound_s: float

    @property
    def sentence(self) -> str:
        """What a reader of the report must know of it."""
        if self.by is JoinedBy.COMPUTERS:
            return (
                f"Both recordings are joined by {self.by.value}; nobody measured how well those "
                f"agree. {self.bound_s:g} s is assumed, so leads and lags below "
                f"{3 * self.bound_s:g} s cannot be told."
            )
        return f"Both recordings are joined by {self.by.value}, within {self.bound_s * 1e3:.3g} ms."


def joined(
    a: ForeignRecording,
    b: ForeignRecording,
    offset_s: float | None = None,
    bound_s: float | None = None,
) -> Joined:
    """How two recordings can be put on one clock.

    Parameters
    ----------
    offset_s : what to add to b's times; None to find it
    bound_s : how well that is known (95 % half-width); None for what the way of joining gives

    Raises
    ------
    SessionError
        nothing joins them: their clocks are their own and they share no marks
    """
    if offset_s is not None:
        given = EVENT_BOUND_S if bound_s is None else bound_s
        return Joined(JoinedBy.OFFSET, offset_s, given)
    found = _one_clock(a, b) or _by_marks(a, b) or _by_computers(a, b)
    if found is None:
        raise SessionError(
            f"{_named(a)} counts from {a.time_base.value} and {_named(b)} from "
            f"{b.time_base.value}, and no two marks of one name are in both: give --offset "
            "SECONDS, what to add to b's times"
        )
    return found if bound_s is None else replace(found, bound_s=bound_s)


def dyad_of(
    a: ForeignRecording, b: ForeignRecording, how: Joined, marks: Sequence[Mark] = ()
) -> Dyad:
    """Two recordings on one time line, marks of both on it, and others on the clock of a.

    Raises
    ------
    SessionError
        they share no time, or a unit of theirs is not known
    """
    shifted: Mapping[PersonName, dict[str, Series]] = {
        "a": a.series,
        "b": {name: _moved(one, how.offset_s) for name, one in b.series.items()},
    }
    try:
        dyad = from_arrays(shifted["a"], shifted["b"], [*_marks(a, b, how), *marks], how.bound_s)
    except ValueError as error:
        raise SessionError(str(error)) from None
    return dyad


def _one_clock(a: ForeignRecording, b: ForeignRecording) -> Joined | None:
    """One file, or one network: the times of both are of one clock as they are."""
    same = {one.sha256 for one in a.files} & {one.sha256 for one in b.files}
    if same and a.time_base is b.time_base:
        if a.time_base is TimeBase.NETWORK:
            return Joined(JoinedBy.NETWORK, 0.0, NETWORK_BOUND_S)
        return Joined(JoinedBy.ONE_FILE, 0.0, 0.0)
    return None  # two files of a network may count from two recorders' beginnings


def by_event(a: ForeignRecording, b: ForeignRecording, label: str) -> Joined:
    """Joined by one event that both recordings have, such as a clap or a pressed button.

    Raises
    ------
    SessionError
        it is not in both exactly once
    """
    found = [[mark.start_s for mark in one.marks if mark.label == label] for one in (a, b)]
    counts = [len(times) for times in found]
    if counts != [1, 1]:
        raise SessionError(
            f"the event {label!r} is {counts[0]} times in {_named(a)} and {counts[1]} times in "
            f"{_named(b)}: it must be once in each"
        )
    return Joined(JoinedBy.EVENT, found[0][0] - found[1][0], EVENT_BOUND_S)


def _by_marks(a: ForeignRecording, b: ForeignRecording) -> Joined | None:
    """Marks of one name, once in each: the median of their differences, within their spread."""
    times = [_once(one) for one in (a, b)]
    shared = times[0].keys() & times[1].keys()
    if len(shared) < MIN_SHARED_MARKS:
        return None
    differences = np.array([times[0][label] - times[1][label] for label in shared])
    offset_s = float(np.median(differences))
    spread_s = float(np.max(np.abs(differences - offset_s)))
    if spread_s > MAX_MARK_SPREAD_S:
        return None
    return Joined(JoinedBy.MARKS, offset_s, max(2 * spread_s / np.sqrt(len(shared)), 0.05))


def _once(one: ForeignRecording) -> dict[str, float]:
    labels = [mark.label for mark in one.marks]
    return {
        mark.label: mark.start_s
        for mark in one.marks
        if labels.count(mark.label) == 1 and not mark.label.startswith("tag ")
    }


def _by_computers(a: ForeignRecording, b: ForeignRecording) -> Joined | None:
    clocks = (TimeBase.UNIX, TimeBase.LOCAL)
    if a.time_base is b.time_base and a.time_base in clocks:
        return Joined(JoinedBy.COMPUTERS, 0.0, COMPUTERS_BOUND_S)
    return None


def _named(one: ForeignRecording) -> str:
    return one.files[0].name if one.files else one.reader


def _moved(one: Series, offset_s: float) -> Series:
    if one.times_s is not None:
        return Series(one.values, None, one.times_s + offset_s, one.unit, one.sensor)
    return Series(one.values, one.rate_hz, None, one.unit, one.sensor, one.start_s + offset_s)


def _marks(a: ForeignRecording, b: ForeignRecording, how: Joined) -> list[Mark]:
    """Marks of both; what both have is told once, what one has is that person's."""
    if how.by in (JoinedBy.ONE_FILE, JoinedBy.NETWORK):
        return list(a.marks)
    shared = _once(a).keys() & _once(b).keys() if how.by is JoinedBy.MARKS else set()
    marks = [mark if mark.label in shared else replace(mark, person="a") for mark in a.marks]
    for mark in b.marks:
        if mark.label not in shared:
            start_s, stop_s = mark.start_s + how.offset_s, mark.stop_s + how.offset_s
            marks.append(replace(mark, start_s=start_s, stop_s=stop_s, person="b"))
    return marks
