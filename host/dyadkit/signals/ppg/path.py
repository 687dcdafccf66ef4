"""Most plausible sequence of beats: dynamic programming over evidence and rhythm."""

from dataclasses import dataclass

import numpy as np

from dyadkit.dyad.arrays import Bools, Floats, Ints
from dyadkit.signals.ppg.waveform import WORKING_HZ

CELL = 2  # working samples: one possible beat per cell
FLOOR = -0.64  # evidence of a moment that does not look like a beat at all
MIN_INTERVAL_S, MAX_INTERVAL_S = 0.2, 2.6
SPREAD = 0.17  # of the log interval in a steady rhythm
SURPRISE = 2.0  # the most one interval costs: ectopic beats are rare, not impossible
MISSED = 1.6  # the price per log interval of beats left out
SILENCE = 0.5  # the price per expected beat of a stretch without beats
ROWS = 8192  # moments priced at once: some megabytes
# Logarithm of the length of an interval of so many working samples.
LOG_LENGTHS = np.log(np.maximum(np.arange(int(MAX_INTERVAL_S * WORKING_HZ) + 2), 1) / WORKING_HZ)


@dataclass(frozen=True, slots=True, eq=False)
class Rhythm:
    """Expected inter-beat interval around each moment; arrays of shape (n,).

    period_s : usual interval
    stiffness : how much the expected rhythm weighs against the evidence
    """

    period_s: Floats
    stiffness: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Lattice:
    """Moments that may be beats, and what it costs to step between them; arrays of shape (m,).

    at : working-sample indices, increasing
    gain : evidence of each
    silence : price of no beat from the beginning of the record until each
    first, last : the moments first[j] ≤ i < last[j] may be the beat before j
    surprise : for each moment in turn, the price of each of those intervals; shape (steps,)
    start : where in it those of a moment begin
    """

    at: Ints
    gain: Floats
    silence: Floats
    first: Ints
    last: Ints
    surprise: Floats
    start: Ints

    @classmethod
    def of(cls, evidence: Floats, rhythm: Rhythm, loose: float = 0.3) -> "Lattice":
        """The moments worth a look.

        Where the stiffness is above `loose` beats may lie anywhere, so that a rhythm carries on
        through noise; elsewhere only where the evidence peaks.
        """
        at: Ints = _places(evidence, rhythm.stiffness > loose)
        times_s = at / WORKING_HZ
        first = np.searchsorted(times_s, times_s - MAX_INTERVAL_S)
        last = np.searchsorted(times_s, times_s - MIN_INTERVAL_S)
        start = np.cumsum(np.maximum(last - first, 0)) - np.maximum(last - first, 0)
        surprise = [
            _prices(at, first, last, rhythm, slice(row, row + ROWS))
            for row in range(0, max(len(at), 1), ROWS)
        ]
        silence = (np.cumsum(1 / rhythm.period_s) / WORKING_HZ)[at] * SILENCE
        return cls(at, evidence[at], silence, first, last, np.concatenate(surprise), start)

    def prices(self, moment: int) -> Floats:
        """Price of the interval from each moment that may be the beat before, shape (steps,)."""
        start = self.start[moment]
        return self.surprise[start : start + self.last[moment] - self.first[moment]]

    def __len__(self) -> int:
        return len(self.at)


def best_path(lattice: Lattice) -> Ints:
    """Working-sample indices of the beats, increasing, maximising evidence less surprise.

    `score[j]` is the most that a sequence can be worth whose last beat is j. Before j there was

    1. a beat i of first[j] ≤ i < last[j], 0.2 to 2.6 s earlier: its score less the surprise of
       that interval;
    2. a beat longer ago, and silence since. `silence` is counted from the beginning of the record,
       so that of all such beats the one with the highest score[i] + silence[i] is best for every
       later j: it is kept in `rested` while the window moves on (`first` never falls);
    3. no beat at all (`rested_from` is -1): silence from the beginning on. It is what `rested`
       starts with, until a beat is better.

    A beat less than 0.2 s earlier is never an answer. At the end silence follows the last beat;
    the silence of the whole record is the same for all, so adding silence[j] is enough. The path
    has at least one beat: whether it is one is for others to say.
    """
    if len(lattice) == 0:
        return lattice.at
    silence = lattice.silence
    score = np.empty(len(lattice))
    came_from = np.full(len(lattice), -1)
    rested, rested_from, seen = 0.0, -1, 0
    for j, (low, high) in enumerate(zip(lattice.first, lattice.last, strict=True)):
        while seen < low:
            if score[seen] + silence[seen] > rested:
                rested, rested_from = score[seen] + silence[seen], seen
            seen += 1
        score[j], came_from[j] = rested - silence[j], rested_from
        if high > low:
            reached = score[low:high] - lattice.prices(j)
            best = int(reached.argmax())
            if reached[best] > score[j]:
                score[j], came_from[j] = reached[best], low + best
        score[j] += lattice.gain[j]
    steps = _backwards(int((score + silence).argmax()), came_from)
    return np.asarray(lattice.at[steps])


def _prices(at: Ints, first: Ints, last: Ints, rhythm: Rhythm, rows: slice) -> Floats:
    """Price of every interval that ends at these rows, row after row."""
    count = np.maximum(last[rows] - first[rows], 0)
    row = np.repeat(np.arange(len(at))[rows], count)
    before = np.arange(len(row)) - np.repeat(np.cumsum(count) - count - first[rows], count)
    price = _surprise(LOG_LENGTHS[at[row] - at[before]] - np.log(rhythm.period_s[at])[row])
    return np.asarray(rhythm.stiffness[at][row] * price)


def _surprise(log_ratio: Floats) -> Floats:
    quadratic = 0.5 * (log_ratio / SPREAD) ** 2
    missed = MISSED * np.maximum(log_ratio - 0.35, 0.0)
    return np.asarray(np.minimum(quadratic, SURPRISE) + missed)


def _places(evidence: Floats, anywhere: Bools) -> Ints:
    cells = evidence[: len(evidence) // CELL * CELL].reshape(-1, CELL)
    best = cells.max(axis=1)
    at = np.arange(len(best)) * CELL + cells.argmax(axis=1)
    fenced = np.pad(best, 1, constant_values=-np.inf)
    peak = (best >= fenced[:-2]) & (best >= fenced[2:]) & (best > FLOOR)
    return np.asarray(at[peak | anywhere[at]])


def _backwards(end: int, came_from: Ints) -> Ints:
    steps = []
    while end >= 0:
        steps.append(end)
        end = int(came_from[end])
    return np.array(steps[::-1], dtype=np.int64)
