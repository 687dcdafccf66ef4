"""Squared wavelet coherence of two people, against independent red noise."""

import math
from dataclasses import dataclass

import numpy as np

from dyadkit.dyad.arrays import ArrayLike, Bools, Floats
from dyadkit.dyad.result import Result
from dyadkit.errors import SignalError
from dyadkit.synchrony.grid import LAG_CONVENTION, checked_pair
from dyadkit.synchrony.wavelet.chance import red_noise_coherence
from dyadkit.synchrony.wavelet.plane import Plane, leaning_on, standardised
from dyadkit.synchrony.wavelet.transform import MORLET, Morlet


@dataclass(frozen=True, slots=True)
class Periods:
    """Periods to look at; None means two samples, and as long as the series itself.

    Examples
    --------
    >>> a, b = np.random.default_rng(0).standard_normal((2, 600))
    >>> found = coherence(a, b, 4.0, Periods(min_s=4.0, max_s=32.0))
    >>> found.periods_s[[0, -1]].round(1).tolist(), found.coherence.shape
    ([4.0, 32.0], (37, 600))
    """

    min_s: float | None = None
    max_s: float | None = None

    def in_samples(self, rate_hz: float, wavelet: Morlet, samples: int) -> tuple[float, float]:
        """Shortest and longest period in samples."""
        min_period = 2.0 if self.min_s is None else self.min_s * rate_hz
        whole = wavelet.period_per_scale * samples
        max_period = whole if self.max_s is None else self.max_s * rate_hz
        if not 2.0 <= min_period < max_period <= whole:
            raise ValueError(
                f"periods must run from at least {2.0 / rate_hz:g} s to at most "
                f"{whole / rate_hz:.1f} s, not from {min_period / rate_hz:g} "
                f"to {max_period / rate_hz:g}"
            )
        return min_period, max_period


@dataclass(frozen=True, slots=True)
class RedNoise:
    """Chance as two independent AR(1) series with each person's own lag-one correlation.

    runs : simulated pairs; seed : of them
    level : probability with which chance stays below the threshold, at each point

    Raises
    ------
    ValueError
        no run, or a level that is not between 0 and 1

    Examples
    --------
    A rhythm of 25 s that two people share under noise of their own, and the noise alone:

    >>> noise = np.random.default_rng(0).standard_normal((2, 400))
    >>> for a, b in (noise + np.sin(np.arange(400) / 4.0), noise):
    ...     found = coherence(a, b, 1.0, Periods(8.0, 64.0), null=RedNoise(runs=40))
    ...     print(found.p < 0.05)
    True
    False
    """

    runs: int = 300
    seed: int = 0
    level: float = 0.95

    def __post_init__(self) -> None:
        """Refuse nonsense."""
        if self.runs < 1 or not 0.0 < self.level < 1.0:
            raise ValueError("RedNoise needs at least one run and a level between 0 and 1")


@dataclass(frozen=True, slots=True, eq=False)
class Coherence(Result):
    """Squared wavelet coherence over periods and time; lags are positive when b follows a.

    periods_s : shape (periods,), Fourier periods
    times_s : shape (n,), from the start of the series
    coherence : shape (periods, n), 0 to 1; NaN where gaps carry too much of the average
    angle : shape (periods, n), phase arrow in radians, positive when b follows a by less than
        half a period, ± π in anti-phase; NaN as above
    cone_s : shape (n,), periods longer than this are touched by the ends of the series
    mean : shape (periods,), mean coherence inside the cone; NaN for periods without an inside
    threshold : shape (periods,), coherence that chance stays below at each point with probability
        `level`; NaN without a null
    area, p : share of the plane inside the cone above the threshold, and how often chance reaches
        as much
    coverage : share of samples present in both
    """

    periods_s: Floats
    times_s: Floats
    coherence: Floats
    angle: Floats
    cone_s: Floats
    mean: Floats
    threshold: Floats
    area: float
    p: float
    null: str
    runs: int
    seed: int
    level: float
    coverage: float
    rate_hz: float
    omega0: float
    voices: int
    convention: str = LAG_CONVENTION

    @property
    def inside(self) -> Bools:
        """Shape (periods, n): inside the cone and not in a gap."""
        return (self.periods_s[:, None] <= self.cone_s) & np.isfinite(self.coherence)


