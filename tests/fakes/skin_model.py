"""Skin conductance with known truth: drifting level plus responses of varying shape."""

from dataclasses import dataclass

import numpy as np
from scipy import signal


@dataclass(frozen=True)
class Skin:
    values: np.ndarray
    tonic: np.ndarray
    phasic: np.ndarray
    onsets_s: np.ndarray
    amplitudes_usiemens: np.ndarray


@dataclass(frozen=True)
class Person:
    """`decay_s` is the range of the responses' decays; `step_usiemens` the converter's step."""

    per_minute: float = 5.0
    noise_usiemens: float = 0.004
    step_usiemens: float = 0.0
    decay_s: tuple[float, float] = (2.0, 4.0)
    level_usiemens: float = 5.0


QUIET = Person()
NOISY = Person(per_minute=8.0, noise_usiemens=0.02, step_usiemens=0.01)


def simulate(seed, rate_hz=16.0, duration_s=300.0, person=QUIET):
    rng = np.random.default_rng(seed)
    times_s = np.arange(round(duration_s * rate_hz)) / rate_hz
    pauses_s = np.maximum(1.5, rng.exponential(60 / person.per_minute, len(times_s)))
    onsets_s = 5.0 + np.cumsum(pauses_s)
    onsets_s = onsets_s[onsets_s < duration_s - 10]
    amplitudes = np.exp(rng.normal(np.log(0.25), 0.7, len(onsets_s)))
    phasic = sum(
        amplitude * response(times_s - onset_s, rng.uniform(0.5, 0.9), rng.uniform(*person.decay_s))
        for onset_s, amplitude in zip(onsets_s, amplitudes, strict=True)
    )
    tonic = drift(rng, times_s, person.level_usiemens)
    values = tonic + phasic + rng.normal(0, person.noise_usiemens, len(times_s))
    if person.step_usiemens:
        values = np.round(values / person.step_usiemens) * person.step_usiemens
    return Skin(values, tonic, phasic, onsets_s, amplitudes)


def response(since_s, rise_s, decay_s):
    fine_s = np.arange(0, 10, 0.01)
    highest = np.max(np.exp(-fine_s / decay_s) - np.exp(-fine_s / rise_s))
    since_s = np.maximum(since_s, 0.0)
    return (np.exp(-since_s / decay_s) - np.exp(-since_s / rise_s)) / highest


def drift(rng, times_s, level_usiemens):
    rate_hz = 1 / (times_s[1] - times_s[0])
    knots = 0.12 * np.cumsum(rng.normal(size=int(times_s[-1] / 10) + 3))
    walk = np.interp(times_s, 10.0 * np.arange(len(knots)), knots)
    smooth = signal.butter(2, 0.03, fs=rate_hz, output="sos")
    return np.maximum(level_usiemens + signal.sosfiltfilt(smooth, walk), 0.5)


def f1(truth, found, tolerance_s=1.0):
    """Harmonic mean of the share of responses ≥ 0.05 µS found and of findings that are real."""
    onsets_s = np.array([response.onset_s for response in found.responses])
    large = truth.onsets_s[truth.amplitudes_usiemens >= 0.05]
    sensitivity = matched(large, onsets_s, tolerance_s) / len(large)
    precision = matched(truth.onsets_s, onsets_s, tolerance_s) / max(len(onsets_s), 1)
    return 2 * sensitivity * precision / max(sensitivity + precision, 1e-9)


def matched(reference_s, found_s, tolerance_s):
    """How many of `reference_s` have a partner of their own in `found_s`, earliest first."""
    count, taken = 0, 0
    for time_s in reference_s:
        while taken < len(found_s) and found_s[taken] < time_s - tolerance_s:
            taken += 1
        if taken < len(found_s) and found_s[taken] <= time_s + tolerance_s:
            count, taken = count + 1, taken + 1
    return count
