"""Answers of one person to the other's arousal peaks: how often, how soon, in which direction."""

import math
from dataclasses import dataclass
from enum import Enum

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from scipy import fft, stats

from dyadkit.dyad.arrays import Bools, Floats, Ints
from dyadkit.dyad.result import Result
from dyadkit.synchrony import misalignment
from dyadkit.synchrony.directed.regression import lagged
from dyadkit.synchrony.responses.events import Events, Peaks, bridged, rises
from dyadkit.synchrony.responses.surprise import sharpest

LEVEL = 0.05
HISTORY_S = 5.0
DITHER = 0.05


class Direction(Enum):
    """Direction of an answer: which way the partner answers a rise."""

    AMPLIFYING = "amplifying"
    COMPENSATING = "compensating"
    NONE = "none"


@dataclass(frozen=True, slots=True, eq=False)
class Answer(Result):
    """Answer of one person to the other's arousal peaks.

    Only peaks count that the answering person did not just rise before (`events` of `peaks`):
    what follows those is the answering person's own doing.

    direction : rising with the other, falling, or neither beyond chance (p above 0.05)
    change : the most outstanding mean change within `edge_s` after an onset that the answering
        person's own past does not predict, in standard scores
    p : how rarely shifted onsets are followed by so outstanding a change, either way
    probability, chance_probability : share of events within `window_s` of which the answering
        person begins to rise (or fall, when compensating), and the same at shifted onsets
    latency_s : how much later the answer is; NaN without a direction
    times_s, course : shape (k,), mean course of the answering person around onsets at 0 s
    """

    direction: Direction
    change: float
    p: float
    probability: float
    chance_probability: float
    latency_s: float
    times_s: Floats
    course: Floats
    events: int
    peaks: int


def answer(
    pair: tuple[Floats, Floats],
    events: Events,
    rate_hz: float,
    settings: Peaks,
    shifts: Ints,
    seed: int = 0,
) -> Answer:
    """How the second of a pair answers the first one's events."""
    leader, partner = pair
    began = sharpest(leader, events.onsets, events.peaks)
    free = _free(rises(partner, rate_hz, settings), len(partner), rate_hz, settings)
    surprise = _surprise(partner, rate_hz, seed)
    edges = _edges(surprise, began, free, rate_hz, settings)
    spread = edges[shifts].std(axis=0)
    standard = edges / np.where(spread > 0.0, spread, np.inf)
    outstanding = np.abs(standard).max(axis=1)
    p = misalignment.p_among(float(outstanding[0]), outstanding[shifts])
    change = float(edges[0, int(np.argmax(np.abs(standard[0])))])
    direction = _direction(change, p)
    shares = _shares(partner, direction, began, free, rate_hz, settings)
    onsets = began[free[began]]
    times_s, course = _course(partner, onsets, rate_hz, settings)
    _, own = _course(leader, onsets, rate_hz, settings)
    return Answer(
        direction=direction,
        change=change,
        p=p,
        probability=float(shares[0]),
        chance_probability=float(np.nanmean(shares[shifts])),
        latency_s=_latency(own, course, direction, settings.window_s * rate_hz) / rate_hz,
        times_s=times_s,
        course=course,
        events=len(onsets),
        peaks=len(events),
    )


def _latencies(rate_hz: float, settings: Peaks) -> Ints:
    soonest = max(1, round(settings.soonest_s * rate_hz))
    return np.arange(soonest, round(settings.window_s * rate_hz) + 1)


def _free(onsets: Ints, samples: int, rate_hz: float, settings: Peaks) -> Bools:
    """Moments not within `quiet_s` after one of the answering person's own onsets."""
    free = np.ones(samples, dtype=bool)
    window = round(settings.quiet_s * rate_hz)
    for onset in onsets:
        free[onset : onset + window + 1] = False
    return free


def _edges(surprise: Floats, onsets: Ints, free: Bools, rate_hz: float, settings: Peaks) -> Floats:
    """Mean unexpected change within `edge_s` after each latency, at every shift of the onsets.

    Unexpected is what the person's own past does not predict: a person who settles after an own
    peak does not thereby answer the other. shape (n, latencies); row 0 belongs to the onsets as
    they are. At every shift the same rule decides which onsets count.
    """
    samples = len(surprise)
    width = max(1, round(settings.edge_s * rate_hz))
    latencies = _latencies(rate_hz, settings)
    wrapped = np.concatenate([surprise, surprise[: width + latencies[-1]]])
    changes = sliding_window_view(wrapped, width).mean(axis=1)[
        np.arange(samples)[:, None] + latencies
    ]
    known = free[:, None] & np.isfinite(changes)
    counts = _summed(known.astype(float), onsets)
    sums = _summed(np.where(known, changes, 0.0), onsets)
    return np.asarray(np.where(counts > 0.5, sums / np.maximum(counts, 1.0), 0.0))


