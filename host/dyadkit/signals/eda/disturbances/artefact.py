"""Artefacts of skin conductance: which samples cannot be trusted, and why.

Sweat fills and leaves the ducts over seconds. An electrode that moves, lifts or is pressed changes
conductance within a fraction of one, so that a sudden change tells the two apart (Kleckner et al.
2018; Taylor et al. 2015). It grows with the level, but less than in proportion: the level's root
is the better scale. A large response may be as sudden, but a response is what the model of the
deconvolution can follow, and a movement is not: a change counts where the fit is left behind, by
more than noise, than a fifth of the response there (nobody's is quite of the usual shape), and
where the fastest skin explains too little, too.
"""

from dataclasses import dataclass, replace

import numpy as np
from scipy.ndimage import maximum_filter1d, uniform_filter1d

from dyadkit.dyad.arrays import ArrayLike, Bools, Floats, Ints
from dyadkit.signals.eda.deconvolution import HUMAN
from dyadkit.signals.eda.disturbances.contact import (
    MIN_USIEMENS,
    conductance,
    contact_faults,
    refuse_other_units,
    resolution,
)
from dyadkit.signals.eda.disturbances.spikes import BRIEF, LONG, spikes
from dyadkit.signals.eda.disturbances.steps import steps
from dyadkit.signals.eda.fit import Fit
from dyadkit.signals.eda.grid import Grid
from dyadkit.signals.reason import SignalFault

CHANGE_S, CHANGE_ROOT = 0.5, 0.06  # √µS: change over the root of the level
MISS_USIEMENS = 0.066  # by which the usual skin stays away from what was measured
MISS_SHARE = 0.2  # of a response, by which a person's shape of it may be another than the usual
MISS_NEAR_S = 2.5  # half an epoch that experts judge
FASTEST = replace(HUMAN, decay_s=1.5)  # no one's sweat leaves the ducts faster
FASTEST_MISS_USIEMENS = 0.05
AROUND_S = 20.0  # of signal beside a change, for the fastest to be fitted to
NOISE_DEVIATIONS, NOISE_STEPS = 8.0, 2.0  # no limit lies within the noise or a converter's steps
ERRATIC_S = 10.0
ERRATIC_SHARE = 0.1  # of the conductance, left unexplained over ERRATIC_S
SLOPE_HZ = 8.0  # fine enough for sudden falls, coarse enough to tell them from noise


def artefacts(eda_usiemens: ArrayLike, rate_hz: float) -> Bools:
    """Artefact mask: True where a sample is missing, without contact, cut off or moved, shape (n,).

    Parameters
    ----------
    eda_usiemens : shape (n,), skin conductance in µS, NaN where missing
    rate_hz : samples per second, 1 to 20 000

    Raises
    ------
    ValueError
        The argument is not one series, or the rate is out of range.
    SignalError
        The values cannot be microsiemens: too large, too small, negative.

    Examples
    --------
    An electrode is pulled at 30 s and falls off at 40 s:

    >>> import numpy as np
    >>> skin = np.full(600, 5.0) + 0.01 * np.sin(np.arange(600) / 50)
    >>> skin[300:] -= 1.5
    >>> skin[400:] = 0.0
    >>> lost = artefacts(skin, rate_hz=10.0)
    >>> bool(lost[:290].any()), bool(lost[300]), int(lost[400:].sum())
    (False, True, 200)

    References
    ----------
    Kleckner et al. 2018, IEEE Trans Biomed Eng 65; Taylor et al. 2015, EMBC
    """
    return np.not_equal(faults(eda_usiemens, rate_hz), 0)


def faults(eda_usiemens: ArrayLike, rate_hz: float) -> Ints:
    """`SignalFault` bits per sample, shape (n,); 0 where the sample can be trusted.

    Arguments and errors as in `artefacts`.

    Examples
    --------
    >>> import numpy as np
    >>> skin = np.full(300, 5.0) + 0.01 * np.sin(np.arange(300) / 50)
    >>> skin[100], skin[200] = np.nan, 0.0
    >>> [SignalFault(int(bits)).name for bits in faults(skin, rate_hz=10.0)[[100, 200]]]
    ['LINK_GAP', 'NO_CONTACT']
    """
    values = conductance(eda_usiemens, rate_hz)
    refuse_other_units(values)
    return examine(values, rate_hz).faults


