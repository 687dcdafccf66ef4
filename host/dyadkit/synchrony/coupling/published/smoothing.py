"""Boker's peak picking: rows smoothed by a local quadratic, searched outwards from zero lag.

The smoother is the classical loess with its interpolation between the vertices of a tree, because
the peaks of short rows depend on it.
"""

from typing import Any

import numpy as np
from scipy.interpolate import CubicHermiteSpline, make_interp_spline

from dyadkit.dyad.arrays import Floats

SPAN = 0.25
CELL = 0.2
MARGIN = 0.1
MIN_DISTANCE = 8
FINENESS = 2


def nearest_peaks(rows: Floats) -> tuple[Floats, Floats]:
    """Peak nearest to the middle of each row, shape (rows,) each: place and height, NaN where none.

    The region searched grows from the middle; a peak is its maximum, once it lies eight half steps
    inside both ends. Places count in steps from the middle.

    References
    ----------
    Boker, Xu, Rotondo & King 2002, appendix
    """
    found = [_nearest_peak(row) for row in fine(rows)]
    return np.array([place for place, _ in found]), np.array([height for _, height in found])


def fine(rows: Floats) -> Floats:
    """Rows smoothed and placed on half steps, shape (rows, 2 n - 1)."""
    smooth = loess(rows)
    places = np.arange(rows.shape[1], dtype=float)
    first, last = np.diff(smooth[:, :4], 3)[:, 0], np.diff(smooth[:, -4:], 3)[:, 0]
    ends: Any = ([(3, first)], [(3, last)])
    curve = make_interp_spline(places, smooth, k=3, axis=1, bc_type=ends)
    return np.asarray(curve(np.arange((rows.shape[1] - 1) * FINENESS + 1) / FINENESS))


def loess(rows: Floats) -> Floats:
    """Local quadratics with tricube weights over a quarter of each row, shape as `rows`.

    References
    ----------
    Cleveland & Grosse 1991, Computational methods for local regression
    """
    n = rows.shape[1]
    cuts = _cuts(0, n - 1, int(n * SPAN * CELL))
    beyond = MARGIN * (n - 1)
    vertices = np.array([-beyond, *cuts, n - 1 + beyond])
    fits = np.stack([_local_quadratic(rows, vertex) for vertex in vertices])
    curve = CubicHermiteSpline(vertices, fits[:, :, 0], fits[:, :, 1])
    return np.asarray(curve(np.arange(n)).T)


def _cuts(first: int, last: int, max_length: int) -> list[int]:
    """Where a tree halves the places first … last until a leaf holds at most `max_length`."""
    if last - first + 1 <= max_length:
        return []
    middle = (first + last) // 2
    return [*_cuts(first, middle, max_length), middle, *_cuts(middle + 1, last, max_length)]


def _local_quadratic(rows: Floats, vertex: float) -> Floats:
    """Value and slope at a vertex for every row, shape (rows, 2)."""
    n = rows.shape[1]
    away = np.arange(n) - vertex
    reach = np.sort(np.abs(away))[int(n * SPAN + 1e-5) - 1]
    weights = np.sqrt(np.clip(1.0 - (np.abs(away) / reach) ** 3, 0.0, None) ** 3)
    design = np.vander(away, 3, increasing=True) * weights[:, None]
    solved = np.linalg.lstsq(design, (rows * weights).T, rcond=None)[0]
    return np.asarray(solved[:2].T)


def _nearest_peak(row: Floats) -> tuple[float, float]:
    middle = len(row) // 2
    for half in range(MIN_DISTANCE + 1, middle + 1):
        place = int(row[middle - half : middle + half + 1].argmax())
        if MIN_DISTANCE <= place <= 2 * half - MIN_DISTANCE:
            return (place - half) / FINENESS, float(row[middle + place - half])
    return np.nan, np.nan
