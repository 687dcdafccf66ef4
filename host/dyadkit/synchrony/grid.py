"""Input checks of every measure: two series of one length on one uniform grid, NaN missing."""

import math

import numpy as np

from dyadkit.dyad.arrays import ArrayLike, Floats
from dyadkit.errors import SignalError

LAG_CONVENTION = "a positive lag means b follows a"
MIN_DURATION_S = 60.0
MIN_SAMPLES = 60
MIN_COVERAGE = 0.25
MIN_SIZE, MAX_SIZE = 1e-100, 1e100


def checked_pair(a: ArrayLike, b: ArrayLike, rate_hz: float) -> tuple[Floats, Floats]:
    """Both series as float arrays of one length, ready to be compared.

    Infinite values count as missing. Neither series is changed, filled or scaled.

    Raises
    ------
    ValueError
        not one-dimensional, different lengths, or a rate that is not positive
    SignalError
        the data cannot answer: too short, constant, or mostly missing

    Examples
    --------
    >>> a, b = checked_pair(range(90), [float("inf"), *range(89)], rate_hz=1.0)
    >>> a.dtype, float(b[0])
    (dtype('float64'), nan)
    """
    check_rate(rate_hz)
    x, y = checked_series(a, rate_hz, "a"), checked_series(b, rate_hz, "b")
    check_lengths(x, y)
    both = float(np.mean(np.isfinite(x) & np.isfinite(y)))
    if both < MIN_COVERAGE:
        raise SignalError(
            f"only {both:.0%} of the samples are present in both people at once, "
            f"{MIN_COVERAGE:.0%} are needed: choose a better recorded part"
        )
    return x, y


def checked_series(series: ArrayLike, rate_hz: float, name: str) -> Floats:
    """One person's series as floats with NaN where missing; `name` is used in messages."""
    values = checked_values(series, name)
    if len(values) < MIN_DURATION_S * rate_hz:
        raise SignalError(
            f"{name} lasts {len(values) / rate_hz:.1f} s; "
            f"at least {MIN_DURATION_S:.0f} s are needed"
        )
    if len(values) < MIN_SAMPLES:
        raise SignalError(f"{name} has {len(values)} samples; {MIN_SAMPLES} are needed")
    return values


def checked_values(series: ArrayLike, name: str) -> Floats:
    """A series of any length that varies, as floats with NaN where missing."""
    values = np.array(series, dtype=float)
    if values.ndim != 1:
        raise ValueError(f"{name} must be one-dimensional, not of shape {values.shape}")
    values[~np.isfinite(values)] = np.nan
    known = values[np.isfinite(values)]
    if len(known) == 0:
        raise SignalError(f"{name} holds no values at all, only missing samples")
    size = float(np.max(np.abs(known)))
    if np.ptp(known) <= 1e-12 * size:
        raise SignalError(f"{name} is constant: there is no variation to compare")
    if not MIN_SIZE < size < MAX_SIZE:
        raise SignalError(f"{name} holds values up to {size:g}, beyond computing: change its unit")
    return values


def check_lengths(x: Floats, y: Floats) -> None:
    """Raise ValueError unless both people have as many samples."""
    if len(x) != len(y):
        raise ValueError(
            f"a has {len(x)} samples and b has {len(y)}: put both on one time grid first"
        )


def check_rate(rate_hz: float) -> None:
    """Raise ValueError unless `rate_hz` is a positive, finite number."""
    if not (math.isfinite(rate_hz) and rate_hz > 0):
        raise ValueError(f"rate_hz must be a positive number of samples per second, not {rate_hz}")


def samples(duration_s: float, rate_hz: float) -> int:
    """The whole number of samples nearest to a duration."""
    return round(duration_s * rate_hz)


def bridged(series: Floats) -> Floats:
    """A copy with straight lines over the gaps, level before the first and after the last value.

    For filters that cannot pass over gaps, shape (..., n); bridged values never count as data.
    """
    straight = series.copy()
    places = np.arange(series.shape[-1])
    for row in np.ndindex(series.shape[:-1]):
        known = np.isfinite(series[row])
        if not known.all():
            straight[row] = np.interp(places, places[known], series[row][known])
    return straight
