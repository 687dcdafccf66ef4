"""Circular statistics: where angles point, how much they agree, and whether that is chance."""

import math
from dataclasses import dataclass

import numpy as np
from scipy import optimize, special

from dyadkit.dyad.arrays import ArrayLike
from dyadkit.dyad.result import Result
from dyadkit.errors import SignalError

MIN_ANGLES = 3


@dataclass(frozen=True, slots=True, eq=False)
class Angles(Result):
    """Circular summary of a sample of independent angles in radians.

    mean_rad : direction of the mean, -π to π; NaN where the angles cancel
    resultant : length of the mean vector, 0 (no agreement) to 1
    variance : 1 - resultant
    sd_rad : circular standard deviation
    concentration : κ of a von Mises law, by maximum likelihood
    p : Rayleigh test of "no preferred direction"; only for independent angles, such as one per dyad
    count : how many angles
    """

    mean_rad: float
    resultant: float
    variance: float
    sd_rad: float
    concentration: float
    p: float
    count: int


def angles(values_rad: ArrayLike) -> Angles:
    """Circular summary of independent angles, shape (n,), NaN left out.

    Successive samples of one recording are not independent: use `locking` for these.

    Raises
    ------
    SignalError
        fewer than three angles

    Examples
    --------
    >>> found = angles([0.4, 0.1, 0.9, 0.3, 0.6])                  # phase lags of five dyads
    >>> round(found.mean_rad, 2), round(found.resultant, 2), found.p < 0.01
    (0.46, 0.96, True)

    References
    ----------
    Fisher 1993, Statistical Analysis of Circular Data; Zar 1999, equation 27.4
    """
    values = np.asarray(values_rad, dtype=float).ravel()
    values = values[np.isfinite(values)]
    if len(values) < MIN_ANGLES:
        raise SignalError(f"{len(values)} angles are too few: at least {MIN_ANGLES} are needed")
    mean = np.mean(np.exp(1j * values))
    resultant = min(float(np.abs(mean)), 1.0)
    return Angles(
        mean_rad=float(np.angle(mean)) if resultant > 1e-12 else math.nan,
        resultant=resultant,
        variance=1.0 - resultant,
        sd_rad=math.sqrt(-2.0 * math.log(max(resultant, 1e-300))),
        concentration=_concentration(resultant),
        p=_rayleigh_p(resultant, len(values)),
        count=len(values),
    )


def _concentration(resultant: float) -> float:
    """κ for which the mean resultant length of a von Mises law is `resultant`."""
    if resultant >= 1.0 - 1e-9:
        return math.inf
    if resultant <= 1e-12:
        return 0.0
    return float(optimize.brentq(lambda k: special.i1e(k) / special.i0e(k) - resultant, 0.0, 1e10))


def _rayleigh_p(resultant: float, count: int) -> float:
    length = resultant * count
    exponent = math.sqrt(1.0 + 4.0 * count + 4.0 * (count**2 - length**2)) - (1.0 + 2.0 * count)
    return min(math.exp(exponent), 1.0)
