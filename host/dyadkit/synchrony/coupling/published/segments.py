"""SUSY: agreement within segments against agreement between segments."""

from dataclasses import dataclass

import numpy as np

from dyadkit.dyad.arrays import ArrayLike, Floats
from dyadkit.dyad.result import Result
from dyadkit.errors import SignalError
from dyadkit.synchrony.coupling.published.shared import PublishedSettings, complete_pair, unit_rows
from dyadkit.synchrony.coupling.windows import fisher_z, window_grid


@dataclass(frozen=True, slots=True, eq=False)
class Susy(Result):
    """Surrogate synchrony: agreement within segments against agreement between segments.

    lags_s : shape (lags,), positive where b follows a
    z_absolute, z_signed : shape (lags,), mean Fisher z of the real segments
    pseudo_absolute, pseudo_signed : the same of all pairs of different segments
    effect, effect_signed : (real - pseudo) over the spread of the pseudo curve over lags; the
        spread over lags is no standard error, so neither is a z-score
    segments : how many
    """

    lags_s: Floats
    z_absolute: Floats
    z_signed: Floats
    pseudo_absolute: Floats
    pseudo_signed: Floats
    effect: float
    effect_signed: float
    segments: int
    settings: PublishedSettings


def susy(
    a: ArrayLike, b: ArrayLike, rate_hz: float, segment_s: float = 30.0, max_lag_s: float = 5.0
) -> Susy:
    """Surrogate synchrony of two complete series, with all pairs of segments as pseudo pairs.

    Parameters
    ----------
    a, b : shape (n,), one grid, complete
    rate_hz : samples per second
    segment_s, max_lag_s : length of a segment, and lags shorter than it

    Raises
    ------
    ValueError
        lengths differ, or the segment, lag or rate is nonsense
    SignalError
        gaps, fewer than two segments, or a person who does not vary within one

    Examples
    --------
    Two strangers: the signed effect is far from 0, and is no z-score.

    >>> from dyadkit.synchrony.coupling import couple
    >>> a, b = np.random.default_rng(0).standard_normal((2, 2400)).cumsum(axis=1)
    >>> found = susy(a, b, rate_hz=4.0)
    >>> round(found.effect, 1), round(found.effect_signed, 1), round(couple(a, b, 4.0).p, 1)
    (0.4, -26.8, 0.8)

    References
    ----------
    Tschacher & Haken 2019; Tschacher & Meier 2020
    """
    grid = window_grid(rate_hz, segment_s, segment_s, max_lag_s)
    x, y = complete_pair(a, b)
    count = len(x) // grid.window
    if count < 2:
        raise SignalError(f"two segments of {segment_s:g} s are needed: use shorter segments")
    u, v = (unit_rows(s[: count * grid.window].reshape(count, grid.window)) for s in (x, y))
    z = fisher_z(np.stack([_segment_products(u, v, int(lag)) for lag in grid.lags]))
    real = np.eye(count, dtype=bool)
    z_absolute, pseudo_absolute = (np.abs(z[:, which]).mean(axis=1) for which in (real, ~real))
    z_signed, pseudo_signed = (z[:, which].mean(axis=1) for which in (real, ~real))
    return Susy(
        lags_s=grid.lags / rate_hz,
        z_absolute=z_absolute,
        z_signed=z_signed,
        pseudo_absolute=pseudo_absolute,
        pseudo_signed=pseudo_signed,
        effect=_effect(z_absolute, pseudo_absolute),
        effect_signed=_effect(z_signed, pseudo_signed),
        segments=count,
        settings=PublishedSettings.of(grid, rate_hz, count, len(x)),
    )


def _segment_products(u: Floats, v: Floats, lag: int) -> Floats:
    """Products of all pairs of segments at one lag, b's part the later one for a positive lag."""
    n = u.shape[1]
    return u[:, max(-lag, 0) : n - max(lag, 0)] @ v[:, max(lag, 0) : n - max(-lag, 0)].T


def _effect(real: Floats, pseudo: Floats) -> float:
    return float((real.mean() - pseudo.mean()) / pseudo.std(ddof=1))
