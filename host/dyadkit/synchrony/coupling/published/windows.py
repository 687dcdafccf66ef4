"""rMEA and bsync: windows of one person against windows of the other before and after."""

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
from dyadkit.synchrony.coupling.windows import fisher_z, window_grid


@dataclass(frozen=True, slots=True, eq=False)
class Rmea(Result):
    """Windowed cross-correlation as rMEA gives it.

    lags_s : shape (lags,), positive where b follows a
    z_absolute : shape (windows, lags), absolute Fisher z
    all_lags, a_leads, b_leads, lag_zero, best_lag_s : shape (windows,)
    grand_average : the mean of all
    """

    lags_s: Floats
    z_absolute: Floats
    all_lags: Floats
    a_leads: Floats
    b_leads: Floats
    lag_zero: Floats
    best_lag_s: Floats
    grand_average: float
    settings: PublishedSettings


@dataclass(frozen=True, slots=True, eq=False)
class Bsync(Result):
    """Windowed cross-correlation as bsync gives it.

    lags_s : shape (lags,), positive where b follows a
    r : shape (windows, lags)
    fisher_z : the mean absolute Fisher z
    """

    lags_s: Floats
    r: Floats
    fisher_z: float
    settings: PublishedSettings


def rmea(
    a: ArrayLike,
    b: ArrayLike,
    rate_hz: float,
    window_s: float = 30.0,
    step_s: float = 15.0,
    max_lag_s: float = 5.0,
) -> Rmea:
    """Absolute Fisher z in windows whose leading series stays and whose following one moves.

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
    >>> found = rmea(a[6:], b, rate_hz=4.0)
    >>> float(np.median(found.best_lag_s)), round(found.grand_average, 2)
    (1.5, 0.1)

    References
    ----------
    Kleinbub & Ramseyer 2021
    """
    grid = window_grid(rate_hz, window_s, step_s, max_lag_s)
    x, y = complete_pair(a, b)
    starts = np.arange(0, len(x) - grid.window - grid.reach + 1, grid.step)
    earliest = np.maximum(-grid.lags, 0), np.maximum(grid.lags, 0)
    r = moved(x, y, starts, grid.window, earliest)
    z = np.abs(fisher_z(r))
    return Rmea(
        lags_s=grid.lags / rate_hz,
        z_absolute=z,
        all_lags=z.mean(axis=1),
        a_leads=z[:, grid.lags > 0].mean(axis=1),
        b_leads=z[:, grid.lags < 0].mean(axis=1),
        lag_zero=z[:, grid.reach],
        best_lag_s=grid.lags[z.argmax(axis=1)] / rate_hz,
        grand_average=float(z.mean()),
        settings=PublishedSettings.of(grid, rate_hz, len(starts), len(x)),
    )


def bsync(
    a: ArrayLike,
    b: ArrayLike,
    rate_hz: float,
    window_s: float = 30.0,
    step_s: float = 15.0,
    max_lag_s: float = 5.0,
) -> Bsync:
    """Correlations of a window of a, which stays, with b before and after it.

    The window holds one sample more than its length says, as in the original. Parameters and
    errors as for `rmea`.

    Examples
    --------
    >>> rng = np.random.default_rng(2)
    >>> a = rng.standard_normal(606)
    >>> b = a[:600] + rng.standard_normal(600)
    >>> found = bsync(a[6:], b, rate_hz=4.0)
    >>> float(found.lags_s[found.r.mean(axis=0).argmax()])
    1.5
    """
    grid = window_grid(rate_hz, window_s, step_s, max_lag_s)
    x, y = complete_pair(a, b)
    still = np.full(len(grid.lags), grid.reach)
    r = moved(x, y, starts_between(x, grid), grid.window + 1, (still, still + grid.lags))
    settings = PublishedSettings.of(grid, rate_hz, len(r), len(x))
    return Bsync(grid.lags / rate_hz, r, float(np.mean(np.abs(fisher_z(r)))), settings)
