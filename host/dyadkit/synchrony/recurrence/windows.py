"""Windowed cross-recurrence: how it develops along a session."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from dyadkit.dyad.arrays import ArrayLike, Floats, Ints
from dyadkit.dyad.result import Result
from dyadkit.synchrony.recurrence.lines import Measures, diagonal_lines, vertical_lines
from dyadkit.synchrony.recurrence.states import (
    MIN_STATES,
    StateSpace,
    checked_states,
    known_pairs,
)


@dataclass(frozen=True, slots=True)
class Windows:
    """Successive windows: `length` samples each, one every `step` samples.

    Examples
    --------
    >>> x = np.sin(np.arange(300) / 7.0)
    >>> windowed_recurrence(x[5:], x[:-5], 0.05, Windows(length=100, step=50)).centres.tolist()
    [49.5, 99.5, 149.5, 199.5]
    """

    length: int
    step: int


@dataclass(frozen=True, slots=True, eq=False)
class WindowedRecurrence(Result):
    """Cross-recurrence in successive windows; names and units as in `Recurrence`.

    centres : shape (windows,), middle of each window in samples from the start
    others : shape (windows,); NaN where fewer than half of a window's states are known
    """

    centres: Floats
    RR: Floats
    DET: Floats
    L: Floats
    Lmax: Floats
    ENTR: Floats
    LAM: Floats
    TT: Floats
    window: int
    step: int
    radius: float
    embedding: int
    delay: int


def windowed_recurrence(
    a: ArrayLike,
    b: ArrayLike,
    radius: float,
    windows: Windows,
    embedding: int = 1,
    delay: int = 1,
) -> WindowedRecurrence:
    """Cross-recurrence along a session, window by window.

    Parameters and errors as in `cross_recurrence`; a window longer than the series is a ValueError.

    Examples
    --------
    Two people in step, until halfway b goes on at random:

    >>> a = np.sin(np.arange(400) / 7.0)
    >>> b = np.where(np.arange(400) < 200, a, np.random.default_rng(0).uniform(-1, 1, 400))
    >>> windowed_recurrence(a, b, 0.05, Windows(length=200, step=200)).DET.round().tolist()
    [67.0, 10.0]
    """
    x, y, space = checked_states(a, b, radius, StateSpace(embedding, delay))
    starts = _window_starts(len(x), windows, space)
    rows = [
        _in_window(
            x[start : start + windows.length], y[start : start + windows.length], space, radius
        )
        for start in starts
    ]
    columns = {name: np.array([row[name] for row in rows], dtype=float) for name in rows[0]}
    return WindowedRecurrence(
        centres=starts.astype(float) + (windows.length - 1) / 2.0,
        **columns,
        window=windows.length,
        step=windows.step,
        radius=radius,
        embedding=embedding,
        delay=delay,
    )


def _window_starts(samples: int, windows: Windows, space: StateSpace) -> Ints:
    if windows.step < 1:
        raise ValueError(f"the windows' step must be at least one sample, not {windows.step}")
    if not space.span + MIN_STATES <= windows.length <= samples:
        raise ValueError(
            f"a window of {windows.length} samples must hold {MIN_STATES} states and fit in the "
            f"series of {samples}"
        )
    return np.arange(0, samples - windows.length + 1, windows.step)


def _in_window(x: Floats, y: Floats, space: StateSpace, radius: float) -> dict[str, Any]:
    diagonals, _ = diagonal_lines(x, y, space, radius)
    verticals = vertical_lines(x, y, space, radius)
    numbers = Measures(diagonals, verticals, known_pairs(x, y, space)).numbers()
    if min(space.known(x).mean(), space.known(y).mean()) < 0.5:
        return dict.fromkeys(numbers, float("nan"))
    return numbers
