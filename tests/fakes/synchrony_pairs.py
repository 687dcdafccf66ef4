"""Pairs of arousal-like series with known coupling."""

import numpy as np
from scipy import signal

RATE_HZ = 4.0


def autoregressive(rng, n=2400, coefficient=0.95):
    return signal.lfilter([1.0], [1.0, -coefficient], rng.standard_normal(n + 500))[500:]


def coupled(rng, coupling=0.0, lag_s=1.5, n=2400, rate_hz=RATE_HZ):
    """(a, b): b follows a by `lag_s` with correlation `coupling`."""
    lag = round(lag_s * rate_hz)
    source = autoregressive(rng, n + abs(lag))
    source, own = source / source.std(), autoregressive(rng, n)
    shifted = source[:n] if lag >= 0 else source[-lag:]
    a = source[lag:] if lag >= 0 else source[:n]
    return a, coupling * shifted + np.sqrt(1 - coupling**2) * own / own.std()
