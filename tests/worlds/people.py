"""What all families of people share: sudomotor bursts become skin conductance, drives a heart rate.

Every process runs through a burn-in that is thrown away: two people who both start from nothing
would be alike for that alone.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy import signal

RATE_HZ = 4.0
BURN_IN_S = 300.0
KERNEL_S = 40.0


@dataclass(frozen=True, slots=True)
class Bursts:
    """Sudomotor bursts: times, from the burn-in's end (negative within it), and sizes in µS."""

    times_s: np.ndarray
    sizes: np.ndarray

    def kept(self, chosen: np.ndarray) -> "Bursts":
        return Bursts(self.times_s[chosen], self.sizes[chosen])

    def joined(self, other: "Bursts") -> "Bursts":
        times_s = np.concatenate([self.times_s, other.times_s])
        order = np.argsort(times_s)
        return Bursts(times_s[order], np.concatenate([self.sizes, other.sizes])[order])


@dataclass(frozen=True, slots=True)
class Family:
    """One family of people.

    bursts : of (rng, seconds, times the usual rate), over burn-in and session
    skin : of (rng, bursts, samples), skin conductance in µS at 4 Hz, NaN where lost
    pulse : of (rng, bursts, samples), heart rate in beats per minute at 4 Hz
    """

    name: str
    bursts: Callable[[np.random.Generator, float, float], Bursts]
    skin: Callable[[np.random.Generator, Bursts, int], np.ndarray]
    pulse: Callable[[np.random.Generator, Bursts, int], np.ndarray]


@dataclass(frozen=True, slots=True)
class Skin:
    """How a family's skin turns bursts into conductance.

    decay_s, spread : decay time of a response, and its relative spread over people
    drift : of the tonic level, µS per square root of a second (Boucsein 2012: slow, unbounded)
    noise : of the sensor, µS
    """

    decay_s: float = 4.0
    spread: float = 0.25
    drift: float = 0.01
    noise: float = 0.002

    def __call__(self, rng: np.random.Generator, bursts: Bursts, samples: int) -> np.ndarray:
        decay_s = self.decay_s * np.exp(self.spread * rng.standard_normal())
        rise_s = rng.uniform(0.5, 0.9)
        ahead = round(BURN_IN_S * RATE_HZ)
        driver = np.zeros(ahead + samples)
        places = np.rint((bursts.times_s + BURN_IN_S) * RATE_HZ).astype(int)
        inside = (places >= 0) & (places < len(driver))
        np.add.at(driver, places[inside], bursts.sizes[inside])
        since_s = np.arange(0, KERNEL_S, 1 / RATE_HZ)
        kernel = np.exp(-since_s / decay_s) - np.exp(-since_s / rise_s)
        phasic = signal.fftconvolve(driver, kernel / kernel.max())[ahead : ahead + samples]
        steps = rng.standard_normal(samples) * self.drift / np.sqrt(RATE_HZ)
        tonic = rng.uniform(2.0, 8.0) + smoothed(np.cumsum(steps), 10.0)
        return np.maximum(tonic, 0.3) + phasic + self.noise * rng.standard_normal(samples)


@dataclass(frozen=True, slots=True)
class Pulse:
    """How a family's heart rate varies: mean, and spread of each part, in beats per minute.

    slow, slow_s : wandering of so long a memory; breath, mayer : respiratory sinus arrhythmia
    (0.15 to 0.4 Hz, Task Force 1996) and 0.1 Hz waves of wandering pace (Julien 2006)
    startle : rise after each burst, per µS (orienting and defence, Graham & Clifton 1966)
    """

    mean: float = 72.0
    slow: float = 3.0
    slow_s: float = 20.0
    breath: float = 2.0
    mayer: float = 1.5
    startle: float = 0.5
    breath_hz: tuple[float, float] = (0.18, 0.32)

    def __call__(self, rng: np.random.Generator, bursts: Bursts, samples: int) -> np.ndarray:
        mean = self.mean + 7.0 * rng.standard_normal()
        wander = self.slow * ornstein(rng, samples, self.slow_s)
        wander += 0.5 * self.slow * ornstein(rng, samples, 8.0 * self.slow_s)
        breathing = wandering_wave(rng, samples, rng.uniform(*self.breath_hz), 0.10)
        mayer = wandering_wave(rng, samples, rng.uniform(0.085, 0.115), 0.12)
        startled = self._startled(bursts, samples)
        return mean + wander + self.breath * breathing + self.mayer * mayer + startled

    def _startled(self, bursts: Bursts, samples: int) -> np.ndarray:
        ahead = round(BURN_IN_S * RATE_HZ)
        driver = np.zeros(ahead + samples)
        places = np.rint((bursts.times_s + BURN_IN_S - 1.0) * RATE_HZ).astype(int)
        inside = (places >= 0) & (places < len(driver))
        np.add.at(driver, places[inside], np.minimum(bursts.sizes[inside], 2.0))
        since_s = np.arange(0, 30, 1 / RATE_HZ)
        kernel = since_s / 3.0 * np.exp(1 - since_s / 3.0)
        course = signal.fftconvolve(driver, kernel)[ahead : ahead + samples]
        return self.startle * course


def ornstein(rng: np.random.Generator, samples: int, memory_s: float) -> np.ndarray:
    """A stationary first-order process of unit spread, at 4 Hz, shape (samples,)."""
    pole = np.exp(-1.0 / (memory_s * RATE_HZ))
    drive = rng.standard_normal(samples) * np.sqrt(1 - pole**2)
    start = np.array([pole * rng.standard_normal()])
    return signal.lfilter([1.0], [1.0, -pole], drive, zi=start)[0]


def wandering_wave(rng: np.random.Generator, samples: int, hz: float, wander: float) -> np.ndarray:
    """A wave whose pace and height wander, of about unit spread, shape (samples,)."""
    pace = hz * np.exp(wander * ornstein(rng, samples, 30.0))
    phase = 2 * np.pi * (rng.random() + np.cumsum(pace) / RATE_HZ)
    return np.sqrt(2.0) * np.exp(0.4 * ornstein(rng, samples, 40.0)) * np.sin(phase) / 1.17


def smoothed(values: np.ndarray, seconds: float) -> np.ndarray:
    """Low-passed at about so many seconds, both ways."""
    sos = signal.butter(2, min(0.35 / seconds, 0.9), fs=RATE_HZ, output="sos")
    return signal.sosfiltfilt(sos, values)


def poisson(rng: np.random.Generator, intensity: np.ndarray) -> np.ndarray:
    """Event times of an intensity in events per second at 4 Hz, which begins with the burn-in."""
    counts = rng.poisson(np.maximum(intensity, 0.0) / RATE_HZ)
    places = np.repeat(np.arange(len(intensity)), counts)
    return np.sort((places + rng.random(len(places))) / RATE_HZ - BURN_IN_S)


def steps_of(seconds: float) -> int:
    """Samples of burn-in and session together."""
    return round((BURN_IN_S + seconds) * RATE_HZ)