def coherence(
    a: ArrayLike,
    b: ArrayLike,
    rate_hz: float,
    periods: Periods = Periods(),
    wavelet: Morlet = MORLET,
    null: RedNoise | None = None,
) -> Coherence:
    """Squared wavelet coherence of two series with phase arrows and cone of influence.

    Without `null` there is no threshold and no p. Gaps are bridged linearly for the transform and
    everything that leans on them is NaN.

    Parameters
    ----------
    a, b : shape (n,), any unit, one uniform grid; NaN is missing
    periods, wavelet : defaults are those of the field: Morlet of 6 radians, 12 scales per octave

    Raises
    ------
    ValueError
        different lengths, a rate that is not positive, periods the series cannot hold
    SignalError
        too short, constant, or mostly missing

    Examples
    --------
    >>> t = np.arange(600.0)
    >>> found = coherence(np.sin(t / 5), np.sin((t - 3) / 5), 1.0, Periods(20, 50))
    >>> period = np.argmin(np.abs(found.periods_s - 10 * np.pi))
    >>> round(float(found.angle[period, 300]) * 5, 1)
    3.0

    References
    ----------
    Torrence & Compo 1998; Grinsted, Moore & Jevrejeva 2004, Nonlinear Processes in Geophysics 11
    """
    x, y = checked_pair(a, b, rate_hz)
    scales = wavelet.scales(*periods.in_samples(rate_hz, wavelet, len(x)))
    missing = ~(np.isfinite(x) & np.isfinite(y))
    plane = Plane.of(standardised(x), standardised(y), wavelet, scales)
    plane.blank(leaning_on(missing, scales))
    cone_s = wavelet.cone(len(x)) / rate_hz
    periods_s = scales * wavelet.period_per_scale / rate_hz
    inside = (periods_s[:, None] <= cone_s) & np.isfinite(plane.coherence)
    threshold, area, p = _against_red_noise(plane, inside, (x, y), wavelet, null)
    return Coherence(
        periods_s=periods_s,
        times_s=np.arange(len(x)) / rate_hz,
        coherence=plane.coherence,
        angle=plane.angle,
        cone_s=cone_s,
        mean=_mean_where(plane.coherence, inside),
        threshold=threshold,
        area=area,
        p=p,
        null="none" if null is None else "independent red noise",
        runs=0 if null is None else null.runs,
        seed=0 if null is None else null.seed,
        level=math.nan if null is None else null.level,
        coverage=float(np.mean(~missing)),
        rate_hz=rate_hz,
        omega0=wavelet.omega0,
        voices=wavelet.voices,
    )


def _against_red_noise(
    plane: Plane,
    inside: Bools,
    series: tuple[Floats, Floats],
    wavelet: Morlet,
    null: RedNoise | None,
) -> tuple[Floats, float, float]:
    """Threshold by scale, area above it, and the area's p."""
    threshold = np.full(len(plane.scales), np.nan)
    samples = inside.sum(axis=1).astype(float)
    usable = samples > 0
    if null is None:
        return threshold, math.nan, math.nan
    if not usable.any():
        raise SignalError("gaps and ends leave nothing inside the cone: choose shorter periods")
    lag_one = _lag_one(series[0]), _lag_one(series[1])
    seeds = np.random.SeedSequence(null.seed).generate_state(null.runs).tolist()
    chance = red_noise_coherence(wavelet, plane.scales[usable], samples[usable], lag_one, seeds)
    threshold[usable] = chance.threshold(null.level)
    above = (plane.coherence > threshold[:, None]) & inside
    area = float(np.mean(above[usable].sum(axis=1) / samples[usable]))
    reached = np.sum(chance.area_above(threshold[usable]) >= area)
    return threshold, area, float((1 + reached) / (null.runs + 1))


def _lag_one(series: Floats) -> float:
    """Correlation of neighbouring samples, over those present."""
    centred = series - np.nanmean(series)
    return float(np.clip(np.nanmean(centred[1:] * centred[:-1]) / np.nanvar(series), 0.0, 0.9999))


def _mean_where(values: Floats, where: Bools) -> Floats:
    totals = np.where(where, values, 0.0).sum(axis=1)
    means = np.full(len(values), np.nan)
    np.divide(totals, where.sum(axis=1), out=means, where=where.any(axis=1))
    return means
