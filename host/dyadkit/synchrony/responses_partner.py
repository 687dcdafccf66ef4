"""What one person does after the other's arousal peaks, and how both settle again.

An answer above chance is not yet an influence: both may answer the same event. The chance level
keeps both people's own rhythms and breaks only the timing between them.
"""

import math
from dataclasses import dataclass
from enum import Enum

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from scipy import fft

from dyadkit.arrays import ArrayLike, Bools, Floats, Ints
from dyadkit.result import Result
from dyadkit.synchrony import misalignment
from dyadkit.synchrony.directed.regression import lagged
from dyadkit.synchrony.grid import checked_pair
from dyadkit.synchrony.responses_events import PEAKS, Events, Peaks, arousal_peaks
from dyadkit.synchrony.responses_recovery import Recovery, recovery

LEVEL = 0.05
HISTORY_S = 5.0


class Direction(Enum):
    """Which way the partner answers a rise."""

    AMPLIFYING = "amplifying"
    COMPENSATING = "compensating"
    NONE = "none"


@dataclass(frozen=True, slots=True, eq=False)
class Answer(Result):
    """How one person answers the other's arousal peaks.

    direction : rising with the other, falling, or neither beyond chance (p above 0.05)
    change : the most outstanding mean change within `edge_s` after an onset that the answering
        person's own past does not foretell, in standard deviations
    p : how rarely shifted onsets are followed by so outstanding a change, either way
    probability, chance_probability : share of events answered by at least half a `least_rise` in
        that direction, and the same by chance; NaN without a direction
    latency_s : how much later the answer is; NaN without a direction
    times_s, course : shape (k,), mean course of the answering person around onsets at 0 s
    events : how many peaks it rests on
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


@dataclass(frozen=True, slots=True, eq=False)
class PartnerResponse(Result):
    """Answers both ways and recovery of both; `a_to_b` is how b answers a's peaks."""

    a_to_b: Answer
    b_to_a: Answer
    recovery_a: Recovery
    recovery_b: Recovery
    null: str
    coverage: float
    rate_hz: float
    least_rise: float
    window_s: float


def partner_response(
    a: ArrayLike, b: ArrayLike, rate_hz: float, settings: Peaks = PEAKS
) -> PartnerResponse:
    """How each person answers the other's arousal peaks, and how fast each settles again.

    Parameters
    ----------
    a, b : shape (n,), any measure of arousal that rises (µS, beats a minute), one uniform grid;
        NaN is missing

    Raises
    ------
    ValueError
        different lengths, a rate that is not positive
    SignalError
        too short for circular shifts, constant, mostly missing, fewer than five peaks

    References
    ----------
    Wass et al. 2021 (allostasis and metastasis); Coan, Schaefer & Davidson 2006 (buffering)
    """
    x, y = checked_pair(a, b, rate_hz)
    shifts = misalignment.admissible(len(x), misalignment.least_shift(rate_hz, settings.window_s))
    of_a, of_b = (
        arousal_peaks(series, rate_hz, settings, name) for series, name in ((x, "a"), (y, "b"))
    )
    return PartnerResponse(
        a_to_b=_answer((x, y), of_a, rate_hz, settings, shifts),
        b_to_a=_answer((y, x), of_b, rate_hz, settings, shifts),
        recovery_a=recovery(of_a, _around(of_b, len(x), rate_hz, settings), rate_hz, shifts),
        recovery_b=recovery(of_b, _around(of_a, len(x), rate_hz, settings), rate_hz, shifts),
        null=f"all {len(shifts)} circular shifts of the partner",
        coverage=float(np.mean(np.isfinite(x) & np.isfinite(y))),
        rate_hz=rate_hz,
        least_rise=settings.least_rise,
        window_s=settings.window_s,
    )


def _answer(
    pair: tuple[Floats, Floats], events: Events, rate_hz: float, settings: Peaks, shifts: Ints
) -> Answer:
    """How the second of a pair answers the first one's events."""
    leader, partner = (series / np.nanstd(series) for series in pair)
    edges = _edges(partner, events.onsets, rate_hz, settings)
    spread = edges[shifts].std(axis=0)
    outstanding = np.abs(edges / np.where(spread > 0.0, spread, np.inf)).max(axis=1)
    p = misalignment.p_among(float(outstanding[0]), outstanding[shifts])
    steepest = int(np.argmax(np.abs(edges[0]) / np.where(spread > 0.0, spread, np.inf)))
    change = float(edges[0, steepest])
    direction = _direction(change, p)
    answered, by_chance = _answered(partner, direction, events.onsets, rate_hz, settings, shifts)
    times_s, course = _course(partner, events.onsets, rate_hz, settings)
    _, own = _course(leader, events.onsets, rate_hz, settings)
    return Answer(
        direction=direction,
        change=change,
        p=p,
        probability=answered,
        chance_probability=by_chance,
        latency_s=_latency(own, course, direction, settings.window_s * rate_hz) / rate_hz,
        times_s=times_s,
        course=course,
        events=len(events),
    )


