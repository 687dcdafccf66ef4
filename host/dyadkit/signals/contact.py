"""Sample faults of a photoplethysmogram (PPG): no contact, saturation, gaps."""

from dataclasses import dataclass

import numpy as np

from dyadkit.dyad.arrays import Bools, Floats, Ints
from dyadkit.signals.reason import SignalFault

FLAT_S = 1.0  # skin always pulses or drifts: an unchanging second is a sensor without skin
# A crest stays on the record's extreme value this long only when cut off; half as long, if that
# comes back with one pulse after another.
CLIPPED_S, AGAIN_S = 0.15, 0.075
# A pulse cut off at its foot rests on the limit until the next one, and no heart rests longer; a
# finger lifts off now and then, a limit is reached with one pulse after another.
REST_S, RETURNS_S = 2.2, 10.0


@dataclass(frozen=True, slots=True)
class Sensor:
    """Scale of one PPG channel: what its counts mean; the defaults fit any source.

    full_scale : counts at which the converter saturates
    contact_counts : counts below which no skin reflects the light

    Examples
    --------
    Bit 2 is `SignalFault.SATURATED`, bit 1 `NO_CONTACT`, bit 16 `LINK_GAP`:

    >>> import numpy as np
    >>> twelve_bits = Sensor(full_scale=4095.0, contact_counts=100.0)
    >>> faults(np.array([2000.0, 2100.0, 4095.0, 40.0, np.nan]), 100.0, twelve_bits).tolist()
    [0, 0, 2, 1, 16]
    """

    full_scale: float = float("inf")
    contact_counts: float = float("-inf")


ANY_SENSOR = Sensor()
MAX3010X = Sensor(full_scale=2**18 - 1, contact_counts=2_000.0)


def sensor_of(name: str) -> Sensor:
    """What is known of a sensor by the name that traces carry; unknown ones fit any source."""
    return MAX3010X if name == "max3010x" else ANY_SENSOR


def faults(counts: Floats, rate_hz: float, sensor: Sensor = ANY_SENSOR) -> Ints:
    """`SignalFault` bits per sample, shape (n,): missing, cut off, or without skin.

    The same rule holds at both limits, since which of them cuts the pulse's foot depends on
    whether blood raises or lowers the counts.
    """
    missing = ~np.isfinite(counts)
    found = np.where(missing, int(SignalFault.LINK_GAP), 0)
    if missing.all():
        return found
    runs = _Runs.of(counts)
    flat = runs.over(runs.length >= max(3, round(FLAT_S * rate_hz)))
    saturated = counts >= sensor.full_scale
    for limit in (np.nanmax(counts), np.nanmin(counts)):
        saturated |= runs.over(_cut_off(runs, counts, limit, rate_hz))
    found[saturated] |= int(SignalFault.SATURATED)
    found[(flat & ~saturated) | (counts < sensor.contact_counts)] |= int(SignalFault.NO_CONTACT)
    return found


def held(found: Ints, rate_hz: float) -> Bools:
    """Samples at a limit for so short that the pulse goes on beyond it, shape (n,).

    Their value is known (it is the limit) and the beats around them keep their place.
    """
    at_limit = found == int(SignalFault.SATURATED)
    runs = _Runs.of(at_limit.astype(float))
    return np.asarray(at_limit & runs.over(runs.length <= REST_S * rate_hz))


@dataclass(frozen=True, slots=True)
class _Runs:
    """Runs of equal values, shape (runs,) each: where they begin and how long they are."""

    start: Ints
    length: Ints

    @classmethod
    def of(cls, values: Floats) -> "_Runs":
        starts = np.flatnonzero(np.r_[True, values[1:] != values[:-1]])
        return cls(starts, np.diff(np.r_[starts, len(values)]))

    def over(self, chosen: Bools) -> Bools:
        """Which samples belong to the chosen runs."""
        return np.repeat(chosen, self.length)


def _cut_off(runs: _Runs, counts: Floats, limit: float, rate_hz: float) -> Bools:
    """Runs in which the wave rests on a limit: short ones, or of a limit that returns."""
    resting = (counts[runs.start] == limit) & (runs.length <= REST_S * rate_hz)
    again = resting & (runs.length >= max(4, round(AGAIN_S * rate_hz)))
    if again.sum() >= len(counts) / (RETURNS_S * rate_hz):
        return np.asarray(again)
    once = resting & (runs.length >= max(4, round(CLIPPED_S * rate_hz)))
    return np.asarray(once & (runs.length < FLAT_S * rate_hz))
