"""Live decomposition of skin conductance, by solving the last minute again and again."""

from dataclasses import dataclass, replace

import numpy as np

from dyadkit.dyad.arrays import ArrayLike, Floats
from dyadkit.dyad.result import Result
from dyadkit.signals.eda.decomposition import decomposed
from dyadkit.signals.eda.deconvolution import HUMAN, Model
from dyadkit.signals.eda.disturbances.contact import MAX_USIEMENS, conductance
from dyadkit.signals.eda.responses import APART_S, Response

WINDOW_S = 60.0  # the past that a decision looks at
STEP_S = 1.0  # how often it decides
LAG_S = 2.0  # of future that tells the foot of a response from the tonic level


@dataclass(frozen=True, slots=True, eq=False)
class LiveSkin(Result):
    """Tonic and phasic conductance decided since the last push, each array of shape (n,).

    times_s : seconds since the first sample
    tonic, phasic : µS, never negative; NaN where not trusted, and before the first 10 s are in
    responses : skin conductance responses whose peak was decided since, in the same time

    Examples
    --------
    >>> import numpy as np
    >>> live, chunk = LiveEda(rate_hz=4.0), np.linspace(5.0, 5.1, 40)
    >>> early, later = live.push(chunk), live.push(chunk[::-1])
    >>> float(early.times_s[-1]), float(later.times_s[0]), float(later.tonic[-1].round(1))
    (7.75, 8.0, 5.0)
    """

    times_s: Floats
    tonic: Floats
    phasic: Floats
    responses: tuple[Response, ...] = ()


class LiveEda:
    """Causal decomposition: push chunks of any size, get the samples decided since.

    A sample is decided 2 to 3 s after it happened and never taken back. Results do not depend on
    how the samples are cut into chunks. Memory is bounded by one minute of samples.

    Parameters
    ----------
    rate_hz : samples per second, 1 to 20 000
    model : time constants and prices, fixed for the whole session

    Examples
    --------
    >>> import numpy as np
    >>> live = LiveEda(rate_hz=4.0)
    >>> len(live.push(np.linspace(5.0, 6.0, 80)).tonic)
    72
    """

    def __init__(self, rate_hz: float, model: Model = HUMAN) -> None:
        conductance([], rate_hz)
        self._rate_hz, self._model = rate_hz, model
        self._step = max(1, round(STEP_S * rate_hz))
        self._lag = round(LAG_S * rate_hz)
        self._window = np.empty(0)
        self._waiting = np.empty(0)
        self._seen = 0
        self._decided_s = 0.0
        self._onset_s = -np.inf
        self._responses: list[Response] = []

    def push(self, chunk: ArrayLike) -> LiveSkin:
        """Take the next samples, shape (n,), µS, NaN where missing; give those decided since."""
        samples = np.asarray(chunk, dtype=float)
        if samples.ndim != 1:
            raise ValueError(f"a chunk must be one-dimensional, got shape {samples.shape}")
        self._waiting = np.concatenate([self._waiting, samples])
        first = max(0, self._seen - self._lag)
        decided = [np.empty((2, 0))]
        while len(self._waiting) >= self._step:
            decided.append(self._advance(self._waiting[: self._step]))
            self._waiting = self._waiting[self._step :]
        tonic, phasic = np.concatenate(decided, axis=1)
        responses, self._responses = tuple(self._responses), []
        times_s = (first + np.arange(len(tonic))) / self._rate_hz
        return LiveSkin(times_s, tonic, phasic, responses)

    def _advance(self, samples: Floats) -> Floats:
        """Tonic and phasic of the samples that now have `LAG_S` of future, shape (2, m)."""
        shorted = samples > MAX_USIEMENS
        kept = round(WINDOW_S * self._rate_hz) - len(samples)
        self._window = np.r_[self._window[-kept:], np.where(shorted, np.nan, samples)]
        fresh = min(self._step, max(0, self._seen + len(samples) - self._lag))
        self._seen += len(samples)
        found = decomposed(self._window, self._rate_hz, self._model)
        stop = len(self._window) - self._lag
        self._decide(found.responses)
        return np.stack([found.tonic, found.phasic])[:, max(0, stop - fresh) : max(0, stop)]

    def _decide(self, found: tuple[Response, ...]) -> None:
        """Take the responses whose peak now has `LAG_S` of future, none of them twice."""
        start_s = (self._seen - len(self._window)) / self._rate_hz
        until_s = (self._seen - self._lag) / self._rate_hz
        for one in found:
            onset_s, peak_s = start_s + one.onset_s, start_s + one.peak_s
            is_new = peak_s > self._decided_s and onset_s > self._onset_s + APART_S
            if is_new and peak_s <= until_s:
                self._responses.append(replace(one, onset_s=onset_s, peak_s=peak_s))
                self._onset_s = onset_s
        self._decided_s = max(self._decided_s, until_s)
