"""The windowed measures of other packages, number for number, with this package's lag sign.

For comparison with published work. Their own significance rules are not reproduced: read as a
z-score, SUSY's effect size calls 76 % of independent pairs synchronous. Use `couple` to decide.
"""

from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from dyadkit.arrays import ArrayLike, Floats, Ints
from dyadkit.errors import SignalError
from dyadkit.result import Result
from dyadkit.synchrony.coupling.smoothing import nearest_peaks
from dyadkit.synchrony.coupling.windows import WindowGrid, fisher_z, window_grid
from dyadkit.synchrony.grid import LAG_CONVENTION, check_lengths, checked_values


@dataclass(frozen=True, slots=True, eq=False)
class Settings(Result):
    """What a published mode was asked, and how much it rests on.

    window_s, step_s : of windows; a segment is a window that does not overlap the next
    windows, samples : how many of each; these modes know no gaps, so every sample counts
    """

    rate_hz: float
    window_s: float
    step_s: float
    max_lag_s: float
    windows: int
    samples: int
    convention: str = LAG_CONVENTION

    @classmethod
    def of(cls, grid: WindowGrid, rate_hz: float, windows: int, samples: int) -> "Settings":
        """As the grid has them, in seconds."""
        window_s, step_s, max_lag_s = (
            one / rate_hz for one in (grid.window, grid.step, grid.reach)
        )
        return cls(rate_hz, window_s, step_s, max_lag_s, windows, samples)


@dataclass(frozen=True, slots=True, eq=False)
class Susy(Result):
    """Surrogate synchrony: agreement within segments against agreement between segments.

    lags_s : shape (lags,), positive where b follows a
    z_absolute, z_signed : shape (lags,), mean Fisher z of the real segments
    pseudo_absolute, pseudo_signed : the same of all pairs of different segments
    effect, effect_signed : (real - pseudo) over the spread of the pseudo curve over lags; the
        spread over lags is no standard error, so neither is a z-score
    segments : how many
    """

    lags_s: Floats
    z_absolute: Floats
    z_signed: Floats
    pseudo_absolute: Floats
    pseudo_signed: Floats
    effect: float
    effect_signed: float
    segments: int
    settings: Settings


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
    settings: Settings


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
    settings: Settings


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
    settings: Settings


def susy(
    a: ArrayLike, b: ArrayLike, rate_hz: float, segment_s: float = 30.0, max_lag_s: float = 5.0
) -> Susy:
    """Surrogate synchrony of two complete series, with all pairs of segments as pseudo pairs.

    References
    ----------
    Tschacher & Haken 2019; Tschacher & Meier 2020
    """
    grid = window_grid(rate_hz, segment_s, segment_s, max_lag_s)
    x, y = _complete_pair(a, b)
    count = len(x) // grid.window
    if count < 2:
        raise SignalError(f"two segments of {segment_s:g} s are needed: use shorter segments")
    u, v = (_unit(s[: count * grid.window].reshape(count, grid.window)) for s in (x, y))
    z = fisher_z(np.stack([_segment_products(u, v, int(lag)) for lag in grid.lags]))
    real = np.eye(count, dtype=bool)
    z_absolute, pseudo_absolute = (np.abs(z[:, which]).mean(axis=1) for which in (real, ~real))
    z_signed, pseudo_signed = (z[:, which].mean(axis=1) for which in (real, ~real))
    return Susy(
        lags_s=grid.lags / rate_hz,
        z_absolute=z_absolute,
        z_signed=z_signed,
        pseudo_absolute=pseudo_absolute,
        pseudo_signed=pseudo_signed,
        effect=_effect(z_absolute, pseudo_absolute),
        effect_signed=_effect(z_signed, pseudo_signed),
        segments=count,
        settings=Settings.of(grid, rate_hz, count, len(x)),
    )


