"""Steps of skin conductance: an electrode that comes to lie elsewhere, and stays there.

A response rises for a second and is half gone soon after; a step stays. What changes suddenly and
stands for seconds after (a rise) or stood for seconds before (a fall) may still be either, where
responses follow each other. So the usual model is fitted again with a level that may jump at these
places, and has to choose: a jump costs nothing, but what it brought, the level must hold before
and after, at the price of its curvature. A step is what the level takes nearly all of, and what
was dear without the jump: one response cannot hold it up, so that several had to.
"""

from dataclasses import dataclass

import numpy as np
from scipy.ndimage import maximum_filter1d

from dyadkit.dyad.arrays import Bools, Floats
from dyadkit.signals.eda.fit import Fit

SUSPECT_S, SUSPECT_ROOT = 1.0, 0.03  # √µS: what changes slower, the level can follow
WIDEN_S = 0.5  # a step settles
AROUND_S = 30.0  # of signal on both sides tells a jump of the level from a response
MIN_JUMP_USIEMENS = 0.15
MIN_SHARE = 0.55  # of the change, by the level, and the other way round
MIN_KEPT = 0.5  # of a change, by what stays of it
UP_S, DOWN_S = (5.0, 15.0), (3.0, 15.0)  # when a rise must still, and a fall must already, stand
SAVED_RESPONSES = 2.0  # of a step's size, in whose price it stands without the jump
SAVED_S = 6.0  # around a jump is saved what it saves


def steps(fit: Fit, values: Floats, known: Bools) -> Bools:
    """Measured points of `fit` at which the level jumps, shape (points,).

    Parameters
    ----------
    fit : of the usual model to what is `known` of `values`, each shape (n,)
    """
    measured, _ = fit.residual()
    rate_hz, change = fit.grid.measured_rate_hz, fit.change(SUSPECT_S)
    spans = _spans(change > SUSPECT_ROOT) + _spans(change < -SUSPECT_ROOT)
    suspects = [span for span in spans if _stays(_Change.over(measured, span), measured, rate_hz)]
    found = np.zeros(len(measured), dtype=bool)
    if suspects:
        freed = _freed(fit, values, known, suspects)
        for span in suspects:
            found[span] = _is_step(_Change.over(measured, _wider(span, rate_hz)), fit, freed)
    return found


@dataclass(frozen=True, slots=True)
class _Change:
    """Change of conductance, µS, from the last point before to the first after it."""

    before: int
    after: int
    usiemens: float

    @classmethod
    def over(cls, measured: Floats, span: slice) -> "_Change":
        before, after = max(span.start - 1, 0), min(span.stop, len(measured) - 1)
        return cls(before, after, float(measured[after] - measured[before]))


def _stays(change: _Change, measured: Floats, rate_hz: float) -> bool:
    """Whether a rise still stands seconds later, or what falls stood seconds before."""
    if not abs(change.usiemens) > MIN_JUMP_USIEMENS:
        return False
    rises = change.usiemens > 0
    near, far = (round(span_s * rate_hz) for span_s in (UP_S if rises else DOWN_S))
    if rises:
        beside, low = measured[change.after + near : change.after + far], measured[change.before]
    else:
        first, last = max(0, change.before - far), max(0, change.before - near)
        beside, low = measured[first:last], measured[change.after]
    stood = np.nanmin(beside, initial=np.inf) - low
    return bool(stood >= MIN_KEPT * abs(change.usiemens))


def _freed(fit: Fit, values: Floats, known: Bools, suspects: list[slice]) -> Fit:
    """The fit again around `suspects`, with a level that may jump at them."""
    grid = fit.grid
    at = np.zeros(len(fit.residual()[0]), dtype=bool)
    for span in suspects:
        at[span] = True
    near, loose = (
        grid.flags_at_samples(maximum_filter1d(at, 2 * round(span_s * grid.measured_rate_hz) + 1))
        for span_s in (AROUND_S, WIDEN_S)
    )
    return Fit.of(values, known & near, grid, fit.model, loose)


def _is_step(change: _Change, fit: Fit, freed: Fit) -> bool:
    """Whether the level takes the change, and what is saved by it is worth a step."""
    each = fit.grid.points_per_sample
    tonic = freed.tonic[::each]
    jump = tonic[change.after] - tonic[change.before]
    if not MIN_SHARE * abs(change.usiemens) < jump * np.sign(change.usiemens) < abs(change.usiemens) / MIN_SHARE:
        return False
    around = round(SAVED_S * fit.grid.measured_rate_hz)
    part = slice(each * max(0, change.before - around), each * (change.after + around))
    saved = float(np.sum(fit.price[part] - freed.price[part]))
    return saved > SAVED_RESPONSES * fit.model.sparsity * abs(jump)


def _wider(span: slice, rate_hz: float) -> slice:
    wide = round(WIDEN_S * rate_hz) + 1
    return slice(max(0, span.start - wide), span.stop + wide)


def _spans(flags: Bools) -> list[slice]:
    edges = np.flatnonzero(np.diff(np.r_[False, flags, False]))
    return [slice(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]
