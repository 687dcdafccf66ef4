"""How far each second of skin conductance can be trusted, and why not."""

import numpy as np

from dyadkit.dyad.arrays import ArrayLike
from dyadkit.signals.eda.artefact import faults
from dyadkit.signals.reason import SignalFault
from dyadkit.signals.seconds import StreamQuality, faults_by_second, shaken, share_by_second


def judge_eda(
    eda_usiemens: ArrayLike, rate_hz: float, acceleration: ArrayLike | None = None
) -> StreamQuality:
    """Share of each second's samples that come from skin, and what spoils the others.

    Parameters
    ----------
    eda_usiemens : shape (n,), skin conductance in µS, NaN where missing
    rate_hz : samples per second, 1 to 1000
    acceleration : shape (m, 3), any unit, covering the same time; tells motion from weak signal

    Raises
    ------
    ValueError, SignalError
        as `artefacts`
    """
    found = faults(eda_usiemens, rate_hz)
    quality = share_by_second(found == 0, rate_hz)
    reasons = faults_by_second(found, rate_hz)
    if acceleration is not None:
        moved = shaken(np.asarray(acceleration, dtype=float), len(quality))
        erratic = (reasons & int(SignalFault.LOW_SNR)) > 0
        reasons[moved & erratic] ^= int(SignalFault.LOW_SNR) | int(SignalFault.MOTION)
    return StreamQuality(quality, reasons)
