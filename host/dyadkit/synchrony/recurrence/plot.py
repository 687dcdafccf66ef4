"""Cross-recurrence of a whole session: measures, profile, and what chance gives for its peak."""

from dataclasses import dataclass

import numpy as np

from dyadkit.dyad.arrays import ArrayLike, Floats, Ints
from dyadkit.dyad.result import Result
from dyadkit.synchrony import misalignment
from dyadkit.synchrony.grid import LAG_CONVENTION, check_rate
from dyadkit.synchrony.recurrence.lines import Measures, diagonal_lines, vertical_lines
from dyadkit.synchrony.recurrence.profile import Profile, pairs_by_lag
from dyadkit.synchrony.recurrence.states import StateSpace, checked_states, known_pairs


@dataclass(frozen=True, slots=True)
class Lags:
    """Lags at which the diagonal profile looks for its peak, and their unit of time.

    Without a rate a sample counts as a second, as for series of one value per second.

    Examples
    --------
    >>> x = np.sin(np.arange(300) / 7.0)
    >>> lags = Lags(rate_hz=4.0, max_lag_s=5.0)
    >>> cross_recurrence(x[6:], x[:-6], radius=0.05, lags=lags).peak_lag_s
    1.5
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
    convention: str = LAG_CONVENTION


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
    x, y, space = checked_states(a, b, radius, StateSpace(embedding, delay))
    diagonals, recurrences = diagonal_lines(x, y, space, radius)
    measures = Measures(diagonals, vertical_lines(x, y, space, radius), known_pairs(x, y, space))
    profile = Profile(recurrences, pairs_by_lag(space.known(x), space.known(y)))
    reach = min(round(lags.max_lag_s * lags.rate_hz), profile.states - 1)
    p, null = profile.chance(reach, misalignment.min_shift(lags.rate_hz, lags.max_lag_s))
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
