"""Surprises of one series, what its own past does not predict: where arousal rises suddenly."""

import numpy as np

from dyadkit.dyad.arrays import Floats, Ints
from dyadkit.synchrony.directed.regression import lagged

ORDER = 8
CLIPPED = 3.0
PREDICTED = 1e-9
"""A spread below this share of the series' own is rounding: such a series never surprises."""
_SPREAD = 1.4826
_PASSES = 3


def surprises(series: Floats) -> tuple[Floats, float]:
    """Each sample less what the eight before it predict, shape (n,), and its robust spread.

    The weights of the past are found without the surprises themselves, or rises would predict each
    other. 0 where samples are missing; all 0, with a spread of 0, where too few are there or the
    past predicts everything.
    """
    values = series - np.nanmean(series)
    past, now = lagged(values, 1, ORDER, ORDER), values[ORDER:]
    known = np.isfinite(now) & np.isfinite(past).all(axis=1)
    quiet, surprise, spread = known, np.zeros(len(now)), 0.0
    for _ in range(_PASSES if known.sum() > 2 * ORDER else 0):
        weights = np.linalg.lstsq(past[quiet], now[quiet], rcond=None)[0]
        surprise = np.where(known, now - np.nan_to_num(past) @ weights, 0.0)
        middle = float(np.median(surprise[known]))
        spread = _SPREAD * float(np.median(np.abs(surprise[known] - middle)))
        quiet = known & (np.abs(surprise - middle) < CLIPPED * spread)
        if quiet.sum() <= 2 * ORDER:
            break
    if not spread > PREDICTED * float(np.nanstd(values)):
        return np.zeros(len(values)), 0.0
    return np.concatenate([np.zeros(ORDER), surprise]), spread


def sharpest(series: Floats, onsets: Ints, peaks: Ints) -> Ints:
    """The samples before the most sudden step from each onset to its peak.

    The lowest sample before a peak may belong to a small rise of its own, well before: an answer to
    something in between would then seem to come first.
    """
    surprise, _ = surprises(series)
    steps = [
        onset + int(np.argmax(surprise[onset : peak + 1]))
        for onset, peak in zip(onsets, peaks, strict=True)
    ]
    return np.maximum(np.array(steps, dtype=np.int64) - 1, onsets)
