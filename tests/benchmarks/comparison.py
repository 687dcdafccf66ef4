"""Each figure beside the one recorded last: better, worse or as it was.

Counts and accuracies are compared in their own unit, within the tolerance that the benchmark
states; costs only as multiples of what the reference kernel took in the same minutes, within
`COST_TOLERANCE`. What another command line gave is not compared, nor are costs with other data.
"""

from dataclasses import dataclass, field, replace
from enum import StrEnum

from figures import Better, Figure, Kind, figure_of

COST_TOLERANCE = 0.25
"""Share by which a cost moves on one machine that others use, without any change of the code."""
MIN_KERNELS = 0.01
"""Costs below this are too short to be told apart."""
ROUNDING = 1e-9


class Change(StrEnum):
    """What became of a figure since it was recorded."""

    NONE = ""
    BETTER = "better"
    WORSE = "WORSE"
    OTHER = "CHANGED"
    NEW = "new"
    GONE = "not measured"


@dataclass(frozen=True)
class Run:
    """What one benchmark gave: figures, what it was asked, and the kernel's seconds meanwhile."""

    arguments: str
    without: tuple[str, ...]
    kernel_s: float
    figures: tuple[Figure, ...]
    circumstances: dict = field(default_factory=dict)

    def figure(self, name):
        """The figure of a name; None if there is none."""
        return next((one for one in self.figures if one.name == name), None)

    def comparable(self, other):
        """Those of another run's figures that may be compared with this one's, by name."""
        if other is None or other.arguments != self.arguments:
            return {}
        same_data = other.without == self.without
        return {one.name: one for one in other.figures if same_data or one.kind is not Kind.COST}


@dataclass(frozen=True)
class Row:
    """One line of the table. Costs are also told in kernels; `recorded` is in the compared unit."""

    benchmark: str
    figure: Figure
    kernel_s: float
    recorded: float | None
    change: Change

    @property
    def kernels(self):
        """A cost as a multiple of the kernel; None for other figures."""
        return compared(self.figure, self.kernel_s) if self.figure.kind is Kind.COST else None

    @property
    def step(self):
        """How far the figure moved: a share of costs, a difference of others; None if unknown."""
        now = compared(self.figure, self.kernel_s)
        if now is None or self.recorded is None or self.change is Change.GONE:
            return None
        if self.figure.kind is Kind.COST:
            return now / self.recorded - 1 if self.recorded else None
        return now - self.recorded


def compared(figure, kernel_s):
    """The number that is compared: kernels of a cost, any other figure itself."""
    if figure.kind is Kind.COST and figure.value is not None:
        return figure.value / kernel_s
    return figure.value


def change_of(figure, now, then):
    """What became of one figure, from two numbers that may be compared."""
    if now is None or then is None:
        return Change.NONE if now is then else Change.OTHER
    if figure.kind is Kind.COST:
        allowed = COST_TOLERANCE * then if max(now, then) > MIN_KERNELS else MIN_KERNELS
    else:
        allowed = figure.tolerance
    if abs(now - then) <= allowed + ROUNDING * max(abs(now), abs(then)):
        return Change.NONE
    if figure.better is Better.SAME:
        return Change.OTHER
    return Change.BETTER if (now < then) == (figure.better is Better.LOWER) else Change.WORSE


def rows(benchmark, run, recorded):
    """The lines of one benchmark: what it gave, and what was recorded and is missing now."""
    known = run.comparable(recorded)
    for figure in run.figures:
        past = known.pop(figure.name, None)
        if past is None:
            yield Row(benchmark, figure, run.kernel_s, None, Change.NEW)
            continue
        now, then = compared(figure, run.kernel_s), compared(past, recorded.kernel_s)
        yield Row(benchmark, figure, run.kernel_s, then, change_of(figure, now, then))
    for past in known.values():
        then = compared(past, recorded.kernel_s)
        yield Row(benchmark, replace(past, value=None), run.kernel_s, then, Change.GONE)


def run_of(fields):
    """A run from what JSON keeps of it."""
    held = dict(fields)
    figures = tuple(figure_of(one) for one in held.pop("figures"))
    return Run(held.pop("arguments"), tuple(held.pop("without")), held.pop("kernel_s"), figures,
               held)  # fmt: skip
