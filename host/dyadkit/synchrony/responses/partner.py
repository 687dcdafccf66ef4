"""Partner responses: what each does after the other's arousal rises, and how both settle again.

An answer above chance is not yet an influence: both may answer the same event. Each person's own
rate of responses, with slow drifts, is what an answer must exceed.
"""

from dataclasses import dataclass

import numpy as np

from dyadkit.dyad.arrays import ArrayLike, Bools, Floats
from dyadkit.dyad.result import Result
from dyadkit.synchrony import misalignment
from dyadkit.synchrony.following import Following, Search, Train, couple_events
from dyadkit.synchrony.grid import checked_pair
from dyadkit.synchrony.responses.events import PEAKS, Events, Peaks, arousal_peaks
from dyadkit.synchrony.responses.recovery import SHIFTS_TRIED, Recovery, recovery
from dyadkit.synchrony.responses.surprise import sharpest

ANSWER_S = 6.0
"""What comes later than this is hardly an answer to a rise of arousal."""


@dataclass(frozen=True, slots=True, eq=False)
class PartnerResponse(Result):
    """Partner responses both ways and recovery of both; `a_to_b` is how b answers a's rises."""

    a_to_b: Following
    b_to_a: Following
    recovery_a: Recovery
    recovery_b: Recovery
    coverage: float
    rate_hz: float


def partner_response(
    a: ArrayLike,
    b: ArrayLike,
    rate_hz: float,
    settings: Peaks = PEAKS,
    trains: tuple[Train, Train] | None = None,
) -> PartnerResponse:
    """Answers of each person to the other's arousal rises, and how fast each settles again.

    Parameters
    ----------
    a, b : shape (n,), any measure of arousal that rises (µS, beats a minute), one uniform grid;
        NaN is missing
    trains : onsets of both where they are known better than from the series, as skin conductance
        responses are

    Raises
    ------
    ValueError
        different lengths, a rate that is not positive
    SignalError
        too short for circular shifts, constant, mostly missing, fewer than five peaks

    Examples
    --------
    >>> from dyadkit.sim.people import bodies
    >>> met = bodies.meet(bodies.Encounter(), seconds=600.0, seed=1)      # b follows by 1.5 s
    >>> a, b = met.a.eda_usiemens[::4], met.b.eda_usiemens[::4]           # at 4 Hz
    >>> found = partner_response(a, b, rate_hz=4.0)
    >>> found.a_to_b.p < 0.01, round(found.a_to_b.latency_s, 1), found.b_to_a.p > 0.05
    (True, 1.5, True)

    References
    ----------
    Wass et al. 2021 (allostasis and metastasis); Coan, Schaefer & Davidson 2006 (buffering)
    """
    x, y = checked_pair(a, b, rate_hz)
    shifts = misalignment.admissible(len(x), misalignment.min_shift(rate_hz, settings.window_s))
    of_a, of_b = (
        arousal_peaks(series, rate_hz, settings, name) for series, name in ((x, "a"), (y, "b"))
    )
    some = shifts[:: max(1, len(shifts) // SHIFTS_TRIED)]
    began = trains or (_train(x, of_a, rate_hz), _train(y, of_b, rate_hz))
    found = couple_events(*began, Search(ANSWER_S))
    return PartnerResponse(
        a_to_b=found.a_to_b,
        b_to_a=found.b_to_a,
        recovery_a=recovery(x, of_a, _around(of_b, len(x), rate_hz, settings), rate_hz, some),
        recovery_b=recovery(y, of_b, _around(of_a, len(x), rate_hz, settings), rate_hz, some),
        coverage=float(np.mean(np.isfinite(x) & np.isfinite(y))),
        rate_hz=rate_hz,
    )


def _train(series: Floats, events: Events, rate_hz: float) -> Train:
    """Onsets of a series' arousal peaks, as sudden as they are, with their rises."""
    onsets = sharpest(series, events.onsets, events.peaks)
    rises = series[events.peaks] - series[events.onsets]
    duration_s = len(series) / rate_hz
    return Train.of(onsets / rate_hz, duration_s, np.nan_to_num(rises), np.isfinite(series))


def _around(events: Events, samples: int, rate_hz: float, settings: Peaks) -> Bools:
    """Which samples lie within the window of one of the partner's onsets."""
    near = np.zeros(samples, dtype=bool)
    window = round(settings.window_s * rate_hz)
    for onset in events.onsets:
        near[onset : onset + window + 1] = True
    return near
