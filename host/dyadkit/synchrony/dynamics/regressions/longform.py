"""Long form: series of many dyads in one table, as the regression models of the field read it."""

from collections.abc import Mapping
from typing import TypeAlias

import numpy as np

from dyadkit.dyad.arrays import ArrayLike, Floats

LongForm: TypeAlias = ArrayLike | Mapping[str, ArrayLike]
"""Rows of dyad, person (0 is a, 1 is b), time, value: shape (n, 4), or columns of those names."""

_COLUMNS = ("dyad", "person", "time", "value")


def pairs_of(long_form: LongForm) -> dict[int, Floats]:
    """Both series of each dyad by its number, shape (n, 2), on their common times, in order.

    Raises
    ------
    ValueError for a table of another form
    """
    table = _table(long_form)
    if not np.isin(table[:, 1], (0, 1)).all():
        raise ValueError("the column person must hold 0 for person a and 1 for person b")
    return {int(dyad): _pair(table[table[:, 0] == dyad, 1:]) for dyad in np.unique(table[:, 0])}


def _table(long_form: LongForm) -> Floats:
    if isinstance(long_form, Mapping):
        missing = [name for name in _COLUMNS if name not in long_form]
        if missing:
            raise ValueError(f"the table lacks the columns {missing}; it needs {_COLUMNS}")
        columns = [np.asarray(long_form[name], dtype=float) for name in _COLUMNS]
        return np.stack(columns, axis=1)
    table = np.asarray(long_form, dtype=float)
    if table.ndim != 2 or table.shape[1] != len(_COLUMNS):
        raise ValueError(f"the table must have shape (n, 4) for {_COLUMNS}, not {table.shape}")
    return table


def _pair(rows: Floats) -> Floats:
    """Values of both persons at every time of either, NaN where one has none."""
    times = np.unique(rows[:, 1])
    pair = np.full((len(times), 2), np.nan)
    pair[np.searchsorted(times, rows[:, 1]), rows[:, 0].astype(int)] = rows[:, 2]
    return pair


def detrended(pair: Floats) -> Floats:
    """Each person's linear trend removed, shape (n, 2), NaN kept; NaN with too few samples."""
    time = np.arange(float(len(pair)))
    rest = np.full(pair.shape, np.nan)
    for person in (0, 1):
        seen = np.isfinite(pair[:, person])
        if seen.sum() > 2:
            slope, level = np.polyfit(time[seen], pair[seen, person], 1)
            rest[:, person] = pair[:, person] - slope * time - level
    return rest