@dataclass(frozen=True, slots=True)
class Examined:
    """What is wrong with the samples of a recording, each shape (n,).

    faults : `SignalFault` bits
    spikes : brief ones, whose samples say nothing although nothing is wrong around them
    moved : where the electrode moved or lay badly: what is around is not yet itself
    """

    faults: Ints
    spikes: Bools
    moved: Bools


def examine(values: Floats, rate_hz: float) -> Examined:
    """Faults of checked values, shape (n,), by their kind."""
    found = contact_faults(values, rate_hz)
    away = (found & ~int(SignalFault.LINK_GAP)) != 0
    known = found == 0
    brief = spikes(values, known, rate_hz, BRIEF)
    long = spikes(values, known & ~brief, rate_hz, LONG)
    known &= ~(brief | long)
    grid = Grid.of(len(values), rate_hz, SLOPE_HZ)
    stepped, fit = steps(Fit.of(values, known, grid, HUMAN), values, known)
    moved = _moved(fit, _noise_usiemens(fit, resolution(values)))
    if moved.any():
        moved &= _beyond_the_fastest(moved, values, known, grid)
    moving, erratic = grid.flags_at_samples(moved | stepped), grid.flags_at_samples(_erratic(fit))
    found[moving | long] |= int(SignalFault.MOTION)
    found[erratic] |= int(SignalFault.LOW_SNR)
    return Examined(found, brief, away | moving | erratic)


def _noise_usiemens(fit: Fit, step_usiemens: float) -> float:
    """What noise and the converter's steps may leave of the fit."""
    return max(NOISE_DEVIATIONS * fit.quiet_noise_usiemens(), NOISE_STEPS * step_usiemens)


def _moved(fit: Fit, noise: float) -> Bools:
    """Measured points where conductance changes too fast for skin and the fit cannot follow."""
    measured, residual = fit.residual()
    rate_hz = fit.grid.measured_rate_hz
    phasic = np.nan_to_num(fit.phasic[:: fit.grid.points_per_sample])
    missed = _highest(np.abs(residual), rate_hz, MISS_NEAR_S, MISS_NEAR_S)
    response = _highest(phasic, rate_hz, MISS_NEAR_S, MISS_NEAR_S)
    miss_limit = np.maximum(max(MISS_USIEMENS, noise), MISS_SHARE * response)
    limit = np.maximum(CHANGE_ROOT, noise / np.sqrt(np.maximum(measured, MIN_USIEMENS)))
    return (missed > miss_limit) & (np.abs(fit.change(CHANGE_S)) > limit) & np.isfinite(measured)


def _beyond_the_fastest(moved: Bools, values: Floats, known: Bools, grid: Grid) -> Bools:
    """Measured points near which the fastest of people's skin explains too little, too."""
    near = _highest(moved.astype(float), grid.measured_rate_hz, AROUND_S, AROUND_S) > 0
    fit = Fit.of(values, known & grid.flags_at_samples(near), grid, FASTEST)
    _, residual = fit.residual()
    missed = _highest(np.abs(residual), grid.measured_rate_hz, MISS_NEAR_S, MISS_NEAR_S)
    return missed > FASTEST_MISS_USIEMENS


def _erratic(fit: Fit) -> Bools:
    """Measured points around which the fit explains nothing: the signal is no skin's."""
    measured, residual = fit.residual()
    size = max(1, round(ERRATIC_S * fit.grid.measured_rate_hz))
    usual = uniform_filter1d(np.nan_to_num(residual) ** 2, size)
    return usual > (ERRATIC_SHARE * measured) ** 2


def _highest(values: Floats, rate_hz: float, before_s: float, after_s: float) -> Floats:
    """The highest value from `before_s` before each point until `after_s` after it.

    A filter of size s begins s // 2 points before each point; `origin` moves it back by half of
    what it looks back more than ahead.
    """
    before, after = (max(1, round(span * rate_hz)) if span else 0 for span in (before_s, after_s))
    known = np.where(np.isnan(values), -np.inf, values)
    size = before + after + 1
    return np.asarray(maximum_filter1d(known, size, origin=(before - after) // 2))
