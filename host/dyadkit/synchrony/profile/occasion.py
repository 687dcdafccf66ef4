"""One signal of both people over a session, with what was marked."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from dyadkit.dyad.arrays import Bools, Floats
from dyadkit.dyad.traces import Mark
from dyadkit.errors import SignalError
from dyadkit.synchrony.context import condition_spans

_Found = TypeVar("_Found")


@dataclass(frozen=True, slots=True)
class Signal:
    """The same signal of both people on one grid that begins at session time 0, NaN missing.

    `floor` is the smallest rise, in its own unit, that means something.

    Examples
    --------
    >>> signal = Signal(np.arange(600.0), np.ones(600), rate_hz=1.0)
    >>> resting = signal.during([Mark(300.0, 420.0, "Rest", "condition")], ["rest"])
    >>> signal.within(resting).a[[0, -1]].tolist()
    [300.0, 419.0]
    """

    a: Floats
    b: Floats
    rate_hz: float
    floor: float = 0.0

    def within(self, inside: Bools) -> "Signal":
        """The part where `inside` holds, from its first to its last moment, NaN in between."""
        kept = np.flatnonzero(inside)
        part = slice(int(kept[0]), int(kept[-1]) + 1) if len(kept) else slice(0, 0)
        a, b = (np.where(inside, series, np.nan)[part] for series in (self.a, self.b))
        return Signal(a, b, self.rate_hz, self.floor)

    def during(self, marks: Sequence[Mark], labels: Sequence[str]) -> Bools:
        """Which samples lie within a condition of one of these labels, in any case of letters."""
        times_s = np.arange(len(self.a)) / self.rate_hz
        inside = np.zeros(len(times_s), dtype=bool)
        for mark in condition_spans(marks, len(times_s) / self.rate_hz):
            if mark.label.strip().lower() in labels:
                inside |= (times_s >= mark.start_s) & (times_s < mark.stop_s)
        return inside


def tried(attempt: Callable[[], _Found]) -> _Found | None:
    """What the attempt gives, or None where the data cannot answer."""
    try:
        return attempt()
    except SignalError:
        return None
