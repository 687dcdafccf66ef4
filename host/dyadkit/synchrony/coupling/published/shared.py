"""Parts the published modes share: complete series, windows that move, and what was asked."""

from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from dyadkit.dyad.arrays import ArrayLike, Floats, Ints
from dyadkit.dyad.result import Result
from dyadkit.errors import SignalError
from dyadkit.synchrony.coupling.windows import WindowGrid
from dyadkit.synchrony.grid import LAG_CONVENTION, check_lengths, checked_values


@dataclass(frozen=True, slots=True, eq=False)
class PublishedSettings(Result):
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
    def of(
        cls, grid: WindowGrid, rate_hz: float, windows: int, samples: int
    ) -> "PublishedSettings":
        """As the grid has them, in seconds."""
        window_s, step_s, max_lag_s = (
            one / rate_hz for one in (grid.window, grid.step, grid.reach)
        )
        return cls(rate_hz, window_s, step_s, max_lag_s, windows, samples)


def starts_between(x: Floats, grid: WindowGrid) -> Ints:
    """Starts of windows with room for all lags on both sides; the last such window is left out."""
    return np.arange((len(x) - grid.window - 2 * grid.reach) // grid.step) * grid.step


def moved(x: Floats, y: Floats, starts: Ints, window: int, offsets: tuple[Ints, Ints]) -> Floats:
    """Correlations of windows of both people, each moved by its own offset per lag."""
    if len(starts) == 0:
        raise SignalError("the series are shorter than one window with its lags: use a shorter one")
    u, v = sliding_window_view(x, window), sliding_window_view(y, window)
    columns = [
        np.sum(unit_rows(u[starts + left]) * unit_rows(v[starts + right]), axis=1)
        for left, right in zip(*offsets, strict=True)
    ]
    return np.stack(columns, axis=1)


def complete_pair(a: ArrayLike, b: ArrayLike) -> tuple[Floats, Floats]:
    """Both series, refused if they have gaps: these modes know none."""
    x, y = checked_values(a, "a"), checked_values(b, "b")
    check_lengths(x, y)
    if np.isnan(x).any() or np.isnan(y).any():
        raise SignalError("this mode knows no gaps: cut to complete data, or use couple")
    return x, y


def unit_rows(rows: Floats) -> Floats:
    """Rows with mean zero and length one."""
    centred = rows - rows.mean(axis=1, keepdims=True)
    length = np.sqrt(np.sum(centred**2, axis=1, keepdims=True))
    if np.any(length == 0.0):
        raise SignalError("a person does not vary within one window: use longer windows")
    return np.asarray(centred / length)
