"""Sample faults of a photoplethysmogram (PPG): no contact, saturation, gaps."""

from dataclasses import dataclass

import numpy as np

from dyadkit.dyad.arrays import Bools, Floats, Ints
from dyadkit.signals.reason import SignalFault

FLAT_S = 1.0  # skin always pulses or drifts: an unchanging second is a sensor without skin
CLIPPED_S = 0.15  # a crest stays on the record's extreme value this long only when cut off


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
    """`SignalFault` bits per sample, shape (n,): missing, cut off, or without skin."""
    missing = ~np.isfinite(counts)
    found = np.where(missing, int(SignalFault.LINK_GAP), 0)
    if missing.all():
        return found
    flat = _in_run(counts, max(3, round(FLAT_S * rate_hz)))
    extreme = (counts == np.nanmax(counts[~missing])) | (counts == np.nanmin(counts[~missing]))
    clipped = extreme & _in_run(counts, max(4, round(CLIPPED_S * rate_hz)))
    saturated = (clipped & ~flat) | (counts >= sensor.full_scale)
    found[saturated] |= int(SignalFault.SATURATED)
    found[(flat & ~saturated) | (counts < sensor.contact_counts)] |= int(SignalFault.NO_CONTACT)
    return found


def _in_run(values: Floats, min_length: int) -> Bools:
    """Which samples belong to a run of at least `min_length` equal values."""
    starts = np.flatnonzero(np.r_[True, values[1:] != values[:-1]])
    lengths = np.diff(np.r_[starts, len(values)])
    return np.repeat(lengths >= min_length, lengths)
