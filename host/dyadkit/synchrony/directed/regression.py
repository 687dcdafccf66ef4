"""Nested linear regressions: does the other's past help to predict a person's next sample.

One orthogonalisation gives the fit of every history length at once, because columns enter in the
order of their lag.
"""

from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from scipy import stats

from dyadkit.dyad.arrays import Bools, Floats
from dyadkit.errors import SignalError

MIN_RELATIVE = 1e-10
ROWS_PER_COLUMN = 3


def lagged(series: Floats, first: int, count: int, start: int) -> Floats:
    """Columns of the series `first`, `first` + 1, … samples back, for rows from sample `start`."""
    windows = sliding_window_view(series, count)[:, ::-1]
    oldest = start - first - count + 1
    return windows[oldest : oldest + len(series) - start]


@dataclass(frozen=True, slots=True, eq=False)
class Target:
    """A person's samples and the own past that already explains them.

    values : shape (rows,)
    past : shape (rows, own), most recent first
    start : sample of the first row
    """

    values: Floats
    past: Floats
    start: int

    @classmethod
    def of(cls, series: Floats, own: int, start: int) -> "Target":
        """Rows from sample `start`, each with `own` samples of past."""
        return cls(series[start:], lagged(series, 1, own, start), start)

    def known_with(self, other: Floats) -> Bools:
        """Rows without a missing value, also in `other`, shape (rows, n)."""
        columns = np.column_stack([self.values, self.past, other])
        return np.asarray(np.isfinite(columns).all(axis=1))


@dataclass(frozen=True, slots=True, eq=False)
class Gain:
    """What successive columns of the other's past add to a person's own past.

    remaining : shape (columns + 1,), residual sum of squares with 0, 1, … of them
    rows, own : samples that count, and columns of own past
    """

    remaining: Floats
    rows: int
    own: int

    def best(self, min_order: int) -> int:
        """How many columns give the lowest Bayesian information criterion, at least `min_order`."""
        penalty = np.arange(len(self.remaining)) * np.log(self.rows)
        criterion = self.rows * np.log(self.remaining) + penalty
        return min_order + int(np.argmin(criterion[min_order:]))

    def f(self, columns: int) -> float:
        """F statistic of the first `columns` together."""
        explained = (self.remaining[0] - self.remaining[columns]) / columns
        return float(explained / (self.remaining[columns] / self._freedom(columns)))

    def log_p(self, columns: int) -> float:
        """Logarithm of that statistic's textbook p."""
        return float(stats.f.logsf(self.f(columns), columns, self._freedom(columns)))

    def nats(self, columns: int) -> float:
        """Gaussian transfer entropy of the first `columns`."""
        return 0.5 * float(np.log(self.remaining[0] / self.remaining[columns]))

    def _freedom(self, columns: int) -> int:
        return self.rows - self.own - columns - 1


def gain(target: Target, other: Floats) -> Gain:
    """Regress on a constant and the own past, then let columns of `other`, (rows, n), enter.

    Rows with a missing value anywhere are left out.

    1. Own past and constant are taken out of both sides first; what is left of the other's columns
       is orthogonalised in the order of their lag. Then each column explains by itself, and the fit
       of every history is one cumulated sum.
    2. A column that brings nothing new (a constant stretch, a copy) leaves a direction that is
       rounding: it may explain nothing, but counts as a column.
    3. A perfect prediction leaves a sum of squares that is rounding, even below 0, and the
       criterion takes its logarithm: it stays above a floor relative to the whole.

    Raises
    ------
    SignalError
        fewer than three rows for each column
    """
    known = target.known_with(other)
    rows, own = int(known.sum()), target.past.shape[1]
    if rows < ROWS_PER_COLUMN * (own + other.shape[1] + 1):
        raise SignalError(
            f"{rows} samples without gaps cannot carry {own + other.shape[1]} samples of history: "
            "record longer, lower the rate or shorten the history"
        )
    base, _ = np.linalg.qr(np.column_stack([np.ones(rows), target.past[known]]))
    left = _without(base, target.values[known])
    added = _without(base, other[known])
    directions, triangle = np.linalg.qr(added)
    new = np.abs(np.diag(triangle)) > MIN_RELATIVE * np.linalg.norm(other[known], axis=0)
    explained = np.where(new, (directions.T @ left) ** 2, 0.0)
    whole = float(left @ left)
    remaining = whole - np.concatenate([[0.0], np.cumsum(explained)])
    floor = max(MIN_RELATIVE * whole, np.finfo(float).tiny)
    return Gain(np.maximum(remaining, floor), rows, own)


def _without(base: Floats, columns: Floats) -> Floats:
    return np.asarray(columns - base @ (base.T @ columns))
