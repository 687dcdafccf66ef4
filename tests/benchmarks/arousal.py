"""Arousal-like series of one person, and pairs of known coupling, for the benchmarks."""

import numpy as np
from scipy import signal

RATE_HZ = 4.0
LAG_S = 1.5
SETTLING = 2000
MARGIN = 32


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
    source, own = standard(SERIES[name](rng, n + lag)), standard(SERIES[name](rng, n))
    return source[lag:], coupling * source[:n] + np.sqrt(1 - coupling**2) * own


def noisy(name, rng, coupling):
    """As `pair`, with a fifth of white noise on both."""
    return tuple(x + 0.2 * x.std() * rng.standard_normal(len(x)) for x in pair(name, rng, coupling))


def wandering(name, rng, coupling, n=2400):
    """The lag wanders by a second either way in two minutes."""
    t_s = np.arange(n) / RATE_HZ
    lag_s = LAG_S + np.sin(2 * np.pi * (t_s / 120 + rng.random()))
    source = standard(SERIES[name](rng, n + 2 * MARGIN))
    driven = np.interp(MARGIN + np.arange(n) - lag_s * RATE_HZ, np.arange(len(source)), source)
    own = standard(SERIES[name](rng, n))
    return source[MARGIN:-MARGIN], coupling * driven + np.sqrt(1 - coupling**2) * own


def noisy_wandering(name, rng, coupling):
    """Both of these."""
    both = wandering(name, rng, coupling)
    return tuple(x + 0.2 * x.std() * rng.standard_normal(len(x)) for x in both)


def sluggish(name, rng, coupling, n=2400):
    """b follows what a low-pass of two seconds leaves of a."""
    pole, lag = np.exp(-0.5 / RATE_HZ), round(LAG_S * RATE_HZ)
    source, own = standard(SERIES[name](rng, n + lag)), standard(SERIES[name](rng, n))
    slow = standard(signal.lfilter([1 - pole], [1, -pole], source))
    return source[lag:], coupling * slow[:n] + np.sqrt(1 - coupling**2) * own


def half(name, rng, coupling):
    """Coupled in the first half of the session only."""
    (a, b), (_, own) = pair(name, rng, coupling), pair(name, rng)
    return a, np.where(np.arange(len(b)) < len(b) // 2, b, own)


def trending(name, rng, coupling):
    """Both follow one slow sinusoid of one standard deviation."""
    a, b = pair(name, rng, coupling)
    slow = np.sqrt(2) * np.sin(2 * np.pi * (np.linspace(0, 1, len(a)) + rng.random()))
    return a + slow, b + slow


HARD = {
    "white noise on both": noisy,
    "wandering lag": wandering,
    "noise and wandering lag": noisy_wandering,
    "sluggish follower": sluggish,
    "coupled half the time": half,
}


def standard(x):
    return (x - x.mean()) / x.std()


def _autoregressive(rng, n, coefficients):
    return signal.lfilter([1.0], coefficients, rng.standard_normal(n + SETTLING))[SETTLING:]
