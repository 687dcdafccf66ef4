"""Choice among several LED colours, second by second, and the beats joined accordingly."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from dyadkit.dyad.arrays import Floats, Ints
from dyadkit.signals.ppg.beats import Beats, join
from dyadkit.signals.ppg.intervals import MIN_INTERVAL_S

COLOURS = ("ppg_ir", "ppg_green", "ppg_red", "ppg")
MARGIN = 0.15  # how much better another colour must be
PATIENCE_S = 10  # over how many seconds, so that one burst does not switch


def choose_colour(quality: Sequence[Floats]) -> Ints:
    """Index into `quality` of the colour to use in each second, shape (seconds,).

    Starts with the colour best at first and changes only when another is better by a margin,
    now and over the coming seconds: two colours see the same beat some milliseconds apart, so a
    change costs an interval.

    Parameters
    ----------
    quality : for each colour, the quality of each second; all of the same length

    Examples
    --------
    >>> import numpy as np
    >>> ir, red = np.full(30, 0.9), np.full(30, 0.8)
    >>> ir[15:] = 0.1
    >>> choose_colour([ir, red])[[0, 14, 15, 29]].tolist()
    [0, 0, 1, 1]
    """
    table = np.stack(quality)
    if table.shape[1] == 0:
        return np.empty(0, dtype=np.int64)
    ahead = _ahead(table)
    chosen = np.empty(table.shape[1], dtype=np.int64)
    current = int(ahead[:, 0].argmax())
    for second in range(table.shape[1]):
        best = int(ahead[:, second].argmax())
        gain = (ahead[best, second], table[best, second])
        if min(np.subtract(gain, (ahead[current, second], table[current, second]))) > MARGIN:
            current = best
        chosen[second] = current
    return chosen


def join_colours(channels: Sequence[Beats], colour: Ints) -> Beats:
    """Beats of the chosen colour of each second, end to end, none twice."""
    kept = [
        beats.where(colour[np.minimum(beats.times_s.astype(int), len(colour) - 1)] == index)
        for index, beats in enumerate(channels)
    ]
    beats = join(kept)
    apart = np.diff(beats.times_s, prepend=-np.inf) >= MIN_INTERVAL_S
    return replace(beats.where(apart), gaps_s=_all_lost(channels))


def _all_lost(channels: Sequence[Beats]) -> Floats:
    """Spans, shape (g, 2), in which no channel could see."""
    lost = channels[0].gaps_s
    for beats in channels[1:]:
        pairs = [
            (max(a, c), min(b, d))
            for a, b in lost
            for c, d in beats.gaps_s
            if max(a, c) < min(b, d)
        ]
        lost = np.array(pairs).reshape(-1, 2)
    return lost


def _ahead(table: Floats) -> Floats:
    """Mean quality over the coming `PATIENCE_S` seconds."""
    padded = np.pad(table, ((0, 0), (1, PATIENCE_S - 1)), mode="edge")
    padded[:, 0] = 0.0
    sums = np.cumsum(padded, axis=1)
    return np.asarray((sums[:, PATIENCE_S:] - sums[:, :-PATIENCE_S]) / PATIENCE_S)
