"""What an event brought about: the response that follows it within the latency of sweat."""

import math
from dataclasses import dataclass

import numpy as np

from dyadkit.dyad.arrays import ArrayLike
from dyadkit.dyad.result import Result
from dyadkit.signals.eda.decomposition import Decomposition
from dyadkit.signals.eda.responses import Response

MAX_MASKED = 0.5  # share of a window beyond which nothing is said about it


@dataclass(frozen=True, slots=True)
class Latency:
    """How long after an event a response may begin to count as its own (Boucsein 2012)."""

    min_s: float = 1.0
    max_s: float = 4.0

    def __post_init__(self) -> None:
        if not 0 <= self.min_s < self.max_s:
            raise ValueError(f"no latency lies between {self.min_s} and {self.max_s} s")


SWEAT = Latency()


@dataclass(frozen=True, slots=True, eq=False)
class EventResponse(Result):
    """The first response to one event.

    event_s : when the event was, in seconds since the first sample
    latency_s : from event to onset; NaN without response
    amplitude_usiemens : 0 without response; NaN where the window was not measured
    driver_usiemens : all driver in the window, whether a response or below its threshold; NaN
        where the window was not measured
    """

    event_s: float
    latency_s: float
    amplitude_usiemens: float
    driver_usiemens: float


def event_responses(
    found: Decomposition, events_s: ArrayLike, latency: Latency = SWEAT
) -> tuple[EventResponse, ...]:
    """The response to each event, in the order of `events_s`, shape (events,).

    Raises
    ------
    ValueError
        `events_s` is not one series of finite times.

    References
    ----------
    Boucsein et al. 2012, Psychophysiology 49 (latency 1 to 4 s); Benedek & Kaernbach 2010,
    J Neurosci Methods 190 (driver in the window)
    """
    events = np.asarray(events_s, dtype=float)
    if events.ndim != 1 or not np.isfinite(events).all():
        raise ValueError("events_s must be one series of finite times in seconds")
    return tuple(_response_to(found, float(event_s), latency) for event_s in events)


def _response_to(found: Decomposition, event_s: float, latency: Latency) -> EventResponse:
    first_s, last_s = event_s + latency.min_s, event_s + latency.max_s
    first, last = (math.ceil(time_s * found.rate_hz) for time_s in (first_s, last_s))
    window = slice(max(first, 0), max(last, 0))
    known = np.count_nonzero(~found.mask[window])
    if known < (1 - MAX_MASKED) * (last - first):
        return EventResponse(event_s, math.nan, math.nan, math.nan)
    driver = float(np.nansum(found.driver[window]))
    own = _first_between(found.responses, first_s, last_s)
    if own is None:
        return EventResponse(event_s, math.nan, 0.0, driver)
    return EventResponse(event_s, own.onset_s - event_s, own.amplitude_usiemens, driver)


def _first_between(
    responses: tuple[Response, ...], first_s: float, last_s: float
) -> Response | None:
    return next((r for r in responses if first_s <= r.onset_s <= last_s), None)
