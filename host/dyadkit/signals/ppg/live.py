"""Live beat detection: the detector of whole recordings on a sliding window."""

import numpy as np

from dyadkit.dyad.arrays import ArrayLike, Floats
from dyadkit.signals.contact import ANY_SENSOR, Sensor
from dyadkit.signals.ppg.beats import Beats, join, no_beats
from dyadkit.signals.ppg.finding import ChannelReading, beats_of, examine
from dyadkit.signals.ppg.intervals import MIN_INTERVAL_S
from dyadkit.signals.ppg.waveform import Polarity

WINDOW_S = 16.0  # the past that a decision looks at
STEP_S = 0.25  # how often it decides
DECISION_LAG_S = 1.5  # of future a beat needs to be certain; with the step at most 1.75 s
STUBBORN = 40  # windows in a row that must lean the other way before the wave is turned over
SHIFT_S = 0.1  # by which a beat may move from view to view: else one at the border is never decided
DISPLAY_LAG_S = 0.2  # of future a beat needs to be shown as provisional


class LiveBeats:
    """Causal beat detector: push chunks of any size, get the beats decided since.

    A beat is decided at most 2 s after it happened and never taken back. Beats and times do not
    depend on how the samples are cut into chunks. Memory is bounded by 16 s of samples.
    `reading` is how the last 16 s were read, None before the first step.

    Parameters
    ----------
    rate_hz : samples per second, 16 to 20 000
    sensor, polarity : as in `find_beats`

    Raises
    ------
    ValueError
        a chunk is not one-dimensional, or, with the first full step, the rate is out of range

    Examples
    --------
    >>> import numpy as np
    >>> live = LiveBeats(rate_hz=100.0)
    >>> phase = 2 * np.pi * 1.2 * np.arange(0, 20, 0.01)
    >>> pulse = np.exp(3 * np.sin(phase + np.sin(phase)))
    >>> len(live.push(pulse[:1000])), len(live.push(pulse[1000:]))
    (9, 12)
    """

    def __init__(
        self,
        rate_hz: float,
        sensor: Sensor = ANY_SENSOR,
        polarity: Polarity = Polarity.FROM_WAVE,
    ) -> None:
        self._rate_hz, self._sensor, self._polarity = rate_hz, sensor, polarity
        self._step = max(1, round(STEP_S * rate_hz))
        self._window = np.empty(0)
        self._waiting = np.empty(0)
        self._seen = 0
        self._decided_s = -np.inf
        self._last_s = -np.inf
        self._view = no_beats(0.0)
        self.reading: ChannelReading | None = None
        self._leaning = 0

    @property
    def provisional(self) -> Beats:
        """Beats of the last two seconds that are not decided yet, as they look now."""
        beats = self._view
        latest_s = self._seen / self._rate_hz - DISPLAY_LAG_S
        return beats.where((beats.times_s > self._decided_s) & (beats.times_s <= latest_s))

    def push(self, chunk: ArrayLike) -> Beats:
        """Take the next samples, shape (n,), NaN where missing; give the beats decided since."""
        samples = np.asarray(chunk, dtype=float)
        if samples.ndim != 1:
            raise ValueError(f"a chunk must be one-dimensional, got shape {samples.shape}")
        self._waiting = np.concatenate([self._waiting, samples])
        decided = [self._view.where(np.zeros(len(self._view), dtype=bool))]
        while len(self._waiting) >= self._step:
            decided.append(self._advance(self._waiting[: self._step]))
            self._waiting = self._waiting[self._step :]
        return join(decided)

    def finish(self) -> Beats:
        """The beats still undecided when the recording ends."""
        return self._decide(np.inf)

    def _advance(self, samples: Floats) -> Beats:
        keep = round(WINDOW_S * self._rate_hz)
        self._window = np.concatenate([self._window, samples])[-keep:]
        self._seen += len(samples)
        start_s = (self._seen - len(self._window)) / self._rate_hz
        reading = examine(self._window, self._rate_hz, self._sensor, self.polarity)
        self.reading = reading
        if reading.wave is not None:
            self._leaning = int(np.clip(self._leaning + reading.wave.leaning, -STUBBORN, STUBBORN))
        self._view = beats_of(reading).later(start_s)
        return self._decide(self._seen / self._rate_hz - DECISION_LAG_S)

    @property
    def polarity(self) -> Polarity:
        """The polarity given, or what most windows so far lean to."""
        return self._polarity or Polarity(int(np.sign(self._leaning)))

    def _decide(self, until_s: float) -> Beats:
        times_s = self._view.times_s
        new = times_s > max(self._decided_s - SHIFT_S, self._last_s + MIN_INTERVAL_S)
        decided = self._view.where(new & (times_s <= until_s))
        self._decided_s = max(self._decided_s, until_s)
        if len(decided):
            self._last_s = float(decided.times_s[-1])
        return decided
