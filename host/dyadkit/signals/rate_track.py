"""A respiration rate followed over time: the most plausible course through uncertain evidence."""

from dataclasses import dataclass

import numpy as np

from dyadkit.dyad.arrays import Floats, Ints
from dyadkit.dyad.result import Result

USUAL_PER_MINUTE, USUAL_SPREAD = 15.0, 0.45  # adults at rest; the spread of the logarithm
WALK_PER_MINUTE = 0.6  # how far the rate goes from one step to the next
JUMP = 0.005  # probability of any other rate at the next step
NEAR_PER_MINUTE = 2.0
NEIGHBOURS = 2  # rates on each side whose evidence is for the same line


@dataclass(frozen=True, slots=True, eq=False)
class RateTrack(Result):
    """A rate over time; arrays of shape (n,).

    rate_per_minute, spread_per_minute : mean near the most probable rate; deviation over all
    probability : that the rate is within 2 per minute of the most probable
    support : log evidence of the moment itself for that rate
    best : index of the most probable of the rates
    """

    rate_per_minute: Floats
    spread_per_minute: Floats
    probability: Floats
    support: Floats
    best: Ints


def track(evidence: Floats, rates_per_minute: Floats, share_new: float) -> RateTrack:
    """Course of a rate that walks slowly and seldom jumps, by the forward–backward recursion.

    Parameters
    ----------
    evidence : shape (n, rates), log likelihood of each rate at each moment
    rates_per_minute : shape (rates,)
    share_new : how much of a moment's evidence the moment before did not have already

    References
    ----------
    Rabiner 1989, Proc IEEE 77(2), eqs. 19–27
    """
    if evidence.size == 0:
        nothing = np.full(len(evidence), np.nan)
        zero = np.zeros(len(evidence))
        return RateTrack(nothing, nothing, zero, zero, zero.astype(np.int64))
    logs = np.log(rates_per_minute / USUAL_PER_MINUTE)
    usual = _one(np.exp(-0.5 * (logs / USUAL_SPREAD) ** 2))
    probable = _probable(evidence * share_new, usual, _steps(rates_per_minute))
    best = probable.argmax(axis=1)
    off = rates_per_minute - rates_per_minute[best, None]
    near = np.where(np.abs(off) <= NEAR_PER_MINUTE, probable, 0.0)
    probability = near.sum(axis=1)
    mean = (probable * off).sum(axis=1, keepdims=True)
    around = np.clip(best[:, None] + np.arange(-NEIGHBOURS, NEIGHBOURS + 1), 0, len(logs) - 1)
    return RateTrack(
        rates_per_minute[best] + (near * off).sum(axis=1) / probability,
        np.sqrt((probable * (off - mean) ** 2).sum(axis=1)),
        probability,
        np.take_along_axis(evidence, around, axis=1).max(axis=1),
        np.asarray(best),
    )


def _steps(rates_per_minute: Floats) -> Floats:
    """Probability of each rate after each, shape (before, after)."""
    apart = rates_per_minute[:, None] - rates_per_minute[None, :]
    walk = np.exp(-0.5 * (apart / WALK_PER_MINUTE) ** 2)
    walk /= walk.sum(axis=1, keepdims=True)
    return np.asarray((1 - JUMP) * walk + JUMP / len(rates_per_minute))


def _probable(evidence: Floats, usual: Floats, steps: Floats) -> Floats:
    """Probability of each rate at each moment given all moments, shape (n, rates)."""
    likely = np.exp(evidence - evidence.max(axis=1, keepdims=True))
    probable = np.empty_like(likely)
    probable[0] = _one(usual * likely[0])
    for now in range(1, len(likely)):
        probable[now] = _one((probable[now - 1] @ steps) * likely[now])
    later = np.ones(len(usual))
    for now in range(len(likely) - 2, -1, -1):
        later = _one(steps @ (likely[now + 1] * later))
        probable[now] = _one(probable[now] * later)
    return np.asarray(probable)


def _one(weights: Floats) -> Floats:
    """The same weights, their sum 1."""
    return np.asarray(weights / weights.sum())
