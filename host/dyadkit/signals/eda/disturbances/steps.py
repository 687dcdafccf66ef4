"""Steps of skin conductance: an electrode that comes to lie elsewhere, and stays there.

A response rises for a second and is half gone soon after; a step stays. What changes suddenly and
stands for seconds after (a rise) or stood for seconds before (a fall) may still be either, where
responses follow each other. So the usual model is fitted again with a level that may jump at these
places, and has to choose: a jump costs nothing, but what it brought, the level must hold before
and after, at the price of its curvature. A step is what the level takes most of, and what was dear
without the jump: one response cannot hold it up, so that several had to.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.ndimage import maximum_filter1d

from dyadkit.dyad.arrays import Bools, Floats
from dyadkit.signals.eda.fit import Fit

SUSPECT_S, SUSPECT_ROOT = 1.0, 0.03  # √µS: what changes slower, the level can follow
MIN_JUMP_USIEMENS = 0.15
MIN_KEPT = 0.5  # of a change, by what stays of it
UP_S, DOWN_S = (5.0, 15.0), (3.0, 8.0)  # when a rise must still, and a fall must already, stand
SHARES = (0.55, 1.25)  # of the change, by the level
SAVED_RESPONSES = 2.0  # of a step's size, in whose price it stands without the jump
SAVED_SHARE = 0.7  # of the price around: most of what was not understood was the jump
SAVED_S = 6.0  # around a jump is saved what it saves
WIDEN_S = 0.5  # a step settles
AROUND_S = 60.0  # of signal on both sides show what a jump of the level changes
MAX_ROUNDS = 4


@dataclass(frozen=True, slots=True)
class _Suspect:
    """Points that change suddenly, and by how many µS from the last before to the first after."""

    span: slice
    before: int
    after: int
    usiemens: float

    @classmethod
    def of(cls, span: slice, measured: Floats) -> "_Suspect":
        before, after = max(span.start - 1, 0), min(span.stop, len(measured) - 1)
        return cls(span, before, after, float(measured[after] - measured[before]))


def steps(fit: Fit, values: Floats, known: Bools) -> tuple[Bools, Fit]:
    """Measured points of `fit` at which the level jumps, shape (points,), and the fit with them.

    A large step spoils the fit for a minute around it, so that others there seem to save what is
    its own: the largest is freed first, and the others are judged again.

    Parameters
    ----------
    fit : of the usual model to what is `known` of `values`, each shape (n,)
    """
    measured, _ = fit.residual()
    found = np.zeros(len(measured), dtype=bool)
    suspects = _suspects(fit)
    for _ in range(MAX_ROUNDS):
        if not suspects:
            break
        freed = _freed(fit, values, known, _marked(suspects, found))
        judged = [one for one in suspects if _is_step(one, fit, freed)]
        dominant = [one for one in judged if _dominates(one, judged, fit)]
        if not dominant:
            break
        found = _marked(dominant, found)
        suspects = [one for one in suspects if one not in dominant]
        fit = fit.replaced(_freed(fit, values, known, found))
    return found, fit


def _suspects(fit: Fit) -> list[_Suspect]:
    """Sudden changes that stay."""
    measured, _ = fit.residual()
    change = fit.change(SUSPECT_S)
    spans = _spans(change > SUSPECT_ROOT) + _spans(change < -SUSPECT_ROOT)
    every = [_Suspect.of(span, measured) for span in spans]
    rate_hz = fit.grid.measured_rate_hz
    return [one for one in every if _stays(one, measured, rate_hz)]


def _stays(one: _Suspect, measured: Floats, rate_hz: float) -> bool:
    """Whether a rise still stands seconds later, or what falls stood seconds before."""
    if not abs(one.usiemens) > MIN_JUMP_USIEMENS:
        return False
    rises = one.usiemens > 0
    near, far = (round(span_s * rate_hz) for span_s in (UP_S if rises else DOWN_S))
    if rises:
        beside, low = measured[one.after + near : one.after + far], measured[one.before]
    else:
        first, last = max(0, one.before - far), max(0, one.before - near)
        beside, low = measured[first:last], measured[one.after]
    seen = beside[np.isfinite(beside)]
    return len(seen) > 0 and float(seen.min()) - low >= MIN_KEPT * abs(one.usiemens)


def _freed(fit: Fit, values: Floats, known: Bools, at: Bools) -> Fit:
    """The fit again around the points of `at`, with a level that may jump there."""
    grid = fit.grid
    near, loose = (
        grid.flags_at_samples(maximum_filter1d(at, 2 * round(span_s * grid.measured_rate_hz) + 1))
        for span_s in (AROUND_S, WIDEN_S)
    )
    return Fit.of(values, known & near, grid, fit.model, loose)


def _is_step(one: _Suspect, fit: Fit, freed: Fit) -> bool:
    """Whether the level takes the change, and what is saved by it is worth a step."""
    each, rate_hz = fit.grid.points_per_sample, fit.grid.measured_rate_hz
    tonic, wide = freed.tonic[::each], round(WIDEN_S * rate_hz) + 1
    measured, _ = fit.residual()
    first, last = max(0, one.before - wide), min(one.after + wide, len(tonic) - 1)
    jump, whole = tonic[last] - tonic[first], measured[last] - measured[first]
    if not SHARES[0] * whole**2 < jump * whole < SHARES[1] * whole**2:
        return False
    around = round(SAVED_S * rate_hz)
    part = slice(each * max(0, first - around), each * (last + around))
    price, left = float(np.sum(fit.price[part])), float(np.sum(freed.price[part]))
    dear = SAVED_RESPONSES * fit.model.sparsity * abs(float(jump))
    return price - left > max(dear, SAVED_SHARE * price)


def _dominates(one: _Suspect, among: Sequence[_Suspect], fit: Fit) -> bool:
    reach = AROUND_S * fit.grid.measured_rate_hz
    near = [abs(other.usiemens) for other in among if abs(other.before - one.before) <= reach]
    return abs(one.usiemens) >= max(near)


def _marked(suspects: Sequence[_Suspect], flags: Bools) -> Bools:
    """`flags` with those of all suspects."""
    marked = flags.copy()
    for one in suspects:
        marked[one.span] = True
    return marked


def _spans(flags: Bools) -> list[slice]:
    edges = np.flatnonzero(np.diff(np.r_[False, flags, False]))
    return [slice(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]