def _edges(series: Floats, onsets: Ints, rate_hz: float, settings: Peaks) -> Floats:
    """Mean unexpected change across `edge_s` around each latency, at every shift of the onsets.

    Unexpected is what the person's own past does not foretell: a person who settles after an own
    peak does not thereby answer the other. shape (n, latencies); row 0 belongs to the onsets as
    they are.
    """
    samples = len(series)
    surprise = _surprise(series, rate_hz)
    known = np.isfinite(surprise)
    spectrum = fft.rfft(np.bincount(onsets, minlength=samples).astype(float)).conj()
    sums, counts = (
        fft.irfft(fft.rfft(values) * spectrum, samples)
        for values in (np.where(known, surprise, 0.0), known.astype(float))
    )
    width = max(1, round(settings.edge_s * rate_hz))
    mean = np.roll(sums / np.maximum(counts, 1.0), width // 2)
    latencies = np.arange(0, round(settings.window_s * rate_hz) + 1)
    summed = sliding_window_view(np.concatenate([mean, mean[: width - 1]]), width).sum(axis=1)
    return np.asarray(summed[(np.arange(samples)[:, None] + latencies) % samples])


def _surprise(series: Floats, rate_hz: float) -> Floats:
    """What remains of a series after prediction from its own past; NaN where that has gaps."""
    longest = max(2, round(HISTORY_S * rate_hz))
    past = lagged(series, 1, longest, longest)
    now = series[longest:]
    design = np.column_stack([np.ones(len(now)), past])
    known = np.isfinite(now) & np.isfinite(past).all(axis=1)
    weights = np.linalg.lstsq(design[known], now[known], rcond=None)[0]
    return np.concatenate([np.full(longest, np.nan), now - design @ weights])


def _answered(
    series: Floats,
    direction: Direction,
    onsets: Ints,
    rate_hz: float,
    settings: Peaks,
    shifts: Ints,
) -> tuple[float, float]:
    """Share of onsets followed by an answer in the direction, and the mean share by chance."""
    if direction is Direction.NONE:
        return math.nan, math.nan
    sign = 1.0 if direction is Direction.AMPLIFYING else -1.0
    window = max(1, round(settings.window_s * rate_hz))
    half = max(1, round(settings.edge_s * rate_hz / 2.0))
    change = sign * (np.roll(series, -half) - np.roll(series, half))
    wrapped = np.concatenate([change, change[:window]])
    known = np.isfinite(wrapped)
    largest = sliding_window_view(np.where(known, wrapped, -np.inf), window + 1).max(axis=1)
    answers = np.where(np.isfinite(largest), largest >= settings.least_rise / 2.0, np.nan)
    places = (onsets + np.concatenate([[0], shifts])[:, None]) % len(series)
    seen = np.isfinite(answers)[places]
    shares = np.nan_to_num(answers)[places].sum(axis=1) / np.maximum(seen.sum(axis=1), 1)
    return float(shares[0]), float(shares[1:].mean())


def _direction(change: float, p: float) -> Direction:
    if not p <= LEVEL:
        return Direction.NONE
    return Direction.AMPLIFYING if change > 0.0 else Direction.COMPENSATING


def _course(series: Floats, onsets: Ints, rate_hz: float, settings: Peaks) -> tuple[Floats, Floats]:
    """Mean course around onsets, from one window before to two after, relative to before."""
    window = round(settings.window_s * rate_hz)
    steps = np.arange(-window, 2 * window + 1)
    places = onsets[:, None] + steps
    inside = (places >= 0) & (places < len(series))
    values = np.where(inside, series[np.clip(places, 0, len(series) - 1)], np.nan)
    known = np.isfinite(values)
    sums, counts = np.where(known, values, 0.0).sum(axis=0), known.sum(axis=0)
    course = np.full(len(steps), np.nan)
    np.divide(sums, counts, out=course, where=counts > 0)
    return steps / rate_hz, course


def _latency(own: Floats, answer: Floats, direction: Direction, reach: float) -> float:
    """Samples by which the answer's mean course trails the event's own; NaN without direction."""
    if direction is Direction.NONE:
        return math.nan
    turned = answer if direction is Direction.AMPLIFYING else -answer
    lags = np.arange(round(reach) + 1)
    start, length = round(reach) // 2, len(own) - round(reach) - round(reach) // 2
    ours = own[start : start + length]
    likeness = np.array(
        [_correlation(ours, turned[start + lag : start + lag + length]) for lag in lags]
    )
    best = int(np.argmax(likeness))
    if not 0 < best < len(lags) - 1:
        return float(best)
    left, middle, right = likeness[best - 1 : best + 2]
    return best + 0.5 * float((left - right) / (left - 2.0 * middle + right))


def _correlation(x: Floats, y: Floats) -> float:
    known = np.isfinite(x) & np.isfinite(y)
    if known.sum() < 3 or np.ptp(x[known]) == 0.0 or np.ptp(y[known]) == 0.0:
        return -1.0
    return float(np.corrcoef(x[known], y[known])[0, 1])


def _around(events: Events, samples: int, rate_hz: float, settings: Peaks) -> Bools:
    """Which samples lie within the window of one of the partner's onsets."""
    near = np.zeros(samples, dtype=bool)
    window = round(settings.window_s * rate_hz)
    for onset in events.onsets:
        near[onset : onset + window + 1] = True
    return near
