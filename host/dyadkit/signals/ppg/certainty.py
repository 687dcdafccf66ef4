"""Certainty of each beat of the best sequence, against every other sequence of beats.

The scores of the dynamic programming are taken as logarithms of odds; the forward–backward
recursion (Rabiner 1989, Proc IEEE 77(2)) then sums over all sequences what the best path only
maximises. A beat that several sequences place differently is a guess, however good it looks.
"""

import math

import numpy as np

from dyadkit.dyad.arrays import Floats, Ints
from dyadkit.signals.ppg.path import Lattice
from dyadkit.signals.ppg.waveform import WORKING_HZ

SHARPNESS = 4.0  # log odds that one unit of evidence is worth
NEAR = int(0.08 * WORKING_HZ)  # sequences that agree this closely mean the same beat


def certainty(lattice: Lattice, at: Ints) -> Floats:
    """Probability that a beat lies within 80 ms of each `at`, shape (beats,), 0..1."""
    if len(lattice) == 0:
        return np.zeros(len(at))
    share = np.cumsum(np.r_[0.0, _probability(lattice)])
    low = np.searchsorted(lattice.at, at - NEAR)
    high = np.searchsorted(lattice.at, at + NEAR, side="right")
    return np.asarray(np.clip(share[high] - share[low], 0.0, 1.0))


def _probability(lattice: Lattice) -> Floats:
    """Probability that each moment is a beat, shape (m,).

    Backwards from the last moment, each hands its probability to the beats that may have come
    before it, in proportion to their weight among all that may (`reached` without its own gain).

    1. Each starts with the probability that it is the last beat: `ends` against all ends, the 0.0
       being the sequence without any beat.
    2. It gets what later beats handed to it across an ordinary interval; that was added when they
       had their turn, at the end of the loop.
    3. It gets its share of what later beats hand back across silence: those whose ordinary
       intervals all begin after k (`first` > k). As k falls they only become more, so their sum is
       kept in `resting`, without the factor of k that is put in here.

    `resting` is a logarithm, since its terms differ by hundreds of powers of e: a moment of
    probability 0 has none to add, and min(…, 0.0) keeps rounding from a share above 1.
    """
    reached = _forward(lattice)
    gain, silence = SHARPNESS * lattice.gain, SHARPNESS * lattice.silence
    ends = reached + silence
    probability = np.exp(ends - np.logaddexp.reduce(np.r_[0.0, ends]))
    resting, later = -math.inf, len(lattice) - 1
    for k in range(len(lattice) - 1, -1, -1):
        while later > k and lattice.first[later] > k:
            if probability[later] > 0:
                own = reached[later] - gain[later] + silence[later]
                resting = _sum(resting, math.log(probability[later]) - own)
            later -= 1
        probability[k] += math.exp(min(reached[k] + silence[k] + resting, 0.0))
        low, high = lattice.first[k], lattice.last[k]
        if high > low:
            step = reached[low:high] - SHARPNESS * lattice.prices(k) - (reached[k] - gain[k])
            probability[low:high] += probability[k] * np.exp(step)
    return np.asarray(probability)


def _forward(lattice: Lattice) -> Floats:
    """Log weight of all sequences that end at each moment, shape (m,): `best_path` with sums."""
    gain, silence = SHARPNESS * lattice.gain, SHARPNESS * lattice.silence
    reached = np.empty(len(lattice))
    paused, seen = 0.0, 0
    for j, (low, high) in enumerate(zip(lattice.first, lattice.last, strict=True)):
        while seen < low:
            paused = _sum(paused, reached[seen] + silence[seen])
            seen += 1
        total = paused - silence[j]
        if high > low:
            steps = reached[low:high] - SHARPNESS * lattice.prices(j)
            top = steps.max()
            total = _sum(total, top + math.log(np.exp(steps - top).sum()))
        reached[j] = total + gain[j]
    return reached


def _sum(one: float, other: float) -> float:
    """Logarithm of the sum of two weights given by their logarithms."""
    high, low = (one, other) if one > other else (other, one)
    return high + math.log1p(math.exp(low - high)) if low > -math.inf else high
