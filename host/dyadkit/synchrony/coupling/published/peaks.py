"""Boker's windowed cross-correlation with peak picking."""

from dataclasses import dataclass

import numpy as np

from dyadkit.dyad.arrays import ArrayLike, Floats
from dyadkit.dyad.result import Result
from dyadkit.synchrony.coupling.published.shared import (
    PublishedSettings,
    complete_pair,
    moved,
    starts_between,
)
from dyadkit.synchrony.coupling.published.smoothing import nearest_peaks
from dyadkit.synchrony.coupling.windows import window_grid


@dataclass(frozen=True, slots=True, eq=False)
class Boker(Result):
    """Windowed cross-correlation with peak picking, as wcc gives it.

    lags_s : shape (lags,), positive where b follows a
    r : shape (windows, lags)
    peak_lag_s, peak_r : shape (windows,), of the smoothed rows; NaN where there is no peak
    """

    lags_s: Floats
    r: Floats
    peak_lag_s: Floats
    peak_r: Floats
    settings: PublishedSettings


def boker(
    a: ArrayLike,
    b: ArrayLike,
    rate_hz: float,
    window_s: float = 30.0,
    step_s: float = 15.0,
    max_lag_s: float = 5.0,
) -> Boker:
    """Windowed cross-correlation with the peak nearest to zero lag of each smoothed row.

    Parameters
    ----------
    a, b : shape (n,), one grid, complete
    rate_hz : samples per second
    window_s, step_s, max_lag_s : windows, their spacing, and lags shorter than a window

    Raises
    ------
    ValueError
        lengths differ, or the window, step, lag or rate is nonsense
    SignalError
        gaps, shorter than one window with its lags, or a person who does not vary within one

    Examples
    --------
    >>> rng = np.random.default_rng(2)
    >>> a = rng.standard_normal(606)
    >>> b = a[:600] + rng.standard_normal(600)
    >>> float(np.median(boker(a[6:], b, rate_hz=4.0).peak_lag_s))     # smoothing moves peaks
    1.375

    References
    ----------
    Boker, Xu, Rotondo & King 2002
    """
    grid = window_grid(rate_hz, window_s, step_s, max_lag_s)
    x, y = complete_pair(a, b)
    latest = grid.reach - np.maximum(grid.lags, 0), grid.reach + np.minimum(grid.lags, 0)
    r = moved(x, y, starts_between(x, grid), grid.window, latest)
    places, heights = nearest_peaks(r[:, ::-1])
    settings = PublishedSettings.of(grid, rate_hz, len(r), len(x))
    return Boker(grid.lags / rate_hz, r, -places / rate_hz, heights, settings)
