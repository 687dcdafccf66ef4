"""Preparation of two measured series for the oscillator fit."""

import math
from dataclasses import dataclass

import numpy as np
from scipy import signal

from dyadkit.dyad.arrays import ArrayLike, Floats
from dyadkit.errors import SignalError
from dyadkit.synchrony.dynamics.oscillator.likelihood import StandardisedPair
from dyadkit.synchrony.grid import checked_pair

_MIN_SAMPLES = 60
_SAMPLES_PER_PERIOD = 12
_SLOWEST_RATE_HZ = 1.0
_NEEDED_COVERAGE = 0.5


@dataclass(frozen=True, slots=True)
class Prepared:
    """Both people standardised, and what leads back to seconds and to their own units.

    radians_per_s : the fit's unit of time, the dyad's dominant angular frequency
    scale : standard deviation of each person's series, in its own unit
    peaks : each person's own dominant angular frequency, relative to `radians_per_s`
    """

    series: StandardisedPair
    radians_per_s: float
    scale: tuple[float, float]
    peaks: tuple[float, float]
    rate_hz: float
    duration_s: float

    def periods_seen(self) -> float:
        """How many periods of the dominant oscillation were measured, gaps left out."""
        present = np.isfinite(self.series.samples).mean()
        return float(present * self.duration_s * self.radians_per_s / (2 * np.pi))


def prepare(a: ArrayLike, b: ArrayLike, rate_hz: float) -> Prepared:
    """Check, average to about 1 Hz, detrend and standardise both people.

    Never to fewer than 12 samples a period of the dominant oscillation.
    """
    samples = _checked(a, b, rate_hz)
    frequency_hz, _ = _peaks_hz(_standard(samples)[0], rate_hz)
    samples, rate_hz = _averaged(samples, rate_hz, frequency_hz)
    standard, scale = _standard(samples)
    frequency_hz, own_hz = _peaks_hz(standard, rate_hz)
    radians_per_s = 2 * np.pi * frequency_hz
    return Prepared(
        StandardisedPair(standard, radians_per_s / rate_hz),
        radians_per_s,
        scale,
        (own_hz[0] / frequency_hz, own_hz[1] / frequency_hz),
        rate_hz,
        len(samples) / rate_hz,
    )


def _checked(a: ArrayLike, b: ArrayLike, rate_hz: float) -> Floats:
    series = checked_pair(a, b, rate_hz)
    for name, values in zip("ab", series, strict=True):
        known = int(np.isfinite(values).sum())
        needed = max(_MIN_SAMPLES, math.ceil(_NEEDED_COVERAGE * len(values)))
        if known < needed:
            raise SignalError(
                f"{known / rate_hz:.0f} of {len(values) / rate_hz:.0f} s of person {name} are "
                f"known, {needed / rate_hz:.0f} s are needed: take a longer or better recorded part"
            )
    pair = np.stack(series, axis=1)
    both = pair[np.isfinite(pair).all(axis=1)]
    if len(both) < _MIN_SAMPLES:
        raise SignalError(
            f"a and b were measured at the same time for {len(both) / rate_hz:.0f} s only, "
            f"{_MIN_SAMPLES / rate_hz:.0f} s are needed"
        )
    if np.array_equal(both[:, 0], both[:, 1]):
        raise SignalError("a and b are the same series: check that two people were recorded")
    return pair


def _averaged(samples: Floats, rate_hz: float, frequency_hz: float) -> tuple[Floats, float]:
    slowest_hz = max(_SLOWEST_RATE_HZ, _SAMPLES_PER_PERIOD * frequency_hz)
    factor = max(1, int(rate_hz / slowest_hz + 1e-9))
    count = len(samples) // factor
    blocks = samples[: count * factor].reshape(count, factor, 2)
    present = np.isfinite(blocks).sum(axis=1)
    means = np.nansum(blocks, axis=1) / np.maximum(present, 1)
    return np.where(2 * present >= factor, means, np.nan), rate_hz / factor


def _standard(samples: Floats) -> tuple[Floats, tuple[float, float]]:
    """Linear trend removed and divided by the standard deviation, each person alone."""
    time = np.linspace(-1.0, 1.0, len(samples))
    columns, scales = [], []
    for values in samples.T:
        seen = np.isfinite(values)
        line = np.polynomial.Polynomial.fit(time[seen], values[seen], 1)
        rest = values - line(time)
        scales.append(float(np.nanstd(rest)))
        columns.append(rest / scales[-1])
    return np.stack(columns, axis=1), (scales[0], scales[1])


def _peaks_hz(standard: Floats, rate_hz: float) -> tuple[float, tuple[float, float]]:
    """Peak of the summed Welch spectrum, and each person's own."""
    length = max(32, len(standard) // 4)
    filled = np.where(np.isfinite(standard), standard, 0.0)
    frequencies, powers = signal.welch(filled, rate_hz, nperseg=length, axis=0, nfft=4 * length)
    usable = (frequencies >= rate_hz / length) & (frequencies <= rate_hz / 4)
    frequencies, powers = frequencies[usable], powers[usable]
    own = frequencies[powers.argmax(axis=0)]
    return float(frequencies[powers.sum(axis=1).argmax()]), (float(own[0]), float(own[1]))
