"""Take out what a known stimulus does to one person, so that what is left may tell of the other."""

import numpy as np
from scipy import signal

from dyadkit.arrays import ArrayLike, Floats
from dyadkit.errors import SignalError
from dyadkit.synchrony.chance.autoregression import burg, filled
from dyadkit.synchrony.grid import check_rate, checked_series

TAP_SPACING_S = 0.25
PASSES = 2
SAMPLES_PER_TAP = 5
LEAST_SHARE = 1e-10  # directions of the stimulus weaker than this are not told apart


def remove_stimulus(
    series: ArrayLike, stimulus: ArrayLike, rate_hz: float, span_s: float = 20.0
) -> Floats:
    """A person's series without its linear response to stimuli both people were given.

    The response, of any shape within the span, is fitted by generalised least squares: after
    filtering with the autoregression of what the last pass left. Ordinary least squares would leave
    enough of a strong stimulus to make nearly every pair look coupled.

    Parameters
    ----------
    series : shape (n,), NaN where missing
    stimulus : shape (n,) or (stimuli, n), complete: a time course, or 1 at events and 0 elsewhere
    rate_hz : samples per second
    span_s : how long a response may last

    Returns
    -------
    shape (n,), in the unit of `series`, NaN where it was missing

    Raises
    ------
    ValueError
        the stimulus has another length, or misses samples
    SignalError
        the series is too short for so long a response
    """
    check_rate(rate_hz)
    values = checked_series(series, rate_hz, "series")
    design = _responses(np.atleast_2d(np.array(stimulus, dtype=float)), rate_hz, span_s)
    if design.shape[1] != len(values):
        raise ValueError(f"the stimulus has {design.shape[1]} samples, the series {len(values)}")
    present = np.isfinite(values)
    if present.sum() < SAMPLES_PER_TAP * len(design):
        raise SignalError(
            f"{present.sum()} samples cannot tell a response of {span_s:g} s from noise: shorten "
            "span_s or record longer"
        )
    whole = filled(values)
    left = _residual(whole, design, np.array([1.0]), present.astype(float))
    for _ in range(PASSES):
        coefficients = np.trim_zeros(burg(left - left.mean()), "b")
        left = _residual(whole, design, coefficients, present.astype(float))
    return np.where(present, left, np.nan)


def _responses(stimuli: Floats, rate_hz: float, span_s: float) -> Floats:
    """Each stimulus delayed by every tap of a response, and a line; shape (regressors, n)."""
    if stimuli.ndim != 2 or not np.isfinite(stimuli).all():
        raise ValueError("the stimulus must be of shape (n,) or (stimuli, n), without gaps")
    if not span_s > 0.0:
        raise ValueError(f"span_s must be a positive time, not {span_s}")
    spacing = max(1, round(TAP_SPACING_S * rate_hz))
    tap = signal.windows.triang(2 * spacing - 1)
    rows = [np.ones(stimuli.shape[1]), np.linspace(-1.0, 1.0, stimuli.shape[1])]
    for stimulus in stimuli:
        smooth = signal.lfilter(tap, [1.0], stimulus - stimulus.mean())
        for delay in range(0, round(span_s * rate_hz) + 1, spacing):
            rows.append(np.concatenate([np.zeros(delay), smooth[: len(smooth) - delay]]))
    return np.array(rows)


def _residual(whole: Floats, design: Floats, coefficients: Floats, weights: Floats) -> Floats:
    """What regression leaves, fitted to both sides filtered by an autoregression."""
    settled = len(coefficients) - 1
    target = signal.lfilter(coefficients, [1.0], whole)[settled:] * weights[settled:]
    filtered = signal.lfilter(coefficients, [1.0], design, axis=1)[:, settled:] * weights[settled:]
    inverse = np.linalg.pinv(filtered @ filtered.T, rcond=LEAST_SHARE, hermitian=True)
    return np.asarray(whole - (inverse @ (filtered @ target)) @ design)
