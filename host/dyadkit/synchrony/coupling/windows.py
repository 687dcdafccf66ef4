"""Windowed lagged correlation: how the alignment of two series changes through a session."""

from dataclasses import dataclass

import numpy as np

from dyadkit.dyad.arrays import ArrayLike, Floats, Ints
from dyadkit.dyad.result import Result
from dyadkit.errors import SignalError
from dyadkit.synchrony.grid import (
    LAG_CONVENTION,
    check_lengths,
    check_rate,
    checked_values,
    samples,
)

MIN_SHARE = 0.5
MIN_VARIANCE = 1e-12
CHUNK_WINDOWS = 2048
HIGHEST_R = 1.0 - 1e-12


@dataclass(frozen=True, slots=True)
class WindowGrid:
    """Windows and lags in samples; a lag is split between both people, half each."""

    window: int
    step: int
    reach: int

    @property
    def margin(self) -> int:
        """Samples beside a window that its largest lag needs."""
        return (self.reach + 1) // 2

    @property
    def span(self) -> int:
        """Samples that one window needs, with its margins."""
        return self.window + 2 * self.margin

    @property
    def lags(self) -> Ints:
        """From -reach to reach."""
        return np.arange(-self.reach, self.reach + 1)

    def count(self, n: int) -> int:
        """How many windows n samples hold."""
        return max(0, (n - self.span) // self.step + 1)


@dataclass(frozen=True, slots=True, eq=False)
class WindowedCorrelation(Result):
    """Correlation in every window at every lag.

    lags_s : shape (lags,), positive where b follows a
    times_s : shape (windows,), centres, from the start of the series
    r : shape (windows, lags), -1 … 1; NaN where less than half of a window is present in both, or
        where a person does not vary
    window_s, step_s : length and spacing of the windows
    """

    lags_s: Floats
    times_s: Floats
    r: Floats
    window_s: float
    step_s: float
    rate_hz: float
    convention: str = LAG_CONVENTION


@dataclass(frozen=True, slots=True, eq=False)
class LagPeaks(Result):
    """The strongest lag of each window, shape (windows,); NaN where none stands out.

    times_s : the windows' centres; lag_s : positive where b follows a; r : the correlation there
    """

    times_s: Floats
    lag_s: Floats
    r: Floats
    convention: str = LAG_CONVENTION


def windowed_correlation(
    a: ArrayLike,
    b: ArrayLike,
    rate_hz: float,
    window_s: float = 30.0,
    step_s: float = 1.0,
    max_lag_s: float = 5.0,
) -> WindowedCorrelation:
    """Pearson correlation in sliding windows at every lag, gaps left out pair by pair.

    For looking and describing; a high value here is no evidence of coupling (see `couple`).

    Parameters
    ----------
    a, b : shape (n,), one grid, NaN where missing
    rate_hz : samples per second
    window_s, step_s : length and spacing of the windows
    max_lag_s : lags up to this, shorter than the window

    Raises
    ------
    ValueError
        lengths differ, or the window, step, lag or rate is nonsense
    SignalError
        the series are constant, empty, shorter than one window with its lags, or never together

    Examples
    --------
    >>> a = np.sin(np.arange(600) / 5.0)
    >>> surface = windowed_correlation(a[8:], a[:-8], 4.0)
    >>> surface.r.shape, surface.lags_s[np.argmax(surface.r[0])]
    ((114, 41), np.float64(2.0))
    """
    grid = window_grid(rate_hz, window_s, step_s, max_lag_s)
    x, y = checked_values(a, "a"), checked_values(b, "b")
    check_lengths(x, y)
    if grid.count(len(x)) == 0:
        raise SignalError(
            f"{len(x) / rate_hz:.1f} s of data are shorter than one window of {window_s:g} s "
            f"with lags to {max_lag_s:g} s: use a shorter window"
        )
    rows = window_rows(x, y, grid)
    if np.isnan(rows).all():
        raise SignalError(
            f"no window of {window_s:g} s is half present in both people while both vary: "
            "use longer windows or a better recorded part"
        )
    return surface(rows, 0, grid, rate_hz)


def window_grid(rate_hz: float, window_s: float, step_s: float, max_lag_s: float) -> WindowGrid:
    """The windows in samples, or ValueError with the reason."""
    check_rate(rate_hz)
    durations = (window_s, step_s, max_lag_s)
    if not np.all(np.isfinite(durations)) or max_lag_s < 0.0:
        raise ValueError(f"window, step and lag must be finite times, not {durations}")
    grid = WindowGrid(*(samples(duration_s, rate_hz) for duration_s in durations))
    if grid.window < 3 or grid.step < 1:
        raise ValueError("a window needs three samples and a step one: lengthen them")
    if grid.reach >= grid.window:
        raise ValueError(
            f"max_lag_s ({max_lag_s:g}) must be shorter than the window ({window_s:g})"
        )
    return grid


def surface(r: Floats, first: int, grid: WindowGrid, rate_hz: float) -> WindowedCorrelation:
    """Rows of correlations, the first of them window number `first`, with their axes."""
    numbers = first + np.arange(len(r))
    times_s = np.array(numbers * grid.step + grid.margin + grid.window / 2.0, dtype=float) / rate_hz
    return WindowedCorrelation(
        grid.lags / rate_hz, times_s, r, grid.window / rate_hz, grid.step / rate_hz, rate_hz
    )


def window_rows(x: Floats, y: Floats, grid: WindowGrid) -> Floats:
    """Correlations of all windows, shape (windows, lags), by prefix sums.

    Long series are done in pieces, each centred by itself, so that sums stay exact.
    """
    total = grid.count(len(x))
    rows = [np.empty((0, 2 * grid.reach + 1))]
    for first in range(0, total, CHUNK_WINDOWS):
        count = min(CHUNK_WINDOWS, total - first)
        piece = slice(first * grid.step, (first + count - 1) * grid.step + grid.span)
        rows.append(_piece_rows(_centred(x[piece]), _centred(y[piece]), grid))
    return np.concatenate(rows)


def fisher_z(r: Floats) -> Floats:
    """Fisher's z of correlations; a perfect one counts as just below one."""
    return np.arctanh(np.clip(r, -HIGHEST_R, HIGHEST_R))


def pick_peaks(found: WindowedCorrelation) -> LagPeaks:
    """The lag of largest magnitude in each window, if it is a true peak and not the border.

    NaN where the largest lies at the border or nothing is known. Peaks are found in noise as well.

    Examples
    --------
    >>> rng = np.random.default_rng(2)
    >>> a = rng.standard_normal(606)
    >>> b = a[:600] + rng.standard_normal(600)
    >>> np.unique(pick_peaks(windowed_correlation(a[6:], b, rate_hz=4.0)).lag_s).tolist()
    [1.5]
    """
    size = np.where(np.isnan(found.r), -1.0, np.abs(found.r))
    best = size.argmax(axis=1)
    inner = (best > 0) & (best < size.shape[1] - 1) & (size.max(axis=1) > 0.0)
    r = found.r[np.arange(len(best)), best]
    lag_s = np.where(inner, found.lags_s[best], np.nan)
    return LagPeaks(found.times_s, lag_s, np.where(inner, r, np.nan))


def strongest(row: Floats, lags_s: Floats) -> tuple[float, float]:
    """Correlation of one window that is furthest from 0, and its lag in s; NaN where unknown.

    Examples
    --------
    >>> strongest(np.array([0.1, -0.7, np.nan]), np.array([-1.0, 0.0, 1.0]))
    (-0.7, 0.0)
    """
    if not np.isfinite(row).any():
        return float("nan"), float("nan")
    place = int(np.nanargmax(np.abs(row)))
    return float(row[place]), float(lags_s[place])


def leadership_asymmetry(found: WindowedCorrelation) -> float:
    """Who leads on the whole, -1 … 1: positive when agreement is larger where b follows a.

    The mean absolute Fisher z over positive lags minus that over negative ones, over their sum. No
    chance level: the leader of `couple` has one.

    Raises
    ------
    SignalError
        no window holds enough data

    Examples
    --------
    >>> rng = np.random.default_rng(2)
    >>> a = rng.standard_normal(606)
    >>> b = a[:600] + rng.standard_normal(600)
    >>> round(leadership_asymmetry(windowed_correlation(a[6:], b, rate_hz=4.0)), 1)
    0.2
    """
    z = np.abs(fisher_z(found.r))
    if not np.isfinite(z).any():
        raise SignalError("no window holds enough data to compare the two directions")
    a_leads, b_leads = np.nanmean(z[:, found.lags_s > 0]), np.nanmean(z[:, found.lags_s < 0])
    return float((a_leads - b_leads) / (a_leads + b_leads))


def _piece_rows(x: Floats, y: Floats, grid: WindowGrid) -> Floats:
    """Correlations of one piece, shape (windows, lags); every window at every lag at once.

    1. A lag is split: a's window starts lag // 2 samples before the margin's end, b's the other
       half after it. So exchanging a and b reverses the lags exactly, and no lag leaves the piece:
       row k of u and v is the whole piece at the k-th lag.
    2. A sample counts only where both have it, and that differs from lag to lag: so the missing
       of each lag are zero in both rows, and count, means and squares are summed per lag.
    3. Sums over all windows are differences of one cumulated sum. That cancels digits, so pieces
       come centred and scaled, and no more than some thousand windows long.
    4. What cancelling leaves of a constant is not exactly 0: below `MIN_VARIANCE` a person does
       not vary, the window is NaN, and the division is by 1 so that nothing warns.
    5. A quotient may pass 1 by rounding: clipped, or Fisher's z would be infinite.
    """
    starts = grid.step * np.arange(grid.count(len(x)))
    length = len(x) - 2 * grid.margin
    left = grid.margin - grid.lags // 2
    index = np.arange(length)
    u, v = x[left[:, None] + index], y[(left + grid.lags)[:, None] + index]
    known = np.isfinite(u) & np.isfinite(v)
    if not known.all():
        u, v = np.where(known, u, 0.0), np.where(known, v, 0.0)

    def summed(product: Floats) -> Floats:
        sums = np.zeros((len(product), length + 1))
        np.cumsum(product, axis=1, out=sums[:, 1:])
        return np.asarray(sums[:, starts + grid.window] - sums[:, starts])

    count = summed(known)
    weight = np.maximum(count, 1.0)
    mean_u, mean_v = summed(u) / weight, summed(v) / weight
    spread_u = summed(u * u) / weight - mean_u**2
    spread_v = summed(v * v) / weight - mean_v**2
    together = summed(u * v) / weight - mean_u * mean_v
    usable = (count >= MIN_SHARE * grid.window) & (count >= 3)
    usable &= (spread_u > MIN_VARIANCE) & (spread_v > MIN_VARIANCE)
    spread = np.sqrt(np.where(usable, spread_u * spread_v, 1.0))
    return np.where(usable, np.clip(together / spread, -1.0, 1.0), np.nan).T


def _centred(series: Floats) -> Floats:
    """In units of its own standard deviation, or as it is where it has none."""
    known = series[np.isfinite(series)]
    if len(known) == 0 or np.ptp(known) == 0.0:
        return np.full_like(series, np.nan)
    return np.asarray((series - known.mean()) / known.std())
