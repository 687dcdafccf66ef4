"""Pulse wave and its slope, upright and at one working rate, out of raw counts at any rate."""

from dataclasses import dataclass, field
from enum import IntEnum

import numpy as np

from dyadkit.dyad.arrays import Bools, Floats
from dyadkit.dyad.result import Result

WORKING_HZ = 50.0
CUTOFF_HZ = 8.0  # above: no pulse, only noise
CUTOFF_SUPPORT_S = 0.12
MIN_RATE_HZ = 2 * CUTOFF_HZ  # slower sensors do not hold the pulse's own frequencies
MAX_RATE_HZ = 20_000.0  # faster is a rate in the wrong unit
ENOUGH_HZ = 200.0  # beyond, samples are averaged in blocks: the pulse has nothing so fast
BASELINE_S = 2.2  # width of the moving mean that follows breathing and drift
SLOPE_S = 0.04  # Gaussian width of the derivative
POLARITY_WINDOW = 250  # working samples
LINES_HZ, BINS = 0.6, 8  # a heart's lines are a rate apart, and narrower than half of that


class Polarity(IntEnum):
    """Direction of the pulse: blood raises the counts (+1), lowers them (-1), the wave decides (0).

    Examples
    --------
    Light falls when blood comes; the wave itself tells, by its steep side:

    >>> import numpy as np
    >>> from dyadkit.signals.ppg import find_beats
    >>> phase = 2 * np.pi * 1.2 * np.arange(0, 20, 0.01)
    >>> light = -np.exp(3 * np.sin(phase + np.sin(phase)))
    >>> inverted = find_beats(light, 100.0, polarity=Polarity.INVERTED)
    >>> bool((find_beats(light, 100.0).times_s == inverted.times_s).all())
    True
    """

    INVERTED = -1
    FROM_WAVE = 0
    UPRIGHT = 1


@dataclass(frozen=True, slots=True, eq=False)
class Waveform(Result):
    """A pulse wave, systole upwards, at `WORKING_HZ`; every array has shape (n,).

    pulse : without baseline, in input units
    slope : its derivative, input units per second
    baseline : the slow level, in input units
    usable : False where the sensor gave nothing to go by
    leaning : 1 or -1, which way the wave itself says is up in the input
    cut_off : where the converter or the light was at its limit; empty where it never was
    """

    pulse: Floats
    slope: Floats
    baseline: Floats
    usable: Bools
    leaning: int
    cut_off: Bools = field(default_factory=lambda: np.zeros(0, dtype=bool))

    def __len__(self) -> int:
        return len(self.pulse)


def condition(
    counts: Floats, usable: Bools, rate_hz: float, polarity: Polarity = Polarity.FROM_WAVE
) -> Waveform:
    """Pulse wave of one channel: filled, low-passed, at the working rate, without its baseline."""
    n = int(len(counts) / rate_hz * WORKING_HZ)
    at = np.asarray(np.arange(n) * (rate_hz / WORKING_HZ), dtype=float)
    order = np.arange(len(counts))
    filled = np.interp(order, order[usable], counts[usable])
    block = max(1, int(rate_hz / ENOUGH_HZ))
    wave = smooth(_averaged(filled, block), _low_pass(rate_hz / block))
    wave = cubic(wave, (at - (block - 1) / 2) / block)
    hann = np.hanning(int(BASELINE_S * WORKING_HZ) | 1)
    baseline = smooth(wave, hann / hann.sum())
    pulse = wave - baseline
    slope = smooth(pulse, gaussian_slope(SLOPE_S, WORKING_HZ))
    leaning = _leaning(slope)
    sign = int(polarity) or leaning
    nearest = np.minimum(np.rint(at).astype(int), len(counts) - 1)
    return Waveform(sign * pulse, sign * slope, baseline, usable[nearest], leaning)


def _averaged(values: Floats, block: int) -> Floats:
    """Means of so many samples each; the last block is filled up with the last value."""
    if block == 1:
        return values
    whole = np.pad(values, (0, -len(values) % block), mode="edge")
    return np.asarray(whole.reshape(-1, block).mean(axis=1))


def heartless(wave: Waveform, seed: int) -> Waveform:
    """Noise of the same colour as the wave, without the lines that a pulse makes in its spectrum.

    A running median over the logarithm of power leaves out what stands out of its neighbourhood.
    """
    spectrum = np.fft.rfft(wave.pulse)
    near = max(1, round(LINES_HZ * len(wave) / WORKING_HZ))
    bins = np.arange(0, len(spectrum), max(1, near // BINS))
    padded = np.pad(np.abs(spectrum), near, mode="reflect" if near < len(spectrum) else "edge")
    usual = np.array([np.median(padded[k : k + 2 * near + 1]) for k in bins])
    colour = np.interp(np.arange(len(spectrum)), bins, usual)
    random = np.random.default_rng(seed)
    drawn = random.standard_normal(len(spectrum)) + 1j * random.standard_normal(len(spectrum))
    pulse = np.asarray(np.fft.irfft(colour * drawn, len(wave)), dtype=float)
    slope = smooth(pulse, gaussian_slope(SLOPE_S, WORKING_HZ))
    return Waveform(pulse, slope, wave.baseline, wave.usable, wave.leaning)


def smooth(values: Floats, kernel: Floats) -> Floats:
    """Centred convolution with an odd kernel; the ends see the edge value repeated."""
    half = len(kernel) // 2
    return np.convolve(np.pad(values, half, mode="edge"), kernel, mode="valid")


def cubic(values: Floats, at: Floats) -> Floats:
    """Catmull-Rom interpolation of `values` at fractional indices `at`."""
    left = np.clip(np.floor(at).astype(int), 1, len(values) - 3)
    u = at - left
    a, b, c, d = (values[left + k] for k in (-1, 0, 1, 2))
    return np.asarray(
        b + 0.5 * u * (c - a + u * (2 * a - 5 * b + 4 * c - d + u * (3 * (b - c) + d - a)))
    )


def gaussian(width_s: float, rate_hz: float) -> Floats:
    """A Gaussian kernel of unit sum."""
    half = int(np.ceil(4 * width_s * rate_hz))
    bell = np.exp(-0.5 * (np.arange(-half, half + 1) / rate_hz / width_s) ** 2)
    return np.asarray(bell / bell.sum())


def gaussian_slope(width_s: float, rate_hz: float) -> Floats:
    """The kernel whose convolution is the derivative per second of the smoothed signal."""
    bell = gaussian(width_s, rate_hz)
    half = len(bell) // 2
    return np.asarray(-np.arange(-half, half + 1) / rate_hz / width_s**2 * bell)


def _low_pass(rate_hz: float) -> Floats:
    half = int(np.ceil(CUTOFF_SUPPORT_S * rate_hz))
    times_s = np.arange(-half, half + 1) / rate_hz
    kernel = np.sinc(2 * CUTOFF_HZ * times_s) * np.hanning(2 * half + 3)[1:-1]
    return np.asarray(kernel / kernel.sum())


def _leaning(slope: Floats) -> int:
    """Systole rises faster than it falls: the skewness of the slope tells which way is up."""
    windows = slope[: len(slope) // POLARITY_WINDOW * POLARITY_WINDOW].reshape(-1, POLARITY_WINDOW)
    if len(windows) == 0:
        windows = slope[None, :]
    centred = windows - windows.mean(axis=1, keepdims=True)
    spread = (centred**2).mean(axis=1)
    moving = spread > 0
    skewness = (centred[moving] ** 3).mean(axis=1) / spread[moving] ** 1.5
    return -1 if len(skewness) and np.median(skewness) < 0 else 1
