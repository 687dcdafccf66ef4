"""Windowed correlation while the session runs: the streaming twin, in the same numbers."""

import numpy as np

from dyadkit.dyad.arrays import ArrayLike, Floats
from dyadkit.synchrony.chance.question import Null
from dyadkit.synchrony.coupling.estimate import Coupling, couple
from dyadkit.synchrony.coupling.windows import (
    WindowedCorrelation,
    surface,
    window_grid,
    window_rows,
)
from dyadkit.synchrony.grid import MAX_SIZE


class LiveCoupling:
    """Windowed correlation of a running session: each push of samples returns what it completed.

    The rows are those that `windowed_correlation` gives on the whole session, whatever the chunks.
    Parameters as there; NaN in its result too where too little of a window is present.

    Raises
    ------
    ValueError
        the window, step, lag or rate is nonsense

    Examples
    --------
    >>> live = LiveCoupling(rate_hz=4.0)
    >>> rng = np.random.default_rng(1)
    >>> live.push(rng.standard_normal(140), rng.standard_normal(140)).r.shape
    (1, 41)
    """

    def __init__(
        self,
        rate_hz: float,
        window_s: float = 30.0,
        step_s: float = 1.0,
        max_lag_s: float = 5.0,
    ) -> None:
        self._grid = window_grid(rate_hz, window_s, step_s, max_lag_s)
        self._rate_hz = rate_hz
        self._max_lag_s = max_lag_s
        self._a, self._b = np.empty(0), np.empty(0)
        self._length = 0
        self._windows = 0

    def push(self, a_chunk: ArrayLike, b_chunk: ArrayLike) -> WindowedCorrelation:
        """Add samples, NaN where missing, and return the windows that became complete.

        Raises
        ------
        ValueError
            the chunks differ in length
        """
        x, y = np.atleast_1d(_floats(a_chunk)), np.atleast_1d(_floats(b_chunk))
        if x.shape != y.shape or x.ndim != 1:
            raise ValueError(f"chunks must be of one length, not {x.shape} and {y.shape}")
        self._reserve(self._length + len(x))
        self._a[self._length : self._length + len(x)] = x
        self._b[self._length : self._length + len(x)] = y
        self._length += len(x)
        return self._completed()

    def couple(self, null: Null | None = None, seed: int = 0) -> Coupling:
        """The default test on all that has come so far (see `couple`)."""
        whole = slice(self._length)
        return couple(
            self._a[whole], self._b[whole], self._rate_hz, self._max_lag_s, null=null, seed=seed
        )

    def _completed(self) -> WindowedCorrelation:
        first = self._windows
        self._windows = self._grid.count(self._length)
        new = slice(first * self._grid.step, self._length)
        rows = window_rows(self._a[new], self._b[new], self._grid)
        return surface(rows, first, self._grid, self._rate_hz)

    def _reserve(self, length: int) -> None:
        """Room for `length` samples, doubled so that a long session does not copy every second."""
        if length > len(self._a):
            room = np.full(max(2 * len(self._a), length, 4096), np.nan)
            self._a = np.concatenate([self._a, room[len(self._a) :]])
            self._b = np.concatenate([self._b, room[len(self._b) :]])


def _floats(chunk: ArrayLike) -> Floats:
    values = np.array(chunk, dtype=float)
    return np.where(np.abs(values) < MAX_SIZE, values, np.nan)
