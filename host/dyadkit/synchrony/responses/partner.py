"""Partner responses: what each does after the other's arousal peaks, and how both settle again.

An answer above chance is not yet an influence: both may answer the same event. The chance level
keeps both people's own rhythms and breaks only the timing between them.
"""

from dataclasses import dataclass

import numpy as np

from dyadkit.dyad.arrays import ArrayLike, Bools
from dyadkit.dyad.result import Result
from dyadkit.synchrony import misalignment
from dyadkit.synchrony.grid import checked_pair
from dyadkit.synchrony.responses.answers import Answer, answer
from dyadkit.synchrony.responses.events import PEAKS, Events, Peaks, arousal_peaks
from dyadkit.synchrony.responses.recovery import SHIFTS_TRIED, Recovery, recovery


@dataclass(frozen=True, slots=True, eq=False)
class PartnerResponse(Result):
    """Partner responses both ways and recovery of both; `a_to_b` is how b answers a's peaks."""

    a_to_b: Answer
    b_to_a: Answer
    recovery_a: Recovery
    recovery_b: Recovery
    null: str
    coverage: float
    rate_hz: float
    min_rise: float
    window_s: float


def partner_response(
    a: ArrayLike, b: ArrayLike, rate_hz: float, settings: Peaks = PEAKS, seed: int = 0
) -> PartnerResponse:
    """Answers of each person to the other's arousal peaks, and how fast each settles again.

    Parameters
    ----------
    a, b : shape (n,), any measure of arousal that rises (µS, beats a minute), one uniform grid;
        NaN is missing
    seed : of the little noise without which a smoothed series would predict itself

    Raises
    ------
    ValueError
        different lengths, a rate that is not positive
    SignalError
        too short for circular shifts, constant, mostly missing, fewer than five peaks

    Examples
    --------
    >>> from dyadkit.sim.people import bodies
    >>> met = bodies.meet(bodies.Encounter(), seconds=300.0, seed=1)      # b follows by 1.5 s
    >>> a, b = met.a.eda_usiemens[::4], met.b.eda_usiemens[::4]           # at 4 Hz
    >>> found = partner_response(a, b, rate_hz=4.0)
    >>> found.a_to_b.direction, found.a_to_b.p < 0.01, round(found.a_to_b.latency_s, 1)
    (<Direction.AMPLIFYING: 'amplifying'>, True, 1.5)
    >>> found.b_to_a.direction
    <Direction.NONE: 'none'>

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
    return PartnerResponse(
        a_to_b=answer((x, y), of_a, rate_hz, settings, shifts, seed),
        b_to_a=answer((y, x), of_b, rate_hz, settings, shifts, seed),
        recovery_a=recovery(x, of_a, _around(of_b, len(x), rate_hz, settings), rate_hz, some),
        recovery_b=recovery(y, of_b, _around(of_a, len(x), rate_hz, settings), rate_hz, some),
        null=f"all {len(shifts)} circular shifts of the partner",
        coverage=float(np.mean(np.isfinite(x) & np.isfinite(y))),
        rate_hz=rate_hz,
        min_rise=settings.min_rise,
        window_s=settings.window_s,
    )


def _around(events: Events, samples: int, rate_hz: float, settings: Peaks) -> Bools:
    """Which samples lie within the window of one of the partner's onsets."""
    near = np.zeros(samples, dtype=bool)
    window = round(settings.window_s * rate_hz)
    for onset in events.onsets:
        near[onset : onset + window + 1] = True
    return near
