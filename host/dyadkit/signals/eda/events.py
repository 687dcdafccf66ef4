"""Event-related skin conductance responses: those that follow an event within sweat's latency."""

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
    """Latency window: how long after an event a response may begin to be its own (Boucsein 2012).

    Raises
    ------
    ValueError
        `min_s` is negative or not below `max_s`

    Examples
    --------
    >>> SWEAT, Latency(max_s=3.0)
    (Latency(min_s=1.0, max_s=4.0), Latency(min_s=1.0, max_s=3.0))
    """

    min_s: float = 1.0
    max_s: float = 4.0

    def __post_init__(self) -> None:
        if not 0 <= self.min_s < self.max_s:
            raise ValueError(f"no latency lies between {self.min_s} and {self.max_s} s")


SWEAT = Latency()


@dataclass(frozen=True, slots=True, eq=False)
class EventResponse(Result):
    """First skin conductance response (SCR) to one event.

    event_s : when the event was, in seconds since the first sample
    latency_s : from event to onset; NaN without response
    amplitude_usiemens : 0 without response; NaN where the window was not measured
    driver_usiemens : all driver in the window, whether a response or below its threshold; NaN
        where the window was not measured

    Examples
    --------
    No response is 0, not measured is NaN: here because the recording ends at 60 s.

    >>> import numpy as np
    >>> from dyadkit.signals import eda
    >>> quiet = eda.decompose(np.linspace(5.0, 5.2, 600), rate_hz=10.0)
    >>> [one.amplitude_usiemens for one in event_responses(quiet, [20.0, 58.0])]
    [0.0, nan]
    """

    event_s: float
    latency_s: float
    amplitude_usiemens: float
    driver_usiemens: float


def event_responses(
    found: Decomposition, events_s: ArrayLike, latency: Latency = SWEAT
) -> tuple[EventResponse, ...]:
    """First response (SCR) to each event, in the order of `events_s`, shape (events,).

    Parameters
    ----------
    found : what `decompose` gave
    events_s : shape (events,), seconds since the first sample
    latency : when after its event a response must begin, 1 to 4 s by default

    Raises
    ------
    ValueError
        `events_s` is not one series of finite times.

    Examples
    --------
    >>> import numpy as np
    >>> from dyadkit.signals import eda
    >>> since_s = np.maximum(np.arange(0, 60, 0.1) - 20, 0)
    >>> found = eda.decompose(5 + np.exp(-since_s / 3) - np.exp(-since_s / 0.7), rate_hz=10.0)
    >>> near, far = event_responses(found, [18.0, 40.0])
    >>> round(near.latency_s), round(near.amplitude_usiemens, 2), far.amplitude_usiemens
    (2, 0.48, 0.0)

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
