"""Removal of a known stimulus from one person's series: what is left may tell of the other."""

import numpy as np
from scipy import signal

from dyadkit.dyad.arrays import ArrayLike, Floats
from dyadkit.errors import SignalError
from dyadkit.synchrony.chance.autoregression import burg, filled
from dyadkit.synchrony.grid import check_rate, checked_series

FINEST_S = 0.25  # spacing of the response's supports right after the stimulus
COARSENING = 1.0 / 12.0  # later supports are apart by this share of their delay
PASSES = 2
SPANS_NEEDED = 5
MIN_SHARE = 1e-10  # directions of the stimulus weaker than this are not told apart


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

    Examples
    --------
    Two strangers who each saw the same film of twelve scenes:

    >>> from dyadkit.synchrony.coupling import couple
    >>> rng = np.random.default_rng(1)
    >>> scenes = np.bincount(rng.integers(0, 1200, 12), minlength=1200)
    >>> shown = 2.0 * np.convolve(scenes, np.exp(-np.arange(40) / 8.0))[:1200]
    >>> a, b = 0.1 * rng.standard_normal((2, 1200)).cumsum(axis=1) + shown
    >>> couple(a, b, rate_hz=4.0).p < 0.001                  # not because they met
    True
    >>> a, b = remove_stimulus(a, scenes, 4.0), remove_stimulus(b, scenes, 4.0)
    >>> couple(a, b, rate_hz=4.0).p > 0.2
    True

    References
    ----------
    Aitken 1936 (generalised least squares)
    """
    check_rate(rate_hz)
    values = checked_series(series, rate_hz, "series")
    design = _responses(np.atleast_2d(np.array(stimulus, dtype=float)), rate_hz, span_s)
    if design.shape[1] != len(values):
        raise ValueError(f"the stimulus has {design.shape[1]} samples, the series {len(values)}")
    present = np.isfinite(values)
    if present.sum() < SPANS_NEEDED * span_s * rate_hz:
        raise SignalError(
            f"{present.sum() / rate_hz:.0f} s of data cannot tell a response of {span_s:g} s from "
            f"noise, {SPANS_NEEDED} times as much is needed: shorten span_s or record longer"
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
    shapes = _response_shapes(rate_hz, span_s)
    rows = [np.ones(stimuli.shape[1]), np.linspace(-1.0, 1.0, stimuli.shape[1])]
    for stimulus in stimuli:
        centred = stimulus - stimulus.mean()
        rows += [signal.oaconvolve(centred, shape)[: len(centred)] for shape in shapes]
    return np.array(rows)


def _response_shapes(rate_hz: float, span_s: float) -> Floats:
    """Tents whose sum can be any response that gets smoother as it fades, shape (taps, samples)."""
    knots_s = [0.0]
    while knots_s[-1] < span_s:
        knots_s.append(knots_s[-1] + max(FINEST_S, 1.0 / rate_hz, knots_s[-1] * COARSENING))
    delays_s = np.arange(round(span_s * rate_hz) + 1) / rate_hz
    tents = [np.interp(delays_s, knots_s, one) for one in np.eye(len(knots_s))]
    return np.array([tent for tent in tents if tent.any()])


def _residual(whole: Floats, design: Floats, coefficients: Floats, weights: Floats) -> Floats:
    """What regression leaves, fitted to both sides filtered by an autoregression."""
    settled = len(coefficients) - 1
    target = signal.lfilter(coefficients, [1.0], whole)[settled:] * weights[settled:]
    filtered = signal.lfilter(coefficients, [1.0], design, axis=1)[:, settled:] * weights[settled:]
    inverse = np.linalg.pinv(filtered @ filtered.T, rcond=MIN_SHARE, hermitian=True)
    return np.asarray(whole - (inverse @ (filtered @ target)) @ design)
