"""Doubt about single responses: what begins at a disturbance may be one."""

import numpy as np
from scipy.ndimage import maximum_filter1d

from dyadkit.dyad.arrays import Bools
from dyadkit.signals.eda.disturbances.ripple import Ripple
from dyadkit.signals.eda.fit import Fit
from dyadkit.signals.eda.responses import Response

NEAR_S = 2.0  # a disturbance ends as a response begins
AROUND_S = 2.5
MISS_USIEMENS = 0.08  # left unexplained around a response: more than skin leaves
MISS_SHARE = 0.5  # of the response: large ones leave more, as their shape is their own
NOISE_DEVIATIONS = 6.0


def parted(
    responses: tuple[Response, ...], fit: Fit, moved: Bools, wave: Ripple
) -> tuple[tuple[Response, ...], tuple[Response, ...]]:
    """Responses that count, and those that do not; smaller than the wave they are in, they go.

    Parameters
    ----------
    responses : what `fit` holds
    moved : shape (n,), samples that are disturbed
    wave : regular wave that was taken out before
    """
    rate_hz, last = fit.grid.sample_rate_hz, len(moved) - 1
    near = maximum_filter1d(moved, 2 * round(NEAR_S * rate_hz) + 1)
    limit = max(MISS_USIEMENS, NOISE_DEVIATIONS * fit.noise_usiemens())
    certain: list[Response] = []
    doubtful: list[Response] = []
    for one in responses:
        at = min(round(one.onset_s * rate_hz), last)
        if one.amplitude_usiemens <= wave.height_usiemens[at]:
            continue
        allowed = max(limit, MISS_SHARE * one.amplitude_usiemens)
        doubt = near[at] or _missed(fit, one.onset_s) > allowed
        (doubtful if doubt else certain).append(one)
    return tuple(certain), tuple(doubtful)


def _missed(fit: Fit, time_s: float) -> float:
    """The most that the fit leaves unexplained around a time, µS."""
    _, residual = fit.residual()
    rate_hz = fit.grid.measured_rate_hz
    first, stop = (round((time_s + side * AROUND_S) * rate_hz) for side in (-1, 1))
    near = np.abs(residual[max(0, first) : stop + 1])
    return float(np.max(near, initial=0.0, where=np.isfinite(near)))
