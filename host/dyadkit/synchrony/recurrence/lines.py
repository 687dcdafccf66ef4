"""The cross-recurrence plot, walked block by block and never held whole.

Point (i, j) of the plot recurs when a's state at i and b's state at j are no further apart than
a radius. Rows of the plot hold vertical lines (one person dwells where the other passes once),
diagonals hold parallel stretches of both. Both are visited in blocks of about a megabyte, so that
memory grows with the length of the series, not with its square.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from dyadkit.dyad.arrays import Bools, Floats, Ints
from dyadkit.synchrony.recurrence.states import StateSpace

BLOCK_SAMPLES = 1 << 17
MIN_LINE = 2


@dataclass(frozen=True, slots=True, eq=False)
class Lines:
    """Lines of a plot by length: `counts[k]` lines are k points long."""

    counts: Ints

    def long(self, min_length: int) -> "Lines":
        """Only the lines of at least `min_length` points."""
        kept = self.counts.copy()
        kept[:min_length] = 0
        return Lines(kept)

    @property
    def number(self) -> int:
        """How many lines there are."""
        return int(self.counts.sum())

    @property
    def points(self) -> int:
        """How many recurrent points the lines hold together."""
        return int(self.counts @ np.arange(len(self.counts)))

    @property
    def mean(self) -> float:
        """Mean length; 0 without lines."""
        return self.points / max(self.number, 1)

    @property
    def max_length(self) -> int:
        """Length of the longest line; 0 without lines."""
        return int(np.max(np.flatnonzero(self.counts), initial=0))

    @property
    def entropy(self) -> float:
        """Shannon entropy of the line lengths, in nats; 0 without lines."""
        shares = self.counts[self.counts > 0] / max(self.number, 1)
        return float(-(shares @ np.log(shares))) + 0.0


@dataclass(frozen=True, slots=True, eq=False)
class Measures:
    """The seven measures of one plot, from its lines and the number of known pairs of states."""

    diagonal: Lines
    vertical: Lines
    pairs: int

    def numbers(self) -> dict[str, Any]:
        """The measures by name; percentages NaN where nothing recurs."""
        recurrent = self.diagonal.points
        diagonal, vertical = self.diagonal.long(MIN_LINE), self.vertical.long(MIN_LINE)
        return {
            "RR": _percent(recurrent, self.pairs),
            "DET": _percent(diagonal.points, recurrent),
            "L": diagonal.mean,
            "Lmax": self.diagonal.max_length,
            "ENTR": diagonal.entropy,
            "LAM": _percent(vertical.points, recurrent),
            "TT": vertical.mean,
        }


def diagonal_lines(a: Floats, b: Floats, space: StateSpace, radius: float) -> tuple[Lines, Ints]:
    """The diagonal lines, and how many points recur on each diagonal.

    1. A diagonal is one lag: row d of `shifted` is b from sample d - (states - 1) on, a view of b
       between two paddings, not a copy. Against it stands a, always whole.
    2. Where b has ended the padding is NaN, as in a gap: its distance is NaN, NaN is within no
       radius, and the line ends there. So rows need no length of their own.
    3. A state's squared distance is the sum over its coordinates; the same row of squares, read
       `delay` samples later each time, so that no state is ever built.

    Returns
    -------
    Lines, and recurrences of shape (2 states - 1,): the diagonal on which b is
    `index - (states - 1)` samples later than a
    """
    states = len(a) - space.span
    padding = np.full(states - 1, np.nan)
    shifted = sliding_window_view(np.concatenate([padding, b, padding]), len(a))
    counts, on_diagonal = np.zeros(states + 2, dtype=np.int64), []
    for block in _blocks(len(shifted), len(a)):
        squares = np.square(shifted[block] - a)
        distances = _sum_of([squares[:, s : s + states] for s in space.starts()])
        recurs = distances <= radius**2
        counts += _run_counts(recurs)
        on_diagonal.append(recurs.sum(axis=1))
    return Lines(counts), np.concatenate(on_diagonal)


def vertical_lines(a: Floats, b: Floats, space: StateSpace, radius: float) -> Lines:
    """The lines along which b dwells near one state of a."""
    counts = np.zeros(len(a) - space.span + 2, dtype=np.int64)
    for distances in squared_distances(a, b, space):
        counts += _run_counts(distances <= radius**2)
    return Lines(counts)


def squared_distances(a: Floats, b: Floats, space: StateSpace) -> Iterator[Floats]:
    """Squared distances of all states, some rows (states of a) at a time; NaN where unknown."""
    states = len(a) - space.span
    for block in _blocks(states, states):
        yield _sum_of(
            [np.square(a[s : s + states][block, None] - b[s : s + states]) for s in space.starts()]
        )


def _sum_of(parts: list[Floats]) -> Floats:
    total = parts[0]
    for part in parts[1:]:
        total = total + part
    return total


def _blocks(rows: int, width: int) -> Iterator[slice]:
    height = max(1, BLOCK_SAMPLES // width)
    return (slice(start, start + height) for start in range(0, rows, height))


def _run_counts(recurs: Bools) -> Ints:
    """Number of runs of True of each length that the rows hold; shape (width + 2,).

    The rows are read as one: a False before each row keeps its runs from going on in the next, one
    more at the end closes the last. So edges come in pairs, a beginning and an end.
    """
    rows, width = recurs.shape
    fenced = np.zeros((rows, width + 1), dtype=bool)
    fenced[:, 1:] = recurs
    flat = np.append(fenced.ravel(), False)
    edges = np.flatnonzero(flat[1:] != flat[:-1])
    return np.bincount(edges[1::2] - edges[::2], minlength=width + 2)


def _percent(part: int, whole: int) -> float:
    return 100.0 * part / whole if whole else float("nan")