def _summed(columns: Floats, onsets: Ints) -> Floats:
    """Sum of each column over the onsets at every circular shift of them, shape as `columns`."""
    samples = len(columns)
    train = fft.rfft(np.bincount(onsets, minlength=samples).astype(float)).conj()
    return np.asarray(fft.irfft(fft.rfft(columns, axis=0) * train[:, None], samples, axis=0))


def _surprise(series: Floats, rate_hz: float, seed: int) -> Floats:
    """What remains of a series after prediction from its own past, as normal scores.

    Scores, because a few large responses of a person's own would hide all others. Noise of a
    twentieth of the series' spread is added (the same for a seed): a smoothed series predicts
    itself so well that what remains would be rounding, and its scores nonsense. NaN where the past
    has gaps.
    """
    order = max(2, round(HISTORY_S * rate_hz))
    dither = np.random.default_rng(seed).standard_normal(len(series))
    series = series + DITHER * float(np.nanstd(series)) * dither
    past = lagged(series, 1, order, order)
    now = series[order:]
    design = np.column_stack([np.ones(len(now)), past])
    known = np.isfinite(now) & np.isfinite(past).all(axis=1)
    weights = np.linalg.lstsq(design[known], now[known], rcond=None)[0]
    ranks = stats.rankdata((now - design @ weights)[known])
    surprise = np.full(len(series), np.nan)
    surprise[order:][known] = stats.norm.ppf((ranks - 0.5) / len(ranks))
    return surprise


def _shares(
    series: Floats,
    direction: Direction,
    onsets: Ints,
    free: Bools,
    rate_hz: float,
    settings: Peaks,
) -> Floats:
    """Share of free onsets followed by an own rise (or fall), at every shift, shape (n,)."""
    turned = -series if direction is Direction.COMPENSATING else series
    latencies = _latencies(rate_hz, settings)
    begun = np.bincount(rises(turned, rate_hz, settings), minlength=len(series))
    ahead = np.concatenate([begun, begun])[latencies[0] :]
    answered = sliding_window_view(ahead, len(latencies)).max(axis=1)[: len(series)] > 0
    inside = free & np.isfinite(series)
    counts = _summed(inside[:, None].astype(float), onsets)[:, 0]
    sums = _summed((inside & answered)[:, None].astype(float), onsets)[:, 0]
    return np.asarray(np.where(counts > 0.5, sums / np.maximum(counts, 1.0), np.nan))


def _direction(change: float, p: float) -> Direction:
    if not p <= LEVEL:
        return Direction.NONE
    return Direction.AMPLIFYING if change > 0.0 else Direction.COMPENSATING


def _course(series: Floats, onsets: Ints, rate_hz: float, settings: Peaks) -> tuple[Floats, Floats]:
    """Mean course around onsets, from one window before to three after, in standard deviations."""
    window = round(settings.window_s * rate_hz)
    steps = np.arange(-window, 3 * window + 1)
    places = onsets[:, None] + steps
    inside = (places >= 0) & (places < len(series))
    values = np.where(inside, series[np.clip(places, 0, len(series) - 1)], np.nan)
    known = np.isfinite(values)
    sums, counts = np.where(known, values, 0.0).sum(axis=0), known.sum(axis=0)
    course = np.full(len(steps), np.nan)
    np.divide(sums, counts, out=course, where=counts > 0)
    return steps / rate_hz, (course - np.nanmean(series)) / np.nanstd(series)


def _latency(own: Floats, answer: Floats, direction: Direction, reach: float) -> float:
    """Samples by which the answer's mean course trails the event's own; NaN without direction.

    Courses are compared by their changes: both start from a level of their own.
    """
    if direction is Direction.NONE:
        return math.nan
    turned = answer if direction is Direction.AMPLIFYING else -answer
    rise, reply = np.diff(bridged(own)), np.diff(bridged(turned))
    lags = np.arange(round(reach) + 1)
    start, length = round(reach) // 2, 2 * round(reach)
    ours = rise[start : start + length]
    likeness = np.array(
        [_correlation(ours, reply[start + lag : start + lag + length]) for lag in lags]
    )
    best = int(np.argmax(likeness))
    if not 0 < best < len(lags) - 1:
        return float(best)
    left, middle, right = likeness[best - 1 : best + 2]
    return best + 0.5 * float((left - right) / (left - 2.0 * middle + right))


def _correlation(x: Floats, y: Floats) -> float:
    if np.ptp(x) == 0.0 or np.ptp(y) == 0.0:
        return -1.0
    return float(np.corrcoef(x, y)[0, 1])
