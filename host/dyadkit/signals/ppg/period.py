"""Local beat period around each moment: first from the wave itself, then from found beats."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from dyadkit.dyad.arrays import Floats, Ints
from dyadkit.signals.ppg.waveform import WORKING_HZ, Waveform

WINDOW = int(8 * WORKING_HZ)
HOP = int(WORKING_HZ)
MIN_PERIOD_S, MAX_PERIOD_S, LAGS = 0.21, 2.0, 140
USUAL_S = 0.7
CLIP = 9.0  # times the median absolute slope: a jerk must not own the correlation
NEIGHBOURS = 20  # beats on each side that vote on the local period
MEMORY_S = 7.0


def from_wave(wave: Waveform) -> Floats:
    """Local period in seconds, shape (n,), by tracking the autocorrelation of the slope.

    A Viterbi track over log-spaced lags: steady, free to jump at a price, and leaning towards the
    shorter of two lags that explain the wave equally well.
    """
    lags_s = np.geomspace(MIN_PERIOD_S, MAX_PERIOD_S, LAGS)
    likeness = _autocorrelation(wave.slope, lags_s)
    octaves = np.log2(lags_s / USUAL_S)
    track = _viterbi(likeness - 0.075 * octaves**2 - 0.1 * octaves, np.log(lags_s))
    centres = np.arange(len(track)) * HOP
    return np.interp(np.arange(len(wave)), centres, lags_s[track])


def from_beats(at: Ints, weight: Floats, n: int) -> Floats:
    """Local period in seconds, shape (n,): weighted median of the log intervals around."""
    centres_s = (at[1:] + at[:-1]) / (2 * WORKING_HZ)
    logs = np.log(np.diff(at) / WORKING_HZ)
    weights = np.maximum(np.minimum(weight[1:], weight[:-1]), 0.05)
    around = [_around(x, fill) for x, fill in ((centres_s, np.inf), (logs, 0.0), (weights, 0.0))]
    near = around[2] * np.exp(-np.abs(around[0] - centres_s[:, None]) / MEMORY_S)
    order = np.argsort(around[1], axis=1)
    shares = np.cumsum(np.take_along_axis(near, order, axis=1), axis=1)
    middle = np.argmax(shares >= 0.5 * shares[:, -1:], axis=1)
    median = np.take_along_axis(around[1], order, axis=1)[np.arange(len(logs)), middle]
    return np.asarray(np.exp(np.interp(np.arange(n) / WORKING_HZ, centres_s, median)))


def _around(values: Floats, fill: float) -> Floats:
    padded = np.pad(values, NEIGHBOURS, constant_values=fill)
    return sliding_window_view(padded, 2 * NEIGHBOURS + 1)


def _autocorrelation(slope: Floats, lags_s: Floats) -> Floats:
    """Shape (windows, lags): normalised and corrected for the taper."""
    padded = np.pad(slope, WINDOW // 2)
    cut = sliding_window_view(padded, WINDOW)[::HOP]
    limit = CLIP * np.median(np.abs(cut), axis=1, keepdims=True)
    cut = np.clip(cut, -limit, limit)
    cut = cut - cut.mean(axis=1, keepdims=True)
    taper = np.hanning(WINDOW)
    raw = _acf(cut * taper)
    at = lags_s * WORKING_HZ
    return _at(raw, at) / (raw[:, :1] + 1e-300) / _at(_acf(taper[None]) / (taper**2).sum(), at)


def _acf(windows: Floats) -> Floats:
    spectrum = np.abs(np.fft.rfft(windows, 2 * WINDOW, axis=1)) ** 2
    return np.asarray(np.fft.irfft(spectrum, axis=1)[:, :WINDOW])


def _at(rows: Floats, at: Floats) -> Floats:
    left = at.astype(int)
    share = at - left
    return np.asarray(rows[:, left] * (1 - share) + rows[:, left + 1] * share)


def _viterbi(gain: Floats, states: Floats) -> Ints:
    jump = -np.minimum(4.0 * np.abs(states[:, None] - states[None, :]), 0.9)
    everyone = np.arange(len(states))
    score, came_from = gain[0], []
    for row in gain[1:]:
        reached = score[:, None] + jump
        best = reached.argmax(axis=0)
        came_from.append(best)
        score = reached[best, everyone] + row
    track = [int(score.argmax())]
    for best in reversed(came_from):
        track.append(int(best[track[-1]]))
    return np.array(track[::-1])