def rmea(
    a: ArrayLike,
    b: ArrayLike,
    rate_hz: float,
    window_s: float = 30.0,
    step_s: float = 15.0,
    max_lag_s: float = 5.0,
) -> Rmea:
    """Absolute Fisher z in windows whose leading series stays and whose following one moves.

    References
    ----------
    Kleinbub & Ramseyer 2021
    """
    grid = window_grid(rate_hz, window_s, step_s, max_lag_s)
    x, y = _complete_pair(a, b)
    starts = np.arange(0, len(x) - grid.window - grid.reach + 1, grid.step)
    earliest = np.maximum(-grid.lags, 0), np.maximum(grid.lags, 0)
    r = _moved(x, y, starts, grid.window, earliest)
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
        settings=Settings.of(grid, rate_hz, len(starts), len(x)),
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

    The window holds one sample more than its length says, as in the original.
    """
    grid = window_grid(rate_hz, window_s, step_s, max_lag_s)
    x, y = _complete_pair(a, b)
    still = np.full(len(grid.lags), grid.reach)
    r = _moved(x, y, _starts_between(x, grid), grid.window + 1, (still, still + grid.lags))
    settings = Settings.of(grid, rate_hz, len(r), len(x))
    return Bsync(grid.lags / rate_hz, r, float(np.mean(np.abs(fisher_z(r)))), settings)


def boker(
    a: ArrayLike,
    b: ArrayLike,
    rate_hz: float,
    window_s: float = 30.0,
    step_s: float = 15.0,
    max_lag_s: float = 5.0,
) -> Boker:
    """Windowed cross-correlation with the peak nearest to zero lag of each smoothed row.

    References
    ----------
    Boker, Xu, Rotondo & King 2002
    """
    grid = window_grid(rate_hz, window_s, step_s, max_lag_s)
    x, y = _complete_pair(a, b)
    latest = grid.reach - np.maximum(grid.lags, 0), grid.reach + np.minimum(grid.lags, 0)
    r = _moved(x, y, _starts_between(x, grid), grid.window, latest)
    places, heights = nearest_peaks(r[:, ::-1])
    settings = Settings.of(grid, rate_hz, len(r), len(x))
    return Boker(grid.lags / rate_hz, r, -places / rate_hz, heights, settings)


def _starts_between(x: Floats, grid: WindowGrid) -> Ints:
    """Starts of windows with room for all lags on both sides; the last such window is left out."""
    return np.arange((len(x) - grid.window - 2 * grid.reach) // grid.step) * grid.step


def _moved(x: Floats, y: Floats, starts: Ints, window: int, offsets: tuple[Ints, Ints]) -> Floats:
    """Correlations of windows of both people, each moved by its own offset per lag."""
    if len(starts) == 0:
        raise SignalError("the series are shorter than one window with its lags: use a shorter one")
    u, v = sliding_window_view(x, window), sliding_window_view(y, window)
    columns = [
        np.sum(_unit(u[starts + left]) * _unit(v[starts + right]), axis=1)
        for left, right in zip(*offsets, strict=True)
    ]
    return np.stack(columns, axis=1)


def _segment_products(u: Floats, v: Floats, lag: int) -> Floats:
    """Products of all pairs of segments at one lag, b's part the later one for a positive lag."""
    n = u.shape[1]
    return u[:, max(-lag, 0) : n - max(lag, 0)] @ v[:, max(lag, 0) : n - max(-lag, 0)].T


def _complete_pair(a: ArrayLike, b: ArrayLike) -> tuple[Floats, Floats]:
    x, y = checked_values(a, "a"), checked_values(b, "b")
    check_lengths(x, y)
    if np.isnan(x).any() or np.isnan(y).any():
        raise SignalError("this mode knows no gaps: cut to complete data, or use couple")
    return x, y


def _unit(rows: Floats) -> Floats:
    """Rows with mean zero and length one."""
    centred = rows - rows.mean(axis=1, keepdims=True)
    length = np.sqrt(np.sum(centred**2, axis=1, keepdims=True))
    if np.any(length == 0.0):
        raise SignalError("a person does not vary within one window: use longer windows")
    return np.asarray(centred / length)


def _effect(real: Floats, pseudo: Floats) -> float:
    return float((real.mean() - pseudo.mean()) / pseudo.std(ddof=1))
