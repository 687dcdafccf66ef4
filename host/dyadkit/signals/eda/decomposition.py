"""Decomposition of skin conductance: tonic level, phasic responses and the driver behind them."""

from dataclasses import dataclass, field

import numpy as np
from scipy.ndimage import maximum_filter1d, minimum_filter1d

from dyadkit.dyad.arrays import ArrayLike, Bools, Floats, Ints
from dyadkit.dyad.result import Result
from dyadkit.signals.eda.deconvolution import Model
from dyadkit.signals.eda.disturbances.artefact import examine
from dyadkit.signals.eda.disturbances.contact import conductance, refuse_other_units
from dyadkit.signals.eda.disturbances.doubt import parted
from dyadkit.signals.eda.disturbances.ripple import Ripple, ripple, still
from dyadkit.signals.eda.fit import BRIDGE_S, Fit
from dyadkit.signals.eda.grid import Grid
from dyadkit.signals.eda.personal import personal_model
from dyadkit.signals.eda.responses import Response, responses_of

NEAR_S = 0.25  # a single missing sample does not hide an onset
SETTLE_S = 1.0  # around an artefact, skin and electrode are not yet themselves


@dataclass(frozen=True, slots=True, eq=False)
class Decomposition(Result):
    """Decomposition of skin conductance, sample by sample: tonic + phasic + residual = measured.

    tonic : shape (n,), skin conductance level (SCL), µS, never negative; NaN where `mask` is True
    phasic : shape (n,), what responses add to it, µS, never negative; NaN likewise
    driver : shape (n,), µS of response amplitude set off at each sample; NaN likewise
    responses : every skin conductance response (SCR) in order of onset; those that no event
        explains are the non-specific ones (NS-SCR)
    doubtful : what looks like responses and begins too near to a disturbance: not counted
    ripple : regular wave that was found; it is part of the residual
    faults : shape (n,), `SignalFault` bits of single samples; `mask` is wider
    mask : shape (n,), True where the sample is missing or not trusted
    rate_hz : samples per second
    model : the time constants and prices used

    Examples
    --------
    Two responses; non-specific SCRs per minute of trusted signal:

    >>> import numpy as np
    >>> times_s, skin = np.arange(0, 60, 0.1), np.full(600, 5.0)
    >>> for onset_s in (20, 40):
    ...     since_s = np.maximum(times_s - onset_s, 0)
    ...     skin += np.exp(-since_s / 3) - np.exp(-since_s / 0.7)
    >>> found = decompose(skin, rate_hz=10.0)
    >>> 60 * found.rate_hz * len(found.responses) / int((~found.mask).sum())
    2.0
    >>> bool(np.abs(skin - found.tonic - found.phasic).max() < 0.01)
    True
    """

    tonic: Floats
    phasic: Floats
    driver: Floats
    responses: tuple[Response, ...]
    mask: Bools
    rate_hz: float
    model: Model
    doubtful: tuple[Response, ...] = ()
    ripple: Ripple = field(default_factory=lambda: still(0))
    faults: Ints = field(default_factory=lambda: np.empty(0, dtype=np.int64))


def decompose(eda_usiemens: ArrayLike, rate_hz: float, model: Model | None = None) -> Decomposition:
    """Decomposition into skin conductance level (SCL), responses (SCR) and the driver behind them.

    Each stretch of trusted signal is solved by itself; interruptions up to 5 s stay within a
    stretch, and stretches with less than 10 s of trusted signal are masked.

    Parameters
    ----------
    eda_usiemens : shape (n,), skin conductance in µS, NaN where missing
    rate_hz : samples per second, 1 to 20 000; solved between 16 and 32 Hz
    model : time constants and prices; by default the decay is fitted to the person

    Raises
    ------
    ValueError
        The argument is not one series, or the rate is out of range.
    SignalError
        The values cannot be microsiemens: too large, too small, negative.

    Examples
    --------
    >>> import numpy as np
    >>> seconds = np.arange(0, 60, 0.1)
    >>> since = np.maximum(seconds - 20, 0)
    >>> found = decompose(5 + np.exp(-since / 3) - np.exp(-since / 0.7), rate_hz=10.0)
    >>> [round(response.onset_s) for response in found.responses]
    [20]

    References
    ----------
    Greco, Valenza, Lanata, Scilingo & Citi 2016, IEEE Trans Biomed Eng 63
    """
    values = conductance(eda_usiemens, rate_hz)
    refuse_other_units(values)
    return decomposed(values, rate_hz, model)


def decomposed(values: Floats, rate_hz: float, model: Model | None) -> Decomposition:
    """The decomposition of checked values, shape (n,), whatever they hold."""
    seen = examine(values, rate_hz)
    disturbed = _unsettled(seen.moved, rate_hz)
    trusted = (seen.faults == 0) & ~disturbed
    usable = trusted & ~seen.spikes
    wave = ripple(values, usable, rate_hz)
    calm = values - wave.usiemens
    model = model or personal_model(calm, usable, rate_hz, disturbed)
    fit = Fit.of(calm, usable, Grid.of(len(values), rate_hz), model, disturbed)
    tonic, phasic = fit.grid.at_samples(fit.tonic), fit.grid.at_samples(fit.phasic)
    driver = fit.grid.masses_at_samples(np.nan_to_num(fit.driver))
    mask = ~trusted | np.isnan(tonic)
    tonic[mask] = phasic[mask] = driver[mask] = np.nan
    certain, doubtful = parted(_measured(fit, mask), fit, seen.moved, wave)
    return Decomposition(
        tonic, phasic, driver, certain, mask, rate_hz, model, doubtful, wave, seen.faults
    )


def _unsettled(moved: Bools, rate_hz: float) -> Bools:
    """Disturbed samples, and those around and between them, shape (n,).

    1. They are widened by margin + half on both sides, which fills what lies between two of them
       up to 7 s apart; half is then taken off again: around each stays the margin.
    2. The ends are padded with what is undisturbed, or the signal between an end and a fault near
       it would be filled, as if the fault had a twin beyond the end.
    """
    margin, half = round(SETTLE_S * rate_hz), round(BRIDGE_S * rate_hz / 2)
    reach = margin + half
    wide = maximum_filter1d(np.pad(moved, reach), 2 * reach + 1)
    closed = minimum_filter1d(wide, 2 * half + 1)
    return np.asarray(closed[reach : reach + len(moved)], dtype=bool)


def _measured(fit: Fit, mask: Bools) -> tuple[Response, ...]:
    """Responses whose onset and peak were both measured."""
    near = round(NEAR_S * fit.grid.sample_rate_hz)

    def measured(time_s: float) -> bool:
        at = round(time_s * fit.grid.sample_rate_hz)
        return not mask[max(0, at - near) : at + near + 1].all()

    return tuple(r for r in responses_of(fit) if measured(r.onset_s) and measured(r.peak_s))
