"""Phase locking: how steadily two people keep their distance in phase, against chance."""

import math
from dataclasses import dataclass

import numpy as np

from dyadkit.dyad.arrays import ArrayLike
from dyadkit.dyad.result import Result
from dyadkit.errors import SignalError
from dyadkit.synchrony import misalignment
from dyadkit.synchrony.grid import LAG_CONVENTION, check_lengths, check_rate, checked_values
from dyadkit.synchrony.misalignment import SHIFTS, Shifts
from dyadkit.synchrony.phase.pair import Band, BandPair, lag_index, weighted_lag_index

MIN_CYCLES = 3.0
MIN_MEMORIES = 3.0


@dataclass(frozen=True, slots=True, eq=False)
class Locking(Result):
    """Phase locking in a band; angles and lags are positive when b follows a.

    plv, pli, wpli : phase-locking value, phase-lag index and its weighted form, each 0 to 1
    angle_rad, angle_sd_rad : mean phase difference, -π to π, and its circular standard deviation
    frequency_hz : mean instantaneous frequency of both
    lag_s : the angle at that frequency; a lag is only known up to whole cycles
    p, p_pli, p_wpli : by circular shift; NaN where the recording is too short to tell
    cycles : periods of the band's lower edge that the recording holds
    samples, coverage : samples that count, and their share of the recording
    band_hz : the band; NaN where the whole spectrum was taken
    """

    plv: float
    pli: float
    wpli: float
    angle_rad: float
    angle_sd_rad: float
    frequency_hz: float
    lag_s: float
    p: float
    p_pli: float
    p_wpli: float
    null: str
    seed: int
    cycles: float
    samples: int
    coverage: float
    rate_hz: float
    band_hz: tuple[float, float]
    convention: str = LAG_CONVENTION


def locking(
    a: ArrayLike,
    b: ArrayLike,
    rate_hz: float,
    band_hz: Band | None = None,
    null: Shifts = SHIFTS,
) -> Locking:
    """Phase-locking value, phase-lag index and weighted phase-lag index, with their chance level.

    PLV is compared with all circular shifts, PLI and wPLI with some. A recording shorter than four
    times the smallest shift uses a quarter of itself, but at least three times the filter's memory.

    Parameters
    ----------
    a, b : shape (n,), any unit, one uniform grid; NaN is missing; what leans on it is left out
    band_hz : lower and upper edge; None takes the series as they are, which only makes sense if
        they are narrow-band already

    Raises
    ------
    ValueError
        different lengths, a rate that is not positive, a band outside 0 to half the rate
    SignalError
        fewer than three cycles of the lower edge, constant, or mostly missing

    Examples
    --------
    >>> t = np.arange(0, 300, 0.25)
    >>> a, b = np.sin(0.6 * t), np.sin(0.6 * (t - 1.5))
    >>> round(locking(a, b, 4.0, (0.05, 0.15)).lag_s, 1)
    1.5

    Noise of two strangers: in so narrow a band five minutes are a few independent values. PLV is
    high, and too little is left to say what chance gives.

    >>> a, b = np.random.default_rng(3).standard_normal((2, 1200))
    >>> found = locking(a, b, 4.0, (0.05, 0.07))
    >>> round(found.plv, 1), found.p
    (0.6, nan)

    References
    ----------
    Lachaux et al. 1999; Stam, Nolte & Daffertshofer 2007; Vinck et al. 2011
    """
    check_rate(rate_hz)
    x, y = checked_values(a, "a"), checked_values(b, "b")
    check_lengths(x, y)
    band = _checked_band(band_hz, rate_hz, len(x))
    pair = BandPair.of(x, y, rate_hz, band)
    difference = pair.difference(0)
    mean = complex(np.mean(np.exp(1j * np.angle(difference))))
    plv = min(abs(mean), 1.0)
    angle, frequency = float(np.angle(mean)), pair.frequency_hz(rate_hz)
    cycles = len(x) / rate_hz * (frequency if band is None else band[0])
    _check_cycles(cycles, len(x) / rate_hz)
    chance = _Chance.of(pair, rate_hz, band, null)
    return Locking(
        plv=plv,
        pli=lag_index(difference),
        wpli=weighted_lag_index(difference),
        angle_rad=angle,
        angle_sd_rad=math.sqrt(-2.0 * math.log(max(plv, 1e-300))),
        frequency_hz=frequency,
        lag_s=angle / (2.0 * math.pi * frequency),
        p=chance.p,
        p_pli=chance.p_pli,
        p_wpli=chance.p_wpli,
        null=chance.null,
        seed=null.seed,
        cycles=cycles,
        samples=len(difference),
        coverage=len(difference) / len(x),
        rate_hz=rate_hz,
        band_hz=(math.nan, math.nan) if band is None else band,
    )


@dataclass(frozen=True, slots=True)
class _Chance:
    """p-values of the three indices."""

    p: float
    p_pli: float
    p_wpli: float
    null: str

    @classmethod
    def of(cls, pair: BandPair, rate_hz: float, band: Band | None, null: Shifts) -> "_Chance":
        samples = len(pair.a)
        min_shift = _min_shift(samples, rate_hz, band, null)
        try:
            every = misalignment.admissible(samples, min_shift)
        except SignalError:
            return cls(math.nan, math.nan, math.nan, "none: too short for circular shifts")
        plv = pair.plv_at_every_shift()
        some = misalignment.spread_out(samples, min_shift, null.count, null.seed)
        pli, wpli = pair.lag_indices(np.concatenate([[0], some]))
        return cls(
            misalignment.p_among(float(plv[0]), plv[every]),
            misalignment.p_among(float(pli[0]), pli[1:]),
            misalignment.p_among(float(wpli[0]), wpli[1:]),
            f"circular shifts of at least {min_shift / rate_hz:g} s: all {len(every)} for PLV, "
            f"{len(some)} for PLI and wPLI",
        )


def _min_shift(samples: int, rate_hz: float, band: Band | None, null: Shifts) -> int:
    memory_s = 0.0 if band is None else 1.0 / (band[1] - band[0])
    min_shift_s = max(min(null.min_shift_s, samples / rate_hz / 4.0), MIN_MEMORIES * memory_s)
    return max(1, math.ceil(min_shift_s * rate_hz))


def _checked_band(band_hz: Band | None, rate_hz: float, samples: int) -> Band | None:
    if band_hz is None:
        return None
    low, high = map(float, band_hz)
    if not 0.0 < low < high <= rate_hz / 2.0:
        raise ValueError(
            f"a band must lie between 0 and half the rate, {rate_hz / 2.0:g} Hz, "
            f"not {low:g} to {high:g}"
        )
    _check_cycles(low * samples / rate_hz, samples / rate_hz)
    return low, high


def _check_cycles(cycles: float, duration_s: float) -> None:
    if not cycles >= MIN_CYCLES * (1.0 - 1e-9):
        raise SignalError(
            f"{duration_s:.1f} s hold {max(cycles, 0.0):.1f} cycles, {MIN_CYCLES:.0f} are "
            "needed: record longer or choose a faster band"
        )
