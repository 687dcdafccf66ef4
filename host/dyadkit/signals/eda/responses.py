"""Single skin conductance responses, read from the driver."""

from dataclasses import dataclass

import numpy as np
from scipy.signal import fftconvolve

from dyadkit.arrays import Floats
from dyadkit.result import Result

LEAST_USIEMENS = 0.05  # smallest amplitude that counts as a response (Boucsein 2012)
QUIET_S = 0.35  # a driver silent for longer belongs to two responses
SILENT_USIEMENS = 5e-4  # driver below this is the solver's dust


@dataclass(frozen=True, slots=True, eq=False)
class Response(Result):
    """One skin conductance response.

    onset_s, peak_s : seconds since the first sample
    amplitude_usiemens : how far it rises above what earlier responses left behind
    rise_s : from onset to peak
    recovery_s : from peak until half the amplitude is lost; NaN if the next response comes first
    """

    onset_s: float
    peak_s: float
    amplitude_usiemens: float
    rise_s: float
    recovery_s: float


def find_responses(driver: Floats, curve: Floats, times_s: Floats) -> tuple[Response, ...]:
    """Responses of at least 0.05 µS, in order of onset.

    Parameters
    ----------
    driver : shape (n,), µS, without NaN
    curve : shape (k,), the response to one unit of driver
    times_s : shape (n,), evenly spaced times of `driver`
    """
    step_s = float(times_s[1] - times_s[0])
    phasic = fftconvolve(driver, curve)[: len(driver)]
    found = []
    for start, stop in _bursts(driver, step_s):
        own = np.convolve(driver[start:stop], curve)[: len(driver) - start]
        peak = start + int(np.argmax(own))
        if own[peak - start] >= LEAST_USIEMENS:
            found.append((start, peak, float(own[peak - start])))
    nexts = [*(start for start, _, _ in found), len(driver)][1:]
    return tuple(
        Response(
            onset_s=float(times_s[start]),
            peak_s=float(times_s[peak]),
            amplitude_usiemens=amplitude,
            rise_s=(peak - start) * step_s,
            recovery_s=step_s * _points_to(phasic[peak:following], amplitude / 2),
        )
        for (start, peak, amplitude), following in zip(found, nexts, strict=True)
    )


def _bursts(driver: Floats, step_s: float) -> list[tuple[int, int]]:
    active = np.flatnonzero(driver > SILENT_USIEMENS)
    if not len(active):
        return []
    runs = np.split(active, np.flatnonzero(np.diff(active) * step_s > QUIET_S) + 1)
    return [(int(run[0]), int(run[-1]) + 1) for run in runs]


def _points_to(falling: Floats, loss_usiemens: float) -> float:
    lost = np.flatnonzero(falling[:1] - falling >= loss_usiemens)
    return float(lost[0]) if len(lost) else float("nan")
