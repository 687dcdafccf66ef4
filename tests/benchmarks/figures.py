"""The headline figures of a benchmark: one line of JSON each, beside what it prints for people.

A *count* and an *accuracy* are the same on every machine: the first exactly, the second within a
tolerance in its own unit. A *cost* is seconds of CPU time; it is compared in units of a reference
kernel only. `./run bench` collects the lines.
"""

import json
import math
from dataclasses import asdict, dataclass
from enum import StrEnum

PREFIX = "figure "


class Kind(StrEnum):
    """Whether a figure depends on the machine."""

    COUNT = "count"
    ACCURACY = "accuracy"
    COST = "cost"


class Better(StrEnum):
    """Which way a figure should move, if any."""

    LOWER = "lower"
    HIGHER = "higher"
    SAME = "same"


LOWER, HIGHER, SAME = Better


@dataclass(frozen=True)
class Figure:
    """One headline figure; a value of None could not be estimated."""

    name: str
    value: float | None
    unit: str
    kind: Kind
    better: Better
    tolerance: float = 0.0

    @property
    def line(self):
        """The machine-readable line."""
        return PREFIX + json.dumps(asdict(self), ensure_ascii=False)


def figure_of(fields):
    """A figure from what JSON keeps of it; ValueError where that is none."""
    try:
        one = Figure(**fields)
        value = None if one.value is None else float(one.value)
        kind, better = Kind(one.kind), Better(one.better)
        return Figure(one.name, value, one.unit, kind, better, float(one.tolerance))
    except TypeError as wrong:
        raise ValueError(f"no figure: {fields}") from wrong


def figures_in(printed):
    """The figures among the lines that a benchmark printed, in order."""
    lines = [line for line in printed.splitlines() if line.startswith(PREFIX)]
    found = [figure_of(json.loads(line.removeprefix(PREFIX))) for line in lines]
    if len({one.name for one in found}) < len(found):
        raise ValueError("two figures have one name")
    return found


def count(name, value, better=LOWER, unit=""):
    """Say a number that is the same on every machine."""
    _say(name, value, unit, Kind.COUNT, better)


def accuracy(name, value, unit="", *, tolerance, better=LOWER):
    """Say a number that is the same on every machine within `tolerance`."""
    _say(name, value, unit, Kind.ACCURACY, better, tolerance)


def cost(name, cpu_s):
    """Say what something took, in seconds of CPU time."""
    _say(name, cpu_s, "CPU s", Kind.COST, LOWER)


def _say(name, value, unit, kind, better, tolerance=0.0):
    plain = float(f"{float(value):.6g}")
    known = plain if math.isfinite(plain) else None
    print(Figure(name, known, unit, kind, better, tolerance).line, flush=True)
