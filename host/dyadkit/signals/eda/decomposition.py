"""Skin conductance to tonic level, phasic responses and the driver behind them."""

from dataclasses import dataclass

import numpy as np
from scipy.ndimage import binary_closing, binary_dilation

from dyadkit.arrays import ArrayLike, Bools, Floats
from dyadkit.result import Result
from dyadkit.signals.eda.artefact import artefacts
from dyadkit.signals.eda.bateman import curve
from dyadkit.signals.eda.contact import conductance
from dyadkit.signals.eda.deconvolution import HUMAN, Model
from dyadkit.signals.eda.fit import BRIDGE_S, Fit
from dyadkit.signals.eda.responses import Response, find_responses

SETTLE_S = 1.0  # around an artefact, skin and electrode are not yet themselves


@dataclass(frozen=True, slots=True, eq=False)
class Decomposition(Result):
    """Tonic + phasic + residual = measured conductance, sample by sample.

    tonic, phasic : shape (n,), µS, never negative; NaN where `mask` is True
    driver : shape (n,), µS of response amplitude set off at each sample; NaN likewise
    responses : in order of onset
    mask : shape (n,), True where the sample is missing or not trusted
    rate_hz : samples per second
    """

    tonic: Floats
    phasic: Floats
    driver: Floats
    responses: tuple[Response, ...]
    mask: Bools
    rate_hz: float


def decompose(eda_usiemens: ArrayLike, rate_hz: float, model: Model = HUMAN) -> Decomposition:
    """Tonic level, phasic responses and the driver behind them.

    Each stretch of trusted signal is solved by itself; interruptions up to 5 s stay within a
    stretch, and stretches with less than 10 s of trusted signal are masked.

    Parameters
    ----------
    eda_usiemens : shape (n,), skin conductance in µS, NaN where missing
    rate_hz : samples per second, 1 to 1000; solved between 16 and 32 Hz
    model : time constants and prices of the deconvolution

    Raises
    ------
    ValueError
        The argument is not one series, or the rate is none.
    SignalError
        The values are too large to be microsiemens.

    References
    ----------
    Greco, Valenza, Lanata, Scilingo & Citi 2016
    """
    values = conductance(eda_usiemens, rate_hz)
    trusted = ~_settled(artefacts(values, rate_hz), rate_hz)
    fit = Fit.of(values, trusted, rate_hz, model)
    tonic, phasic = fit.grid.at_samples(fit.tonic), fit.grid.at_samples(fit.phasic)
    mask = ~trusted | np.isnan(tonic)
    driver = fit.grid.masses_at_samples(np.nan_to_num(fit.driver))
    tonic[mask] = phasic[mask] = driver[mask] = np.nan
    return Decomposition(tonic, phasic, driver, _responses(fit, model, mask), mask, rate_hz)


def _settled(untrusted: Bools, rate_hz: float) -> Bools:
    """`untrusted` with the time skin and electrode need to settle around and between."""
    margin, between = round(SETTLE_S * rate_hz), round(BRIDGE_S * rate_hz)
    wide = np.pad(untrusted, between)
    wide = binary_closing(wide, np.ones(between + 1, dtype=bool)) if between else wide
    return binary_dilation(wide, np.ones(2 * margin + 1, dtype=bool))[between:-between]


def _responses(fit: Fit, model: Model, mask: Bools) -> tuple[Response, ...]:
    """Responses whose onset and peak were both measured."""
    shape = curve(model.rise_s, model.decay_s, fit.grid.rate_hz)
    times_s = fit.grid.times_s(len(fit.driver))
    found = [
        response
        for part in fit.stretches
        for response in find_responses(fit.driver[part], shape, times_s[part])
    ]
    at = [[round(t * fit.grid.sample_rate_hz) for t in (r.onset_s, r.peak_s)] for r in found]
    return tuple(r for r, samples in zip(found, at, strict=True) if not mask[samples].any())
