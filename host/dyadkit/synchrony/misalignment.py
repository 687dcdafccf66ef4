"""Circular-shift surrogates for statistics that are cheap to have at every shift or at some.

Shifting one person's series in a circle keeps all each person does and breaks only the timing
between them. Shifts closer than 30 s, or than three times the largest lag, are not admissible.
"""

import math
from dataclasses import dataclass

import numpy as np
from scipy import stats

from dyadkit.dyad.arrays import Floats, Ints
from dyadkit.errors import SignalError

MIN_SHIFT_S = 30.0
MIN_SHIFTS = 19


@dataclass(frozen=True, slots=True)
class Shifts:
    """Circular shifts to draw where each costs a computation: how many, and how far they go.

    count : so many shifts, spread evenly with a random offset each; all of them if there are fewer
    seed : of these offsets
    min_shift_s : smallest shift in seconds

    Raises
    ------
    ValueError
        fewer than nineteen shifts, or a smallest shift that is not positive

    Examples
    --------
    >>> shifts = Shifts(count=19, min_shift_s=60.0).drawn(samples=600, rate_hz=1.0)
    >>> len(shifts), int(shifts.min()) >= 60, int(shifts.max()) <= 540
    (19, True, True)
    """

    count: int = 199
    seed: int = 0
    min_shift_s: float = MIN_SHIFT_S

    def __post_init__(self) -> None:
        """Refuse nonsense."""
        if self.count < MIN_SHIFTS:
            raise ValueError(f"count must be at least {MIN_SHIFTS}, not {self.count}")
        if not self.min_shift_s > 0.0:
            raise ValueError(
                f"min_shift_s must be a positive number of seconds, not {self.min_shift_s}"
            )

    def drawn(self, samples: int, rate_hz: float) -> Ints:
        """The shifts of a series of `samples`, in increasing order."""
        return spread_out(samples, math.ceil(self.min_shift_s * rate_hz), self.count, self.seed)


SHIFTS = Shifts()


def min_shift(rate_hz: float, max_lag_s: float = 0.0) -> int:
    """The smallest admissible shift, in samples."""
    return math.ceil(max(MIN_SHIFT_S, 3.0 * max_lag_s) * rate_hz)


def admissible(samples: int, min_shift: int) -> Ints:
    """All shifts of a series of `samples` that move it by at least `min_shift` either way.

    Raises
    ------
    SignalError
        too few of them are left for a p-value
    """
    shifts = np.arange(min_shift, samples - min_shift + 1)
    if len(shifts) < MIN_SHIFTS:
        raise SignalError(
            f"{samples} samples are too few to be compared with other times of the session: "
            f"{2 * min_shift + MIN_SHIFTS} are needed, record longer"
        )
    return shifts


def spread_out(samples: int, min_shift: int, count: int, seed: int) -> Ints:
    """`count` admissible shifts, one drawn at random from each of `count` equal stretches."""
    shifts = admissible(samples, min_shift)
    if count >= len(shifts):
        return shifts
    random = np.random.default_rng(seed)
    places = (np.arange(count) + random.random(count)) / count * len(shifts)
    return shifts[places.astype(np.int64)]


def p_among(observed: float, null: Floats) -> float:
    """The p-value of `observed` among its values at admissible shifts, in the order of the shifts.

    1. The rank (1 + #{null ≥ observed}) / (B + 1): never 0, since the pair itself is one of them.
    2. Neighbouring shifts of slow signals say the same thing, so B values hold fewer independent
       ones (`independent`): a rank among few is an estimate, and its normal deviate is shrunk as
       for a prediction from so many values, √((m − 1) / (m + 1)).
    3. The shrunk deviate is read from a t law of m − 1 degrees of freedom, whose tail is wider:
       with few independent shifts p stays modest however far the observed value stands out.
    """
    rank = (1 + int(np.sum(null >= observed))) / (len(null) + 1)
    blocks = independent(null)
    normal = stats.norm.isf(rank) * math.sqrt((blocks - 1) / (blocks + 1))
    return float(stats.t.sf(normal, blocks - 1))


def independent(curve: Floats) -> float:
    """Number of independent values in a curve, from its autocorrelation; at least 3."""
    centred = curve - curve.mean()
    length = len(centred)
    power = np.abs(np.fft.rfft(centred, 2 * length)) ** 2
    correlation = np.fft.irfft(power)[: length // 2]
    if correlation[0] <= 0.0:
        return 3.0
    shares = correlation / correlation[0]
    return float(np.clip(length / (2.0 * np.sum(shares**2) - 1.0), 3.0, length))
