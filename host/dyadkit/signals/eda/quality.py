"""Signal quality of skin conductance: how far each second can be trusted, and why not."""

import numpy as np

from dyadkit.dyad.arrays import ArrayLike, Ints
from dyadkit.signals.eda.disturbances.artefact import faults
from dyadkit.signals.reason import SignalFault
from dyadkit.signals.seconds import StreamQuality, faults_by_second, shaken, share_by_second


def judge_eda(
    eda_usiemens: ArrayLike, rate_hz: float, acceleration: ArrayLike | None = None
) -> StreamQuality:
    """Signal quality of each second: share of samples that come from skin, and what spoils others.

    Parameters
    ----------
    eda_usiemens : shape (n,), skin conductance in µS, NaN where missing
    rate_hz : samples per second, 1 to 20 000
    acceleration : shape (m, 3), any unit, covering the same time; tells motion from weak signal

    Raises
    ------
    ValueError, SignalError
        as `artefacts`

    Examples
    --------
    >>> import numpy as np
    >>> skin = np.full(600, 5.0) + 0.01 * np.sin(np.arange(600) / 50)
    >>> skin[300:305] = np.nan
    >>> judged = judge_eda(skin, rate_hz=10.0)
    >>> judged.quality[29:32].tolist(), judged.reasons[29:32].tolist()
    ([1.0, 0.5, 1.0], [0, 16, 0])
    """
    return quality_of_skin(faults(eda_usiemens, rate_hz), rate_hz, acceleration)


def quality_of_skin(
    found: Ints, rate_hz: float, acceleration: ArrayLike | None = None
) -> StreamQuality:
    """Quality of a recording whose `SignalFault` bits, shape (n,), are known already."""
    quality = share_by_second(found == 0, rate_hz)
    reasons = faults_by_second(found, rate_hz)
    if acceleration is not None:
        moved = shaken(np.asarray(acceleration, dtype=float), len(quality))
        erratic = (reasons & int(SignalFault.LOW_SNR)) > 0
        reasons[moved & erratic] ^= int(SignalFault.LOW_SNR) | int(SignalFault.MOTION)
    return StreamQuality(quality, reasons)
