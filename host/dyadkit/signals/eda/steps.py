"""Steps of skin conductance: an electrode that comes to lie elsewhere, and stays there.

A response rises for a second and is gone within half a minute; a step stays. Both may look alike
while they happen, so that a change is taken for a step only if the level itself took most of it
where it was free to, and held it for seconds after (a rise) or before (a fall).
"""

import numpy as np
from scipy.ndimage import maximum_filter1d

from dyadkit.dyad.arrays import Bools, Floats
from dyadkit.signals.eda.deconvolution import HUMAN
from dyadkit.signals.eda.fit import Fit
from dyadkit.signals.eda.grid import Grid

SUSPECT_ROOT = 0.03  # √µS of half-second change per √level: slower ones the level can follow
WIDEN_S = 1.0  # a step settles
AROUND_S = 30.0  # of signal on both sides tells a jump of the level from a response
MIN_JUMP_USIEMENS = 0.1
MIN_TONIC_SHARE = 0.75  # of the whole change, by the level
MIN_KEPT = 0.7  # of a step's size, by what stays of it
UP_S, DOWN_S = (5.0, 15.0), (3.0, 15.0)  # when a rise must still, and a fall must already, stand


def steps(values: Floats, known: Bools, change: Floats, grid: Grid) -> Bools:
    """Measured points of `grid` at which the level jumps, shape (points,).

    Parameters
    ----------
    values : shape (n,), µS
    known : shape (n,), samples that are there and of skin
    change : shape (points,), half-second change over the root of the level, √µS
    """
    rate_hz = grid.measured_rate_hz
    suspects = _widened(change > SUSPECT_ROOT, WIDEN_S, rate_hz)
    if not suspects.any():
        return suspects
    near = grid.flags_at_samples(_widened(suspects, AROUND_S, rate_hz))
    free = grid.flags_at_samples(suspects)
    fit = Fit.of(values, known & near & ~free, grid, HUMAN, free)
    every = slice(None, None, grid.points_per_sample)
    placed, weights = grid.place(values, known)
    measured = np.where(weights > 0, placed, np.nan)[every]
    tonic = fit.tonic[every]
    found = np.zeros(len(suspects), dtype=bool)
    for part in _spans(suspects):
        found[part] = _is_step(measured, tonic, part, rate_hz)
    return found


def _is_step(measured: Floats, tonic: Floats, part: slice, rate_hz: float) -> bool:
    """Whether most of the change across `part` is the level's, and stays."""
    first, last = max(part.start - 1, 0), min(part.stop, len(measured) - 1)
    jump, whole = tonic[last] - tonic[first], measured[last] - measured[first]
    if not (abs(jump) > MIN_JUMP_USIEMENS and jump / whole > MIN_TONIC_SHARE):
        return False
    if jump > 0:
        start, stop = (last + round(span * rate_hz) for span in UP_S)
        kept = np.nanmin(measured[start:stop], initial=np.inf) - measured[first]
    else:
        stop, start = (first - round(span * rate_hz) for span in DOWN_S)
        kept = measured[last] - np.nanmin(measured[max(start, 0) : max(stop, 0)], initial=np.inf)
    return bool(abs(kept) >= MIN_KEPT * abs(jump))


def _widened(flags: Bools, span_s: float, rate_hz: float) -> Bools:
    return np.asarray(maximum_filter1d(flags, 2 * round(span_s * rate_hz) + 1))


def _spans(flags: Bools) -> list[slice]:
    edges = np.flatnonzero(np.diff(np.r_[False, flags, False]))
    return [slice(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]
