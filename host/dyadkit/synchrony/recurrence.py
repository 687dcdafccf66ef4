"""Cross-recurrence: how two people pass through the same states, in parallel and with a lag.

Makes no assumption of linearity or stationarity, but depends on a radius: put both people on one
scale first (z-scores, say) and compare only results of the same radius or recurrence rate.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from dyadkit.arrays import ArrayLike, Floats, Ints
from dyadkit.errors import SignalError
from dyadkit.result import Result
from dyadkit.synchrony import misalignment
from dyadkit.synchrony.grid import check_lengths, check_rate, checked_values
from dyadkit.synchrony.recurrence_lines import (
    Measures,
    StateSpace,
    diagonal_lines,
    squared_distances,
    vertical_lines,
)
from dyadkit.synchrony.recurrence_profile import Profile, pairs_by_lag

FEWEST_STATES = 10
THINNED_STATES = 1000


@dataclass(frozen=True, slots=True)
class Lags:
    """Where the diagonal profile looks for its peak, and in which unit of time.

    Without a rate a sample counts as a second, as for series of one value per second.
    """

    rate_hz: float = 1.0
    max_lag_s: float = 10.0


@dataclass(frozen=True, slots=True, eq=False)
class Recurrence(Result):
    """Cross-recurrence quantification of two series; lags are positive when b follows a.

    RR : recurrence rate, % of all pairs of known states
    DET : determinism, % of recurrent points on diagonal lines of at least two points
    L, Lmax : mean and longest diagonal line, in samples (L counts lines of at least two)
    ENTR : entropy of the lengths of these lines, in nats
    LAM, TT : laminarity, % of recurrent points on vertical lines, and their mean length in samples
    lags, profile : shape (2 states - 1,), lag in samples and share of that diagonal that recurs,
        0 to 1; NaN where no pair of states is known
    peak_lag_s : lag of the profile's highest point within ± `max_lag_s`
    p : how unlikely so high a peak is by chance; NaN where the series is too short to tell
    states, coverage : number of states, and the share of a's and b's that are known
    """

    RR: float
    DET: float
    L: float
    Lmax: int
    ENTR: float
    LAM: float
    TT: float
    lags: Ints
    profile: Floats
    peak_lag_s: float
    p: float
    null: str
    states: int
    coverage: float
    radius: float
    embedding: int
    delay: int
    max_lag_s: float


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


def cross_recurrence(
    a: ArrayLike,
    b: ArrayLike,
    radius: float,
    embedding: int = 1,
    delay: int = 1,
    lags: Lags = Lags(),
) -> Recurrence:
    """Cross-recurrence quantification and diagonal profile, with the peak's chance level.

    Parameters
    ----------
    a, b : shape (n,), one scale, one uniform grid; NaN is missing and recurs with nothing
    radius : largest Euclidean distance of states that count as the same, in the unit of a and b
    embedding, delay : coordinates of a state and samples between them

    Raises
    ------
    ValueError
        different lengths, a radius that is not positive, a senseless embedding
    SignalError
        a series is constant, has no values, or is too short for the embedding

    Examples
    --------
    >>> x = np.sin(np.arange(300) / 7.0)
    >>> int(cross_recurrence(x[5:], x[:-5], radius=0.05).peak_lag_s)
    5

    References
    ----------
    Marwan et al. 2007, Physics Reports 438; Wallot & Leonardi 2018, Frontiers in Psychology 9
    """
    check_rate(lags.rate_hz)
    x, y, space = _checked(a, b, radius, StateSpace(embedding, delay))
    diagonals, recurrences = diagonal_lines(x, y, space, radius)
    measures = Measures(diagonals, vertical_lines(x, y, space, radius), _pairs(x, y, space))
    profile = Profile(recurrences, pairs_by_lag(space.known(x), space.known(y)))
    reach = min(round(lags.max_lag_s * lags.rate_hz), profile.states - 1)
    p, null = profile.chance(reach, misalignment.least_shift(lags.rate_hz, lags.max_lag_s))
    return Recurrence(
        **measures.numbers(),
        lags=np.arange(1 - profile.states, profile.states),
        profile=profile.shares,
        peak_lag_s=profile.peak(reach) / lags.rate_hz,
        p=p,
        null=null,
        states=profile.states,
        coverage=float(np.mean([space.known(x), space.known(y)])),
        radius=radius,
        embedding=embedding,
        delay=delay,
        max_lag_s=reach / lags.rate_hz,
    )


@dataclass(frozen=True, slots=True)
class Windows:
    """Successive windows: `length` samples each, one every `step` samples."""

    length: int
    step: int


def windowed_recurrence(
    a: ArrayLike,
    b: ArrayLike,
    radius: float,
    windows: Windows,
    embedding: int = 1,
    delay: int = 1,
) -> WindowedRecurrence:
    """How cross-recurrence develops along a session, window by window.

    Parameters and errors as in `cross_recurrence`; a window longer than the series is a ValueError.
    """
    x, y, space = _checked(a, b, radius, StateSpace(embedding, delay))
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


def largest_distance(a: ArrayLike, b: ArrayLike, embedding: int = 1, delay: int = 1) -> float:
    """The largest distance of any two states: the unit in which some tools give their radius."""
    x, y, space = _checked(a, b, 1.0, StateSpace(embedding, delay))
    largest = max(np.nan_to_num(block).max() for block in squared_distances(x, y, space))
    return float(np.sqrt(largest))


def radius_for(
    a: ArrayLike, b: ArrayLike, rate_percent: float, embedding: int = 1, delay: int = 1
) -> float:
    """The radius at which about `rate_percent` of all pairs of states recur.

    Comparing dyads at equal recurrence rate keeps RR from deciding every other measure. Found on
    at most a thousand evenly chosen states of each person.
    """
    if not 0.0 < rate_percent < 100.0:
        raise ValueError(f"rate_percent must lie between 0 and 100, not {rate_percent}")
    x, y, space = _checked(a, b, 1.0, StateSpace(embedding, delay))
    chosen = np.linspace(0, len(x) - space.span - 1, THINNED_STATES).astype(np.int64)
    squares = sum(
        np.square(x[chosen + start, None] - y[chosen + start]) for start in space.starts()
    )
    return float(np.sqrt(np.nanpercentile(squares, rate_percent)))


def _checked(
    a: ArrayLike, b: ArrayLike, radius: float, space: StateSpace
) -> tuple[Floats, Floats, StateSpace]:
    x, y = checked_values(a, "a"), checked_values(b, "b")
    check_lengths(x, y)
    if not radius > 0.0:
        raise ValueError(f"radius must be a positive distance, not {radius}")
    if space.embedding < 1 or space.delay < 1:
        raise ValueError("embedding and delay are counts of samples, at least 1")
    if len(x) - space.span < FEWEST_STATES:
        raise SignalError(
            f"{len(x)} samples give {max(len(x) - space.span, 0)} states of {space.embedding} "
            f"coordinates {space.delay} apart; at least {FEWEST_STATES} are needed"
        )
    if not (space.known(x).any() and space.known(y).any()):
        raise SignalError("gaps leave no complete state: lower the embedding or fill short gaps")
    return x, y, space


def _pairs(x: Floats, y: Floats, space: StateSpace) -> int:
    return int(space.known(x).sum()) * int(space.known(y).sum())


def _window_starts(samples: int, windows: Windows, space: StateSpace) -> Ints:
    if windows.step < 1:
        raise ValueError(f"the windows' step must be at least one sample, not {windows.step}")
    if not space.span + FEWEST_STATES <= windows.length <= samples:
        raise ValueError(
            f"a window of {windows.length} samples must hold {FEWEST_STATES} states and fit in the "
            f"series of {samples}"
        )
    return np.arange(0, samples - windows.length + 1, windows.step)


def _in_window(x: Floats, y: Floats, space: StateSpace, radius: float) -> dict[str, Any]:
    diagonals, _ = diagonal_lines(x, y, space, radius)
    verticals = vertical_lines(x, y, space, radius)
    numbers = Measures(diagonals, verticals, _pairs(x, y, space)).numbers()
    if min(space.known(x).mean(), space.known(y).mean()) < 0.5:
        return dict.fromkeys(numbers, float("nan"))
    return numbers
