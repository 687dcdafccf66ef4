"""Cross-correlation of two people's series: signed, at every lag, with an interval for each."""

import math
from dataclasses import dataclass

import numpy as np

from dyadkit.dyad.arrays import ArrayLike, Floats
from dyadkit.dyad.result import Result
from dyadkit.errors import SignalError
from dyadkit.synchrony.grid import bridged, checked_pair, samples

NORMAL_95 = 1.959964
MIN_INDEPENDENT = 4.0
"""Fisher's z has a spread of 1/√(n − 3): with fewer there is no interval."""
MEMORY_SHARE = 0.2
"""Of the series: lags of its autocorrelation that can be estimated (Pyper & Peterman 1998)."""
MAX_LAG_SHARE = 0.25


@dataclass(frozen=True, slots=True, eq=False)
class CrossCorrelation(Result):
    """Cross-correlation function (CCF): Pearson's r at every lag, of series without their trend.

    lags_s, r : shape (lags,); a positive lag means b follows a
    intervals : shape (lags, 2), 95 % of each lag by itself; of many, some exclude zero by chance
    concurrent, concurrent_interval : at lag zero
    peak, peak_lag_s : the largest in absolute value; the largest of many is no test
    independent : samples that an uncorrelated series of as much information would have
    samples, coverage : present in both at lag zero, and their share
    """

    lags_s: Floats
    r: Floats
    intervals: Floats
    concurrent: float
    concurrent_interval: tuple[float, float]
    peak: float
    peak_lag_s: float
    independent: float
    samples: int
    coverage: float
    rate_hz: float

    def at(self, lag_s: float) -> tuple[float, tuple[float, float]]:
        """R and its interval at the lag nearest to `lag_s`."""
        place = int(np.argmin(np.abs(self.lags_s - lag_s)))
        low, high = self.intervals[place]
        return float(self.r[place]), (float(low), float(high))


def cross_correlation(
    a: ArrayLike, b: ArrayLike, rate_hz: float, max_lag_s: float = 10.0
) -> CrossCorrelation:
    """Cross-correlation of two series, such as inter-beat intervals, with Bartlett's intervals.

    Autocorrelated series hold few independent samples; the interval is that of Fisher's z with so
    many (Bartlett 1935). Without it, two strangers' heart rates correlate "significantly" in
    two of three cases.

    Parameters
    ----------
    a, b : shape (n,), any unit, on one grid; NaN is missing
    max_lag_s : up to a quarter of the session

    Raises
    ------
    ValueError
        different lengths, a rate or lag that makes no sense
    SignalError
        too short, constant, or nothing present in both

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> drive = rng.standard_normal(603)
    >>> found = cross_correlation(drive[3:], drive[:-3] + rng.standard_normal(600), 1.0)
    >>> found.peak_lag_s, round(found.peak, 1)
    (3.0, 0.7)
    >>> low, high = found.concurrent_interval                 # nothing at the same moment
    >>> low < 0.0 < high
    True

    References
    ----------
    Bartlett 1935, J. R. Stat. Soc. 98, 536–543; Pyper & Peterman 1998, Can. J. Fish. Aquat. Sci. 55
    """
    x, y = checked_pair(a, b, rate_hz)
    steps = samples(max_lag_s, rate_hz)
    if not 1 <= steps <= MAX_LAG_SHARE * len(x):
        raise ValueError(
            f"max_lag_s must be a sample to a quarter of the session "
            f"({MAX_LAG_SHARE * len(x) / rate_hz:g} s), not {max_lag_s:g}"
        )
    x, y = without_trend(x), without_trend(y)
    both = int((np.isfinite(x) & np.isfinite(y)).sum())
    if both < MIN_INDEPENDENT:
        raise SignalError(f"a and b have {both} samples in common: nothing can be correlated")
    memory = _memory(x, y)
    lags = np.arange(-steps, steps + 1)
    found = [_at_lag(x, y, int(lag)) for lag in lags]
    r = np.array([one for one, _ in found])
    intervals = np.array([interval_of(one, count / memory) for one, count in found])
    known = np.where(np.isfinite(r), np.abs(r), -1.0)
    top = int(np.argmax(known))
    return CrossCorrelation(
        lags_s=lags / rate_hz,
        r=r,
        intervals=intervals,
        concurrent=float(r[steps]),
        concurrent_interval=(float(intervals[steps, 0]), float(intervals[steps, 1])),
        peak=float(r[top]),
        peak_lag_s=float(lags[top] / rate_hz),
        independent=both / memory,
        samples=both,
        coverage=both / len(x),
        rate_hz=rate_hz,
    )


def without_trend(series: Floats) -> Floats:
    """The series less its straight line: two that both drift correlate for that alone."""
    known = np.isfinite(series)
    places = np.arange(len(series), dtype=float)
    line = np.polyfit(places[known], series[known], 1) if known.sum() > 2 else [0.0, 0.0]
    return np.asarray(series - np.polyval(line, places))


def interval_of(r: float, independent: float) -> tuple[float, float]:
    """95 % interval of a correlation of so many independent samples; NaN with fewer than four.

    Examples
    --------
    >>> [round(one, 2) for one in interval_of(0.5, 28.0)]
    [0.16, 0.74]
    """
    if not (independent >= MIN_INDEPENDENT and math.isfinite(r)):
        return math.nan, math.nan
    z = math.atanh(min(max(r, -0.999999), 0.999999))
    half = NORMAL_95 / math.sqrt(independent - 3.0)
    return math.tanh(z - half), math.tanh(z + half)


def _at_lag(x: Floats, y: Floats, lag: int) -> tuple[float, int]:
    """Correlation of x now with y `lag` samples later, and of how many samples."""
    first, second = (x[: len(x) - lag], y[lag:]) if lag >= 0 else (x[-lag:], y[:lag])
    known = np.isfinite(first) & np.isfinite(second)
    count = int(known.sum())
    if count < MIN_INDEPENDENT:
        return math.nan, count
    of_x, of_y = first[known] - first[known].mean(), second[known] - second[known].mean()
    scale = math.sqrt(float(of_x @ of_x) * float(of_y @ of_y))
    return (float(of_x @ of_y) / scale if scale > 0.0 else math.nan), count


def _memory(x: Floats, y: Floats) -> float:
    """Samples that say the same thing once: 1 for white series, at least one always."""
    upto = max(2, int(MEMORY_SHARE * len(x)))
    product = _autocorrelation(x, upto) * _autocorrelation(y, upto)
    taper = 1.0 - np.arange(upto) / len(x)
    return float(max(1.0, 1.0 + 2.0 * np.sum((taper * product)[1:])))


def _autocorrelation(series: Floats, upto: int) -> Floats:
    values = bridged(series)
    values = values - values.mean()
    power = np.abs(np.fft.rfft(values, 2 * len(values))) ** 2
    found = np.fft.irfft(power)[:upto]
    # The estimate divides by n at every lag and is small where few samples tell of it; undone, as
    # Pyper & Peterman advise, or slow series would look as if they remembered less.
    unbiased = found / found[0] * len(values) / (len(values) - np.arange(upto))
    return np.asarray(np.clip(unbiased, -1.0, 1.0))
