"""Single skin conductance responses (SCR), read from the driver."""

import math
from dataclasses import dataclass

import numpy as np
from scipy.ndimage import gaussian_filter1d, maximum_filter1d
from scipy.signal import find_peaks

from dyadkit.dyad.arrays import Floats, Ints
from dyadkit.dyad.result import Result
from dyadkit.signals.eda.bateman import curve
from dyadkit.signals.eda.fit import Fit
from dyadkit.signals.eda.grid import FINE_HZ

MIN_USIEMENS = 0.04  # 0.05 µS (Boucsein 2012) less what the price of a driver takes from it
JITTER_S = 0.35  # the driver of one response is spread over about this time
NOISE_DEVIATIONS = 3.0  # of the residual at `FINE_HZ`: smaller responses, noise makes too
APART_S = 1.0  # closer onsets are one response
ECHO_S, ECHO_SHARE = 5.0, 0.06  # so little, so soon after, is a response not quite of model shape


@dataclass(frozen=True, slots=True, eq=False)
class Response(Result):
    """One skin conductance response (SCR).

    onset_s, peak_s : seconds since the first sample
    amplitude_usiemens : how far it rises above what earlier responses left behind
    rise_s : from onset to peak
    recovery_s : from peak until half the amplitude is lost; NaN if the next response comes first

    Examples
    --------
    >>> import numpy as np
    >>> from dyadkit.signals import eda
    >>> since_s = np.maximum(np.arange(0, 60, 0.1) - 20, 0)
    >>> skin = 5 + np.exp(-since_s / 3) - np.exp(-since_s / 0.7)
    >>> (response,) = eda.decompose(skin, rate_hz=10.0).responses
    >>> round(response.onset_s), round(response.amplitude_usiemens, 2), round(response.recovery_s)
    (20, 0.48, 3)
    """

    onset_s: float
    peak_s: float
    amplitude_usiemens: float
    rise_s: float
    recovery_s: float


def responses_of(fit: Fit) -> tuple[Response, ...]:
    """Responses of a whole recording, in order of onset."""
    shape = curve(fit.model.rise_s, fit.model.decay_s, fit.grid.rate_hz)
    times_s = fit.grid.times_s(len(fit.driver))
    noise = NOISE_DEVIATIONS * fit.noise_usiemens() * math.sqrt(FINE_HZ / fit.grid.measured_rate_hz)
    floor = max(MIN_USIEMENS, noise)
    return tuple(
        response
        for part in fit.stretches
        for response in find_responses(
            fit.driver[part], fit.phasic[part], shape, times_s[part], floor
        )
    )


def find_responses(
    driver: Floats,
    phasic: Floats,
    shape: Floats,
    times_s: Floats,
    min_usiemens: float = MIN_USIEMENS,
) -> tuple[Response, ...]:
    """Responses of about `min_usiemens` and more, in order of onset.

    Parameters
    ----------
    driver, phasic : shape (n,), µS, without NaN
    shape : shape (k,), the response to one unit of driver
    times_s : shape (n,), evenly spaced times of both
    """
    step_s = float(times_s[1] - times_s[0])
    smooth = gaussian_filter1d(driver, JITTER_S / step_s)
    smooth *= math.sqrt(2 * math.pi) * JITTER_S / step_s  # a lone impulse keeps its height
    onsets = _crests(smooth, phasic, step_s, min_usiemens)
    if not len(onsets):
        return ()
    shares = np.split(driver, _valleys(smooth, onsets))
    follows = np.r_[onsets, len(smooth)][1:]
    start, responses = 0, []
    for onset, following, share in zip(onsets, follows, shares, strict=True):
        own = np.convolve(share, shape)[onset - start : len(smooth) - start]
        rise, amplitude = int(np.argmax(own)), float(np.max(own))
        falling = phasic[onset + rise : following]
        responses.append(
            Response(
                onset_s=float(times_s[onset]),
                peak_s=float(times_s[onset + rise]),
                amplitude_usiemens=amplitude,
                rise_s=rise * step_s,
                recovery_s=step_s * _points_to_loss(falling, amplitude / 2),
            )
        )
        start += len(share)
    return tuple(responses)


def _crests(smooth: Floats, phasic: Floats, step_s: float, min_usiemens: float) -> Ints:
    """Points where a response of its own begins, not the echo of a larger one."""
    apart, echo = (max(1, round(span_s / step_s)) for span_s in (APART_S, ECHO_S))
    lately = maximum_filter1d(phasic, 2 * (echo // 2) + 1, origin=echo // 2)
    floor = np.maximum(min_usiemens, ECHO_SHARE * lately)
    crests, _ = find_peaks(np.pad(smooth, 1), height=np.pad(floor, 1), distance=apart)
    return np.asarray(crests - 1)


def _valleys(smooth: Floats, crests: Ints) -> list[int]:
    """Where the driver of one response ends and that of the next begins."""
    pairs = zip(crests[:-1], crests[1:], strict=True)
    return [int(left + np.argmin(smooth[left:right])) for left, right in pairs]


def _points_to_loss(falling: Floats, loss_usiemens: float) -> float:
    lost = np.flatnonzero(falling[:1] - falling >= loss_usiemens)
    return float(lost[0]) if len(lost) else math.nan
