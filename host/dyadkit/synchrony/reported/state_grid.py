"""State space grid: where two people's states lie together, how they move, where they stay."""

from dataclasses import dataclass

import numpy as np

from dyadkit.dyad.arrays import ArrayLike, Bools, Floats, Ints
from dyadkit.dyad.result import Result
from dyadkit.errors import SignalError
from dyadkit.synchrony import misalignment
from dyadkit.synchrony.grid import check_lengths, check_rate, checked_values
from dyadkit.synchrony.misalignment import SHIFTS, Shifts

BINS = 4
MAX_CODES = 12
LEFT = 0.5
"""Winnowing ends once the heterogeneity of what is left falls below half of the whole grid's."""


@dataclass(frozen=True, slots=True, eq=False)
class StateGrid(Result):
    """State space grid of two people: a's state along rows, b's along columns.

    states_a, states_b : values of the codes, or middles of the bins
    share : shape (rows, columns), of the known time spent in each cell
    visits : shape (rows, columns), how often each cell was entered
    mean_visit_s : shape (rows, columns), NaN where nobody was
    dispersion : 0 for all time in one cell, 1 for all cells alike (Hollenstein 2013)
    transitions : changes of cell, transitions_per_minute : of known time
    attractors : cells (row, column) that winnowing leaves: where the dyad stays
    p_dispersion : how rarely circular shifts of b give so low a dispersion
    """

    states_a: Floats
    states_b: Floats
    share: Floats
    visits: Ints
    mean_visit_s: Floats
    dispersion: float
    transitions: int
    transitions_per_minute: float
    attractors: tuple[tuple[int, int], ...]
    p_dispersion: float
    null: str
    seconds: float
    coverage: float
    rate_hz: float


def state_space_grid(
    a: ArrayLike, b: ArrayLike, rate_hz: float, null: Shifts = SHIFTS
) -> StateGrid:
    """State space grid of two coded or binned series.

    Series of at most twelve whole values are taken as codes; others are binned into quarters of
    each person's own values, so that every row and column is visited as often.

    Parameters
    ----------
    a, b : shape (n,), codes or any measure, on one grid; NaN is missing

    Raises
    ------
    ValueError
        different lengths, a rate that makes no sense
    SignalError
        constant, too short for shifts, or nothing known of both at once

    Examples
    --------
    Two who change together between calm (0) and aroused (1), every half minute:

    >>> a = np.repeat([0.0, 1.0] * 10, 30)
    >>> found = state_space_grid(a, np.roll(a, 2), rate_hz=1.0)
    >>> found.attractors, found.transitions
    (((0, 0), (1, 1)), 39)

    References
    ----------
    Lewis, Lamey & Douglas 1999, Developmental Science 2, 458–475; Hollenstein 2013,
    State Space Grids
    """
    check_rate(rate_hz)
    x, y = checked_values(a, "a"), checked_values(b, "b")
    check_lengths(x, y)
    (states_a, rows), (states_b, columns) = _states(x), _states(y)
    known = np.isfinite(x) & np.isfinite(y)
    if not known.any():
        raise SignalError("a and b are never known at once: there is no cell to be in")
    shape = (len(states_a), len(states_b))
    shifts = null.drawn(len(x), rate_hz)
    share = _share(rows, columns, known, shape)
    chance = []
    for shift in shifts:
        both = np.isfinite(x) & np.isfinite(np.roll(y, shift))
        chance.append(dispersion_of(_share(rows, np.roll(columns, shift), both, shape)))
    visits, changes = _visits(rows, columns, known, shape)
    seconds = float(known.sum() / rate_hz)
    stay = np.full(shape, np.nan)
    np.divide(share * seconds, visits, out=stay, where=visits > 0)
    return StateGrid(
        states_a=states_a,
        states_b=states_b,
        share=share,
        visits=visits,
        mean_visit_s=stay,
        dispersion=dispersion_of(share),
        transitions=changes,
        transitions_per_minute=changes / (seconds / 60.0),
        attractors=_winnowed(share),
        p_dispersion=misalignment.p_among(-dispersion_of(share), -np.array(chance)),
        null=f"{len(shifts)} circular shifts of at least {null.min_shift_s:g} s",
        seconds=seconds,
        coverage=float(known.mean()),
        rate_hz=rate_hz,
    )


def dispersion_of(share: Floats) -> float:
    """Dispersion of time over cells: 0 in one cell, 1 in all alike; NaN without time.

    Examples
    --------
    >>> dispersion_of(np.array([[1.0, 0.0], [0.0, 0.0]])), dispersion_of(np.full((2, 2), 0.25))
    (0.0, 1.0)
    """
    cells, total = share.size, float(share.sum())
    if cells < 2 or total <= 0.0:
        return float("nan")
    squares = float(np.sum((share / total) ** 2))
    return 1.0 - (cells * squares - 1.0) / (cells - 1.0)


def _states(series: Floats) -> tuple[Floats, Ints]:
    """States of one person, and which of them each sample is in (0 where missing)."""
    known = series[np.isfinite(series)]
    codes = np.unique(known)
    if len(codes) <= MAX_CODES and np.array_equal(codes, np.rint(codes)):
        return codes, np.searchsorted(codes, np.nan_to_num(series, nan=codes[0]))
    edges = np.quantile(known, np.arange(1, BINS) / BINS)
    filled = np.nan_to_num(series, nan=float(known[0]))
    places = np.searchsorted(edges, filled, side="right")
    middles = np.quantile(known, (np.arange(BINS) + 0.5) / BINS)
    return np.asarray(middles), places


def _share(rows: Ints, columns: Ints, known: Bools, shape: tuple[int, int]) -> Floats:
    counts = np.bincount(rows[known] * shape[1] + columns[known], minlength=shape[0] * shape[1])
    return np.asarray(counts.reshape(shape) / max(int(known.sum()), 1))


def _visits(rows: Ints, columns: Ints, known: Bools, shape: tuple[int, int]) -> tuple[Ints, int]:
    """Entries into each cell, and changes between cells; a gap ends a visit and is no change."""
    cell = np.where(known, rows * shape[1] + columns, -1)
    before = np.concatenate([[-1], cell[:-1]])
    entered = (cell >= 0) & (cell != before)
    counts = np.bincount(cell[entered], minlength=shape[0] * shape[1])
    return counts.reshape(shape), int((entered & (before >= 0)).sum())


def _winnowed(share: Floats) -> tuple[tuple[int, int], ...]:
    """Cells left when the least visited are taken away until the rest are of like kind.

    1. Heterogeneity of the cells: their squared distance from equal shares, per cell.
    2. The cell of least time goes; the heterogeneity of the rest is compared with that of all.
    3. Below half of it the cells left differ little: they are the attractors.
    """
    left = [place for place in np.argsort(share, axis=None, kind="stable") if share.flat[place] > 0]
    whole = _heterogeneity(share.ravel())
    while len(left) > 1 and _heterogeneity(share.flat[left]) > LEFT * whole:
        left.pop(0)
    cells = [np.unravel_index(place, share.shape) for place in sorted(left)]
    return tuple((int(row), int(column)) for row, column in cells)


def _heterogeneity(share: Floats) -> float:
    expected = float(share.sum()) / len(share)
    if expected <= 0.0:
        return 0.0
    return float(np.sum((share - expected) ** 2) / expected) / len(share)
