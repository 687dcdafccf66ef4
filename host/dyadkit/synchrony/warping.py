"""Dynamic time warping: how alike two people's courses are when time may stretch.

A warped distance is small for any two smooth series, so read it with its p; and the lag of the
path describes the best alignment, it does not show that one person follows.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dyadkit.dyad.arrays import ArrayLike, Floats, Ints
from dyadkit.dyad.result import Result
from dyadkit.errors import SignalError
from dyadkit.synchrony import misalignment
from dyadkit.synchrony.grid import LAG_CONVENTION, check_lengths, check_rate, checked_values
from dyadkit.synchrony.misalignment import Shifts

MIN_SAMPLES = 10
BACK = ((1, 1), (1, 0), (0, 1))


@dataclass(frozen=True, slots=True, eq=False)
class Warping(Result):
    """Warped alignment of two series within a band, the cheapest there is.

    distance : root of the summed squared differences along the path, in the unit of a and b
    per_step : root mean squared difference along the path
    path : shape (steps, 2), sample of a and sample of b
    mean_lag_s : mean of b's time minus a's along the path; positive when b is later
    p : how rarely b, shifted in a circle, comes as close; NaN without a null
    band : matched samples lie less than this apart; the whole length where unlimited
    """

    distance: float
    per_step: float
    path: Ints
    mean_lag_s: float
    p: float
    null: str
    shifts: int
    seed: int
    samples: int
    coverage: float
    band: int
    rate_hz: float
    convention: str = LAG_CONVENTION


def distance(
    a: ArrayLike,
    b: ArrayLike,
    band: int | None = None,
    rate_hz: float = 1.0,
    null: Shifts | None = None,
) -> Warping:
    """Warped distance of two series, its path, and with `null` its chance level.

    Parameters
    ----------
    a, b : shape (n,), one scale (z-scores, say), one uniform grid, without gaps
    band : Sakoe-Chiba band: matched samples lie less than `band` apart, so that 1 gives the
        Euclidean distance; None has no limit
    rate_hz : only turns samples into seconds

    Raises
    ------
    ValueError
        different lengths, a negative band, a rate that is not positive
    SignalError
        gaps, fewer than ten samples, constant, or too short for circular shifts

    Examples
    --------
    >>> distance(np.arange(12.0), np.arange(12.0) + 1.0, band=2).distance
    1.4142135623730951

    With a null, and the lag at which the path runs:

    >>> x = np.random.default_rng(2).standard_normal(304).cumsum()
    >>> found = distance(x[4:], x[:-4], band=8, null=Shifts())
    >>> round(found.mean_lag_s, 1), found.p < 0.05
    (3.9, True)

    References
    ----------
    Sakoe & Chiba 1978, IEEE Transactions on Acoustics, Speech and Signal Processing 26
    """
    check_rate(rate_hz)
    x, y = _whole(a, "a"), _whole(b, "b")
    check_lengths(x, y)
    width = len(x) if band is None else min(band, len(x))
    if width < 1:
        raise ValueError(f"band must be at least 1 sample, not {band}")
    found, path = _aligned(x, y, width)
    shifts = np.empty(0, dtype=np.int64) if null is None else null.drawn(len(x), rate_hz)
    return Warping(
        distance=found,
        per_step=found / math.sqrt(len(path)),
        path=path,
        mean_lag_s=float(np.mean(path[:, 1] - path[:, 0])) / rate_hz,
        p=_p(found, x, y, shifts, width),
        null="none" if null is None else f"{len(shifts)} circular shifts of b",
        shifts=len(shifts),
        seed=0 if null is None else null.seed,
        samples=len(x),
        coverage=1.0,
        band=width,
        rate_hz=rate_hz,
    )


def _p(found: float, x: Floats, y: Floats, shifts: Ints, width: int) -> float:
    if not len(shifts):
        return math.nan
    shifted = y[(np.arange(len(y)) + shifts[:, None]) % len(y)]
    return misalignment.p_among(-found, -_distances(x, shifted, width))


def _aligned(x: Floats, y: Floats, width: int) -> tuple[float, Ints]:
    """Distance and path of one pair."""
    choices, firsts = [], []
    for diagonal in _diagonals(x, y[None], width):
        choices.append(diagonal.choices[0])
        firsts.append(diagonal.first)
    path, i, j = [], len(x) - 1, len(x) - 1
    while i or j:
        path.append((i, j))
        back_i, back_j = BACK[choices[i + j][i - firsts[i + j]]]
        i, j = i - back_i, j - back_j
    path.append((0, 0))
    return math.sqrt(float(diagonal.costs[0, -1])), np.array(path[::-1], dtype=np.int64)


def _distances(x: Floats, ys: Floats, width: int) -> Floats:
    """Distance of x from each row of ys, shape (m, n)."""
    for diagonal in _diagonals(x, ys, width):
        last = diagonal.costs[:, -1]
    return np.sqrt(last)


@dataclass(frozen=True, slots=True, eq=False)
class _Diagonal:
    """All cells i + j of one sum within the band, i from `first`; one row per series of b.

    choices : which step of BACK led to each cell
    """

    first: int
    costs: Floats
    choices: NDArray[np.intp]


def _diagonals(x: Floats, ys: Floats, width: int) -> Iterator[_Diagonal]:
    """Cumulated costs, anti-diagonal by anti-diagonal: all cells of one are independent.

    1. On the diagonal i + j = `total`, j must lie in the series too: i runs from
       total - samples + 1 (or 0) to samples - 1 (or total).
    2. Within the band |i - j| = |2 i - total| < width: i from the smallest integer above
       (total - width) / 2, which is (total - width + 2) // 2, to the largest below
       (total + width) / 2, which is (total + width - 1) // 2; `stop` is one more.
    3. Costs are kept at place i + 1, so that i - 1 exists for i = 0. From there the steps of
       `BACK` come: (1, 1) from place i of the diagonal before the last, (1, 0) from place i of the
       last, (0, 1) from place i + 1 of the last. `argmin` takes the first of equals: diagonally.
    4. The band moves by at most one place a diagonal. The buffers change hands without being
       cleared, so the places beside what is written become infinite, as far as the next two
       diagonals can look.
    5. With width 1 every second diagonal is empty; its costs are, and the diagonal after reaches
       over it by (1, 1) alone, which gives the Euclidean distance.
    6. The first cell has no way that leads to it: its cheapest way costs nothing.
    """
    samples = len(x)
    before, last, fresh = (np.full((len(ys), samples + 2), np.inf) for _ in range(3))
    for total in range(2 * samples - 1):
        first = max(0, total - samples + 1, (total - width + 2) // 2)
        stop = min(total, samples - 1, (total + width - 1) // 2) + 1
        i = np.arange(first, stop)
        ways = np.stack([before[:, first:stop], last[:, first:stop], last[:, first + 1 : stop + 1]])
        choices = np.argmin(ways, axis=0)
        cheapest = np.zeros((len(ys), len(i))) if total == 0 else ways.min(axis=0)
        costs = cheapest + np.square(x[i] - ys[:, total - i])
        fresh[:, max(first - 2, 0) : stop + 3] = np.inf
        fresh[:, first + 1 : stop + 1] = costs
        yield _Diagonal(first, costs, choices)
        before, last, fresh = last, fresh, before


def _whole(series: ArrayLike, name: str) -> Floats:
    values = checked_values(series, name)
    missing = int(np.isnan(values).sum())
    if missing:
        raise SignalError(
            f"{name} lacks {missing} of {len(values)} samples: warp a part without gaps"
        )
    if len(values) < MIN_SAMPLES:
        raise SignalError(f"{name} has {len(values)} samples; at least {MIN_SAMPLES} are needed")
    return values
