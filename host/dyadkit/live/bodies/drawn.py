"""Lanes: what is drawn of two people, each a series of times and values that only grows."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple, TypeAlias

import numpy as np

from dyadkit.dyad.arrays import ArrayLike, Floats

FIRST_ROOM = 1024
Fresh: TypeAlias = dict[str, tuple[list[float], list[float | None]]]
"""Times and values by lane, as they go into a message; None where a value is not known."""


class LaneSlice(NamedTuple):
    """Part of a lane: session times in s, shape (n,), and values, NaN where not known."""

    times_s: Floats
    values: Floats


class Lane:
    """One series in order of time; what was fetched later is put where it belongs.

    Examples
    --------
    >>> lane = Lane()
    >>> lane.add([1.0, 4.0], [10.0, 40.0])
    >>> lane.add([2.0, 3.0], [20.0, 30.0])
    >>> lane.between(1.5, 4.0).values.tolist()
    [20.0, 30.0, 40.0]
    """

    def __init__(self) -> None:
        self._times_s, self._values = np.empty(FIRST_ROOM), np.empty(FIRST_ROOM)
        self._length = 0

    def __len__(self) -> int:
        return self._length

    def add(self, times_s: ArrayLike, values: ArrayLike) -> None:
        """Add samples, in order of time among themselves."""
        new_s, new = np.asarray(times_s, dtype=float), np.asarray(values, dtype=float)
        if not len(new_s):
            return
        place = int(np.searchsorted(self._times_s[: self._length], new_s[0], side="right"))
        behind_s, behind = self._times_s[place : self._length], self._values[place : self._length]
        if len(behind):
            new_s, new = np.r_[new_s, behind_s], np.r_[new, behind]
            order = np.argsort(new_s, kind="stable")
            new_s, new = new_s[order], new[order]
        self._reserve(place + len(new_s))
        self._times_s[place : place + len(new_s)] = new_s
        self._values[place : place + len(new_s)] = new
        self._length = place + len(new_s)

    def between(self, start_s: float, stop_s: float) -> LaneSlice:
        """Samples of a span, both ends included."""
        known_s = self._times_s[: self._length]
        first, last = np.searchsorted(known_s, start_s), np.searchsorted(known_s, stop_s, "right")
        return LaneSlice(known_s[first:last], self._values[first:last])

    def _reserve(self, length: int) -> None:
        """Room for so many samples, doubled so that a long session is not copied each time."""
        if length > len(self._times_s):
            room = np.empty(max(2 * len(self._times_s), length))
            self._times_s, self._values = (
                np.concatenate([kept, room[len(kept) :]]) for kept in (self._times_s, self._values)
            )


class Lanes:
    """All lanes by name, `a/pulse` or `coupling/eda`, and what is new in them since `fresh`."""

    def __init__(self) -> None:
        self.kept: dict[str, Lane] = {}
        self._fresh: dict[str, list[LaneSlice]] = {}

    def add(self, name: str, times_s: ArrayLike, values: ArrayLike) -> None:
        """Add samples of one lane."""
        part = LaneSlice(np.asarray(times_s, dtype=float), np.asarray(values, dtype=float))
        if len(part.times_s):
            self.kept.setdefault(name, Lane()).add(*part)
            self._fresh.setdefault(name, []).append(part)

    def fresh(self) -> Fresh:
        """What was added since the last call, in order of time."""
        parts, self._fresh = self._fresh, {}
        return {name: packed(_in_order(found)) for name, found in parts.items()}

    def take(self, fresh: Mapping[str, Iterable[Any]]) -> None:
        """Add what another `Lanes` gave as fresh."""
        for name, (times_s, values) in fresh.items():
            self.kept.setdefault(name, Lane()).add(
                times_s, [np.nan if one is None else one for one in values]
            )

    def backlog(self, each_s: float) -> Iterator[Fresh]:
        """All that is kept, in parts of so many seconds: for whoever comes later."""
        ends_s = [lane.between(-np.inf, np.inf).times_s[[0, -1]] for lane in self.kept.values()]
        if not ends_s:
            return
        first_s, last_s = min(ends[0] for ends in ends_s), max(ends[1] for ends in ends_s)
        for start_s in np.arange(first_s, last_s + each_s, each_s).tolist():
            stop_s = float(np.nextafter(start_s + each_s, -np.inf))
            parts = {n: packed(lane.between(start_s, stop_s)) for n, lane in self.kept.items()}
            found = {name: part for name, part in parts.items() if part[0]}
            if found:
                yield found

    def window(self, start_s: float, stop_s: float, points: int) -> Fresh:
        """What a page draws of a span: of each lane at most so many points, extremes kept."""
        return {
            name: packed(thinned(lane.between(start_s, stop_s), points))
            for name, lane in self.kept.items()
        }


def thinned(part: LaneSlice, points: int) -> LaneSlice:
    """Smallest and largest value of each of `points` / 2 bins of samples; all where they fit.

    Examples
    --------
    >>> wave = LaneSlice(np.arange(8.0), np.array([0, 5, 1, 2, 3, -4, 0, 1.0]))
    >>> thinned(wave, 4).values.tolist()
    [0.0, 5.0, -4.0, 3.0]
    """
    if len(part.times_s) <= points or points < 2:
        return part
    bins = points // 2
    size = len(part.times_s) // bins
    values = part.values[: bins * size].reshape(bins, size)
    low = np.where(np.isfinite(values), values, np.inf).argmin(axis=1)
    high = np.where(np.isfinite(values), values, -np.inf).argmax(axis=1)
    ends = np.sort(np.stack([low, high], axis=1), axis=1) + size * np.arange(bins)[:, None]
    values = np.sort(np.stack([part.values[e] for e in ends.T], axis=1), axis=1)
    return LaneSlice(part.times_s[ends.ravel()], values.ravel())


def _in_order(parts: list[LaneSlice]) -> LaneSlice:
    """Parts as one: what was fetched stands before what came live meanwhile."""
    times_s, values = (np.concatenate(column) for column in zip(*parts, strict=True))
    order = np.argsort(times_s, kind="stable")
    return LaneSlice(times_s[order], values[order])


def packed(part: LaneSlice) -> tuple[list[float], list[float | None]]:
    """A part of a lane as a message holds it."""
    values = part.values.astype(float).round(4).tolist()
    return part.times_s.round(3).tolist(), [one if one == one else None for one in values]
