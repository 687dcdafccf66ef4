"""Arousal-like series of one person, and pairs of known coupling, for the benchmarks."""

import numpy as np
from scipy import signal

RATE_HZ = 4.0
LAG_S = 1.5
SETTLING = 2000


def ar95(rng, n):
    return _autoregressive(rng, n, [1.0, -0.95])


def ar99(rng, n):
    return _autoregressive(rng, n, [1.0, -0.99])


def osc(rng, n):
    """A noise-driven oscillator at 0.1 Hz with a damping ratio of 0.1."""
    omega = 2 * np.pi * 0.1 / RATE_HZ
    radius, angle = np.exp(-0.1 * omega), omega * np.sqrt(1 - 0.1**2)
    return _autoregressive(rng, n, [1.0, -2 * radius * np.cos(angle), radius**2])


def scr(rng, n):
    """Sparse skin conductance responses, one per 12 s, on a wandering level."""
    t = np.arange(0, 40, 1 / RATE_HZ)
    shape = np.exp(-t / 4.0) - np.exp(-t / 0.75)
    drive = (rng.random(n) < 1 / 12 / RATE_HZ) * rng.lognormal(-1.0, 0.7, n)
    responses = np.convolve(drive, shape / shape.max())[:n]
    return responses + 0.01 * np.cumsum(rng.standard_normal(n))


SERIES = {"ar95": ar95, "ar99": ar99, "scr": scr, "osc": osc}


def pair(name, rng, coupling=0.0, n=2400, lag_s=LAG_S):
    """(a, b): b follows a by `lag_s` with correlation `coupling`."""
    lag = round(lag_s * RATE_HZ)
    source, own = SERIES[name](rng, n + lag), SERIES[name](rng, n)
    source, own = (source - source.mean()) / source.std(), (own - own.mean()) / own.std()
    return source[lag:], coupling * source[:n] + np.sqrt(1 - coupling**2) * own


def _autoregressive(rng, n, coefficients):
    return signal.lfilter([1.0], coefficients, rng.standard_normal(n + SETTLING))[SETTLING:]
